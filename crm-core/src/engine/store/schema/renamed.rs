//! Tables whose records have words that dictionaries renamed.

use super::words::{Dictionary, Renamed};
use super::{Part, Schema, Table};
use crate::engine::field::FieldType;
use crate::engine::value::Value;
use std::collections::BTreeMap;

impl Table {
    /// A value given for a field, in words of today.
    pub fn word_of_today(&self, field: usize, value: Value) -> Value {
        let words = self.columns.iter().filter(|_| self.renamed).find(|column| column.field == field).and_then(|column| column.words.as_ref());
        match words {
            Some(words) => words.today_value(&value),
            None => value,
        }
    }

    /// The condition that a row holds the word `?1` in a field, where the field takes its words from a dictionary.
    pub fn holds_word(&self, field: usize, dictionary: &str) -> Option<String> {
        let column = &self.fields[field].column;
        match &self.fields[field].field_type {
            FieldType::Item(of) if of == dictionary => Some(format!("{column} = ?1")),
            FieldType::Items(of) if of == dictionary => Some(format!("has({column}, ?1)")),
            _ => None,
        }
    }

    /// How a column is read: its words as they are today. `of` stands before its name.
    pub fn reading(&self, column: usize, of: &str) -> String {
        let column = &self.columns[column];
        let name = &column.name;
        match (&column.words, &self.fields[column.field].field_type) {
            (Some(_), FieldType::Item(dictionary)) => format!("word('{dictionary}', {of}{name})"),
            (Some(_), FieldType::Items(dictionary)) => format!("words('{dictionary}', {of}{name})"),
            _ => format!("{of}{name}"),
        }
    }
}

impl Schema {
    /// Takes over the file's dictionaries.
    pub fn set_dictionaries(&mut self, dictionaries: BTreeMap<String, Dictionary>) {
        self.dictionaries = dictionaries;
        self.any_closed = self.dictionaries.values().any(|dictionary| dictionary.closed);
        for table in &mut self.tables {
            for column in &mut table.columns {
                let (FieldType::Item(name) | FieldType::Items(name)) = &table.fields[column.field].field_type else { continue };
                column.words = self.dictionaries.get(name.as_ref()).filter(|_| column.part == Part::Whole).and_then(|dictionary| dictionary.renamed.clone());
            }
            table.renamed = table.columns.iter().any(|column| column.words.is_some());
            if table.renamed {
                table.whole_sql = table.whole();
            }
        }
    }

    /// The dictionary of renamed items, if it is one.
    pub fn renamed(&self, dictionary: &str) -> Option<&Renamed> {
        self.dictionaries.get(dictionary)?.renamed.as_deref()
    }

    /// What a word of a dictionary means, where it means something. Rules ask for that, since users may rename the word.
    pub fn meaning(&self, dictionary: &str, word: &str) -> Option<&str> {
        self.dictionaries.get(dictionary)?.meanings.get(word).map(String::as_str)
    }
}
