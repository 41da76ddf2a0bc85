//! Dictionaries: the pick-lists that users extend.

use crate::engine::declare::choice;
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::meta::{Searched, Shapes};
use crate::engine::registry::Words;
use crate::engine::store::schema::{Dictionary as Loaded, Item, Schema, Table};
use crate::engine::store::{ChangeSet, Removal, Session};
use std::collections::BTreeMap;

/// How many former words of an item are known.
const MAX_FORMER: usize = 100;

entity! {
    /// A pick-list. An open one suggests; a closed one refuses words it does not hold.
    pub struct Dictionary(DictionaryFields, DictionaryId) in "dictionary" as dictionaries, for_dictionary {
        /// Name, unique, such as `industry`.
        name: String [title, max(64), general],
        /// What it is for.
        description: Option<String> [max(500), general],
        /// Refuses words it does not hold.
        closed: Option<bool>,
    }
}

choice! {
    /// What a word of a dictionary means, whatever it is called.
    pub enum Meaning as for_meaning {
        /// It goes on.
        Open = "open",
        /// It waits for somebody or something.
        Waiting = "waiting",
        /// It is watched, without anything to do.
        Monitoring = "monitoring",
        /// It ended well.
        Done = "done",
        /// It was given up.
        GivenUp = "given_up",
    }
}

entity! {
    /// One word of a dictionary.
    pub struct DictionaryItem(DictionaryItemFields, DictionaryItemId) in "dictionary_item" as dictionary_items, for_dictionary_item {
        /// The dictionary.
        dictionary_id: DictionaryId [part_of],
        /// The word as it is shown and given; unique within the dictionary. Renaming it writes this one record: all that have the word show the new
        /// one, and the former ones go on being understood.
        name: String [title, max(120), general],
        /// Place in the order shown.
        position: Option<i64>,
        /// What it means, so that rules need not know the word.
        meaning: Option<Meaning>,
        /// The word that records hold, where it was renamed: the first it had.
        key: Option<String> [computed, general],
        /// Further words that it had once, with `;` between them.
        former: Option<String> [computed, max(20_000), general],
    }
}

impl Rules for Dictionary {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut DictionaryFields) -> Result<()> {
        let Some(before) = before.filter(|before| before.name != fields.name) else { return Ok(()) };
        match fields_with(&change.schema(), &before.name).next() {
            Some((table, field, _)) => {
                Err(Error::invalid("name", format!("`{}` of {} takes its words from the dictionary: the name stays", table.fields[field].name, table.name)))
            }
            None => Ok(()),
        }
    }
}

impl Rules for DictionaryItem {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;
    const REMOVAL: Option<Removal> = Some(Removal(check_unused));
    const AFTER: Option<After<Self>> = Some(|change, _, _| change.reshape());

    // What records hold is read otherwise from here on, within this change set, too.
    fn follows(before: Option<&Self>, fields: &DictionaryItemFields) -> bool {
        before.map_or(fields.key.is_some(), |before| before.name != fields.name)
    }

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut DictionaryItemFields) -> Result<()> {
        fields.name = fields.name.trim().to_owned();
        if fields.name.contains(';') {
            return Err(Error::invalid("name", "a word has no semicolon, which stands between several words"));
        }
        (fields.key, fields.former) = before.map_or((None, None), |before| (before.key.clone(), before.former.clone()));
        let Some(before) = before else {
            fields.key = free_key(change, fields)?;
            return Ok(());
        };
        if before.dictionary_id != fields.dictionary_id {
            return Err(Error::invalid("dictionary_id", "a word stays in its dictionary"));
        }
        if before.name != fields.name {
            let held = before.key.clone().unwrap_or_else(|| before.name.clone());
            let mut former: Vec<_> = words_of(before.former.as_deref()).collect();
            // What another item was called first stays that item's.
            if before.name != held && !former.contains(&before.name) && !is_claimed(change, fields.dictionary_id, &before.name, before.id.0)? {
                former.push(before.name.clone());
            }
            if former.len() > MAX_FORMER {
                return Err(Error::invalid("name", format!("the word was renamed more than {MAX_FORMER} times")));
            }
            fields.former = Some(former.join(";")).filter(|former| !former.is_empty());
            fields.key = Some(held).filter(|held| *held != fields.name);
        }
        Ok(())
    }
}

/// Whether an item other than this one is, or was, the first to be called so: records that hold the word are its.
fn is_claimed(change: &ChangeSet, dictionary: DictionaryId, word: &str, id: i64) -> Result<bool> {
    let held = "select 1 from {dictionary_item} where dictionary_id = ?1 and id <> ?3 and (name = ?2 and key is null or key = ?2) limit 1";
    if change.stored().any(held, (dictionary.0, word, id))? {
        return Ok(true);
    }
    let formers = "select former from {dictionary_item} where dictionary_id = ?1 and id <> ?2 and former is not null";
    let formers = change.stored().all(formers, [dictionary.0, id], |row| row.get::<String>(0))?;
    Ok(formers.iter().any(|former| words_of(Some(former)).any(|former| former == word)))
}

