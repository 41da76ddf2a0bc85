//! SQL functions on every connection, so that filters and reports need no date arithmetic of their own
//! and know the handle's moment, the acting user and the exchange rates.
//!
//! | function | gives |
//! |---|---|
//! | `now()` | the handle's moment, in milliseconds |
//! | `today()`, `today(-30)` | its day in the acting user's time zone, `2026-01-31`; so many days later |
//! | `acting_user()` | the acting user's id, or null |
//! | `days(n)` | n days in milliseconds |
//! | `moment('2026-01-31T09:00:00Z')` | a moment in milliseconds; a day means its start in the user's time zone |
//! | `day(x)`, `week(x)`, `month(x)`, `quarter(x)`, `year(x)` | the period of a moment or a date: `2026-01-31`, `2026-W05` (ISO 8601), `2026-01`, `2026-Q1`, `2026` |
//! | `period_start('month', x)`, `next_period('month', x)` | the first day of the period of a moment or a date, and of the one after it |
//! | `days_between(a, b)` | whole days from date a to date b |
//! | `has(items, 'word')` | whether a multi-pick field holds an item |
//! | `fold(text)` | lower case with single spaces, for comparing names |
//! | `items(items)`, `item(items, n)` | how many items a multi-pick field holds, and the nth of them, from 1 on |
//! | `meaning('dictionary', word)` | what a word of a dictionary means (`open`, `done`, ...), or null |
//! | `word('dictionary', held)`, `words('dictionary', held)` | the word, or words, of today for what a record holds |
//! | `word_of_today('dictionary', word)` | the word of today for one of any day |
//! | `nearest(word, known)` | of a group, the known word that may be meant, or null |
//! | `whole(x)` | a number without its fraction, which is cut off |
//! | `major(minor, currency)` | minor units as a decimal number |
//! | `median(x)`, `quantile(x, 0.9)` | of a group's numbers, those between two of them taken in proportion; null when there are none |
//! | `in_base(minor, currency, day)` | minor units of the base currency at the day's rate; a missing rate is an error |

use super::error::GONE;
use crate::engine::field::parse_moment;
use crate::engine::money::Money;
use crate::engine::store::schema::{Renamed, Schema};
use crate::engine::{sync, text};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use rusqlite::{Connection, Error as SqlError, Result as SqlResult, functions::Context, functions::FunctionFlags, types::ValueRef};
use rust_decimal::prelude::ToPrimitive;
use std::sync::{
    Arc, RwLock,
    atomic::{AtomicI64, Ordering},
};

/// What the functions know about the handle that is reading.
#[derive(Default)]
pub(crate) struct Surroundings {
    pub now: AtomicI64,
    pub user: AtomicI64,
    /// The change set as of which is read.
    pub shown: AtomicI64,
    pub zone: RwLock<Tz>,
    pub schema: RwLock<Option<Arc<Schema>>>,
}

impl Surroundings {
    fn zone(&self) -> Tz {
        *sync::read(&self.zone)
    }

    fn day_of(&self, millis: i64) -> SqlResult<NaiveDate> {
        // Further away, the day in another time zone may have no name.
        let known = |moment: &DateTime<Utc>| (-9999..=9999).contains(&moment.year());
        let moment = DateTime::from_timestamp_millis(millis).filter(known).ok_or_else(|| wrong("a moment out of range"))?;
        Ok(moment.with_timezone(&self.zone()).date_naive())
    }

    fn day(&self, value: ValueRef<'_>) -> SqlResult<Option<NaiveDate>> {
        match value {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(millis) => self.day_of(millis).map(Some),
            ValueRef::Text(text) => {
                let text = std::str::from_utf8(text).unwrap_or_default();
                text.get(..10).and_then(|day| day.parse().ok()).map(Some).ok_or_else(|| wrong("expected a moment or a date such as 2026-01-31"))
            }
            _ => Err(wrong("expected a moment or a date")),
        }
    }
}

/// The first moment of a day in a zone; a day that starts within a gap starts after it.
pub(crate) fn start_of(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=4)
        .find_map(|half_hours| zone.from_local_datetime(&(midnight + chrono::TimeDelta::minutes(30 * half_hours))).earliest())
        .map_or_else(|| midnight.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// The first day of a day's period, and of the next one; none where it is too far away to be written as a date.
fn bounds(context: &Context<'_>, day: Option<NaiveDate>) -> SqlResult<(Option<String>, Option<String>)> {
    let Some(day) = day else { return Ok((None, None)) };
    let from = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1);
    let (first, next) = match context.get::<String>(0)?.as_str() {
        "day" => (Some(day), day.succ_opt()),
        "week" => {
            let first = day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()));
            (first, first.and_then(|first| first.checked_add_days(Days::new(7))))
        }
        "month" => (from(day.year(), day.month()), from(day.year(), day.month()).and_then(|first| first.checked_add_months(Months::new(1)))),
        "quarter" => {
            let first = from(day.year(), day.month0() / 3 * 3 + 1);
            (first, first.and_then(|first| first.checked_add_months(Months::new(3))))
        }
        "year" => (from(day.year(), 1), from(day.year() + 1, 1)),
        _ => return Err(wrong("a period is one of day, week, month, quarter, year")),
    };
    let written = |day: Option<NaiveDate>| day.filter(|day| (0..=9999).contains(&day.year())).map(|day| day.to_string());
    Ok((written(first), written(next)))
}

