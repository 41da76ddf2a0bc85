//! From names to records: maps built once per import, so that no row needs a scan.

use crate::engine::error::Result;
use crate::engine::field::FieldType;
use crate::engine::store::schema::{Ownership, Schema, Table};
use crate::engine::store::{ChangeSet, plain};
use crate::engine::text::fold;
use crate::engine::value::Value;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// What was found under a name.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    One(i64),
    None,
    Several(Vec<i64>),
}

/// Records by what they are called. A name is kept as 128 bits of hash under keys of this process: half the memory
/// of short texts, no copy of personal data, and no two names alike in practice.
#[derive(Default)]
pub(super) struct Names {
    hashers: (RandomState, RandomState),
    one: HashMap<u128, i64>,
    several: HashMap<u128, Vec<i64>>,
}

impl Names {
    fn hash(&self, key: &str) -> u128 {
        u128::from(self.hashers.0.hash_one(key)) << 64 | u128::from(self.hashers.1.hash_one(key))
    }

    pub fn add(&mut self, key: &str, id: i64) {
        let hash = self.hash(key);
        let first = *self.one.entry(hash).or_insert(id);
        if first != id {
            let several = self.several.entry(hash).or_insert_with(|| vec![first]);
            if !several.contains(&id) {
                several.push(id);
            }
        }
    }

    pub fn find(&self, key: &str) -> Found {
        let hash = self.hash(key);
        match (self.several.get(&hash), self.one.get(&hash)) {
            (Some(several), _) => Found::Several(several.clone()),
            (None, Some(id)) => Found::One(*id),
            (None, None) => Found::None,
        }
    }
}

/// A value as part of a key: equal for values that mean the same, whether they come from a file or a table.
pub(super) fn key_part(key: &mut String, value: &Value) {
    use std::fmt::Write;
    let _ = match value {
        Value::Text(text) => write!(key, "{}\u{1f}", fold(text)),
        Value::Bool(yes) => write!(key, "{}\u{1f}", i64::from(*yes)),
        Value::Integer(number) => write!(key, "{number}\u{1f}"),
        Value::Number(number) => write!(key, "{number:?}\u{1f}"),
        Value::Decimal(number) => write!(key, "{}\u{1f}", number.normalize()),
        Value::Date(day) => write!(key, "{day}\u{1f}"),
        Value::Moment(moment) => write!(key, "{}\u{1f}", moment.timestamp_millis()),
        Value::Null | Value::Money(_) | Value::Items(_) => write!(key, "\u{1e}\u{1f}"),
    };
}

/// The records of an entity by these fields, as far as the acting user sees them.
pub(super) fn by_fields(change: &ChangeSet, table: &Table, fields: &[&str]) -> Result<Names> {
    let mut names = Names::default();
    let session = change.session();
    let filled = fields.iter().map(|field| format!("{field} is not null")).collect::<Vec<_>>().join(" or ");
    let sql = format!("select id, {} from {} where {filled}", fields.join(", "), table.quoted);
    let mut key = String::new();
    session.each(&sql, [], |row| {
        key.clear();
        for at in 0..fields.len() {
            key_part(&mut key, &plain(row.cell(at + 1)?)?);
        }
        names.add(&key, row.get(0)?);
        Ok(())
    })?;
    Ok(names)
}

/// How a column names the record it refers to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum By {
    /// By its id.
    Id,
    /// By its id if it is a whole number, else by name.
    IdOrName,
    /// By its title, an alias, or its key in the system that the import is from.
    Name,
    /// By one of its fields.
    Field(String),
}

/// Finds the records that cells refer to.
pub(super) struct Resolver<'c> {
    change: &'c ChangeSet,
    schema: &'c Schema,
    system: Option<&'c str>,
    titles: HashMap<(usize, String), Names>,
    aliases: HashMap<usize, Names>,
}

impl<'c> Resolver<'c> {
    pub fn new(change: &'c ChangeSet, schema: &'c Schema, system: Option<&'c str>) -> Self {
        Self { change, schema, system, titles: HashMap::new(), aliases: HashMap::new() }
    }

