//! The columns of user-defined fields.

use super::change_set::ChangeSet;
use crate::engine::error::Result;
use crate::engine::field::FieldType;
use crate::engine::store::schema::{past, quoted};

impl ChangeSet {
    /// Adds the columns of a field to a table, with an index where it is wanted, or needed: removing what a reference refers to looks
    /// for those that do.
    pub(crate) fn add_columns(&self, table: &str, column: &str, field_type: &FieldType, indexed: bool) -> Result<()> {
        let (kind, reference) = match field_type {
            FieldType::Number => ("real", String::new()),
            FieldType::Integer { .. } | FieldType::Money | FieldType::Moment | FieldType::Bool => ("integer", String::new()),
            FieldType::Reference(of) => ("integer", format!(" references {}(id) deferrable initially deferred", quoted(of))),
            FieldType::Text { .. }
            | FieldType::Date
            | FieldType::Decimal
            | FieldType::Currency
            | FieldType::Choice(_)
            | FieldType::Item(_)
            | FieldType::Items(_) => ("text", String::new()),
        };
        let index = format!("{table}_{column}");
        let (table, past) = (quoted(table), quoted(&past(table)));
        // Former versions have the same columns in the same order; they refer to nothing.
        let mut sql = format!("alter table main.{table} add column {column} {kind}{reference}; alter table main.{past} add column {column} {kind};");
        if *field_type == FieldType::Money {
            for table in [&table, &past] {
                sql += &format!("alter table main.{table} add column {column}_currency text;");
            }
        }
        if matches!(field_type, FieldType::Reference(_)) {
            sql += &format!("create index main.{index}_past on {past}({column}, ended_by) where {column} is not null;");
        }
        if indexed || matches!(field_type, FieldType::Reference(_)) {
            sql += &format!("create index main.{index} on {table}({column}) where {column} is not null;");
        }
        self.session().batch(&sql)
    }
}