/// The items of a multi-pick field, the first argument.
fn items(context: &Context<'_>) -> SqlResult<Vec<String>> {
    let Some(items) = context.get::<Option<String>>(0)? else { return Ok(Vec::new()) };
    serde_json::from_str(&items).map_err(|_| wrong("expected a multi-pick field"))
}

/// What becomes of the second argument, a word of the dictionary that the first one names.
fn words(around: &Surroundings, context: &Context<'_>, of: fn(&Renamed, &str) -> String) -> SqlResult<Option<String>> {
    let Some(word) = context.get::<Option<String>>(1)? else { return Ok(None) };
    let dictionary = context.get_raw(0).as_str()?;
    let schema = sync::read(&around.schema);
    Ok(Some(schema.as_ref().and_then(|schema| schema.renamed(dictionary)).map_or_else(|| word.clone(), |renamed| of(renamed, &word))))
}

/// The whole number that a text begins with, zero where there is none.
fn leading_number(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.trim_start_matches(['-', '+']);
    let digits = &digits[..digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len())];
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    if digits.is_empty() { 0 } else { format!("{}{digits}", if limit < 0 { "-" } else { "" }).parse().unwrap_or(limit) }
}

/// What is told where the past of an entity before a moment was taken away.
fn gone(entity: &str, since: i64) -> String {
    match DateTime::from_timestamp_millis(since) {
        Some(since) => format!("{GONE}`{entity}` before {} is gone: it was pruned", since.to_rfc3339_opts(SecondsFormat::Millis, true)),
        None => format!("{GONE}`{entity}` is not kept: it tells only how things are going on now"),
    }
}

fn wrong(reason: &str) -> SqlError {
    SqlError::UserFunctionError(reason.to_owned().into())
}

