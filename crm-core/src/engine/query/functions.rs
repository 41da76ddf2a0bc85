//! The functions a filter may call: those that SQLite and PostgreSQL share, and the library's own.

/// Scalar and aggregate functions of SQL itself.
const STANDARD: &[&str] =
    &["abs", "avg", "coalesce", "count", "length", "lower", "ltrim", "max", "min", "nullif", "replace", "round", "rtrim", "substr", "sum", "trim", "upper"];

/// The functions registered on every connection.
const OWN: &[&str] = &[
    "acting_user",
    "day",
    "days",
    "days_between",
    "fold",
    "has",
    "in_base",
    "major",
    "meaning",
    "median",
    "moment",
    "month",
    "next_period",
    "now",
    "period_start",
    "quantile",
    "quarter",
    "today",
    "week",
    "whole",
    "year",
];

/// Every function a filter may call.
pub(crate) fn functions() -> impl Iterator<Item = &'static str> {
    STANDARD.iter().chain(OWN).copied()
}
