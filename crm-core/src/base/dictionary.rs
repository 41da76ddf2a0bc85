//! Dictionaries: the pick-lists that users extend.

use crate::engine::entity::{Rules, entity};
use crate::engine::error::Result;
use crate::engine::field::FieldType;
use crate::engine::meta::{Searched, Shapes};
use crate::engine::registry::Words;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::{Schema, Table};

entity! {
    /// A pick-list. An open one suggests; a closed one refuses words it does not hold.
    pub struct Dictionary(DictionaryFields, DictionaryId) in "dictionary" as dictionaries, for_dictionary {
        /// Name, unique, such as `industry`.
        name: String [title, max(64)],
        /// What it is for.
        description: Option<String> [max(500)],
        /// Refuses words it does not hold.
        closed: Option<bool>,
    }
}

entity! {
    /// One word of a dictionary.
    pub struct DictionaryItem(DictionaryItemFields, DictionaryItemId) in "dictionary_item" as dictionary_items, for_dictionary_item {
        /// The dictionary.
        dictionary_id: DictionaryId [part_of],
        /// The word as it stands in records; unique within the dictionary.
        name: String [title, max(120)],
        /// Place in the order shown.
        position: Option<i64>,
    }
}

impl Rules for Dictionary {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;
}
impl Rules for DictionaryItem {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;
}

/// Gives a file the first words of an area. Words that it has already stay as they are.
pub(crate) fn add_words(change: &ChangeSet, words: &[Words]) -> Result<()> {
    for Words { dictionary, about, words } in words {
        let known = change.dictionaries().find(("name = ?1", [*dictionary]))?.into_iter().next();
        let dictionary = match known {
            Some(known) => known,
            None => {
                let fields = DictionaryFields { name: (*dictionary).into(), description: Some((*about).into()), ..Default::default() };
                change.dictionaries().add(fields)?
            }
        };
        for (position, word) in words.iter().enumerate() {
            if change.dictionary_items().count(("dictionary_id = ?1 and name = ?2", [dictionary.id.into(), (*word).into()] as [crate::Value; 2]))? > 0 {
                continue;
            }
            let position = Some(position as i64 + 1);
            change.dictionary_items().insert(DictionaryItemFields { dictionary_id: dictionary.id, name: (*word).into(), position, ..Default::default() })?;
        }
    }
    Ok(())
}

/// Every word in a dictionary field, as SQL: entity, field, dictionary, word, how often.
pub(super) fn every_word(schema: &Schema) -> String {
    let fields = schema.tables.iter().flat_map(|table| table.fields[..table.stored].iter().map(move |field| (table, field)));
    let selects = fields.filter_map(|(table, field)| {
        let Table { name: entity, quoted, .. } = table;
        let column = &field.name;
        match &field.field_type {
            FieldType::Item(dictionary) => Some(format!(
                "select '{entity}' as entity, '{column}' as field, '{dictionary}' as dictionary, {column} as value, count(*) as count from {quoted} where {column} is not null group by {column}"
            )),
            FieldType::Items(dictionary) => Some(format!(
                "select '{entity}', '{column}', '{dictionary}', item(t.{column}, p.at), count(*) from {quoted} t join place p on p.at <= items(t.{column}) group by 4"
            )),
            _ => None,
        }
    });
    selects.collect::<Vec<_>>().join(" union all ")
}
