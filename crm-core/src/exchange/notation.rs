//! From the text of a cell to the value of a field. What is not certain is refused, never guessed.

use super::Import;
use crate::engine::error::{Error, Result};
use crate::engine::field::{Field, FieldType};
use crate::engine::money::{Currency, Money};
use crate::engine::value::Value;
use chrono::format::{Item, StrftimeItems};
use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

/// How the numbers and days of a file are written.
pub(super) struct Notation<'i> {
    thousands: Option<&'i str>,
    decimal: char,
    date_format: Option<&'i str>,
    currency: Option<Currency>,
}

impl<'i> Notation<'i> {
    pub fn of(import: &'i Import) -> Result<Self> {
        let decimal = if import.decimal_comma { ',' } else { '.' };
        let thousands = import.thousands.as_deref();
        let fits =
            |separator: &str| separator.chars().count() == 1 && !separator.contains(|sign: char| sign.is_alphanumeric() || sign == decimal || sign == '-');
        if !thousands.is_none_or(fits) {
            return Err(Error::invalid("thousands", "expected one character other than the decimal sign, such as `,` or a space"));
        }
        let date_format = import.date_format.as_deref();
        if let Some(format) = date_format {
            let mut items = StrftimeItems::new(format);
            if !format.contains('%') || items.any(|item| item == Item::Error) {
                return Err(Error::invalid("date_format", "expected a pattern such as %d.%m.%Y"));
            }
        }
        Ok(Self { thousands, decimal, date_format, currency: import.currency })
    }

    /// Whether numbers are written other than the library writes them.
    fn own(&self) -> bool {
        self.thousands.is_some() || self.decimal != '.'
    }

    /// The value of a cell that is no reference; `scale` multiplies numbers, `currency` is what another column says.
    pub fn value(&self, field: &Field, text: &str, scale: Option<Decimal>, currency: Option<&str>) -> Result<Value> {
        match &field.field_type {
            FieldType::Money => self.money(text, scale, currency).map(Value::Money),
            FieldType::Integer { .. } => whole(scaled(self.number(text)?, scale)?),
            FieldType::Decimal => Ok(Value::Decimal(scaled(self.number(text)?, scale)?)),
            FieldType::Number if self.own() || scale.is_some() => Ok(Value::Decimal(scaled(self.number(text)?, scale)?)),
            FieldType::Date => self.day(text),
            FieldType::Moment => self.moment(text),
            _ => Ok(Value::Text(text.to_owned())),
        }
    }

    /// The value of a cell that has a type already.
    pub fn typed(&self, field: &Field, value: Value, scale: Option<Decimal>, currency: Option<&str>) -> Result<Value> {
        let is_number = matches!(value, Value::Integer(_) | Value::Number(_) | Value::Decimal(_));
        match (&field.field_type, value) {
            (FieldType::Money, value) if is_number => {
                let currency = self.currency(None, currency)?;
                Money::from_decimal(scaled(exact(&value)?, scale)?, currency).map(Value::Money)
            }
            (FieldType::Integer { .. }, value) if is_number => whole(scaled(exact(&value)?, scale)?),
            (FieldType::Number | FieldType::Decimal, value) if is_number && scale.is_some() => Ok(Value::Decimal(scaled(exact(&value)?, scale)?)),
            (FieldType::Decimal, value @ Value::Number(_)) => exact(&value).map(Value::Decimal),
            // Frames know no days, only moments.
            (FieldType::Date, Value::Moment(moment)) if moment.time() == chrono::NaiveTime::MIN => Ok(Value::Date(moment.date_naive())),
            (FieldType::Date, Value::Moment(_)) => Err(Error::invalid("", "expected a day, got a moment with a time of day")),
            // Numbers of telephones and houses; one with a fraction is a mistake.
            (FieldType::Text { .. } | FieldType::Item(_), Value::Integer(number)) => Ok(Value::Text(number.to_string())),
            (_, value) => Ok(value),
        }
    }

