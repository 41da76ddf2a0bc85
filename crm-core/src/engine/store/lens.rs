//! The lens: TEMP VIEWs that shadow every table, through which all reading goes.
//!
//! Two layers for each table. The inner view carries an unguessable name and applies the reader's rights, hidden
//! fields and the moment asked for; it alone may touch the file's tables (see the authorizer in
//! `session`). The outer view has the table's own name and adds formula and roll-up fields. So whatever SQL a
//! caller writes, `deal` means the deals this reader may see, then.

use super::log::change_set_at;
use super::sqlite::Session;
use super::view::View;
use crate::engine::access::{Access, Level};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{FIXED, Gone, Ownership, Schema, Table};
use crate::engine::sync;
use chrono::{DateTime, Utc};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Points a session's lens at what `access` may see, as of the change set `shown`, or of now.
pub(crate) fn install(session: &Session, schema: &Arc<Schema>, access: &Access, shown: Option<i64>, now: DateTime<Utc>) -> Result<()> {
    let (around, past) = (&session.around, shown.is_some());
    around.shown.store(shown.unwrap_or(i64::MAX), Ordering::Relaxed);
    around.now.store(now.timestamp_millis(), Ordering::Relaxed);
    let mut installed = session.installed.borrow_mut();
    let scope = (access.user.map_or(0, |user| user.0), schema.generation);
    if installed.scope != Some(scope) {
        around.user.store(scope.0, Ordering::Relaxed);
        *sync::write(&around.zone) = access.zone;
        *sync::write(&around.schema) = Some(schema.clone());
    }
    let fits = installed.views.as_ref().is_some_and(|(generation, shape, then)| *generation == schema.generation && *shape == access.shape && *then == past);
    if !fits {
        installed.views = None;
        // Statements that were kept would tell the columns that there were when they were first prepared.
        session.conn.flush_prepared_statement_cache();
        session.batch(&views(session.secret(), schema, access, past)?)?;
        installed.views = Some((schema.generation, access.shape.clone(), past));
        installed.pieces.clear();
        installed.scope = None;
    }
    if installed.scope != Some(scope) {
        fill_scope(session, access)?;
        installed.scope = Some(scope);
    }
    Ok(())
}

fn fill_scope(session: &Session, access: &Access) -> Result<()> {
    for (table, ids) in [("scope_member", &access.members), ("scope_line", &access.lines)] {
        session.execute(&format!("delete from temp.{table}"), [])?;
        for id in ids {
            session.execute(&format!("insert into temp.{table} (id) values (?1)"), [id])?;
        }
    }
    Ok(())
}

fn views(secret: &str, schema: &Schema, access: &Access, past: bool) -> Result<String> {
    let mut sql = String::from(
        "create table if not exists temp.scope_member (id integer primary key); create table if not exists temp.scope_line (id integer primary key);",
    );
    for table in &schema.tables {
        let Table { name, quoted, .. } = table;
        write!(sql, "drop view if exists temp.{quoted}; drop view if exists temp.{secret}{name};").map_err(|_| Error::storage("", "cannot build the lens"))?;
    }
    for index in 0..schema.tables.len() {
        sql.push_str(&inner(secret, schema, access, past, index));
    }
    for table in &schema.tables {
        sql.push_str(&outer(secret, schema, table, ""));
    }
    Ok(sql)
}

fn inner(secret: &str, schema: &Schema, access: &Access, past: bool, index: usize) -> String {
    let name = schema.tables[index].name;
    let select = match past {
        false => {
            rows(schema, access, index, &format!("{} t", schema.tables[index].stored_name), &visible(Decides::Present(secret), schema, access, index, "t"))
        }
        true => [Piece::Kept, Piece::Former].map(|piece| piece.select(schema, access, index)).join(" union all "),
    };
    format!("create temp view {secret}{name} as {select};")
}

/// What a moment of the past is put together from: a former row gives the values, who sees it is decided by what the record is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// What is there now.
    Present,
    /// Of that, what was written since.
    Newer,
    /// Of that, what was not: it was there then, too.
    Kept,
    /// What was there then, and is changed or gone.
    Former,
}

impl Piece {
    pub const ALL: [Self; 4] = [Self::Present, Self::Newer, Self::Kept, Self::Former];

