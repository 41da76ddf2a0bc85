//! The import itself: row after row through the door.

use super::mapping::{Column, Plan};
use super::options::{Import, Imported, RowError, Suspect};
use super::references::{By, Found, Names, Resolver, by_fields, key_part};
use super::rows::{Cell, Next, Rows};
use crate::areas::kind;
use crate::base::{link, linked};
use crate::engine::cancel::Progress;
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::registry::EntityKind;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::{Schema, Table};
use crate::engine::text::nearest;
use crate::engine::value::{Named, Value};
use std::collections::HashMap;

/// Rows between two reports of progress and two looks at the limits.
const REPORT: i64 = 1_000;
/// The most bytes of rows that wait for a record further down in the same file.
const MAX_WAITING: usize = 64 << 20;
/// How often the waiting rows are gone through.
const MAX_PASSES: usize = 100;
/// The most different words kept that a dictionary lacks.
const MAX_SUSPECTS: usize = 1_000;

enum Outcome {
    Added,
    Updated,
    Unchanged,
    /// It refers to a record of the same entity that may come later in the file.
    Waits(Error),
}

pub(super) struct Run<'a> {
    change: &'a ChangeSet,
    schema: &'a Schema,
    index: usize,
    kind: &'static EntityKind,
    plan: &'a Plan<'a>,
    import: &'a Import,
    resolver: Resolver<'a>,
    /// Whether a column refers to records of the entity being imported.
    to_itself: bool,
    /// Records by key, for keys other than the id.
    keys: Option<Names>,
    done: Imported,
    suspects: HashMap<(usize, String), (i64, i64)>,
    waiting: Vec<(u64, Vec<Value>)>,
    waiting_bytes: usize,
}

impl<'a> Run<'a> {
    pub fn new(change: &'a ChangeSet, schema: &'a Schema, index: usize, plan: &'a Plan<'a>, import: &'a Import) -> Result<Self> {
        let table = &schema.tables[index];
        let key: Vec<&str> = plan.keys().filter_map(|column| column.field).map(|field| table.fields[field].name.as_ref()).collect();
        let keys = if key.is_empty() { None } else { Some(by_fields(change, table, &key)?) };
        let to_itself = plan.columns.iter().any(|column| column.reference.as_ref().is_some_and(|(target, by)| *target == index && *by != By::Id));
        let resolver = Resolver::new(change, schema, plan.external.map(|(system, _)| system));
        let (suspects, waiting) = (HashMap::new(), Vec::new());
        Ok(Self {
            change,
            schema,
            index,
            kind: kind(table.name)?,
            plan,
            import,
            resolver,
            to_itself,
            keys,
            done: Imported::default(),
            suspects,
            waiting,
            waiting_bytes: 0,
        })
    }