    fn number(&self, text: &str) -> Result<Decimal> {
        let not_a_number = || Error::invalid("", "not a number in the notation of this import; see `thousands` and `decimal_comma`");
        let text = text.trim();
        if !self.own() {
            return Decimal::from_str_exact(text).map_err(|_| not_a_number());
        }
        let (whole, fraction) = text.split_once(self.decimal).map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
        let sign = if whole.starts_with('-') { "-" } else { "" };
        let whole = whole.trim_start_matches('-').trim_start();
        let groups: Vec<&str> = match self.thousands {
            // A space may be one that keeps its line together.
            Some(" ") => whole.split([' ', '\u{a0}', '\u{202f}']).collect(),
            Some(separator) => whole.split(separator).collect(),
            None => vec![whole],
        };
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        // Groups of three only: `1,23` is a mistake, not a hundred and twenty-three.
        let grouped = groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
        if !grouped || !groups.iter().all(digits) || fraction.as_ref().is_some_and(|fraction| !digits(fraction)) {
            return Err(not_a_number());
        }
        let number = format!("{sign}{}.{}", groups.concat(), fraction.unwrap_or("0"));
        Decimal::from_str_exact(&number).map_err(|_| not_a_number())
    }

    fn money(&self, text: &str, scale: Option<Decimal>, column: Option<&str>) -> Result<Money> {
        let text = text.trim();
        let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_alphabetic());
        let last = text.len().checked_sub(3).and_then(|at| Some((text.get(..at)?, text.get(at..)?)));
        let first = text.get(..3).map(|code| (&text[3..], code));
        let written = [last, first].into_iter().flatten().find(|(_, code)| is_code(code));
        let (amount, code) = written.map_or((text, None), |(amount, code)| (amount, Some(code)));
        let written = code.map(str::parse::<Currency>).transpose()?;
        let currency = self.currency(written, column)?;
        Money::from_decimal(scaled(self.number(amount)?, scale)?, currency)
    }

    /// The currency that the cell itself names, or another column, or the import.
    fn currency(&self, written: Option<Currency>, column: Option<&str>) -> Result<Currency> {
        let beside = column.filter(|code| !code.trim().is_empty()).map(str::parse::<Currency>).transpose()?;
        let currency = match (written, beside) {
            (Some(written), Some(beside)) if written != beside => {
                return Err(Error::invalid("", "the cell and the column of currencies name different currencies"));
            }
            (written, beside) => written.or(beside).or(self.currency),
        };
        currency.ok_or_else(|| Error::invalid("", "no currency: write `12.50 EUR`, or give the import a `currency`"))
    }

    fn day(&self, text: &str) -> Result<Value> {
        let Some(format) = self.date_format else { return Ok(Value::Text(text.to_owned())) };
        let text = text.trim();
        NaiveDate::parse_from_str(text, format).map(Value::Date).map_err(|_| Error::invalid("", format!("not a date written as {format}")))
    }

    fn moment(&self, text: &str) -> Result<Value> {
        let Some(format) = self.date_format else { return Ok(Value::Text(text.to_owned())) };
        let text = text.trim();
        let moment =
            NaiveDateTime::parse_from_str(text, format).or_else(|_| NaiveDate::parse_from_str(text, format).map(|day| day.and_time(chrono::NaiveTime::MIN)));
        moment.map(|moment| Value::from(moment.and_utc())).map_err(|_| Error::invalid("", format!("not a moment written as {format}")))
    }
}

fn scaled(number: Decimal, scale: Option<Decimal>) -> Result<Decimal> {
    scale.map_or(Some(number), |scale| number.checked_mul(scale)).ok_or_else(|| Error::invalid("", "the number is too large"))
}

/// Tools that know only fractions write 1996 as 1996.0.
fn whole(number: Decimal) -> Result<Value> {
    let number = number.normalize();
    match (number.is_integer(), i64::try_from(number)) {
        (true, Ok(number)) => Ok(Value::Integer(number)),
        _ => Err(Error::invalid("", "expected a whole number")),
    }
}

/// The number that the shortest text for a value means.
fn exact(value: &Value) -> Result<Decimal> {
    let made = match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Number(number) => Decimal::from_str_exact(&number.to_string()).ok(),
        Value::Decimal(number) => Some(*number),
        _ => None,
    };
    made.ok_or_else(|| Error::invalid("", "the number has more digits than can be kept exactly"))
}
