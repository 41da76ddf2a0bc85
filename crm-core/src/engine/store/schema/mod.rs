//! What the tables of an open file look like: the declared entities and the file's custom fields.

mod digested;
mod renamed;
mod statements;
mod words;

use digested::is_personal;
pub(crate) use digested::{Digested, digested};
pub(crate) use words::{Dictionary, Item, Renamed};

use crate::engine::error::{Error, Result};
use crate::engine::field::{Field, FieldType};
use crate::engine::meta::{Meta, Searched, Setting};
use crate::engine::money::Currency;
use rust_decimal::Decimal;
pub(crate) use statements::Statement;
use statements::Statements;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The name of a table as SQL is written with it: in quotes, so that it may be a word that SQL keeps for itself (`user`, `order`, `case`).
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The name of the table that keeps the former versions of an entity's records.
pub(crate) fn past(entity: &str) -> String {
    format!("{entity}_past")
}

/// The columns every table starts with.
pub(crate) const FIXED: [(&str, FieldType); 4] = [
    ("id", FieldType::Integer { min: 1, max: i64::MAX }),
    ("revision", FieldType::Integer { min: 1, max: i64::MAX }),
    ("created_at", FieldType::Moment),
    ("updated_at", FieldType::Moment),
];

/// Which share of a value a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Currency,
}

/// One stored column after the fixed ones.
#[derive(Debug)]
pub(crate) struct Column {
    /// Name in the table.
    pub name: String,
    /// Name in the lens.
    pub shown: String,
    /// Index into `Table::fields`.
    pub field: usize,
    pub part: Part,
    /// The words that its dictionary has renamed.
    pub words: Option<Arc<Renamed>>,
}

/// Whose rights decide over a record.
#[derive(Debug)]
pub(crate) enum Ownership {
    /// The record has an owner and perhaps a line of its own.
    Owned { owner: usize, line: Option<usize> },
    /// The record belongs to the records these fields refer to: (field, table).
    Part(Vec<(usize, usize)>),
    /// The record is about one record of any entity, named by `entity` and `record_id`.
    About { entity: usize, record: usize },
    /// Reference data, the same for everybody.
    Shared,
}

/// How far the past of an entity was taken away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gone {
    /// What this change set left is the earliest that can be seen.
    pub change_set: i64,
    /// The moment from which on it is seen, in milliseconds since 1970.
    pub since: i64,
}

/// A field of some table that refers to this one.
#[derive(Debug)]
pub(crate) struct Referrer {
    pub table: usize,
    pub field: usize,
}

/// One entity as it is in this file.
#[derive(Debug)]
pub(crate) struct Table {
    pub meta: &'static Meta,
    pub name: &'static str,
    /// The same as SQL names it, so that a word of SQL can be an entity.
    pub quoted: String,
    /// Declared fields, stored custom fields, then computed ones.
    pub fields: Vec<Field>,
    /// How many of `fields` are stored.
    pub stored: usize,
    pub columns: Vec<Column>,
    /// The columns that digests are over, in the order of their names; none of what is operational.
    pub digested: Vec<Digested>,
    /// Whether a dictionary of any of its fields has renamed words.
    pub renamed: bool,
    /// The tables that the stored fields refer to, field by field.
    pub targets: Vec<Option<usize>>,
    pub ownership: Ownership,
    /// The field that seals the records, once it has a value.
    pub sealed_by: Option<usize>,
    pub referrers: Vec<Referrer>,
    by_name: HashMap<String, usize>,
    /// `id, revision, ..., custom`: the columns of the lens in the order records are read.
    pub select_list: String,
    /// `select <list> from <name> where id = ?1`, through the lens.
    pub get_sql: String,
    /// The insert of one row: the fixed columns, then `columns`.
    pub insert_sql: String,
    /// A row as stored, by id.
    pub raw_sql: String,
    /// The same with nothing in the places of computed fields: the columns in the order records are read.
    pub whole_sql: String,
    /// Whether a record is there, through the lens.
    pub exists_sql: String,
    /// The table below the lens, for statements of the library's own.
    pub stored_name: String,
    /// The table of its former versions.
    pub past_name: String,
    /// How far they were taken away; `None` where all are there.
    pub gone: Option<Gone>,
    /// Keeps row `?1` as it is as a version that ended with change set `?2`.
    pub keep_sql: String,
    pub max_sql: String,
    pub revision_sql: String,
    pub delete_sql: String,
}

