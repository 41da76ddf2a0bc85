//! What the records of an entity say, and said: each version is read through the types of its fields, has the digest that the log holds of it, and
//! ended when the log says; and the records that are there are those that the log brought into being and did not remove.

use super::verified::Verified;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::store::log::Operation;
use crate::engine::store::schema::{Ownership, Part, Table};
use crate::engine::store::sqlite::{Entries, Found, each_version, read_value};
use crate::engine::store::view::View;
use crate::engine::value::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(view: View<'_>, index: usize, verified: &mut Verified) -> Result<()> {
    let table = &view.schema.tables[index];
    if table.meta.operational {
        verified.records += view.session.number(&format!("select count(*) from {}", table.stored_name), [])?.unwrap_or(0);
        return Ok(());
    }
    check_living(view, index, verified)?;
    check_versions(view, table, verified)?;
    check_about(view, index, verified)
}

/// The records that are there must be those of the log, at the revision it last gave them.
fn check_living(view: View<'_>, index: usize, verified: &mut Verified) -> Result<()> {
    let (name, stored_name) = (view.schema.tables[index].name, &view.schema.tables[index].stored_name);
    let mut ranges: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let mut single: BTreeMap<i64, Option<i64>> = BTreeMap::new();
    let entries = "select record_id, last_id, operation, change_set_id from main.change where entity = ?1 and operation <> 'erase' order by id";
    view.session.each(entries, [name], |row| {
        let (first, last, change_set): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(3)?);
        match row.text(2)?.unwrap_or_default().parse::<Operation>() {
            Ok(Operation::Insert) if last > first => drop(ranges.insert(first, (last, change_set))),
            Ok(Operation::Delete) => single.extend((first..=last).map(|id| (id, None))),
            Ok(_) => single.extend((first..=last).map(|id| (id, Some(change_set)))),
            Err(_) => verified.find(format!("log: change set {change_set} did what there is not")),
        }
        Ok(())
    })?;
    let living: i64 = single.values().filter(|revision| revision.is_some()).count() as i64
        + ranges.iter().map(|(first, (last, _))| last - first + 1 - single.range(first..=last).count() as i64).sum::<i64>();
    let mut count = 0;
    view.session.each(&format!("select id, revision from {stored_name}"), [], |row| {
        let (id, revision): (i64, i64) = (row.get(0)?, row.get(1)?);
        let logged = single
            .get(&id)
            .copied()
            .unwrap_or_else(|| ranges.range(..=id).next_back().filter(|(_, (last, _))| *last >= id).map(|(_, (_, change_set))| *change_set));
        if logged != Some(revision) {
            verified.find(format!("{name} {id}: the log does not know this state of it"));
        }
        count += 1;
        Ok(())
    })?;
    if count != living {
        verified.find(format!("{name}: {count} records are there, the log knows of {living}"));
    }
    verified.records += count;
    Ok(())
}

