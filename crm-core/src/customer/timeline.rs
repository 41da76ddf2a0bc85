//! The whole life of a customer in one line of time.

use super::life::{LifeEntry, entries};
use crate::areas::directory::{Organization, OrganizationId};
use crate::engine::entity::Entity;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::field_value::FieldValue;
use crate::engine::query::{Builder, Table};
use crate::engine::store::{Change, Operation, View};
use crate::engine::value::Value;
use chrono::{DateTime, Utc};

/// The most entries of one page.
const MAX_ENTRIES: usize = 10_000;

/// What happened with an organization, the newest first, as a page.
pub(super) fn timeline(view: View<'_>, organization: OrganizationId, limit: usize, before: Option<DateTime<Utc>>) -> Result<Table> {
    if limit == 0 || limit > MAX_ENTRIES {
        return Err(Error::invalid("limit", format!("must be between 1 and {MAX_ENTRIES}")));
    }
    let before = before.map_or(i64::MAX, |before| before.timestamp_millis());
    let history = view.history(view.schema.index(Organization::meta().name)?, organization.0)?;
    let mut all: Vec<LifeEntry> = history.into_iter().filter(|change| millis(change.at) < before).map(of_change).collect();
    let mut others = entries(view, organization.0, before, i64::MIN, limit as i64)?;
    if let Some(last) = others.last().map(|last| last.at).filter(|_| others.len() == limit) {
        // All entries of the page's last moment, so that the next page can begin before it.
        others.retain(|entry| entry.at != last);
        others.extend(entries(view, organization.0, millis(last).saturating_add(1), millis(last), i64::MAX)?);
    }
    all.extend(others);
    all.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let end = all.get(limit - 1).map(|entry| entry.at);
    table(all.into_iter().take_while(|entry| end.is_none_or(|end| entry.at >= end)))
}

fn millis(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_millis()
}

/// A change of the organization itself.
fn of_change(change: Change) -> LifeEntry {
    let fields = if change.operation == Operation::Update { change.after.into_keys().collect::<Vec<_>>().join(", ") } else { String::new() };
    LifeEntry {
        at: change.at,
        kind: change.operation.to_string(),
        entity: change.entity,
        record_id: change.record_id,
        title: change.label,
        detail: Some(fields).filter(|fields| !fields.is_empty()),
        user_id: change.actor,
    }
}

fn table(entries: impl Iterator<Item = LifeEntry>) -> Result<Table> {
    let text = <String as FieldValue>::field_type;
    let columns = [
        ("at", FieldType::Moment),
        ("kind", text()),
        ("entity", text()),
        ("record_id", FieldType::Integer { min: 1, max: i64::MAX }),
        ("title", text()),
        ("detail", text()),
        ("user_id", FieldType::Reference("user".into())),
    ];
    let mut table = Builder::new(columns.into_iter().map(|(name, field_type)| (name.to_owned(), Some(field_type))).collect());
    for entry in entries {
        let LifeEntry { at, kind, entity, record_id, title, detail, user_id } = entry;
        table.push_values(&[Value::Integer(millis(at)), kind.into(), entity.into(), record_id.into(), title.into(), detail.into(), user_id.into()])?;
    }
    Ok(table.finish())
}