impl Table {
    fn new(meta: &'static Meta, custom: &[CustomField]) -> Self {
        let mut fields = meta.fields.clone();
        fields.extend(custom.iter().filter(|custom| custom.field.expression.is_none()).map(|custom| custom.field.clone()));
        let stored = fields.len();
        fields.extend(custom.iter().filter(|custom| custom.field.expression.is_some()).map(|custom| custom.field.clone()));

        let mut columns = Vec::new();
        for (index, field) in fields[..stored].iter().enumerate() {
            columns.push(Column { name: field.column.to_string(), shown: field.name.to_string(), field: index, part: Part::Whole, words: None });
            if field.field_type == FieldType::Money {
                columns.push(Column {
                    name: format!("{}_currency", field.column),
                    shown: format!("{}_currency", field.name),
                    field: index,
                    part: Part::Currency,
                    words: None,
                });
            }
        }
        let fixed = FIXED.map(|(name, _)| name).join(", ");
        let stored_names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let mut shown: Vec<_> = columns.iter().map(|column| column.shown.as_str()).collect();
        shown.extend(fields[stored..].iter().map(|field| field.name.as_ref()));
        let select_list = format!("{fixed}, {}", shown.join(", "));
        // Each record but the operational ones has a salt, which nobody reads.
        let salt = if meta.operational { "" } else { ", salt" };
        let places = (1..=FIXED.len() + usize::from(!meta.operational) + columns.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
        let (name, stored_name) = (quoted(meta.name), format!("main.{}", quoted(meta.name)));
        let past_name = format!("main.{}", quoted(&past(meta.name)));
        let own =
            columns.iter().enumerate().map(|(at, column)| Digested { name: column.name.clone(), personal: is_personal(meta, &column.name), column: Some(at) });
        let mut digested: Vec<_> =
            ["id", "created_at", "updated_at"].map(|name| Digested { name: name.to_owned(), personal: false, column: None }).into_iter().chain(own).collect();
        digested.sort();
        let mut table = Self {
            digested: if meta.operational { Vec::new() } else { digested },
            get_sql: format!("select {select_list} from {name} where id = ?1"),
            insert_sql: format!("insert into {stored_name} ({fixed}{salt}, {}) values ({places})", stored_names.join(", ")),
            whole_sql: String::new(),
            raw_sql: format!("select {fixed}, {} from {stored_name} where id = ?1", stored_names.join(", ")),
            exists_sql: format!("select 1 from {name} where id = ?1"),
            // The columns of both tables stand in the same order, those of fields that are gone included; `ended_by` comes first.
            keep_sql: format!("insert into {past_name} select ?2, t.* from {stored_name} t where t.id = ?1"),
            max_sql: format!("select max(id) from {stored_name}"),
            revision_sql: format!("select revision from {stored_name} where id = ?1"),
            delete_sql: format!("delete from {stored_name} where id = ?1"),
            select_list,
            by_name: fields.iter().enumerate().map(|(index, field)| (field.name.to_string(), index)).collect(),
            targets: vec![None; stored],
            sealed_by: fields[..stored].iter().position(|field| field.seals),
            ownership: Ownership::Shared,
            referrers: Vec::new(),
            meta,
            name: meta.name,
            quoted: name,
            stored_name,
            past_name,
            // What keeps no past has none at any moment.
            gone: meta.operational.then_some(Gone { change_set: i64::MAX, since: i64::MAX }),
            fields,
            stored,
            columns,
            renamed: false,
        };
        table.whole_sql = table.whole();
        table
    }

    fn whole(&self) -> String {
        let fixed = FIXED.map(|(name, _)| name).join(", ");
        let columns = (0..self.columns.len()).map(|column| self.reading(column, "")).collect::<Vec<_>>().join(", ");
        format!("select {fixed}, {columns}{} from {} where id = ?1", ", null".repeat(self.fields.len() - self.stored), self.stored_name)
    }

    /// Whose rights decide over the records, and what the stored fields refer to.
    fn relations(&self, by_name: &HashMap<&str, usize>) -> (Ownership, Vec<Option<usize>>) {
        let target = |field: &Field| if let FieldType::Reference(target) = &field.field_type { by_name.get(target.as_ref()).copied() } else { None };
        let targets: Vec<_> = self.fields[..self.stored].iter().map(target).collect();
        let parts: Vec<_> = targets
            .iter()
            .enumerate()
            .filter(|(field, _)| self.fields[*field].part_of)
            .filter_map(|(field, target)| target.map(|target| (field, target)))
            .collect();
        let find = |name: &str| self.by_name.get(name).copied();
        let ownership = if !parts.is_empty() {
            Ownership::Part(parts)
        } else if let (Some(entity), Some(record)) = (find("entity"), find("record_id")) {
            Ownership::About { entity, record }
        } else if let Some(owner) = find("owner_id") {
            Ownership::Owned { owner, line: find("line_id") }
        } else {
            Ownership::Shared
        };
        (ownership, targets)
    }

    /// Whether the versions that a change set ended were taken away.
    pub fn is_gone(&self, change_set: i64) -> bool {
        self.gone.is_some_and(|gone| change_set <= gone.change_set)
    }

    /// Whether its records may be about those of another: about any that are about nothing themselves, and what only names a record
    /// (a key elsewhere, another name) also about what has a text of its own (a note). So rights that pass from one to the next end.
    pub fn may_be_about(&self, other: &Self) -> bool {
        let names = |table: &Self| table.meta.searched == Searched::WithOwner;
        !matches!(other.ownership, Ownership::About { .. }) || names(self) && !names(other)
    }

    /// The index of the field of this name, where there is one. To look for the nearest of all names takes longer than most work does.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The index of the field of this name; an unknown name is an error with the nearest one.
    pub fn field_index(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| Error::unknown("field", name, self.fields.iter().map(|field| field.name.as_ref())))
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|index| &self.fields[*index])
    }

    /// The names that a filter, an order or an SQL text may use, with their types.
    pub fn shown_columns(&self) -> impl Iterator<Item = (&str, &FieldType)> {
        let fixed = FIXED.iter().map(|(name, field_type)| (*name, field_type));
        let stored = self.columns.iter().map(|column| {
            let field_type = &self.fields[column.field].field_type;
            (column.shown.as_str(), if column.part == Part::Currency { &FieldType::Currency } else { field_type })
        });
        fixed.chain(stored).chain(self.fields[self.stored..].iter().map(|field| (field.name.as_ref(), &field.field_type)))
    }
}

