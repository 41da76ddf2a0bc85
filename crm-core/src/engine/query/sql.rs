//! Reading SQL into tables: the library's own, and anybody's.

use super::builder::Builder;
use super::filter::bindable;
use super::statement::rewritten;
use super::table::Table;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::schema::{FIXED, Schema};
use crate::engine::store::{Params, View};
use crate::engine::value::Value;

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
        // The comment keeps the text apart from the library's own statements, which are checked differently.
        let written = self.schema.statements.of(sql, || Ok(format!("/* sql */ {}", rewritten(self.schema, sql)?)))?;
        self.session.restricted(|| self.table(&written, params, None))
    }

    /// Runs a query into a table; `own` names the entity whose fields the columns are.
    pub(crate) fn table(&self, sql: &str, params: impl Params, own: Option<usize>) -> Result<Table> {
        let columns = |names: Vec<String>| Builder::new(columns_of(self.schema, own, &names));
        self.session.read(sql, params, columns, Builder::push).map(Builder::finish)
    }
}

#[cfg(test)]
mod measure {
    use super::*;
    use std::time::Instant;

    #[test]
    fn measure() -> Result<()> {
        let crm = crate::Crm::open(":memory:")?;
        let long = format!(
            "with a as (select id, name, value, status from deal where value > 100 and status in ('open', 'won')) select {} from a join organization o on o.id = a.id where {}",
            (0..40).map(|n| format!("sum(case when a.value > {n} then a.value * {n} else 0 end) as c{n}")).collect::<Vec<_>>().join(", "),
            (0..40).map(|n| format!("a.name <> 'x{n}'")).collect::<Vec<_>>().join(" and ")
        );
        for sql in ["select count(*) from deal", "select 1", &long] {
            let mut best = [f64::MAX; 3];
            for _ in 0..7 {
                for (which, best) in best.iter_mut().enumerate() {
                    let took = crm.view(|view| {
                        let _ = view.sql(sql, &[])?;
                        let began = Instant::now();
                        for _ in 0..2_000 {
                            match which {
                                0 => drop(
                                    view.session.restricted(|| view.table(&format!("/* sql */ {sql}"), Vec::<crate::engine::store::Cell<'_>>::new(), None))?,
                                ),
                                1 => drop(view.sql(sql, &[])?),
                                _ => drop(rewritten(view.schema, sql)?),
                            }
                        }
                        Ok(began.elapsed().as_secs_f64() / 2_000.0 * 1e6)
                    })?;
                    *best = best.min(took);
                }
            }
            println!("MEASURE {} bytes: before {:.2} µs, after {:.2} µs, reading and writing {:.2} µs", sql.len(), best[0], best[1], best[2]);
        }
        Ok(())
    }
}
