//! What names mean: tables, common table expressions, columns.

use super::filter_check::Checker;
use super::scope::{Columns, Source, identifier};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::text::nearest;
use sqlparser::ast::{Ident, ObjectName};

impl Checker<'_> {
    /// A column's name as it is written, and its type where it is a field.
    pub(super) fn field(&self, table: Option<&Ident>, name: &Ident) -> Result<(String, Option<FieldType>)> {
        let wanted = name.value.to_lowercase();
        let written = || match table {
            Some(table) if self.is_sql() => format!("{}.{}", identifier(&table.value), identifier(&name.value)),
            Some(table) => format!("{}.{}", identifier(&table.value.to_lowercase()), identifier(&wanted)),
            None if self.is_sql() => identifier(&name.value),
            None => identifier(&wanted),
        };
        let named = |source: &&Source| source.goes_by(table);
        for (place, frame) in self.scopes.iter().enumerate().rev() {
            if place == 0
                && let Some(stands) = self.stands_for_column(table, name)?
            {
                return Ok((stands, None));
            }
            for source in frame.sources.iter().filter(named) {
                match &source.columns {
                    Columns::Any => return Ok((written(), None)),
                    Columns::Named(names) if names.contains(&wanted) => return Ok((written(), None)),
                    Columns::Named(_) => {}
                    Columns::Entity(index) => {
                        if let Some(field_type) = self.column(*index, &wanted)? {
                            return Ok((written(), Some(field_type)));
                        }
                    }
                }
            }
            if table.is_none() && frame.aliases.contains(&wanted) {
                return Ok((written(), None));
            }
        }
        let sources = || self.scopes.iter().rev().flat_map(|frame| &frame.sources);
        if let Some(table) = table
            && !sources().any(|source| named(&source))
        {
            if matches!(table.value.to_lowercase().as_str(), "main" | "temp") {
                return Err(self.no_schemas());
            }
            return Err(self.unknown("table", table, sources().map(|source| source.name.as_str())));
        }
        let known: Vec<_> = sources().filter(named).flat_map(|source| self.names_of(&source.columns)).collect();
        Err(self.unknown(if self.is_sql() { "column" } else { "field" }, name, known.iter().map(String::as_str)))
    }

    /// A name that there is not. One in quotes may have been meant for a text, with what nobody else is to read in it, so it is not repeated.
    pub(super) fn unknown<'n>(&self, what: &str, name: &Ident, known: impl Iterator<Item = &'n str>) -> Error {
        if name.quote_style.is_none() {
            return Error::unknown(what, &name.value, known);
        }
        let hint = nearest(&name.value, known).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        self.wrong(format!("there is no {what} of the name in quotes{hint}; texts stand in single quotes"))
    }

    /// The type of a field that a filter may name.
    fn column(&self, index: usize, name: &str) -> Result<Option<FieldType>> {
        let table = &self.schema.tables[index];
        let Some((_, field_type)) = table.shown_columns().find(|(column, _)| *column == name) else { return Ok(None) };
        if let Ok(field) = table.field_index(name.strip_suffix("_currency").filter(|_| table.field(name).is_none()).unwrap_or(name)) {
            if field >= table.stored {
                self.timeless.set(false);
            }
            if self.stored_only && field >= table.stored {
                return Err(Error::invalid(name, "a computed field cannot build on another computed field"));
            }
            if let Some(access) = self.access {
                access.check_field(self.schema, index, field)?;
            }
        }
        Ok(Some(field_type.clone()))
    }

    /// The names of the columns of a source; none where only the database knows.
    pub(super) fn names_of(&self, columns: &Columns) -> Vec<String> {
        match columns {
            Columns::Entity(index) => self.schema.tables[*index].shown_columns().map(|(name, _)| name.to_owned()).collect(),
            Columns::Named(names) => names.clone(),
            Columns::Any => Vec::new(),
        }
    }

    /// What is known under the name of a table: a common table expression of the statement, or an entity.
    pub(super) fn table(&self, name: &ObjectName) -> Result<(String, Columns)> {
        let name = match name.0.as_slice() {
            [part] => part.as_ident().ok_or_else(|| self.unsupported("this kind of table"))?,
            _ if self.is_sql() => return Err(self.no_schemas()),
            _ => return Err(self.unsupported("a table name of several parts")),
        };
        if let Some(known) = self.ctes.iter().rev().find(|known| known.name.eq_ignore_ascii_case(&name.value)) {
            return Ok((identifier(&name.value), known.columns.clone()));
        }
        let wanted = name.value.to_lowercase();
        match self.schema.index(&wanted) {
            // Filters name tables in braces, since computed fields are run over the inner views of the lens.
            Ok(index) => Ok((if self.is_sql() { self.schema.tables[index].quoted.clone() } else { format!("{{{wanted}}}") }, Columns::Entity(index))),
            Err(unknown) if !self.is_sql() => Err(unknown),
            Err(_) if wanted.starts_with("sqlite_") || wanted.starts_with("pragma_") => {
                Err(Error::denied("sql", "the database's own tables cannot be read; `entities` lists the tables, `fields` their columns"))
            }
            Err(_) => {
                let known = self.ctes.iter().map(|known| known.name.as_str()).chain(self.schema.tables.iter().map(|table| table.name));
                let unknown = self.unknown("table", name, known);
                let told = format!("{}; `entities` lists the tables", unknown.reason());
                Err(if unknown.reason().ends_with('?') { unknown } else { unknown.retold(unknown.field().to_owned(), told) })
            }
        }
    }

    pub(super) fn no_schemas(&self) -> Error {
        Error::denied("sql", "name tables without a schema, `deal` alone")
    }
}
