//! The records that a report is about.

use crate::areas::stages::STANDARD;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::registry::DeclaredReport;
use crate::engine::store::View;
use crate::engine::store::schema::Table as Declared;

/// What a report is over that speaks of any entity whose records go through stages.
const STAGED: &str = "staged";

/// The field that says what a record that goes through stages is worth.
const AMOUNT: &str = "value";

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
        let goes = match process {
            None => None,
            Some(id) => view.session.first("select entity from process where id = ?1", [id], |row| row.get::<String>(0))?,
        };
        if entity != STAGED {
            let table = view.schema.table(entity)?;
            if let Some(other) = goes.filter(|goes| goes != entity && table.field("process_id").is_some()) {
                return Err(Error::invalid("process_id", format!("the process is one for `{other}`; this report is about `{entity}` alone")));
            }
            return Ok(Some(Base { table, alias, any: false }));
        }
        if process.is_some() && goes.is_none() {
            return Err(Error::invalid("process_id", "no such process, or none you may see"));
        }
        let entity = goes.unwrap_or_else(|| STANDARD.to_owned());
        Ok(Some(Base { table: view.schema.table(&entity)?, alias, any: true }))
    }

    /// A field of the records, where they have it.
    pub fn field(self, name: &str) -> Option<String> {
        self.table.field(name).map(|_| format!("{}.{name}", self.alias))
    }

    /// Puts the entity, and what its records have, into their places: what they are called by, from when to when they last, what they are worth.
    pub fn put(self, sql: &str) -> Result<String> {
        if !self.any {
            return Ok(sql.to_owned());
        }
        let alias = self.alias;
        let title = self.table.meta.title.map_or("id", |title| self.table.fields[title].name.as_ref());
        let opened = self.field("opened_on").unwrap_or_else(|| format!("day({alias}.created_at)"));
        let closed = self.field("closed_on").unwrap_or_else(|| {
            format!("(select day(max(cm.entered_at)) from stage_move cm where cm.entity = '{}' and cm.record_id = {alias}.id)", self.table.name)
        });
        let or_null = |name: &str| self.field(name).unwrap_or_else(|| "null".into());
        let (organization, probability) = (or_null("organization_id"), or_null("probability"));
        // What was frozen when it ended counts then.
        let today = format!("in_base({alias}.{AMOUNT}, {alias}.{AMOUNT}_currency, today())");
        let amount = self.field("closed_value").map_or_else(|| today.clone(), |closed| format!("case ds.kind when 'open' then {today} else {closed} end"));
        let reason = self.field("lost_reason");
        if reason.is_none() && sql.contains("{reason}") {
            return Err(Error::invalid("process_id", "what goes through this process has no `lost_reason`"));
        }
        let named = format!("'{}'", self.table.name);
        let places = [
            ("'{base}'", named.as_str()),
            ("{base}", &self.table.quoted),
            ("{title}", title),
            ("{opened}", &opened),
            ("{closed}", &closed),
            ("{organization}", &organization),
            ("{probability}", &probability),
            ("{amount}", &amount),
            ("{reason}", reason.as_deref().unwrap_or_default()),
            ("{count}", if self.table.name == STANDARD { "deals" } else { "records" }),
        ];
        Ok(places.into_iter().fold(self.where_it_has(sql), |sql, (place, text)| sql.replace(place, text)))
    }

    /// Leaves out what stands between `{if name}` and `{end}` where the records have no field of that name.
    fn where_it_has(self, sql: &str) -> String {
        let mut parts = sql.split("{if ");
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or_default();
            let (within, after) = rest.split_once("{end}").unwrap_or_default();
            kept += if self.has(name) { within } else { "" };
            kept += after;
        }
        kept
    }

    /// Whether the records have a field; an amount is one of money.
    fn has(self, name: &str) -> bool {
        self.table.field(name).is_some_and(|field| name != AMOUNT || field.field_type == FieldType::Money)
    }
}
