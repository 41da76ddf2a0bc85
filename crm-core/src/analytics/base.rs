//! The records that a report is about.

use crate::areas::stages::STANDARD;
use crate::engine::error::{Error, Result};
use crate::engine::registry::DeclaredReport;
use crate::engine::store::View;
use crate::engine::store::schema::Table as Declared;

/// What a report is over that speaks of any entity whose records go through stages.
const STAGED: &str = "staged";

/// The records of a report: their entity, and what the query knows them as.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub table: &'a Declared,
    pub alias: &'a str,
    /// The query has places for the entity.
    pub any: bool,
}

impl<'a> Base<'a> {
    /// The records of a report; where it speaks of any entity that goes through stages, of the one that goes through the process.
    pub fn of(view: View<'a>, declared: &'static DeclaredReport, process: Option<i64>) -> Result<Option<Self>> {
        let Some((entity, alias)) = declared.base else { return Ok(None) };
        if entity != STAGED {
            return Ok(Some(Base { table: view.schema.table(entity)?, alias, any: false }));
        }
        let entity = match process {
            None => STANDARD.to_owned(),
            Some(id) => view
                .session
                .first("select entity from process where id = ?1", [id], |row| row.get(0))?
                .ok_or_else(|| Error::invalid("process_id", "no such process, or none you may see"))?,
        };
        Ok(Some(Base { table: view.schema.table(&entity)?, alias, any: true }))
    }

    /// A field of the records, where they have it.
    pub fn field(self, name: &str) -> Option<String> {
        self.table.field(name).map(|_| format!("{}.{name}", self.alias))
    }

    /// Puts the entity, and what it is called by and from when to when it lasts, into their places.
    pub fn put(self, sql: &str) -> String {
        if !self.any {
            return sql.to_owned();
        }
        let alias = self.alias;
        let title = self.table.meta.title.map_or("id", |title| self.table.fields[title].name.as_ref());
        let opened = self.field("opened_on").unwrap_or_else(|| format!("day({alias}.created_at)"));
        let closed = self.field("closed_on").unwrap_or_else(|| {
            format!("(select day(max(cm.entered_at)) from stage_move cm where cm.entity = '{}' and cm.record_id = {alias}.id)", self.table.name)
        });
        let organization = self.field("organization_id").unwrap_or_else(|| "null".into());
        let named = format!("'{}'", self.table.name);
        let places = [
            ("'{base}'", named.as_str()),
            ("{base}", &self.table.quoted),
            ("{title}", title),
            ("{opened}", &opened),
            ("{closed}", &closed),
            ("{organization}", &organization),
        ];
        places.into_iter().fold(sql.to_owned(), |sql, (place, text)| sql.replace(place, text))
    }
}
