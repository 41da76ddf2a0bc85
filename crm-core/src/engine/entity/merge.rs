//! Two people editing one record: three-way merge, and conflicts where both changed the same field.

use super::rules::{Entity, Fields};
use super::values::{accepted, fields_of, stored_values};
use crate::engine::declare::ChangeSetId;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Schema, Table};
use crate::engine::store::{ChangeSet, decode, differing, versions};
use crate::engine::value::Value;
use std::collections::BTreeMap;

/// The fields of a record changed after a revision, with what they held at it. `now` is the revision it is at.
pub(super) fn changed_since(
    change: &ChangeSet,
    schema: &Schema,
    index: usize,
    (id, now): (i64, ChangeSetId),
    revision: ChangeSetId,
) -> Result<BTreeMap<usize, Value>> {
    if revision > now {
        return Err(never());
    }
    let table = &schema.tables[index];
    let unknown = || if revision < now && table.is_gone(revision.0) { not_kept(table) } else { never() };
    let versions = versions(change.session(), schema, index, id)?;
    let Some(first) = versions.iter().position(|version| version.ended_by.is_none_or(|until| until > revision.0)) else { return Err(unknown()) };
    let since = &versions[first..];
    if since.windows(2).any(|two| two[0].ended_by != Some(two[1].revision)) {
        return Err(Error::conflict(table.name, "the record was removed and restored since that revision; read it again"));
    }
    let (Some(then), Some(now)) = (since.first().filter(|then| then.revision <= revision.0), since.last()) else { return Err(unknown()) };
    let changed = differing(table, &then.row, &now.row);
    Ok(decode(table, &then.row)?.into_iter().filter(|(field, _)| changed.contains(field)).collect())
}

/// What it was at that revision was pruned, or is of those that keep no past: what changed since cannot be told.
fn not_kept(table: &Table) -> Error {
    Error::conflict(table.name, "the record was changed since that revision; read it again")
}

fn never() -> Error {
    Error::invalid("revision", "the record was never at this revision; give the one it was read with")
}

pub(super) fn changed_meanwhile(table: &Table, field: usize) -> Error {
    let name = table.fields[field].name.to_string();
    let reason = format!("somebody else changed `{name}` meanwhile; read the record again");
    Error::conflict(name, reason)
}

/// Three-way merge: fields as read at a revision and edited since, onto the record as it is now.
pub(super) fn merge<E: Entity>(change: &ChangeSet, now: &E, fields: E::Fields, revision: ChangeSetId) -> Result<E::Fields> {
    let schema = change.schema();
    let index = schema.index(E::meta().name)?;
    let table = &schema.tables[index];
    let (values, custom) = fields.into_values();
    let mut mine = accepted(table, values, custom)?;
    let theirs = stored_values::<E>(table, now.fields())?;
    for (field, base) in changed_since(change, &schema, index, (now.id().into(), now.revision()), revision)? {
        if mine[field] == base || table.fields[field].computed {
            mine[field] = theirs[field].clone();
        } else if mine[field] != theirs[field] {
            return Err(changed_meanwhile(table, field));
        }
    }
    fields_of::<E>(table, mine)
}