    /// What the name of an entity is followed by where this part of its rows is meant.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Present => "$present",
            Self::Newer => "$newer",
            Self::Kept => "$kept",
            Self::Former => "$former",
        }
    }

    /// The rows of an entity that a reader sees of it.
    fn select(self, schema: &Schema, access: &Access, index: usize) -> String {
        let Table { name, stored_name, past_name, .. } = &schema.tables[index];
        // First of all: whether it can be told what was there then.
        let visible = || format!("{}{}", kept(schema, access, index), visible(Decides::Last, schema, access, index, "t"));
        match self {
            Self::Present => rows(schema, access, index, &format!("{stored_name} t"), &visible()),
            Self::Kept => rows(schema, access, index, &format!("{stored_name} t"), &format!("t.revision <= shown() and {}", visible())),
            // Of all that ever was, little was there then: the index over what ended when goes before those that only order.
            Self::Former => {
                let allowed = format!("{}{}", kept(schema, access, index), decides(schema, access, index, "t.id", "n"));
                rows(
                    schema,
                    access,
                    index,
                    &format!("{past_name} t"),
                    &format!("likelihood(t.ended_by > shown(), 0.001) and t.revision <= shown() and {allowed}"),
                )
            }
            // The log knows them, so that no table needs an index over what was written when. A load may have written again what it loaded.
            // They are found by their ids: what else is asked of them may have an index that seems better, and is not.
            Self::Newer => {
                let since = "select s.first_change from main.change_set s where s.id > shown() order by s.id limit 1";
                let written = format!(
                    "(select distinct c.change_set_id, c.record_id, c.last_id from main.change c where c.id >= ({since}) and +c.entity = '{name}') c \
                     cross join {stored_name} t not indexed"
                );
                let again = format!(
                    "select 1 from main.change s where s.entity = '{name}' and s.record_id = t.id and s.last_id = t.id and s.change_set_id = c.change_set_id"
                );
                let condition = format!(
                    "t.id between c.record_id and c.last_id and +t.revision = c.change_set_id and (c.record_id = c.last_id or not exists ({again})) and {}",
                    visible()
                );
                rows(schema, access, index, &written, &condition)
            }
        }
    }
}

/// The condition, with what joins it to others, that what a moment of the past is put together from is there; empty where nothing was pruned. It
/// names no column, so that SQLite looks at it once, before any row, and refuses also where no row would be found.
fn kept(schema: &Schema, access: &Access, index: usize) -> String {
    let since = gone(schema, access, index).map(|(table, gone)| format!("past_is_kept('{}', {}, {}) and ", table.name, gone.change_set, gone.since));
    since.unwrap_or_default()
}

/// How far the past of an entity is gone, and whose doing that is: its own, or that of what decides who sees its records, when a removed one would
/// be asked.
fn gone<'a>(schema: &'a Schema, access: &Access, index: usize) -> Option<(&'a Table, Gone)> {
    let table = &schema.tables[index];
    let parents: Vec<usize> = match &table.ownership {
        _ if access.unrestricted || schema.tables.iter().all(|table| table.gone.is_none()) => Vec::new(),
        Ownership::Part(parents) => parents.iter().map(|(_, parent)| *parent).collect(),
        Ownership::About { .. } => (0..schema.tables.len()).filter(|other| *other != index && table.may_be_about(&schema.tables[*other])).collect(),
        Ownership::Owned { .. } | Ownership::Shared => Vec::new(),
    };
    let deciding = parents.into_iter().filter(|parent| decides(schema, access, *parent, "id", "p") != "1");
    let all = deciding.filter_map(|parent| gone(schema, access, parent)).chain(table.gone.map(|gone| (table, gone)));
    all.max_by_key(|(_, gone)| gone.change_set)
}

/// The columns of an entity, as a reader sees them, of those rows of a table that satisfy a condition.
fn rows(schema: &Schema, access: &Access, index: usize, from: &str, condition: &str) -> String {
    let table = &schema.tables[index];
    let mut list: Vec<String> = FIXED.iter().map(|(column, _)| format!("t.{column}")).collect();
    for (at, column) in table.columns.iter().enumerate() {
        let read = if access.is_hidden(index, column.field) { "null".into() } else { table.reading(at, "t.") };
        list.push(format!("{read} as {}", column.shown));
    }
    format!("select {} from {from} where {condition}", list.join(", "))
}

