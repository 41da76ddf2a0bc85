//! The whole life of a customer in one line of time (D13, S20).

use super::OrganizationId;
use crate::entity::{Entity, FieldType};
use crate::query::Builder;
use crate::store::{View, readable, storage};
use crate::{Error, FieldValue, Organization, Result, Table, Value};
use chrono::{DateTime, Utc};

/// The most entries of one page.
const MAX_ENTRIES: usize = 10_000;

readable! {
    /// What happened with an organization, the newest first: activities, its deals and their way through the stages, notes,
    /// and changes of the organization itself. Columns: `at`, `kind` (the activity's kind, `deal`, `stage`, `note`, or what a change
    /// did), `entity` and `record_id` (of what it is about), `title`, `detail`, `user_id`.
    ///
    /// A page holds `limit` (1 to 10,000) entries, and further ones of the last entry's moment; that moment is `before` of
    /// the next page.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let acme = crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() })?;
    /// let timeline = crm.timeline(acme.id, 100, None)?;
    /// assert_eq!(timeline.text(0, "kind").as_deref(), Some("insert"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn timeline(&self, organization: OrganizationId, limit: usize, before: Option<DateTime<Utc>>) -> Result<Table> =
        |view| timeline(view, organization, limit, before.map_or(i64::MAX, |before| before.timestamp_millis()));
}

/// One entry: its moment and the other columns in order.
type Entry = (i64, [Value; 6]);

fn timeline(view: View<'_>, organization: OrganizationId, limit: usize, before: i64) -> Result<Table> {
    if limit == 0 || limit > MAX_ENTRIES {
        return Err(Error::invalid("limit", format!("must be between 1 and {MAX_ENTRIES}")));
    }
    let index = view.schema.index(Organization::meta().name)?;
    let mut entries = Vec::new();
    for change in view.history(index, organization.0)? {
        let at = change.at.timestamp_millis();
        let fields = if change.operation == crate::Operation::Update { change.after.into_keys().collect::<Vec<_>>().join(", ") } else { String::new() };
        let detail = if fields.is_empty() { Value::Null } else { Value::Text(fields) };
        let entity = Value::Text(change.entity);
        let row = [change.operation.into(), entity, change.record_id.into(), change.label.into(), detail, change.actor.into()];
        if at < before {
            entries.push((at, row));
        }
    }
    let mut others = page(view, organization, before, i64::MIN, limit as i64)?;
    if let Some((last, _)) = others.last().cloned().filter(|_| others.len() == limit) {
        // All entries of the page's last moment, so that the next page can begin before it.
        others.retain(|(at, _)| *at != last);
        others.extend(page(view, organization, last.saturating_add(1), last, -1)?);
    }
    entries.extend(others);
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let end = entries.get(limit - 1).map_or(i64::MIN, |(at, _)| *at);
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
    for (at, [kind, entity, record, title, detail, user]) in entries.into_iter().take_while(|(at, _)| *at >= end) {
        table.push_values(&[Value::Integer(at), kind, entity, record, title, detail, user])?;
    }
    Ok(table.finish())
}

fn page(view: View<'_>, organization: OrganizationId, before: i64, from: i64, limit: i64) -> Result<Vec<Entry>> {
    view.session.all(include_str!("../../sql/reports/timeline.sql"), (organization.0, before, from, limit), |row| {
        let value = |at: usize| crate::store::plain(row.get_ref(at).map_err(storage)?);
        Ok((row.get(0).map_err(storage)?, [value(1)?, value(2)?, value(3)?, value(4)?, value(5)?, value(6)?]))
    })
}
