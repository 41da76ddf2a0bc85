//! How a report is asked.

/// A report: its query, and what it can be narrowed to and split by.
#[derive(Debug)]
pub(crate) struct Form {
    pub name: &'static str,
    /// SQL over plain table names, so that rights and moments apply as to any other reading.
    pub sql: &'static str,
    /// The day that the period is about; empty when it has none.
    pub day: &'static str,
    /// The alias whose owner and line count; empty when there is none.
    pub owned: &'static str,
    /// Whether the records belong to a process.
    pub process: bool,
    /// Whether it can be split.
    pub split: bool,
    /// The columns that are amounts, in minor units of the base currency.
    pub amounts: &'static [&'static str],
}