    pub fn find(&mut self, target: usize, by: &By, text: &str) -> Result<Found> {
        let text = text.trim();
        let id = || text.parse().ok().filter(|id: &i64| *id > 0 && text.bytes().all(|byte| byte.is_ascii_digit()));
        match by {
            By::Id => Ok(id().map_or(Found::None, Found::One)),
            By::IdOrName => match id() {
                Some(id) => Ok(Found::One(id)),
                None => self.by_name(target, text),
            },
            By::Name => self.by_name(target, text),
            By::Field(field) => self.by_field(target, field, text),
        }
    }

    fn by_name(&mut self, target: usize, text: &str) -> Result<Found> {
        let meta = self.schema.tables[target].meta;
        if let Some(title) = meta.title {
            let found = self.by_field(target, &meta.fields[title].name, text)?;
            if found != Found::None {
                return Ok(found);
            }
        }
        if !self.aliases.contains_key(&target) {
            self.aliases.insert(target, self.read_aliases(target)?);
        }
        match (self.aliases.get(&target).map(|names| names.find(&fold(text))), self.system) {
            (Some(Found::None) | None, Some(system)) => {
                let sql = "select record_id from external_ref where system = ?1 and key = ?2 and entity = ?3";
                Ok(self.change.session().number(sql, (system, text, meta.name))?.map_or(Found::None, Found::One))
            }
            (found, _) => Ok(found.unwrap_or(Found::None)),
        }
    }

    fn by_field(&mut self, target: usize, field: &str, text: &str) -> Result<Found> {
        let table = &self.schema.tables[target];
        let place = (target, field.to_owned());
        if !self.titles.contains_key(&place) {
            self.titles.insert(place.clone(), by_fields(self.change, table, &[field])?);
        }
        let mut key = String::new();
        key_part(&mut key, &Value::from(text));
        Ok(self.titles.get(&place).map_or(Found::None, |names| names.find(&key)))
    }

    fn read_aliases(&self, target: usize) -> Result<Names> {
        let mut names = Names::default();
        self.change.session().each("select folded, record_id from alias where entity = ?1", [self.schema.tables[target].name], |row| {
            names.add(&row.get::<String>(0)?, row.get(1)?);
            Ok(())
        })?;
        Ok(names)
    }

    /// Takes in a record that the import added or changed, so that later rows may refer to it.
    pub fn note(&mut self, target: usize, id: i64) -> Result<()> {
        let table = &self.schema.tables[target];
        for ((place, field), names) in &mut self.titles {
            if *place != target {
                continue;
            }
            let sql = format!("select {field} from {} where id = ?1", table.quoted);
            let value = self.change.session().first(&sql, [id], |row| plain(row.cell(0)?))?;
            if let Some(value) = value.filter(|value| !value.is_null()) {
                let mut key = String::new();
                key_part(&mut key, &value);
                names.add(&key, id);
            }
        }
        Ok(())
    }

    /// Of several records of one name, the one that belongs to what the same row refers to: a stage to the row's process.
    pub fn narrow(&self, target: usize, several: Vec<i64>, row: &[(&FieldType, i64)]) -> Result<Found> {
        let table = &self.schema.tables[target];
        let Ownership::Part(parents) = &table.ownership else { return Ok(Found::Several(several)) };
        let mut left = several;
        for (field, parent) in parents {
            let (field, parent) = (&table.fields[*field], self.schema.tables[*parent].name);
            let mut wanted = row.iter().filter(|(field_type, _)| matches!(field_type, FieldType::Reference(target) if target == parent));
            let Some((_, owner)) = wanted.next() else { continue };
            let sql = format!("select 1 from {} where id = ?1 and {} = ?2", table.quoted, field.name);
            let mut kept = Vec::new();
            for id in left {
                if self.change.session().first(&sql, (id, owner), |_| Ok(()))?.is_some() {
                    kept.push(id);
                }
            }
            left = kept;
        }
        Ok(match left.as_slice() {
            [] => Found::None,
            [id] => Found::One(*id),
            _ => Found::Several(left),
        })
    }
}
