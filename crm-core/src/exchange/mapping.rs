//! Which column of a file goes into which field.

use super::Import;
use super::cells::Cells;
use super::notation::Notation;
use super::references::By;
use crate::engine::error::{Error, Result};
use crate::engine::field::{Field, FieldType};
use crate::engine::store::schema::{Ownership, Schema, Table};
use crate::engine::value::{Named, Value};
use rust_decimal::Decimal;
use std::collections::HashSet;

/// What a column of the file does.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its place in the file.
    pub at: usize,
    /// Its header.
    pub header: String,
    /// The field it fills; `None` for the record's id.
    pub field: Option<usize>,
    /// For a reference: the entity, and how the cell names the record.
    pub reference: Option<(usize, By)>,
    /// For money: the column that holds the currency.
    pub currency_at: Option<usize>,
    pub scale: Option<Decimal>,
    /// Part of the key by which records are found.
    pub is_key: bool,
}

/// How the rows of a file become records.
pub(super) struct Plan<'i> {
    pub columns: Vec<Column>,
    /// How many columns the header has.
    pub width: usize,
    pub external: Option<(&'i str, usize)>,
    pub defaults: Named,
    pub notation: Notation<'i>,
    /// Column and field, as used.
    pub mapping: Vec<(String, String)>,
    pub unmapped: Vec<String>,
    /// Required fields that neither the file nor the defaults fill.
    pub missing: Vec<String>,
}

impl<'i> Plan<'i> {
    pub fn new(schema: &Schema, index: usize, headers: &[String], import: &'i Import) -> Result<Self> {
        let table = &schema.tables[index];
        let mapping = if import.mapping.is_empty() { by_header(table, headers, import) } else { import.mapping.clone() };
        let defaults = defaults(table, &import.defaults)?;
        let (mut columns, mut currencies) = (Vec::<Column>::new(), Vec::new());
        for (header, name) in &mapping {
            let at = place(headers, header)?;
            let (name, by) = name.split_once('.').map_or((name.as_str(), None), |(name, by)| (name, Some(by)));
            if let Some(money) = name.strip_suffix("_currency").filter(|money| is_money(table, money)) {
                currencies.push((money, at));
                continue;
            }
            let field = if name == "id" && import.key.iter().any(|key| key == "id") { None } else { Some(table.field_index(name)?) };
            if field.is_some_and(|field| field >= table.stored || table.fields[field].computed) {
                return Err(Error::invalid(name, "is computed by the library"));
            }
            if columns.iter().any(|column| column.field == field) {
                return Err(Error::invalid(name, "two columns are mapped to this field"));
            }
            let reference = field.map(|field| reference(schema, table, field, by, header, &defaults)).transpose()?.flatten();
            if by.is_some() && reference.is_none() {
                return Err(Error::invalid(name, "is no reference to other records"));
            }
            let is_key = import.key.iter().any(|key| key == name);
            if is_key && field.is_some_and(|field| matches!(table.fields[field].field_type, FieldType::Money | FieldType::Items(_))) {
                return Err(Error::invalid(name, "records cannot be found by a field of this type"));
            }
            columns.push(Column { at, header: headers[at].clone(), field, reference, currency_at: None, scale: None, is_key });
        }
        for (money, at) in currencies {
            let field = Some(table.field_index(money)?);
            let amount = columns.iter_mut().find(|column| column.field == field);
            amount.ok_or_else(|| Error::invalid(money, "a column holds its currency, but none is mapped to it"))?.currency_at = Some(at);
        }
        for (header, scale) in &import.scale {
            let at = place(headers, header)?;
            let column = columns.iter_mut().find(|column| column.at == at && numeric(table, column));
            column.ok_or_else(|| Error::invalid(header, "only columns of numbers or money are scaled"))?.scale = Some(*scale);
        }
        if import.key.len() > 1 && import.key.iter().any(|key| key == "id") {
            return Err(Error::invalid("key", "the id is a key of its own; give no other field with it"));
        }
        for key in &import.key {
            if !columns.iter().any(|column| column.is_key && column.field.map_or("id", |field| table.fields[field].name.as_ref()) == key) {
                return Err(Error::invalid(key, "records are to be found by this field, but no column is mapped to it"));
            }
        }
        let external = import.external.as_ref().map(|(system, column)| Ok::<_, Error>((system.as_str(), place(headers, column)?))).transpose()?;
        if external.is_some_and(|(system, _)| system.trim().is_empty() || system.chars().count() > 64) {
            return Err(Error::invalid("external", "the name of a system has 1 to 64 characters"));
        }
        let filled = |field: &Field| {
            defaults.iter().any(|(name, _)| *name == field.name)
                || columns.iter().any(|column| column.field.is_some_and(|at| table.fields[at].name == field.name))
        };
        let missing: Vec<_> =
            table.fields.iter().filter(|field| field.required && !field.computed && !filled(field)).map(|field| field.name.to_string()).collect();
        let used: HashSet<usize> =
            columns.iter().flat_map(|column| [Some(column.at), column.currency_at]).flatten().chain(external.map(|(_, at)| at)).collect();
        check_headers(headers, &used)?;
        let unmapped = headers.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, header)| header.clone()).collect();
        if columns.is_empty() {
            return Err(Error::invalid(
                "mapping",
                format!("no column has the name of a field of `{}`; is the first row a header? Else give a mapping", table.name),
            ));
        }
        // References that narrow others down come first in the entity's declaration.
        columns.sort_by_key(|column| column.field);
        Ok(Self { columns, width: headers.len(), external, defaults, notation: Notation::of(import)?, mapping, unmapped, missing })
    }

    /// The columns that make up the key, in the order of the entity's fields.
    pub fn keys(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_key)
    }

    /// Why a row does not fit the header, if it does not; empty cells too many are forgiven.
    pub fn width_problem(&self, cells: Cells<'_>) -> Option<String> {
        let fits = cells.len() == self.width || cells.len() > self.width && (self.width..cells.len()).all(|at| cells.bytes(at).is_empty());
        (!fits).then(|| format!("has {} columns where the header has {}", cells.len(), self.width))
    }
}

