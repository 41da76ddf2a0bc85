//! From files whose log kept the differences between former states, as JSON, to files that keep the states.

use super::past;
use crate::engine::meta::Meta;
use crate::engine::store::schema::{past as past_of, quoted};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, Row, params_from_iter};
use serde_json::{Map, Value as Json};

/// The log's own tables become what they are today.
const TABLES: &str = "\
    alter table change drop column before; \
    alter table change_set add column since integer; \
    update change_set set since = at; \
    create index change_set_since on change_set (since); \
    alter table crm_meta add column former_head blob;";

/// Carries the former states over.
pub(super) fn carry_over(conn: &Connection, entities: &[&'static Meta]) -> Result<()> {
    for meta in entities {
        carry_over_table(conn, meta)?;
    }
    conn.execute_batch(TABLES)
}

/// What is known of a record, on the way back from today.
struct Walk {
    record: i64,
    row: Option<Map<String, Json>>,
}

fn carry_over_table(conn: &Connection, meta: &Meta) -> Result<()> {
    let columns: Vec<String> = past::columns(conn, meta.name)?.into_iter().map(|(name, _)| name).collect();
    let list = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    let places = (1..=columns.len() + 1).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
    let mut keep = conn.prepare(&format!("insert into {} (ended_by, {list}) values ({places})", quoted(&past_of(meta.name))))?;
    let mut now = conn.prepare(&format!("select {list} from {} where id = ?1", quoted(meta.name)))?;
    let mut entries = conn.prepare("select record_id, change_set_id, operation, before from change where entity = ?1 order by record_id, id desc")?;
    let mut walk: Option<Walk> = None;
    let mut rows = entries.query([meta.name])?;
    while let Some(entry) = rows.next()? {
        let (record, change_set): (i64, i64) = (entry.get(0)?, entry.get(1)?);
        let Walk { row, .. } = match &mut walk {
            Some(walk) if walk.record == record => walk,
            _ => walk.insert(Walk { record, row: now.query_row([record], |row| read(&columns, row)).optional()? }),
        };
        let before: Option<String> = entry.get(3)?;
        let Some(before) = before else {
            // Added, or brought back.
            *row = None;
            continue;
        };
        let mut before: Map<String, Json> = serde_json::from_str(&before).map_err(|_| rusqlite::Error::InvalidQuery)?;
        if let Some(former) = meta.former {
            former(&mut before);
        }
        let mut version = row.take().unwrap_or_default();
        version.extend(before);
        version.insert("id".into(), record.into());
        // Several changes of a record in one set are one.
        let again = version.get("revision").and_then(Json::as_i64) == Some(change_set);
        if !again || entry.get::<_, String>(2)? == "delete" {
            let values = columns.iter().map(|name| version.get(name).map_or(Value::Null, value));
            keep.execute(params_from_iter(std::iter::once(Value::Integer(change_set)).chain(values)))?;
        }
        *row = Some(version);
    }
    Ok(())
}

fn read(columns: &[String], row: &Row<'_>) -> Result<Map<String, Json>> {
    let mut all = Map::new();
    for (at, name) in columns.iter().enumerate() {
        let json = match row.get_ref(at)? {
            ValueRef::Null | ValueRef::Blob(_) => Json::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        };
        all.insert(name.clone(), json);
    }
    Ok(all)
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Integer((*yes).into()),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Real(number.as_f64().unwrap_or_default()), Value::Integer),
        Json::String(text) => Value::Text(text.clone()),
        other => Value::Text(other.to_string()),
    }
}
