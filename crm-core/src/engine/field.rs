//! Fields: their types, what they accept, and how they are described.

use super::error::{Error, Result};
use super::money::{Currency, Money};
use super::text::fold;
use super::value::Value;
use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// The type of a field, which decides what values it accepts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldType {
    /// Text of at most `max` characters.
    Text {
        /// The longest text accepted, in characters.
        max: usize,
    },
    /// A whole number within limits.
    Integer {
        /// The least number accepted.
        min: i64,
        /// The greatest number accepted.
        max: i64,
    },
    /// A number with a fraction.
    Number,
    /// An exact decimal number.
    Decimal,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// A moment in time, kept in milliseconds.
    Moment,
    /// An amount of money with its currency.
    Money,
    /// An ISO 4217 currency code.
    Currency,
    /// One of a closed set of words.
    Choice(&'static [&'static str]),
    /// One item of a dictionary.
    Item(Cow<'static, str>),
    /// Several items of a dictionary.
    Items(Cow<'static, str>),
    /// The id of a record of another entity.
    Reference(Cow<'static, str>),
}

impl FieldType {
    /// The longest text accepted where nothing else is said, in characters.
    pub const DEFAULT_TEXT: usize = 500;
    /// The most items a multi-pick field holds.
    pub const MAX_ITEMS: usize = 100;
    /// The longest dictionary item, in characters.
    pub const MAX_ITEM: usize = 120;

    /// Whether full-text search looks into fields of this type: texts and pick-lists.
    pub fn is_searchable(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Item(_) | Self::Items(_))
    }

    /// The type's name in metadata: `text`, `integer`, `money`, `reference`, ...
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Number => "number",
            Self::Decimal => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Moment => "moment",
            Self::Money => "money",
            Self::Currency => "currency",
            Self::Choice(_) => "choice",
            Self::Item(_) => "item",
            Self::Items(_) => "items",
            Self::Reference(_) => "reference",
        }
    }

    /// The type in words for lists of arguments: its name, with the entity of a reference and the words of a choice.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Choice(words) => words.join("|"),
            Self::Reference(entity) => format!("id of {entity}"),
            _ => self.name().to_owned(),
        }
    }

    /// Puts a value into this field's shape, reading texts where that is unambiguous (a date as
    /// `2026-01-31`, money as `12.50 EUR`), or says why it cannot be.
    pub fn accept(&self, field: &str, value: Value) -> Result<Value> {
        if value.is_null() {
            return Ok(value);
        }
        let kind = value.kind();
        let wrong = |expected: &str| Error::invalid(field, format!("expected {expected}, got {kind}"));
        match (self, value) {
            (Self::Text { max }, Value::Text(text)) => {
                // Bytes bound the characters, so most texts need no counting.
                if text.len() > *max && text.chars().count() > *max {
                    return Err(Error::invalid(field, format!("longer than {max} characters")));
                }
                if text.contains('\0') {
                    return Err(Error::invalid(field, "a text cannot hold the character NUL"));
                }
                Ok(Value::Text(text))
            }
            (Self::Text { .. }, _) => Err(wrong("a text")),
            (Self::Integer { min, max }, value) => {
                let number = match value {
                    Value::Integer(number) => number,
                    Value::Number(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => number as i64,
                    Value::Text(text) => text.trim().parse().map_err(|_| wrong("a whole number"))?,
                    _ => return Err(wrong("a whole number")),
                };
                if number < *min || number > *max {
                    return Err(Error::invalid(field, format!("must be between {min} and {max}")));
                }
                Ok(Value::Integer(number))
            }
            (Self::Number, value) => {
                let number = match value {
                    Value::Number(number) => number,
                    Value::Integer(number) => number as f64,
                    Value::Decimal(number) => number.try_into().map_err(|_| wrong("a number"))?,
                    Value::Text(text) => text.trim().parse().map_err(|_| wrong("a number"))?,
                    _ => return Err(wrong("a number")),
                };
                if number.is_finite() { Ok(Value::Number(number)) } else { Err(Error::invalid(field, "must be a finite number")) }
            }
            (Self::Decimal, value) => match value {
                Value::Decimal(number) => Ok(Value::Decimal(number)),
                Value::Integer(number) => Ok(Value::Decimal(number.into())),
                Value::Number(number) => Decimal::try_from(number).map(Value::Decimal).map_err(|_| wrong("a decimal number")),
                Value::Text(text) => Decimal::from_str_exact(text.trim()).map(Value::Decimal).map_err(|_| wrong("a decimal number")),
                _ => Err(wrong("a decimal number")),
            },
            (Self::Bool, Value::Bool(yes)) => Ok(Value::Bool(yes)),
            (Self::Bool, Value::Integer(number @ (0 | 1))) => Ok(Value::Bool(number == 1)),
            (Self::Bool, Value::Text(text)) => match fold(&text).as_str() {
                "yes" | "true" | "1" | "y" => Ok(Value::Bool(true)),
                "no" | "false" | "0" | "n" => Ok(Value::Bool(false)),
                _ => Err(wrong("yes or no")),
            },
            (Self::Bool, _) => Err(wrong("yes or no")),
            (Self::Date, Value::Date(day)) => in_calendar(field, day).map(|()| Value::Date(day)),
            (Self::Date, Value::Text(text)) => {
                let day = text.trim().parse::<NaiveDate>().map_err(|_| wrong("a date such as 2026-01-31"))?;
                in_calendar(field, day).map(|()| Value::Date(day))
            }
            (Self::Date, _) => Err(wrong("a date")),
            (Self::Moment, value) => {
                let moment = match value {
                    Value::Moment(moment) => moment.trunc_subsecs(3),
                    Value::Date(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
                    Value::Text(text) => parse_moment(&text).ok_or_else(|| wrong("a moment such as 2026-01-31T09:00:00Z"))?,
                    _ => return Err(wrong("a moment")),
                };
                in_calendar(field, moment.date_naive()).map(|()| Value::Moment(moment))
            }
            (Self::Money, Value::Money(money)) => Ok(Value::Money(money)),
            (Self::Money, Value::Text(text)) => text.parse::<Money>().map(Value::Money).map_err(|error| Error::invalid(field, error.reason())),
            (Self::Money, _) => Err(wrong("an amount of money with its currency")),
            (Self::Currency, Value::Text(text)) => text.parse::<Currency>().map(Value::from).map_err(|error| Error::invalid(field, error.reason())),
            (Self::Currency, _) => Err(wrong("a currency code")),
            (Self::Choice(words), Value::Text(text)) => {
                let folded = fold(&text).replace([' ', '-'], "_");
                match words.iter().find(|word| **word == folded) {
                    Some(word) => Ok(Value::Text((*word).to_owned())),
                    None => Err(Error::invalid(field, format!("must be one of {}", words.join(", ")))),
                }
            }
            (Self::Choice(_), _) => Err(wrong("a word")),
            (Self::Item(_), Value::Text(text)) => item(field, &text).map(Value::Text),
            (Self::Item(_), _) => Err(wrong("an item of a dictionary")),
            (Self::Items(_), value) => {
                let items = match value {
                    Value::Items(items) => items,
                    Value::Text(text) => text.split(';').map(str::to_owned).collect(),
                    _ => return Err(wrong("a list of items")),
                };
                if items.len() > Self::MAX_ITEMS {
                    return Err(Error::invalid(field, format!("more than {} items", Self::MAX_ITEMS)));
                }
                let mut accepted = items.iter().map(|text| item(field, text)).collect::<Result<Vec<_>>>()?;
                accepted.sort();
                accepted.dedup();
                Ok(Value::Items(accepted))
            }
            (Self::Reference(_), Value::Integer(id)) if id > 0 => Ok(Value::Integer(id)),
            (Self::Reference(_), Value::Text(text)) => match text.trim().parse::<i64>() {
                Ok(id) if id > 0 => Ok(Value::Integer(id)),
                _ => Err(wrong("the id of a record")),
            },
            (Self::Reference(_), _) => Err(wrong("the id of a record")),
        }
    }
}

/// Days are kept as texts of ten characters, which sort as they should for these years only.
fn in_calendar(field: &str, day: NaiveDate) -> Result<()> {
    if (1..=9999).contains(&day.year()) { Ok(()) } else { Err(Error::invalid(field, "must be in a year between 1 and 9999")) }
}

fn item(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > FieldType::MAX_ITEM || text.contains(['\0', ';']) {
        return Err(Error::invalid(field, format!("an item has 1 to {} characters and no semicolon", FieldType::MAX_ITEM)));
    }
    Ok(text.to_owned())
}

/// Reads an RFC 3339 moment, or a day and time without a zone as UTC.
pub(crate) fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc).trunc_subsecs(3));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"] {
        if let Ok(moment) = chrono::NaiveDateTime::parse_from_str(text, format) {
            return Some(moment.and_utc().trunc_subsecs(3));
        }
    }
    text.parse::<NaiveDate>().ok().map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// The description of one field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name in every language, in filters and in SQL.
    pub name: Cow<'static, str>,
    /// What the field means.
    pub doc: Cow<'static, str>,
    /// What it accepts.
    pub field_type: FieldType,
    /// Must be given.
    pub required: bool,
    /// Never empty in a record, yet filled by a rule when a caller leaves it out.
    pub defaulted: bool,
    /// Kept by the library's own rules; what a caller gives is replaced.
    pub computed: bool,
    /// The record belongs to the one referred to: it is removed and shown with it.
    pub part_of: bool,
    /// The field that this one follows from: where that is hidden, so is this.
    pub shows: Option<&'static str>,
    /// An amount in minor units of the base currency, which then stays.
    pub in_base: bool,
    /// Of the records that agree in these fields, at most one has a yes here: the first, until another takes it over.
    pub one_of: Option<&'static [&'static str]>,
    /// Once it has a value, what the record says stays: it was sent, approved or booked.
    pub seals: bool,
    /// It may change in a sealed record, too.
    pub outside: bool,
    /// The library gives each record a number here, by this pattern unless the file has another.
    pub number: Option<&'static str>,
    /// Full-text search looks into it.
    pub searchable: bool,
    /// Whether it tells of a person, or may; every text says so.
    pub(crate) personal: Option<bool>,
    /// Formula or roll-up: an SQL expression computed when read.
    pub expression: Option<String>,
    /// The column in the table (the first of two for money); differs from `name` for custom fields.
    pub column: Cow<'static, str>,
}

impl Field {
    /// True for a user-defined field.
    pub fn is_custom(&self) -> bool {
        self.column != self.name
    }

    /// Whether it tells of a person, or may: what erasure empties.
    pub fn is_personal(&self) -> bool {
        self.personal == Some(true)
    }

    /// Puts a value into shape and checks that a required one is there.
    pub(crate) fn accept(&self, value: Value) -> Result<Value> {
        let value = match value {
            Value::Text(text) if text.trim().is_empty() => Value::Null,
            value => self.field_type.accept(&self.name, value)?,
        };
        if self.required && value.is_null() {
            return Err(Error::invalid(self.name.as_ref(), "is required"));
        }
        Ok(value)
    }
}
