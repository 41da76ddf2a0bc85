//! The texts of a hit as its reader sees them: through the lens, so that nothing hidden is shown.

use super::plan::{Plan, Text, moments};
use crate::engine::error::Result;
use crate::engine::store::schema::Schema;
use crate::engine::store::{ResultRow, View};

/// A field's name and its text.
pub(crate) type Named = (String, String);

/// The record's moment (when it was added, where `hidden_time`) and its own texts, the title first; `None` when there is no such
/// record for this reader.
pub(crate) fn own(view: View<'_>, plan: &Plan, table: usize, id: i64, hidden_time: bool) -> Result<Option<(i64, Vec<Named>)>> {
    let Some(hits) = plan.of(table) else { return Ok(None) };
    let mut ordered: Vec<&Text> = hits.texts.iter().collect();
    ordered.sort_by_key(|text| !text.title);
    let list: String = ordered.iter().map(|text| format!(", {}", name(view.schema, text))).collect();
    let declared = &view.schema.tables[table];
    let moments = if hidden_time { String::new() } else { moments(declared, "") };
    let sql = format!("select coalesce({moments}created_at, 0){list} from {} where id = ?1", declared.quoted);
    view.session.first(&sql, [id], |row| Ok((row.get(0)?, named(view.schema, &ordered, row)?)))
}

/// The texts of what belongs to the record.
pub(crate) fn of_parts(view: View<'_>, plan: &Plan, table: usize, id: i64) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for parts in plan.of(table).into_iter().flat_map(|hits| &hits.parts) {
        let texts: Vec<&Text> = parts.texts.iter().collect();
        let list: String = texts.iter().map(|text| format!(", {}", name(view.schema, text))).collect();
        let of = if parts.about { format!(" and entity = '{}'", view.schema.tables[table].name) } else { String::new() };
        let sql = format!("select id{list} from {} where {} = ?1{of} order by id", view.schema.tables[parts.table].quoted, parts.owner);
        for mut found in view.session.all(&sql, [id], |row| named(view.schema, &texts, row))? {
            all.append(&mut found);
        }
    }
    Ok(all)
}

fn name<'a>(schema: &'a Schema, text: &Text) -> &'a str {
    &schema.tables[text.field.0].fields[text.field.1].name
}

fn named(schema: &Schema, texts: &[&Text], row: &ResultRow<'_>) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let value = row.text(at + 1)?;
        // The title keeps its place even where it is hidden.
        if value.is_some() || text.title {
            all.push((name(schema, text).to_owned(), value.unwrap_or_default().to_owned()));
        }
    }
    Ok(all)
}