/// What the name of an entity is followed by where all versions of its records are meant, each with the change set that ended it.
pub(crate) const VERSIONS: &str = "$versions";

impl View<'_> {
    /// The moment that is shown.
    pub(crate) fn moment(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.session.around.now.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// Reads as of another moment, and goes on as before.
    pub(crate) fn as_of<T>(&self, moment: DateTime<Utc>, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        let now = self.moment();
        let shown = change_set_at(self.session, moment.timestamp_millis())?;
        install(self.session, self.schema, self.access, Some(shown), moment)?;
        let done = read(View { shown: Some(shown), ..*self });
        install(self.session, self.schema, self.access, self.shown, now)?;
        done
    }

    /// Makes the view over all versions of an entity's records (see [`VERSIONS`]), as far as the reader sees the records today.
    pub(crate) fn with_versions(&self, index: usize) -> Result<()> {
        let (schema, access, secret) = (self.schema, self.access, self.session.secret());
        let Table { stored_name, past_name, .. } = &schema.tables[index];
        let mut present = rows(schema, access, index, &format!("{stored_name} t"), &visible(Decides::Last, schema, access, index, "t"));
        let mut former = rows(schema, access, index, &format!("{past_name} t"), &decides(schema, access, index, "t.id", "n"));
        present.insert_str("select ".len(), "null as ended_by, ");
        former.insert_str("select ".len(), "t.ended_by, ");
        self.session.batch(&both_views(secret, schema, index, VERSIONS, &format!("{present} union all {former}")))
    }
}

/// Makes the views over the pieces of these entities, where a session has none yet.
pub(crate) fn install_pieces(view: View<'_>, tables: &[usize]) -> Result<()> {
    let View { session, schema, access, .. } = view;
    let mut installed = session.installed.borrow_mut();
    for index in tables {
        if !installed.pieces.contains(index) {
            let sql: String =
                Piece::ALL.iter().map(|piece| both_views(session.secret(), schema, *index, piece.suffix(), &piece.select(schema, access, *index))).collect();
            session.batch(&sql)?;
            installed.pieces.insert(*index);
        }
    }
    Ok(())
}

/// The views over some of an entity's rows, the inner and the outer one, in the place of those that had their names.
fn both_views(secret: &str, schema: &Schema, index: usize, suffix: &str, select: &str) -> String {
    let table = &schema.tables[index];
    let name = table.name;
    format!(
        "drop view if exists temp.\"{name}{suffix}\"; drop view if exists temp.{secret}{name}{suffix}; create temp view {secret}{name}{suffix} as {select};{}",
        outer(secret, schema, table, suffix)
    )
}

/// Which rows decide who sees a record.
#[derive(Clone, Copy)]
enum Decides<'a> {
    /// Those that are there; the inner views have this name before the entity's.
    Present(&'a str),
    /// Those that are there, or were last: for what was, and for what is gone.
    Last,
}

