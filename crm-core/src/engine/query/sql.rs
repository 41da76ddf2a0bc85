//! Reading SQL into tables: the library's own, and anybody's.

use super::builder::Builder;
use super::filter::bindable;
use super::statement::rewritten;
use super::table::Table;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{FIXED, Schema, Statement};
use crate::engine::store::{Params, View, install_pieces};
use crate::engine::value::Value;
use std::sync::Arc;

/// The longest SQL text, in bytes.
const MAX_SQL: usize = 100_000;

/// The names of a statement's columns, with the types their names suggest.
fn columns_of(schema: &Schema, own: Option<usize>, names: &[String]) -> Vec<(String, Option<FieldType>)> {
    names
        .iter()
        .map(|name| {
            let known = match own {
                Some(table) => schema.tables[table].shown_columns().find(|(column, _)| column == name).map(|(_, field_type)| field_type.clone()),
                None => FIXED.iter().find(|(fixed, _)| fixed == name).map(|(_, field_type)| field_type.clone()).or_else(|| schema.column_type(name)),
            };
            (name.clone(), known)
        })
        .collect()
}

impl View<'_> {
    /// Runs a reading statement from outside, written anew from what was read of it.
    pub(crate) fn sql(&self, sql: &str, params: &[Value]) -> Result<Table> {
        if sql.len() > MAX_SQL {
            return Err(Error::invalid("sql", format!("longer than {MAX_SQL} bytes")));
        }
        let params = params.iter().map(bindable).collect::<Result<Vec<_>>>()?;
        let statement = self.rewritten(sql)?;
        self.session.restricted_to(&statement.given, || self.table(&statement.sql, params, None))
    }

    fn rewritten(&self, sql: &str) -> Result<Arc<Statement>> {
        let past = self.shown.is_some();
        let statement = self.schema.statements.of(past, sql, || rewritten(self.schema, past, sql))?;
        install_pieces(*self, &statement.pieces)?;
        Ok(statement)
    }

    /// A query of the library's own that counts or sums, as it is run: in the past, put together from pieces where that is quicker.
    pub(crate) fn summing(&self, sql: String) -> Arc<Statement> {
        let known = if self.shown.is_some() { self.rewritten(&sql).ok() } else { None };
        known.unwrap_or_else(|| Arc::new(Statement { sql, ..Statement::default() }))
    }

    /// Runs a query into a table; `own` names the entity whose fields the columns are.
    pub(crate) fn table(&self, sql: &str, params: impl Params, own: Option<usize>) -> Result<Table> {
        let columns = |names: Vec<String>| Builder::new(columns_of(self.schema, own, &names));
        self.session.read(sql, params, columns, Builder::push).map(Builder::finish)
    }
}