/// Registers the functions on a connection.
pub(crate) fn register(conn: &Connection, around: &Arc<Surroundings>) -> SqlResult<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    macro_rules! function {
        ($name:literal, $arguments:literal, |$around:ident, $context:ident| $body:expr) => {{
            let $around = around.clone();
            conn.create_scalar_function($name, $arguments, flags, move |$context: &Context<'_>| $body)?;
        }};
    }
    function!("now", 0, |around, _context| Ok(around.now.load(Ordering::Relaxed)));
    function!("shown", 0, |around, _context| Ok(around.shown.load(Ordering::Relaxed)));
    function!("past_is_kept", 3, |around, context| match context.get::<i64>(1)? {
        earliest if around.shown.load(Ordering::Relaxed) < earliest => Err(wrong(&gone(&context.get::<String>(0)?, context.get(2)?))),
        _ => Ok(true),
    });
    function!("today", 0, |around, _context| Ok(around.day_of(around.now.load(Ordering::Relaxed))?.to_string()));
    function!("today", 1, |around, context| {
        let Some(days) = context.get::<Option<i64>>(0)? else { return Ok(None) };
        let moved = chrono::TimeDelta::try_days(days).zip(Some(around.day_of(around.now.load(Ordering::Relaxed))?));
        let day = moved.and_then(|(days, today)| today.checked_add_signed(days)).filter(|day| (1..=9999).contains(&day.year()));
        day.map(|day| Some(day.to_string())).ok_or_else(|| wrong("a day out of range"))
    });
    function!("acting_user", 0, |around, _context| Ok(Some(around.user.load(Ordering::Relaxed)).filter(|user| *user != 0)));
    function!("days", 1, |around, context| {
        let _ = &around;
        Ok((context.get::<f64>(0)? * 86_400_000.0) as i64)
    });
    function!("moment", 1, |around, context| match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(millis) => Ok(Some(millis)),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).unwrap_or_default().trim();
            match text.parse::<NaiveDate>() {
                Ok(day) => Ok(Some(start_of(around.zone(), day).timestamp_millis())),
                Err(_) => {
                    parse_moment(text).map(|moment| Some(moment.timestamp_millis())).ok_or_else(|| wrong("expected a moment such as 2026-01-31T09:00:00Z"))
                }
            }
        }
        _ => Err(wrong("expected a moment")),
    });
    function!("day", 1, |around, context| Ok(around.day(context.get_raw(0))?.map(|day| day.to_string())));
    function!("month", 1, |around, context| Ok(around.day(context.get_raw(0))?.map(|day| day.format("%Y-%m").to_string())));
    function!("quarter", 1, |around, context| Ok(around.day(context.get_raw(0))?.map(|day| format!("{}-Q{}", day.year(), day.month0() / 3 + 1))));
    function!("year", 1, |around, context| Ok(around.day(context.get_raw(0))?.map(|day| i64::from(day.year()))));
    function!("week", 1, |around, context| Ok(around.day(context.get_raw(0))?.map(|day| day.format("%G-W%V").to_string())));
    function!("period_start", 2, |around, context| Ok(bounds(context, around.day(context.get_raw(1))?)?.0));
    function!("next_period", 2, |around, context| Ok(bounds(context, around.day(context.get_raw(1))?)?.1));
    conn.create_aggregate_function("median", 1, flags, super::quantile::Quantile)?;
    conn.create_aggregate_function("quantile", 2, flags, super::quantile::Quantile)?;
    function!("days_between", 2, |around, context| {
        let (from, to) = (around.day(context.get_raw(0))?, around.day(context.get_raw(1))?);
        Ok(from.zip(to).map(|(from, to)| (to - from).num_days()))
    });
    function!("has", 2, |around, context| {
        let _ = &around;
        let Some(word) = context.get::<Option<String>>(1)? else { return Ok(false) };
        Ok(items(context)?.contains(&word))
    });
    function!("fold", 1, |around, context| {
        let _ = &around;
        Ok(context.get::<Option<String>>(0)?.map(|text| text::fold(&text)))
    });
    function!("meaning", 2, |around, context| {
        let (Some(dictionary), Some(word)) = (context.get::<Option<String>>(0)?, context.get::<Option<String>>(1)?) else { return Ok(None) };
        Ok(sync::read(&around.schema).as_ref().and_then(|schema| schema.meaning(&dictionary, &word).map(str::to_owned)))
    });
    function!("word", 2, |around, context| words(&around, context, Renamed::shown));
    function!("word_of_today", 2, |around, context| words(&around, context, Renamed::today));
    function!("words", 2, |around, context| {
        let Some(items) = context.get::<Option<String>>(1)? else { return Ok(None) };
        let items: Vec<String> = serde_json::from_str(&items).map_err(|_| wrong("expected a multi-pick field"))?;
        let dictionary = context.get::<String>(0)?;
        let schema = sync::read(&around.schema);
        let items = schema.as_ref().and_then(|schema| schema.renamed(&dictionary)).map_or_else(|| items.clone(), |renamed| renamed.shown_items(&items));
        Ok(Some(serde_json::Value::from(items).to_string()))
    });
    function!("items", 1, |around, context| {
        let _ = &around;
        Ok(items(context)?.len() as i64)
    });
    function!("item", 2, |around, context| {
        let _ = &around;
        let place = context.get::<Option<i64>>(1)?.and_then(|place| usize::try_from(place.checked_sub(1)?).ok());
        place.and_then(|place| items(context).map(|items| items.into_iter().nth(place)).transpose()).transpose()
    });
    function!("whole", 1, |around, context| {
        let _ = &around;
        Ok(match context.get_raw(0) {
            ValueRef::Integer(number) => Some(number),
            ValueRef::Real(number) => Some(number as i64),
            ValueRef::Text(text) => Some(leading_number(std::str::from_utf8(text).unwrap_or_default())),
            ValueRef::Null | ValueRef::Blob(_) => None,
        })
    });
    conn.create_aggregate_function("nearest", 2, flags, super::nearest::Nearest)?;
    function!("major", 2, |around, context| {
        let _ = &around;
        let (Some(minor), Some(code)) = (context.get::<Option<i64>>(0)?, context.get::<Option<String>>(1)?) else { return Ok(None) };
        let currency = code.parse().map_err(|_| wrong("not a currency code"))?;
        Ok(Money::from_minor(minor, currency).amount().to_f64())
    });
    function!("in_base", 3, |around, context| {
        let (Some(minor), Some(code)) = (context.get::<Option<i64>>(0)?, context.get::<Option<String>>(1)?) else { return Ok(None) };
        let Some(schema) = sync::read(&around.schema).clone() else { return Err(wrong("no exchange rates are loaded")) };
        if code == schema.base_currency.code() {
            return Ok(Some(minor));
        }
        let day = around.day(context.get_raw(2))?.map_or_else(|| around.day_of(around.now.load(Ordering::Relaxed)), Ok)?.to_string();
        let rate = schema
            .rate(&code, &day)
            .ok_or_else(|| wrong(&format!("no exchange rate from {code} to {} on {day}; add one to exchange_rate", schema.base_currency)))?;
        let from = code.parse().map_err(|_| wrong("not a currency code"))?;
        let money = Money::from_minor(minor, from).convert(rate, schema.base_currency).map_err(|error| wrong(error.reason()))?;
        Ok(Some(money.minor))
    });
    Ok(())
}