/// The condition under which rows of a table, under an alias, are visible.
fn visible(by: Decides<'_>, schema: &Schema, access: &Access, index: usize, alias: &str) -> String {
    let table = &schema.tables[index];
    let level = access.read[index];
    match (&table.ownership, level) {
        (_, Level::None) => "0".into(),
        _ if access.unrestricted => "1".into(),
        (Ownership::Owned { .. } | Ownership::Shared, Level::All) => "1".into(),
        (Ownership::Shared, _) => "0".into(),
        (Ownership::Owned { owner, .. }, Level::Own) => format!("{alias}.{} = acting_user()", table.fields[*owner].column),
        (Ownership::Owned { owner, .. }, Level::Team) => format!("{alias}.{} in (select id from temp.scope_member)", table.fields[*owner].column),
        (Ownership::Owned { owner, line }, Level::Line) => {
            let by_owner = format!("{alias}.{} in (select id from temp.scope_member)", table.fields[*owner].column);
            match line {
                Some(line) => format!("({by_owner} or {alias}.{} in (select id from temp.scope_line))", table.fields[*line].column),
                None => by_owner,
            }
        }
        (Ownership::Part(parents), _) => {
            let mut all = vec!["1".to_owned()];
            for (field, parent) in parents {
                let column = format!("{alias}.{}", table.fields[*field].column);
                if let Some(exists) = parent_visible(by, schema, access, *parent, &column, alias) {
                    all.push(format!("({column} is null or {exists})"));
                }
            }
            all.join(" and ")
        }
        (Ownership::About { entity, record }, _) => {
            let (entity, record) = (&table.fields[*entity].column, format!("{alias}.{}", table.fields[*record].column));
            let mut cases = String::new();
            for (other, about) in schema.tables.iter().enumerate() {
                if matches!(about.ownership, Ownership::About { .. }) {
                    // Only ever about one that may be (the door sees to that), whose own view decides.
                    let exists = match by {
                        _ if !table.may_be_about(about) => "0".into(),
                        Decides::Present(secret) => format!("exists (select 1 from {secret}{} p where p.id = {record})", about.name),
                        Decides::Last => decides(schema, access, other, &record, &format!("{alias}p")),
                    };
                    cases.push_str(&format!(" when '{}' then {exists}", about.name));
                    continue;
                }
                if let Some(exists) = parent_visible(by, schema, access, other, &record, alias) {
                    cases.push_str(&format!(" when '{}' then {exists}", about.name));
                }
            }
            if access.unrestricted || cases.is_empty() { "1".into() } else { format!("case {alias}.{entity}{cases} else 1 end") }
        }
    }
}

/// The condition that the parent in `column` is visible; `None` when every parent is.
fn parent_visible(by: Decides<'_>, schema: &Schema, access: &Access, parent: usize, column: &str, alias: &str) -> Option<String> {
    let inner = format!("{alias}p");
    let condition = match by {
        Decides::Present(_) => visible(by, schema, access, parent, &inner),
        Decides::Last => return Some(decides(schema, access, parent, column, &inner)).filter(|condition| condition != "1"),
    };
    if is_always(&condition) {
        return None;
    }
    let stored_name = &schema.tables[parent].stored_name;
    Some(format!("exists (select 1 from {stored_name} {inner} where {inner}.id = {column} and {condition})"))
}

fn is_always(condition: &str) -> bool {
    condition.split(" and ").all(|part| part == "1")
}

/// The condition under which the record of an id is visible, or was when it was removed.
fn decides(schema: &Schema, access: &Access, index: usize, id: &str, alias: &str) -> String {
    let condition = visible(Decides::Last, schema, access, index, alias);
    if is_always(&condition) {
        return "1".into();
    }
    let Table { stored_name, past_name, .. } = &schema.tables[index];
    format!(
        "(exists (select 1 from {stored_name} {alias} where {alias}.id = {id} and {condition}) \
         or not exists (select 1 from {stored_name} {alias} where {alias}.id = {id}) and exists (select 1 from {past_name} {alias} \
         where {alias}.rowid = (select l.rowid from {past_name} l where l.id = {id} order by l.ended_by desc, l.revision desc limit 1) and {condition}))"
    )
}

/// The condition under which what happened to record `?1` is told, whether it is there or was removed.
pub(crate) fn told<'a>(schema: &Schema, access: &'a Access, index: usize) -> &'a str {
    access.told[index].get_or_init(|| decides(schema, access, index, "?1", "t"))
}

/// The view under the table's own name: the inner one and the computed fields.
fn outer(secret: &str, schema: &Schema, table: &Table, suffix: &str) -> String {
    let Table { name, quoted, .. } = table;
    let mut list = format!("{quoted}.*");
    for field in &table.fields[table.stored..] {
        let expression = field.expression.as_deref().unwrap_or("null");
        let _ = write!(list, ", {} as {}", over_inner(secret, schema, expression), field.name);
    }
    format!("create temp view \"{name}{suffix}\" as select {list} from {secret}{name}{suffix} {quoted};")
}

/// Points the tables named in a checked expression (`{deal}`) at the inner views, so that computed fields
/// never build on each other in a circle.
fn over_inner(secret: &str, schema: &Schema, expression: &str) -> String {
    schema.tables.iter().fold(expression.to_owned(), |text, table| text.replace(&format!("{{{}}}", table.name), &format!("{secret}{}", table.name)))
}