    fn table(&self) -> &'a Table {
        &self.schema.tables[self.index]
    }

    /// Takes in every row of a source; `length` is how much there is to read.
    pub fn rows(&mut self, source: &mut dyn Rows, length: Option<u64>, progress: Progress<'_>) -> Result<()> {
        loop {
            let next = source.next()?;
            if matches!(next, Next::End) {
                break;
            }
            let line = source.line();
            let outcome = match next {
                Next::Bad(reason) => Err(Error::invalid("", reason)),
                _ => match source.problem(self.plan) {
                    Some(reason) => Err(Error::invalid("", reason)),
                    None => self.row(line, &|at| source.cell(at), true),
                },
            };
            self.done.rows += 1;
            match outcome {
                Ok(Outcome::Waits(_)) => self.wait(line, source.kept())?,
                outcome => self.count(line, outcome)?,
            }
            if self.done.rows % REPORT == 0 {
                progress(source.read(), length);
                self.change.session().check()?;
            }
        }
        self.catch_up()?;
        progress(source.read(), length);
        self.change.session().check()
    }

    pub fn finish(mut self) -> Imported {
        self.done.errors.sort_by_key(|error| error.line);
        let mut suspects: Vec<_> = self.suspects.iter().collect();
        suspects.sort_by_key(|((field, value), (count, _))| (std::cmp::Reverse(*count), *field, value.as_str()));
        let suspects = suspects.into_iter().map(|((field, value), (count, line))| {
            let field = &self.table().fields[*field];
            let known = match &field.field_type {
                FieldType::Item(name) | FieldType::Items(name) => self.schema.dictionaries.get(name.as_ref()),
                _ => None,
            };
            let nearest = known.and_then(|known| nearest(value, known.items.iter().map(String::as_str))).map(str::to_owned);
            Suspect { field: field.name.to_string(), value: value.clone(), count: *count, line: *line, nearest }
        });
        let suspects = suspects.collect();
        Imported { suspects, ..self.done }
    }

    fn count(&mut self, line: u64, outcome: Result<Outcome>) -> Result<()> {
        let counter = match &outcome {
            Ok(Outcome::Added) => &mut self.done.added,
            Ok(Outcome::Updated) => &mut self.done.updated,
            Ok(Outcome::Unchanged) => &mut self.done.unchanged,
            Ok(Outcome::Waits(_)) | Err(_) => &mut self.done.failed,
        };
        *counter += 1;
        let (Ok(Outcome::Waits(error)) | Err(error)) = outcome else { return Ok(()) };
        if !matches!(error, Error::Invalid { .. } | Error::Denied { .. } | Error::Conflict { .. } | Error::NotFound { .. }) {
            // Not the row's fault, so not the row's error.
            return Err(error);
        }
        let (line, column) = (line as i64, self.header_of(error.field()));
        if self.import.strict {
            let reason = format!("line {line}: {}; nothing was written", error.reason());
            return Err(error.retold(column, reason));
        }
        if (self.done.errors.len() as i64) < self.import.max_errors {
            self.done.errors.push(RowError { line, column, code: error.code().to_owned(), reason: error.reason().to_owned() });
        }
        Ok(())
    }

    /// The header of the column that fills a field, which says more to whoever made the file.
    fn header_of(&self, field: &str) -> String {
        let table = self.table();
        let column = self.plan.columns.iter().find(|column| column.field.is_some_and(|at| table.fields[at].name == field));
        column.map_or(field, |column| column.header.as_str()).to_owned()
    }

    fn wait(&mut self, line: u64, row: Vec<Value>) -> Result<()> {
        let text = |cell: &Value| if let Value::Text(text) = cell { text.len() } else { 0 };
        self.waiting_bytes += row.iter().map(|cell| text(cell) + size_of::<Value>()).sum::<usize>();
        if self.waiting_bytes > MAX_WAITING {
            let error = Error::invalid("", "too many rows refer to records further down in the file; sort it, or import it again");
            return self.count(line, Err(error));
        }
        self.waiting.push((line, row));
        Ok(())
    }

    /// Goes through the rows that waited until no more of them can be taken.
    fn catch_up(&mut self) -> Result<()> {
        for _ in 0..MAX_PASSES {
            let mut waiting = std::mem::take(&mut self.waiting);
            let before = waiting.len();
            // Backwards, then forwards: a chain written in either direction takes two passes.
            waiting.reverse();
            for (line, row) in waiting {
                self.change.session().check()?;
                match self.row(line, &|at| row.get(at).map_or(Cell::Value(Value::Null), Cell::kept), false) {
                    Ok(Outcome::Waits(_)) => self.waiting.push((line, row)),
                    outcome => self.count(line, outcome)?,
                }
            }
            if self.waiting.is_empty() || self.waiting.len() == before {
                break;
            }
        }
        for (line, row) in std::mem::take(&mut self.waiting) {
            let outcome = self.row(line, &|at| row.get(at).map_or(Cell::Value(Value::Null), Cell::kept), false);
            self.count(line, outcome)?;
        }
        Ok(())
    }

    fn row<'t>(&mut self, line: u64, cell: &dyn Fn(usize) -> Cell<'t>, first_time: bool) -> Result<Outcome> {
        let table = self.table();
        let mut values: Vec<(usize, Value)> = Vec::with_capacity(self.plan.columns.len() + self.plan.defaults.len());
        let (mut id, mut missing) = (None, None);
        for column in &self.plan.columns {
            let here = match cell(column.at) {
                Cell::Bad(reason) => return Err(Error::invalid(&column.header, reason)),
                Cell::Text(text) if self.import.trim => Cell::Text(text.trim()),
                here => here,
            };
            let Some(field) = column.field else {
                let number = here.word().and_then(|word| word.parse::<i64>().ok());
                id = Some(number.ok_or_else(|| Error::invalid(&column.header, "expected the id of a record"))?);
                continue;
            };
            let value = match &column.reference {
                _ if here.is_empty() => Value::Null,
                Some((target, by)) => {
                    let word = here.word().ok_or_else(|| Error::invalid(&column.header, "expected a text or a whole number that names a record"))?;
                    match self.reference(*target, by, &word, column, &values)? {
                        Ok(id) => Value::Integer(id),
                        // A row that will wait is looked at whole, so that other mistakes are told once.
                        Err(error) if *target == self.index && !column.is_key => {
                            missing = Some(error);
                            Value::Null
                        }
                        Err(error) => return Err(error),
                    }
                }
                None => {
                    let beside = column.currency_at.map(cell);
                    let currency = beside.as_ref().and_then(Cell::word);
                    let field_is = &table.fields[field];
                    let value = match here {
                        Cell::Value(value) => self.plan.notation.typed(field_is, value, column.scale, currency.as_deref()),
                        Cell::Text(text) => self.plan.notation.value(field_is, text, column.scale, currency.as_deref()),
                        Cell::Bad(reason) => Err(Error::invalid("", reason)),
                    };
                    let value = value.map_err(|error| named(column, error))?;
                    if first_time {
                        self.suspect(field, &value, line);
                    }
                    value
                }
            };
            values.push((field, value));
        }
        if let Some(error) = missing {
            return Ok(Outcome::Waits(error));
        }
        let external = match self.plan.external {
            Some((system, at)) => {
                let key = cell(at).word().filter(|key| !key.is_empty()).map(|key| key.into_owned());
                Some((system, key.ok_or_else(|| Error::invalid("external", "the key of the other system is empty or cannot be read"))?))
            }
            None => None,
        };
        // Only what writes more than one record can be left half done by a failure.
        if table.meta.after || external.is_some() {
            let change = self.change;
            return change.atomically(|| self.write(id, external.as_ref().map(|(system, key)| (*system, key.as_str())), values));
        }
        self.write(id, None, values)
    }

    fn write(&mut self, id: Option<i64>, external: Option<(&str, &str)>, values: Vec<(usize, Value)>) -> Result<Outcome> {
        let table = self.table();
        let linked = match external {
            Some((system, key)) => linked(self.change, table.name, system, key)?,
            None => None,
        };
        let mut key = String::new();
        let existing = match linked.or(id) {
            Some(id) => Some(id),
            None => self.by_key(&values, &mut key)?,
        };
        let is_key = |field: usize| self.plan.keys().any(|column| column.field == Some(field));
        let name = |field: usize| table.fields[field].name.to_string();
        let (id, mut outcome) = match existing {
            Some(id) => {
                let kept = values.into_iter().filter(|(field, value)| !is_key(*field) && (self.import.clear_empty || !value.is_null()));
                let named: Named = kept.map(|(field, value)| (name(field), value)).collect();
                let changed = (self.kind.set)(self.change, id, named, None)?;
                (id, if changed { Outcome::Updated } else { Outcome::Unchanged })
            }
            None => {
                let mut named: Named = values.into_iter().filter(|(_, value)| !value.is_null()).map(|(field, value)| (name(field), value)).collect();
                for (field, value) in &self.plan.defaults {
                    if !named.iter().any(|(name, _)| name == field) {
                        named.push((field.clone(), value.clone()));
                    }
                }
                let id = (self.kind.add)(self.change, named)?;
                if let (Some(keys), false) = (&mut self.keys, key.is_empty()) {
                    keys.add(&key, id);
                }
                (id, Outcome::Added)
            }
        };
        if let (Some((system, key)), None) = (external, linked) {
            link(self.change, table.name, id, system, key)?;
            if matches!(outcome, Outcome::Unchanged) {
                outcome = Outcome::Updated;
            }
        }
        if self.to_itself && !matches!(outcome, Outcome::Unchanged) {
            self.resolver.note(self.index, id)?;
        }
        Ok(outcome)
    }

    /// The record that has the row's key.
    fn by_key(&self, values: &[(usize, Value)], key: &mut String) -> Result<Option<i64>> {
        let Some(keys) = &self.keys else { return Ok(None) };
        let mut some = false;
        for column in self.plan.keys() {
            let value = column.field.and_then(|field| values.iter().find(|(other, _)| *other == field)).map_or(&Value::Null, |(_, value)| value);
            let field = column.field.map(|field| &self.table().fields[field]);
            // Put into the field's shape, so that it compares with what the table holds.
            let shaped = field.map_or_else(|| Ok(Value::Null), |field| field.field_type.accept(&field.name, value.clone()))?;
            some |= !shaped.is_null();
            key_part(key, &shaped);
        }
        if !some {
            return Err(Error::invalid("key", "the fields by which records are found are empty"));
        }
        match keys.find(key) {
            Found::One(id) => Ok(Some(id)),
            Found::None => Ok(None),
            Found::Several(ids) => Err(Error::conflict("key", format!("{} records have this key", ids.len()))),
        }
    }

    /// The record a cell refers to. The inner error is that there is none.
    fn reference(&mut self, target: usize, by: &By, text: &str, column: &Column, values: &[(usize, Value)]) -> Result<Result<i64>> {
        let mut found = self.resolver.find(target, by, text)?;
        if let Found::Several(ids) = found {
            let table = self.table();
            let row: Vec<_> = values
                .iter()
                .filter_map(|(field, value)| if let Value::Integer(id) = value { Some((&table.fields[*field].field_type, *id)) } else { None })
                .collect();
            let defaults = self.plan.defaults.iter().filter_map(|(name, value)| {
                if let (Some(field), Value::Integer(id)) = (table.field(name), value) { Some((&field.field_type, *id)) } else { None }
            });
            let row: Vec<_> = row.into_iter().chain(defaults).collect();
            found = self.resolver.narrow(target, ids, &row)?;
        }
        let target = self.schema.tables[target].name;
        let known_by = match by {
            By::Field(field) => format!("with this `{field}`"),
            By::Id => "with this id".to_owned(),
            By::Name | By::IdOrName => "of this name".to_owned(),
        };
        match found {
            Found::One(id) => Ok(Ok(id)),
            Found::None => Ok(Err(Error::invalid(&column.header, format!("no {target} {known_by}, or none you may see")))),
            Found::Several(ids) => Err(Error::invalid(
                &column.header,
                format!("{} records of `{target}` {known_by}; say which by id, by another field or by the record they belong to", ids.len()),
            )),
        }
    }

    /// Counts words that the field's dictionary lacks.
    fn suspect(&mut self, field: usize, value: &Value, line: u64) {
        let words: Vec<&str> = match (&self.table().fields[field].field_type, value) {
            (FieldType::Item(_), Value::Text(word)) => vec![word.trim()],
            (FieldType::Items(_), Value::Text(words)) => words.split(';').map(str::trim).collect(),
            (FieldType::Items(_), Value::Items(words)) => words.iter().map(|word| word.trim()).collect(),
            _ => return,
        };
        let (FieldType::Item(name) | FieldType::Items(name)) = &self.table().fields[field].field_type else { return };
        let known = self.schema.dictionaries.get(name.as_ref());
        for word in words {
            if word.is_empty() || known.is_some_and(|known| known.knows(word)) {
                continue;
            }
            let full = self.suspects.len() >= MAX_SUSPECTS;
            match self.suspects.get_mut(&(field, word.to_owned())) {
                Some((count, _)) => *count += 1,
                None if full => {}
                None => drop(self.suspects.insert((field, word.to_owned()), (1, line as i64))),
            }
        }
    }
}

fn named(column: &Column, error: Error) -> Error {
    Error::invalid(&column.header, error.reason())
}
