//! Values and their forms in the host's language.

use crate::CrmError;
use chrono::{DateTime, NaiveDate, Utc};
use crm_core::{ChangeSetId, Custom, Currency, Money, Value};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

type UtcMoment = DateTime<Utc>;
type Day = NaiveDate;
type ExactNumber = Decimal;

uniffi::custom_type!(UtcMoment, SystemTime, { remote, lower: |moment| to_system(moment), try_lift: |time| Ok(from_system(time)?) });
uniffi::custom_type!(Day, String, { remote, lower: |day| day.to_string(),
    try_lift: |text| Ok(text.trim().parse().map_err(|_| CrmError::invalid("", "expected a date such as 2026-01-31"))?) });
uniffi::custom_type!(ExactNumber, String, { remote, lower: |number| number.normalize().to_string(),
    try_lift: |text| Ok(Decimal::from_str_exact(text.trim()).map_err(|_| CrmError::invalid("", "expected a decimal number such as 12.5"))?) });
uniffi::custom_type!(Currency, String, { remote, lower: |currency| currency.code().to_owned(),
    try_lift: |code| Ok(code.parse::<Currency>().map_err(CrmError::from)?) });
uniffi::custom_type!(Custom, HashMap<String, Value>, { remote, lower: |custom| custom.into_iter().collect(), try_lift: |custom| Ok(custom.into_iter().collect()) });
uniffi::custom_type!(ChangeSetId, i64, { remote, lower: |id| id.0, try_lift: |id| Ok(ChangeSetId(id)) });

/// An exact amount in one currency.
#[uniffi::remote(Record)]
pub struct Money {
    /// The amount in minor units (cents), negative for a debt.
    pub minor: i64,
    /// The ISO 4217 code of the currency it is counted in.
    pub currency: Currency,
}

/// The value of one field of any type.
#[uniffi::remote(Enum)]
pub enum Value {
    /// Nothing known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number, or the id of a record.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// An exact decimal number, as text.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// A day, as text such as `2026-01-31`.
    Date(NaiveDate),
    /// A moment, in milliseconds.
    Moment(DateTime<Utc>),
    /// An amount of money.
    Money(Money),
    /// Several items of a dictionary.
    Items(Vec<String>),
}

fn to_system(moment: DateTime<Utc>) -> SystemTime {
    let millis = moment.timestamp_millis();
    let span = Duration::from_millis(millis.unsigned_abs());
    let time = if millis < 0 { SystemTime::UNIX_EPOCH.checked_sub(span) } else { SystemTime::UNIX_EPOCH.checked_add(span) };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

fn from_system(time: SystemTime) -> Result<DateTime<Utc>, CrmError> {
    let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis()).ok().map(|millis| -millis),
    };
    millis.and_then(DateTime::from_timestamp_millis).ok_or_else(|| CrmError::invalid("", "a moment out of range"))
}

/// A field's type where a caller gives it: everything may be left out, and the library says what it needs.
pub trait Given: Sized {
    /// What the caller gives.
    type Host;
    /// From what the library has.
    fn give(self) -> Self::Host;
    /// To what the library takes.
    fn take(host: Self::Host) -> Self;
}

impl<T> Given for Option<T> {
    type Host = Self;
    fn give(self) -> Self {
        self
    }
    fn take(host: Self) -> Self {
        host
    }
}

/// Lets a type whose fields are never empty be left out where a caller gives it.
macro_rules! given {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::Given for $ty {
            type Host = Option<Self>;
            fn give(self) -> Option<Self> { Some(self) }
            fn take(host: Option<Self>) -> Self { host.unwrap_or_default() }
        }
    )* };
}
pub(crate) use given;

given!(String, i64, f64, bool, Decimal, NaiveDate, DateTime<Utc>, Money, Currency);
