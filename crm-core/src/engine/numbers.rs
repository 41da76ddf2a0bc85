//! The pattern of running numbers, such as `R-{year}-{number:5}`.

use super::error::{Error, Result};
use chrono::{Datelike, NaiveDate};
use std::str::FromStr;

/// The most digits a number is filled to.
const MAX_DIGITS: usize = 12;

/// What a running number looks like: what stands before and after it, and how many digits it has at least.
///
/// `{year}` and `{month}` are those of the day it is given; with them, numbers begin anew each year or month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    before: String,
    after: String,
    digits: usize,
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |reason: &str| Error::invalid("pattern", reason);
        let (before, rest) = text.split_once("{number").ok_or_else(|| wrong("has no {number}"))?;
        let (digits, after) = rest.split_once('}').ok_or_else(|| wrong("a brace is not closed"))?;
        let digits = match digits.strip_prefix(':') {
            None if digits.is_empty() => 1,
            Some(digits) => {
                digits.parse().ok().filter(|digits| (1..=MAX_DIGITS).contains(digits)).ok_or_else(|| wrong("{number:5} says how many digits: 1 to 12"))?
            }
            None => return Err(wrong("knows {number}, {number:5}, {year} and {month} only")),
        };
        let around = format!("{before}{after}");
        if around.replace("{year}", "").replace("{month}", "").contains(['{', '}']) {
            return Err(wrong("knows {number} (once), {year} and {month} only"));
        }
        if around.contains("{month}") && !around.contains("{year}") {
            return Err(wrong("{month} needs {year} beside it: numbers would come again"));
        }
        if before.ends_with(|last: char| last.is_ascii_digit()) || after.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(wrong("needs something else than a digit beside {number}"));
        }
        if before.ends_with("{year}") || before.ends_with("{month}") || after.starts_with('{') {
            return Err(wrong("needs something between {number} and {year} or {month}"));
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned(), digits })
    }
}

impl Pattern {
    /// What the numbers of a day are counted in: its year or month, or everything.
    pub fn period(&self, day: NaiveDate) -> String {
        let has = |place: &str| self.before.contains(place) || self.after.contains(place);
        match (has("{year}"), has("{month}")) {
            (true, true) => day.format("%Y-%m").to_string(),
            (true, false) => day.year().to_string(),
            _ => String::new(),
        }
    }

    /// A number as it is written on a day.
    pub fn write(&self, number: i64, day: NaiveDate) -> String {
        format!("{}{number:0digits$}{}", around(&self.before, day), around(&self.after, day), digits = self.digits)
    }

    /// The number in a text that was written by this pattern on a day.
    pub fn read(&self, text: &str, day: NaiveDate) -> Option<i64> {
        let digits = text.strip_prefix(&around(&self.before, day))?.strip_suffix(&around(&self.after, day))?;
        digits.parse().ok().filter(|_| digits.chars().all(|digit| digit.is_ascii_digit()))
    }
}

fn around(text: &str, day: NaiveDate) -> String {
    text.replace("{year}", &format!("{:04}", day.year())).replace("{month}", &format!("{:02}", day.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_written_and_read() -> Result<()> {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap_or_default();
        for (pattern, number, written, period) in
            [("{number}", 7, "7", ""), ("R-{year}-{number:5}", 42, "R-2026-00042", "2026"), ("{number:3}/{month}/{year}", 1234, "1234/03/2026", "2026-03")]
        {
            let pattern: Pattern = pattern.parse()?;
            assert_eq!((pattern.write(number, day), pattern.period(day)), (written.to_owned(), period.to_owned()));
            assert_eq!(pattern.read(written, day), Some(number));
        }
        for wrong in ["", "R-", "{number}{number}", "{number:0}", "{number:99}", "{day}-{number}", "{month}-{number}", "{year}{number}", "{number", "2{number}"]
        {
            assert_eq!(wrong.parse::<Pattern>().map_err(|error| error.field().to_owned()), Err("pattern".to_owned()), "{wrong}");
        }
        Ok(())
    }
}
