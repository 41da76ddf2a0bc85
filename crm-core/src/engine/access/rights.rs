//! The rights of a user, read once and kept until the file's generation moves on.

use super::level::Level;
use crate::engine::declare::UserId;
use crate::engine::error::{Error, Result};
use crate::engine::field::Field;
use crate::engine::store::schema::{FIXED, Ownership, Part, Schema};
use crate::engine::store::{Session, plain};
use crate::engine::value::Value;
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// What one reader may see and change in one generation of the file.
pub(crate) struct Access {
    /// `None` is the system, which may do everything.
    pub user: Option<UserId>,
    pub generation: i64,
    /// May see and change everything.
    pub unrestricted: bool,
    pub read: Vec<Level>,
    write: Vec<Level>,
    /// (table, field) pairs not to be seen.
    hidden: BTreeSet<(usize, usize)>,
    /// The users whose records count as the team's, the user included.
    pub members: Vec<i64>,
    pub lines: Vec<i64>,
    pub zone: Tz,
    /// Equal for readers whose views are the same.
    pub shape: String,
    /// For each entity the condition under which the reader is told of a record, made when first asked for: the feed asks for every entry.
    pub told: Vec<OnceLock<String>>,
}

impl Access {
    /// The rights of the system.
    pub fn system(schema: &Schema) -> Self {
        Self::everything(None, schema, Tz::UTC)
    }