/// The word that records are to hold for a new item, where another item has taken its own.
fn free_key(change: &ChangeSet, fields: &DictionaryItemFields) -> Result<Option<String>> {
    let mut key = None;
    // No word that anybody gives has a semicolon, so none is taken for it.
    for number in 2.. {
        if !is_claimed(change, fields.dictionary_id, key.as_deref().unwrap_or(&fields.name), 0)? {
            break;
        }
        key = Some(format!("{};{number}", fields.name));
    }
    Ok(key)
}

/// The fields that take their words from a dictionary: tables, the places of fields, and the condition that a row holds the word `?1`.
fn fields_with<'a>(schema: &'a Schema, dictionary: &'a str) -> impl Iterator<Item = (&'a Table, usize, String)> {
    let of = move |table: &'a Table, field: usize| table.holds_word(field, dictionary).map(|holds| (table, field, holds));
    schema.tables.iter().flat_map(move |table| (0..table.stored).filter_map(move |field| of(table, field)))
}

/// The words in a list of former ones.
fn words_of(former: Option<&str>) -> impl Iterator<Item = String> {
    former.into_iter().flat_map(|former| former.split(';')).map(str::to_owned)
}

/// The dictionary of an item, its word of today, and every word that records may hold for it; `None` when there is no such item.
pub(crate) fn held_words(session: &Session, id: i64) -> Result<Option<(String, String, Vec<String>)>> {
    let sql = "select d.name, i.name, coalesce(i.key, i.name), i.former from {dictionary_item} i join {dictionary} d on d.id = i.dictionary_id where i.id = ?1";
    session.stored().first(sql, [id], |row| {
        let former: Option<String> = row.get(3)?;
        Ok((row.get(0)?, row.get(1)?, std::iter::once(row.get(2)?).chain(words_of(former.as_deref())).collect()))
    })
}

/// Refuses to remove a renamed word that records have: they would show the word it had before.
fn check_unused(session: &Session, schema: &Schema, id: i64) -> Result<()> {
    let Some((dictionary, name, held)) = held_words(session, id)? else { return Ok(()) };
    for (table, field, holds) in fields_with(schema, &dictionary) {
        for word in held.iter().filter(|word| **word != name) {
            if session.stored().any(&format!("select 1 from {{{}}} where {holds} limit 1", table.name), [word])? {
                let field = &table.fields[field].name;
                let reason = format!("records of `{}` have the word as their `{field}`, and it was renamed: give them another one first", table.name);
                return Err(Error::conflict("dictionary_item", reason));
            }
        }
    }
    Ok(())
}

/// What a word means; `None` for one that means nothing of the kind, or that the dictionary lacks.
#[cfg(test)] // The first area that asks takes this away.
pub(crate) fn meaning(schema: &Schema, dictionary: &str, word: &str) -> Option<Meaning> {
    schema.meaning(dictionary, word)?.parse().ok()
}

/// The dictionaries of a file, by name.
pub(super) fn load(session: &Session) -> Result<BTreeMap<String, Loaded>> {
    let mut all: BTreeMap<String, (bool, Vec<Item>)> = BTreeMap::new();
    let sql =
        "select d.name, d.closed, i.name, i.key, i.former, i.meaning from {dictionary} d left join {dictionary_item} i on i.dictionary_id = d.id order by i.id";
    session.stored().each(sql, [], |row| {
        let (closed, items) = all.entry(row.get(0)?).or_default();
        *closed = row.get::<Option<bool>>(1)?.unwrap_or(false);
        if let Some(name) = row.get::<Option<String>>(2)? {
            let former = words_of(row.get::<Option<String>>(4)?.as_deref()).collect();
            items.push(Item { name, key: row.get(3)?, former, meaning: row.get(5)? });
        }
        Ok(())
    })?;
    Ok(all.into_iter().map(|(name, (closed, items))| (name, Loaded::of(closed, items))).collect())
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
        for (position, (word, meaning)) in words.iter().enumerate() {
            if is_claimed(change, dictionary.id, word, 0)? {
                continue;
            }
            let (position, meaning) = (Some(position as i64 + 1), meaning.map(str::parse).transpose()?);
            change.dictionary_items().insert(DictionaryItemFields {
                dictionary_id: dictionary.id,
                name: (*word).into(),
                position,
                meaning,
                ..Default::default()
            })?;
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