/// Letters and digits only, so that `First Name`, `first_name` and `FirstName` are the same.
fn squash(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The mapping that headers speak for themselves.
fn by_header(table: &Table, headers: &[String], import: &Import) -> Vec<(String, String)> {
    let mut mapping: Vec<(String, String)> = Vec::new();
    let open = || table.fields[..table.stored].iter().filter(|field| !field.computed);
    let mut offer = |name: &str, spelling: &str| {
        let free = !mapping.iter().any(|(_, taken)| taken == name);
        let header = headers.iter().find(|header| !header.is_empty() && squash(header) == squash(spelling));
        if let (true, Some(header)) = (free, header) {
            mapping.push((header.clone(), name.to_owned()));
        }
    };
    if import.key.iter().any(|key| key == "id") {
        offer("id", "id");
    }
    for field in open() {
        offer(&field.name, &field.name);
        if field.field_type == FieldType::Money {
            let currency = format!("{}_currency", field.name);
            offer(&currency, &currency);
        }
    }
    for field in open().filter(|field| matches!(field.field_type, FieldType::Reference(_))) {
        offer(&field.name, field.name.trim_end_matches("_id"));
    }
    mapping
}

fn place(headers: &[String], name: &str) -> Result<usize> {
    let exact = headers.iter().position(|header| header == name);
    let found = exact.or_else(|| headers.iter().position(|header| squash(header) == squash(name)));
    found.ok_or_else(|| Error::unknown("column", name, headers.iter().map(String::as_str)))
}

fn check_headers(headers: &[String], used: &HashSet<usize>) -> Result<()> {
    for at in used {
        if headers.iter().enumerate().any(|(other, header)| other != *at && *header == headers[*at]) {
            return Err(Error::invalid(&headers[*at], "two columns of the file have this header"));
        }
    }
    Ok(())
}

fn is_money(table: &Table, field: &str) -> bool {
    table.field(field).is_some_and(|field| field.field_type == FieldType::Money)
}

fn numeric(table: &Table, column: &Column) -> bool {
    let field_type = column.field.map(|field| &table.fields[field].field_type);
    column.reference.is_none() && matches!(field_type, Some(FieldType::Integer { .. } | FieldType::Number | FieldType::Decimal | FieldType::Money))
}

fn defaults(table: &Table, given: &Named) -> Result<Named> {
    given
        .iter()
        .map(|(name, value)| {
            let field = &table.fields[table.field_index(name)?];
            if field.computed {
                return Err(Error::invalid(name, "is computed by the library"));
            }
            Ok((name.clone(), field.field_type.accept(name, value.clone())?))
        })
        .collect()
}

fn reference(schema: &Schema, table: &Table, field: usize, by: Option<&str>, header: &str, defaults: &Named) -> Result<Option<(usize, By)>> {
    let about = match &table.ownership {
        // What a note or an alias is about can be named when all rows are about records of one entity.
        Ownership::About { entity, record } if *record == field => defaults
            .iter()
            .find(|(name, _)| *name == table.fields[*entity].name)
            .and_then(|(_, value)| if let Value::Text(entity) = value { Some(entity.as_str()) } else { None }),
        _ => None,
    };
    let target = match (&table.fields[field].field_type, about) {
        (FieldType::Reference(target), _) => schema.index(target)?,
        (_, Some(entity)) => schema.index(entity)?,
        _ => return Ok(None),
    };
    let by = match by {
        Some("id") => By::Id,
        Some(name) => {
            let other = &schema.tables[target];
            if other.field_index(name)? >= other.stored {
                return Err(Error::invalid(name, "is computed by the library"));
            }
            By::Field(name.to_owned())
        }
        None if squash(header) == squash(&table.fields[field].name) => By::IdOrName,
        None => By::Name,
    };
    Ok(Some((target, by)))
}
