//! Where others still name what is to be erased: in their texts, present and former, and in labels of change sets.

use super::change_set::ChangeSet;
use crate::engine::cancel::Progress;
use crate::engine::declare::outcome;
use crate::engine::error::Result;
use crate::engine::field::FieldType;
use crate::engine::store::schema::{Schema, Table};
use crate::engine::text::fold;
use std::collections::BTreeSet;

/// The most mentions that are told.
const MOST: usize = 1_000;
/// What is shorter says too little: it would be found everywhere.
const SHORTEST: usize = 4;

outcome! {
    /// A place where others still name what was erased.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Mention as for_mention {
        /// The entity; `change_set` for a label.
        pub entity: String,
        /// The record, or the change set.
        pub record_id: i64,
        /// The field.
        pub field: String,
        /// Only former versions of the record name it.
        pub former: bool,
    }
}

/// Records: table and id; the first is the one that was asked for.
pub(super) type Records = Vec<(usize, i64)>;

/// What the records are known by, folded: the titles of those whose titles tell of a person.
pub(super) fn needles(change: &ChangeSet, schema: &Schema, records: &Records) -> Result<BTreeSet<String>> {
    let mut needles = BTreeSet::new();
    for (index, id) in records {
        let table = &schema.tables[*index];
        let Some(title) = table.meta.title.map(|title| &table.fields[title]).filter(|title| title.is_personal()) else { continue };
        // What a note or an activity says as a whole is no name.
        if !matches!(title.field_type, FieldType::Text { max } if max <= 500) {
            continue;
        }
        let sql = format!("select {0} from {1} where id = ?1 union select {0} from {2} where id = ?1", title.column, table.stored_name, table.past_name);
        let values = change.session().all(&sql, [*id], |row| row.get::<Option<String>>(0))?;
        needles.extend(values.into_iter().flatten().map(|value| fold(&value)).filter(|value| value.chars().count() >= SHORTEST));
    }
    Ok(needles)
}

pub(super) fn mentions(change: &ChangeSet, schema: &Schema, needles: &BTreeSet<String>, records: &Records, progress: Progress<'_>) -> Result<Vec<Mention>> {
    let mut found: Vec<Mention> = Vec::new();
    if needles.is_empty() {
        return Ok(found);
    }
    let (erased, names) = (records.iter().copied().collect::<BTreeSet<_>>(), |text: &str| {
        let folded = fold(text);
        needles.iter().any(|needle| folded.contains(needle.as_str()))
    });
    let steps = schema.tables.len() as u64 + 1;
    for (index, table) in schema.tables.iter().enumerate() {
        progress(index as u64, Some(steps));
        let fields: Vec<_> = texts(table).collect();
        if fields.is_empty() {
            continue;
        }
        let mut known: BTreeSet<(i64, usize)> = BTreeSet::new();
        for (from, former) in [(&table.stored_name, false), (&table.past_name, true)] {
            let list = fields.iter().map(|(_, column)| format!(", {column}")).collect::<String>();
            change.session().each(&format!("select id{list} from {from}"), [], |row| {
                let id: i64 = row.get(0)?;
                for (place, (field, _)) in fields.iter().enumerate() {
                    let names_it = row.text(place + 1)?.is_some_and(names);
                    if names_it && !erased.contains(&(index, id)) && known.insert((id, *field)) && found.len() < MOST {
                        let field = table.fields[*field].name.to_string();
                        found.push(Mention { entity: table.name.to_owned(), record_id: id, field, former });
                    }
                }
                Ok(())
            })?;
            change.session().check()?;
        }
    }
    change.session().each("select id, label from main.change_set where label is not null", [], |row| {
        if row.text(1)?.is_some_and(names) && found.len() < MOST {
            found.push(Mention { entity: "change_set".into(), record_id: row.get(0)?, field: "label".into(), former: false });
        }
        Ok(())
    })?;
    progress(steps, Some(steps));
    Ok(found)
}

/// The fields of a table that hold texts: place and column.
fn texts(table: &Table) -> impl Iterator<Item = (usize, &str)> {
    let text = |field_type: &FieldType| matches!(field_type, FieldType::Text { .. } | FieldType::Item(_) | FieldType::Items(_));
    table.columns.iter().map(|column| (column.field, column.name.as_str())).filter(move |(field, _)| text(&table.fields[*field].field_type))
}