/// Each version, present or former, is what the log holds of it.
fn check_versions(view: View<'_>, table: &Table, verified: &mut Verified) -> Result<()> {
    let (conn, name) = (&view.session.conn, table.name);
    let mut entries = Entries::read(conn, name)?;
    let reading = reading(table);
    let gone = table.gone.map_or(0, |gone| gone.change_set);
    let mut count = 0_u32;
    each_version(conn, name, &table.digested, |version| {
        let Found { id, revision, ended_by, .. } = *version;
        count = count.wrapping_add(1);
        if count.is_multiple_of(4096) {
            view.session.check()?;
        }
        if let Err(error) = read(table, &reading, version) {
            verified.find(format!("{name} {id}: {}", error.reason()));
        }
        match version.halves(&table.digested) {
            Ok(halves) => {
                // Of what was erased the log holds what is left; the half over what is gone stands for it. It may have been erased again since.
                let erased: Vec<_> = entries.erased.get(&id).into_iter().flatten().filter(|erased| erased.revision == revision).collect();
                let follow = erased.windows(2).all(|two| two[1].personal == two[0].left);
                if erased.last().is_some_and(|last| last.left != halves.personal) || !follow {
                    verified.find(format!("{name} {id}: what was left of an erased version was altered"));
                }
                let whole = halves.with_personal(erased.first().map(|erased| erased.personal)).whole();
                if !entries.take(id, revision, whole) {
                    verified.find(format!("{name} {id}: the log does not know what it says or said"));
                }
            }
            Err(error) => verified.find(format!("{name} {id}: {}", error.reason())),
        }
        if ended_by.is_some() && entries.end_of(id, revision) != ended_by {
            verified.find(format!("{name} {id}: the log knows another end of what it was"));
        }
        if ended_by.is_some_and(|ended| ended <= gone) {
            verified.find(format!("{name} {id}: a former version is there that was pruned"));
        }
        Ok(())
    })?;
    let said: BTreeSet<_> =
        entries.all.iter().filter(|entry| entry.operation == Operation::Erase.as_str()).map(|entry| (entry.first, entry.change_set)).collect();
    for (record, versions) in &entries.erased {
        if versions.iter().any(|version| !said.contains(&(*record, version.change_set))) {
            verified.find(format!("{name} {record}: a version passes for erased"));
        }
    }
    // Of several entries of a set about one record, which only files of earlier formats have, the last has the digest.
    let found = entries.finish();
    for (entry, found) in entries.all.iter().zip(found) {
        let pruned = || entry.first == entry.last && entries.end_of(entry.first, entry.change_set).is_some_and(|end| end <= gone);
        if entry.digest != found && !(found.is_none() && pruned()) {
            let which = if entry.first == entry.last { entry.first.to_string() } else { format!("{} to {}", entry.first, entry.last) };
            verified.find(format!("{name} {which}: what it says or said was altered after change set {}", entry.change_set));
        }
    }
    Ok(())
}

/// The fields of a table by the places of their columns in a version: field, column, currency.
fn reading(table: &Table) -> Vec<(usize, usize, Option<usize>)> {
    let place = |column: usize| table.digested.iter().position(|digested| digested.column == Some(column));
    let whole = table.columns.iter().enumerate().filter(|(_, column)| column.part == Part::Whole);
    whole
        .filter_map(|(at, column)| {
            let currency = (table.fields[column.field].field_type == FieldType::Money).then(|| place(at + 1)).flatten();
            Some((column.field, place(at)?, currency))
        })
        .collect()
}

/// Reads a version through the types of its fields.
fn read(table: &Table, reading: &[(usize, usize, Option<usize>)], version: &Found<'_>) -> Result<()> {
    for (field, at, currency) in reading {
        let field = &table.fields[*field];
        let cell = |place: usize| version.row.cell(version.at + 1 + place);
        let second = || currency.map_or_else(|| Err(Error::corrupt("", "an amount has no currency")), cell);
        let value = cell(*at).and_then(|whole| read_value(&field.field_type, whole, second));
        // The words of dictionaries are held in a way of their own.
        let as_it_is = |value: &Value| value.is_null() || matches!(field.field_type, FieldType::Item(_) | FieldType::Items(_));
        let fits = value.and_then(|value| if as_it_is(&value) { Ok(value) } else { field.field_type.accept(&field.name, value) });
        if let Err(error) = fits {
            return Err(Error::corrupt(field.name.as_ref(), format!("`{}` holds what it cannot: {}", field.name, error.reason())));
        }
    }
    Ok(())
}

/// What a record is about must be there: the database knows nothing of such references.
fn check_about(view: View<'_>, index: usize, verified: &mut Verified) -> Result<()> {
    let table = &view.schema.tables[index];
    let Ownership::About { entity, record } = table.ownership else { return Ok(()) };
    let (entity, record) = (&table.fields[entity].column, &table.fields[record].column);
    let about = view.session.all(&format!("select distinct {entity} from {}", table.stored_name), [], |row| row.get::<Option<String>>(0))?;
    for of in about.into_iter().flatten() {
        let Ok(other) = view.schema.table(&of) else {
            verified.find(format!("{}: records are about something that there is not", table.name));
            continue;
        };
        let orphans = format!(
            "select id from {} t where {entity} = ?1 and not exists (select 1 from {} o where o.id = t.{record}) order by id",
            table.stored_name, other.stored_name
        );
        view.session.each(&orphans, [&of], |row| {
            verified.find(format!("{} {}: is about a {of} that is not there", table.name, row.get::<i64>(0)?));
            Ok(())
        })?;
    }
    Ok(())
}