    fn everything(user: Option<UserId>, schema: &Schema, zone: Tz) -> Self {
        let all = vec![Level::All; schema.tables.len()];
        Self {
            user,
            generation: schema.generation,
            unrestricted: true,
            read: all.clone(),
            write: all,
            hidden: BTreeSet::new(),
            members: Vec::new(),
            lines: Vec::new(),
            zone,
            shape: String::new(),
            told: schema.tables.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The rights of a user, from the file.
    pub fn of(session: &Session, schema: &Schema, user: UserId) -> Result<Self> {
        let found = session.stored().first("select active, time_zone, team_id from {user} where id = ?1", [user.0], |row| {
            let zone: Option<String> = row.get(1)?;
            Ok((row.get::<Option<bool>>(0)?, zone, row.get::<Option<i64>>(2)?))
        })?;
        let Some((active, zone, team)) = found else { return Err(Error::no_such("user")) };
        if active == Some(false) {
            return Err(Error::denied("user", "this user is no longer active"));
        }
        let zone = zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
        let roles =
            session.stored().all("select r.id, r.admin from {user_role} u join {role} r on r.id = u.role_id where u.user_id = ?1", [user.0], |row| {
                Ok((row.get::<i64>(0)?, row.get::<Option<bool>>(1)? == Some(true)))
            })?;
        if roles.iter().any(|(_, admin)| *admin) {
            return Ok(Self::everything(Some(user), schema, zone));
        }

        let mut access = Self { unrestricted: false, ..Self::everything(Some(user), schema, zone) };
        for (index, table) in schema.tables.iter().enumerate() {
            let (read, write) = standard(&table.ownership);
            (access.read[index], access.write[index]) = (read, write);
        }
        let mut hidden: Option<BTreeSet<(usize, usize)>> = None;
        let mut granted: HashMap<usize, (Level, Level)> = HashMap::new();
        for (role, _) in &roles {
            for (index, rights) in permissions(session, schema, *role)? {
                let entry = granted.entry(index).or_insert((Level::None, Level::None));
                *entry = (entry.0.max(rights.0), entry.1.max(rights.1));
            }
            let own = hidden_fields(session, schema, *role)?;
            hidden = Some(match hidden {
                Some(others) => others.intersection(&own).copied().collect(),
                None => own,
            });
        }
        for (index, (read, write)) in granted {
            (access.read[index], access.write[index]) = (read, write);
        }
        access.hidden = hidden.unwrap_or_default();
        access.members = session.stored().all(
            "with recursive below(id) as (select b.id from {team} b where b.id = ?2 union select t.id from {team} t join below b on t.parent_id = b.id) \
             select id from {user} where team_id in (select id from below) or id = ?1",
            (user.0, team),
            |row| row.get(0),
        )?;
        access.lines = session.stored().all("select line_id from {user_line} where user_id = ?1", [user.0], |row| row.get(0))?;
        access.shape = format!("{:?} {:?}", access.read, access.hidden);
        Ok(access)
    }

    pub fn is_hidden(&self, table: usize, field: usize) -> bool {
        !self.hidden.is_empty() && self.hidden.contains(&(table, field))
    }

    /// Whether any field of a table is not to be seen.
    pub fn hides(&self, table: usize) -> bool {
        self.hidden.range((table, 0)..(table + 1, 0)).next().is_some()
    }

    /// Refuses a field that is hidden from this reader.
    pub fn check_field(&self, schema: &Schema, table: usize, field: usize) -> Result<()> {
        if self.is_hidden(table, field) {
            let name = schema.tables[table].fields[field].name.to_string();
            return Err(Error::denied(name, "this field is hidden from you"));
        }
        Ok(())
    }

    /// Whether there may be records of an entity that this user may write.
    pub fn may_write_some(&self, schema: &Schema, table: usize) -> bool {
        let needed = if matches!(schema.tables[table].ownership, Ownership::Shared) { Level::All } else { Level::Own };
        self.unrestricted || self.write[table] >= needed
    }

    /// Whether a record with these field values may be written.
    pub fn may_write(&self, session: &Session, schema: &Schema, table: usize, values: &[Value]) -> Result<bool> {
        if self.unrestricted {
            return Ok(true);
        }
        let id = |field: usize| if let Some(Value::Integer(id)) = values.get(field) { Some(*id) } else { None };
        Ok(match (&schema.tables[table].ownership, self.write[table]) {
            (_, Level::None) => false,
            (Ownership::Owned { .. } | Ownership::Shared, Level::All) => true,
            (Ownership::Shared, _) => false,
            (Ownership::Owned { owner, line }, level) => self.reaches(level, id(*owner), line.and_then(id)),
            (Ownership::Part(parents), _) => {
                for (field, parent) in parents {
                    if let Some(parent_id) = id(*field)
                        && !self.may_write_parent(session, schema, *parent, parent_id)?
                    {
                        return Ok(false);
                    }
                }
                true
            }
            (Ownership::About { entity, record }, _) => {
                let (Some(Value::Text(entity)), Some(record)) = (values.get(*entity), id(*record)) else { return Ok(false) };
                let parent = schema.index(entity)?;
                self.may_write_parent(session, schema, parent, record)?
            }
        })
    }

    fn may_write_parent(&self, session: &Session, schema: &Schema, parent: usize, id: i64) -> Result<bool> {
        let table = &schema.tables[parent];
        // Reference data as a parent (a list of reference data, a product's price) needs the right of its own.
        if matches!(table.ownership, Ownership::Shared) {
            return Ok(self.write[parent] == Level::All);
        }
        let values = session.first(&table.raw_sql, [id], |row| {
            let mut values = vec![Value::Null; table.fields.len()];
            for (at, column) in table.columns.iter().enumerate() {
                if column.part == Part::Whole {
                    values[column.field] = plain(row.cell(at + FIXED.len())?)?;
                }
            }
            Ok(values)
        })?;
        values.map_or(Ok(false), |values| self.may_write(session, schema, parent, &values))
    }

    fn reaches(&self, level: Level, owner: Option<i64>, line: Option<i64>) -> bool {
        let own = owner.is_some() && owner == self.user.map(|user| user.0);
        let team = || owner.is_some_and(|owner| self.members.contains(&owner));
        match level {
            Level::None => false,
            Level::Own => own,
            Level::Team => team(),
            Level::Line => team() || line.is_some_and(|line| self.lines.contains(&line)),
            Level::All => true,
        }
    }
}

/// The rights of a role that says nothing about an entity: reference data can be read, parts follow what they
/// belong to, the rest is closed.
fn standard(ownership: &Ownership) -> (Level, Level) {
    match ownership {
        Ownership::Shared => (Level::All, Level::None),
        Ownership::Part(_) | Ownership::About { .. } => (Level::All, Level::All),
        Ownership::Owned { .. } => (Level::None, Level::None),
    }
}

fn permissions(session: &Session, schema: &Schema, role: i64) -> Result<HashMap<usize, (Level, Level)>> {
    let rows = session.stored().all("select entity, reading, writing from {permission} where role_id = ?1", [role], |row| {
        let level = |at: usize| -> Result<Level> { row.get::<String>(at)?.parse() };
        Ok((row.get::<String>(0)?, (level(1)?, level(2)?)))
    })?;
    let mut granted = HashMap::new();
    for (index, table) in schema.tables.iter().enumerate() {
        let named = rows.iter().find(|(entity, _)| entity == table.name);
        // The star speaks of records with owners; reference data is granted by name.
        let star = rows.iter().find(|(entity, _)| entity == "*" && matches!(table.ownership, Ownership::Owned { .. }));
        let rights = named.or(star).map_or_else(|| standard(&table.ownership), |(_, rights)| *rights);
        granted.insert(index, rights);
    }
    Ok(granted)
}

fn hidden_fields(session: &Session, schema: &Schema, role: i64) -> Result<BTreeSet<(usize, usize)>> {
    let rows = session
        .stored()
        .all("select entity, field from {hidden_field} where role_id = ?1", [role], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    Ok(rows
        .into_iter()
        .filter_map(|(entity, field)| Some((schema.index(&entity).ok()?, field)))
        .flat_map(|(table, hidden)| {
            let shows = move |field: &Field| field.name == hidden || field.shows == Some(hidden.as_str());
            schema.tables[table].fields.iter().enumerate().filter(move |(_, field)| shows(field)).map(move |(field, _)| (table, field))
        })
        .collect())
}
