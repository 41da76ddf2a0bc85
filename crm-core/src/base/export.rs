//! Everything that a file holds of one record, for whom it is about: the record, its parts, what refers to it, and what happened to all of them.

use crate::engine::entity::get_named;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::query::Filter;
use crate::engine::store::schema::{Ownership, Table};
use crate::engine::store::{Change, View};
use crate::engine::value::Named;
use crate::engine::wire::Form;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The most records that an export holds.
const MOST: usize = 100_000;

/// What a record is to the one that was asked for.
#[derive(Clone, Copy, PartialEq)]
enum Relation {
    Itself,
    Part,
    Refers,
}

/// A record and what has to do with it, as the reader sees it, as JSON.
pub(super) fn export_of(view: View<'_>, entity: &str, id: i64) -> Result<String> {
    let index = view.schema.index(entity)?;
    let (mut known, mut all, mut next) = (BTreeSet::from([(index, id)]), vec![(index, id, Relation::Itself)], 0);
    let mut told = Vec::new();
    while let Some((index, id, relation)) = all.get(next).copied() {
        next += 1;
        view.session.check()?;
        let table = &view.schema.tables[index];
        let record = match get_named(view, table.name, id) {
            Err(Error::NotFound { .. }) => None,
            record => Some(record?),
        };
        let history = match view.history(index, id) {
            Err(Error::NotFound { .. } | Error::Invalid { .. }) => Vec::new(),
            history => history?,
        };
        if record.is_none() && history.is_empty() {
            if relation == Relation::Itself {
                return Err(Error::no_such(table.name));
            }
            continue;
        }
        told.push(described(table.name, id, relation, record.as_ref(), &history)?);
        if relation == Relation::Refers {
            continue;
        }
        for (of, other) in view.schema.tables.iter().enumerate() {
            let about = match other.ownership {
                Ownership::About { entity, record } if other.may_be_about(table) => Some((
                    Filter::new(format!("{} = ?1 and {} = ?2", other.fields[entity].name, other.fields[record].name)).bind(table.name).bind(id),
                    Relation::Part,
                )),
                _ => None,
            };
            let references = table.referrers.iter().filter(|referrer| referrer.table == of).map(|referrer| {
                let field = &other.fields[referrer.field];
                (Filter::new(format!("{} = ?1", field.name)).bind(id), if field.part_of { Relation::Part } else { Relation::Refers })
            });
            for (filter, relation) in references.chain(about) {
                let compiled = match filter.compile(view, of) {
                    // By a field that is hidden from the reader nothing is found.
                    Err(Error::Denied { .. }) => continue,
                    compiled => compiled?,
                };
                let sql = format!("select id from {} where {} order by id", other.quoted, compiled.condition);
                let mut found = view.session.all(&sql, compiled.params, |row| row.get::<i64>(0))?;
                // What was part of it when it was removed is still held; who is told of it, its history decides.
                if relation == Relation::Part && !other.meta.operational {
                    found.extend(removed(view, other.name, table.name, id, other)?);
                }
                for found in found {
                    if known.insert((of, found)) {
                        all.push((of, found, relation));
                    }
                }
            }
        }
        if all.len() > MOST {
            return Err(Error::invalid("id", format!("more than {MOST} records have to do with it")));
        }
    }
    Ok(Json::from(told).to_string())
}

/// The records of an entity that were part of a record, or about it, when they were removed.
fn removed(view: View<'_>, name: &str, whole: &str, id: i64, part: &Table) -> Result<Vec<i64>> {
    let gone = format!(
        "not exists (select 1 from {{{name}}} s where s.id = p.id) and not exists (select 1 from {{{name}_past}} n where n.id = p.id and n.ended_by > p.ended_by)"
    );
    let mut found = Vec::new();
    let conditions: Vec<String> = match part.ownership {
        Ownership::About { entity, record } => vec![format!("p.{} = ?2 and p.{} = ?1", part.fields[entity].column, part.fields[record].column)],
        _ => {
            let parts = part.fields[..part.stored].iter().filter(|field| field.part_of && matches!(&field.field_type, FieldType::Reference(of) if of == whole));
            parts.map(|field| format!("?2 <> '' and p.{} = ?1", field.column)).collect()
        }
    };
    for condition in conditions {
        let sql = format!("select distinct p.id from {{{name}_past}} p where {condition} and {gone} order by p.id");
        found.extend(view.session.stored().all(&sql, (id, whole), |row| row.get::<i64>(0))?);
    }
    Ok(found)
}

fn described(entity: &str, id: i64, relation: Relation, record: Option<&Named>, history: &[Change]) -> Result<Json> {
    let wrong = |_| Error::storage("", "cannot be written as JSON");
    let relation = match relation {
        Relation::Itself => "itself",
        Relation::Part => "part",
        Relation::Refers => "refers to it",
    };
    Ok(json!({
        "entity": entity,
        "id": id,
        "relation": relation,
        "record": record.map(|record| serde_json::to_value(Form(record))).transpose().map_err(wrong)?,
        "history": serde_json::to_value(history).map_err(wrong)?,
    }))
}