/// A row of `custom_field` as the schema needs it.
pub(crate) struct CustomField {
    pub entity: String,
    pub field: Field,
}

/// Everything about an open file that changes seldom. Replaced as a whole when its generation moves on.
#[derive(Debug)]
pub(crate) struct Schema {
    pub generation: i64,
    pub tables: Vec<Table>,
    by_name: HashMap<&'static str, usize>,
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// Whether any dictionary refuses words.
    pub any_closed: bool,
    /// Whether records of any entity can be sealed.
    pub any_sealed: bool,
    /// The settings there are.
    pub settings_known: Vec<Setting>,
    pub base_currency: Currency,
    /// What the file sets.
    pub settings: HashMap<String, String>,
    /// Rates to the base currency by currency and first day of validity (days since 1970).
    pub rates: HashMap<String, BTreeMap<String, Decimal>>,
    /// Statements from outside that were checked against this schema.
    pub statements: Statements,
}

impl Schema {
    pub fn new(generation: i64, entities: &[&'static Meta], custom: &[CustomField]) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        for meta in entities {
            let own: Vec<_> = custom
                .iter()
                .filter(|field| field.entity == meta.name)
                .map(|field| CustomField { entity: String::new(), field: field.field.clone() })
                .collect();
            tables.push(Table::new(meta, &own));
        }
        let by_name: HashMap<_, _> = tables.iter().enumerate().map(|(index, table)| (table.name, index)).collect();
        let relations: Vec<_> = tables.iter().map(|table| table.relations(&by_name)).collect();
        for (index, (ownership, targets)) in relations.into_iter().enumerate() {
            for (field, target) in targets.iter().enumerate().filter_map(|(field, target)| target.map(|target| (field, target))) {
                tables[target].referrers.push(Referrer { table: index, field });
            }
            (tables[index].ownership, tables[index].targets) = (ownership, targets);
        }
        Self {
            generation,
            any_sealed: tables.iter().any(|table| table.sealed_by.is_some()),
            tables,
            by_name,
            dictionaries: BTreeMap::new(),
            any_closed: false,
            settings_known: Vec::new(),
            base_currency: Currency::EUR,
            settings: HashMap::new(),
            rates: HashMap::new(),
            statements: Statements::default(),
        }
    }

    /// The index of an entity; an unknown name is an error with the nearest one.
    pub fn index(&self, entity: &str) -> Result<usize> {
        self.by_name.get(entity).copied().ok_or_else(|| Error::unknown("entity", entity, self.tables.iter().map(|table| table.name)))
    }

    pub fn table(&self, entity: &str) -> Result<&Table> {
        self.index(entity).map(|index| &self.tables[index])
    }

    /// The value of a setting that an area declares; `None` where the file does not set it.
    pub fn setting(&self, name: &str) -> Option<&str> {
        debug_assert!(self.settings_known.iter().any(|(known, _)| *known == name), "{name} is not declared");
        self.settings.get(name).map(String::as_str)
    }

    /// The type of the columns of this name, when all entities that have one agree.
    pub fn column_type(&self, name: &str) -> Option<FieldType> {
        let mut found: Option<FieldType> = None;
        for table in &self.tables {
            for (column, field_type) in table.shown_columns().filter(|(column, _)| *column == name) {
                let _ = column;
                match &found {
                    Some(known) if known.name() != field_type.name() => return None,
                    _ => found = Some(field_type.clone()),
                }
            }
        }
        found
    }

    /// The rate from a currency to the base currency on a day, the latest dated not after it.
    pub fn rate(&self, currency: &str, day: &str) -> Option<Decimal> {
        if currency == self.base_currency.code() {
            return Some(Decimal::ONE);
        }
        self.rates.get(currency)?.range(..=day.to_owned()).next_back().map(|(_, rate)| *rate)
    }
}
