//! What a dictionary's words stand for. Records hold an item's permanent word, the first it had; readers see the word it has today. So
//! renaming a word writes one row, however many records have it, and none of them has to change.

use crate::engine::value::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The items of a dictionary; a closed one refuses others.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub closed: bool,
    /// Their words of today.
    pub items: HashSet<String>,
    /// What a word of today means, where it means something.
    pub meanings: HashMap<String, String>,
    /// Those that do not bear the word that records hold, or bore another one once.
    pub renamed: Option<Arc<Renamed>>,
}

/// An item of a dictionary.
pub(crate) struct Item {
    /// The word of today.
    pub name: String,
    /// The word that records hold, where it is another one.
    pub key: Option<String>,
    /// Further words that it had once.
    pub former: Vec<String>,
    pub meaning: Option<String>,
}

/// Words between records and readers.
#[derive(Debug, Default)]
pub(crate) struct Renamed {
    /// From the word that records hold to that of today.
    shown: HashMap<String, String>,
    /// The other way round.
    stored: HashMap<String, String>,
    /// From words of former days to that of today, where no other item bears them now.
    today: HashMap<String, String>,
}

impl Dictionary {
    /// Puts the items together, in the order they were added.
    pub fn of(closed: bool, items: Vec<Item>) -> Self {
        let mut all = Self { closed, items: items.iter().map(|item| item.name.clone()).collect(), ..Self::default() };
        let mut renamed = Renamed::default();
        for Item { name, key, former, meaning } in items {
            for earlier in key.iter().chain(&former) {
                if !all.items.contains(earlier) {
                    renamed.today.insert(earlier.clone(), name.clone());
                }
                // Records hold words that an item took for itself, too. Each is held for one item only.
                renamed.shown.insert(earlier.clone(), name.clone());
            }
            if let Some(key) = key {
                renamed.stored.insert(name.clone(), key);
            }
            all.meanings.extend(meaning.map(|meaning| (name, meaning)));
        }
        let any = !renamed.shown.is_empty() || !renamed.today.is_empty();
        all.renamed = any.then(|| Arc::new(renamed));
        all
    }

    /// Whether the dictionary has a word, today or under another one.
    pub fn knows(&self, word: &str) -> bool {
        self.items.contains(word) || self.renamed.as_ref().is_some_and(|renamed| renamed.today.contains_key(word))
    }
}

fn mapped(words: &HashMap<String, String>, word: &str) -> String {
    words.get(word).map_or(word, String::as_str).to_owned()
}

/// As a field takes them: in order, and none twice.
fn mapped_items(words: &HashMap<String, String>, items: &[String]) -> Vec<String> {
    let mut items: Vec<_> = items.iter().map(|word| mapped(words, word)).collect();
    items.sort();
    items.dedup();
    items
}

fn mapped_value(words: &HashMap<String, String>, value: &Value) -> Value {
    match value {
        Value::Text(word) => Value::Text(mapped(words, word)),
        Value::Items(items) => Value::Items(mapped_items(words, items)),
        other => other.clone(),
    }
}

impl Renamed {
    /// The word of today for one that a record holds.
    pub fn shown(&self, stored: &str) -> String {
        mapped(&self.shown, stored)
    }

    /// The word of today for one of any day.
    pub fn today(&self, word: &str) -> String {
        mapped(&self.today, word)
    }

    /// The words of today for those that a record holds.
    pub fn shown_items(&self, stored: &[String]) -> Vec<String> {
        mapped_items(&self.shown, stored)
    }

    /// A value that a record holds as readers see it.
    pub fn shown_value(&self, value: &Value) -> Value {
        mapped_value(&self.shown, value)
    }

    /// A value as records hold it.
    pub fn stored_value(&self, value: &Value) -> Value {
        mapped_value(&self.stored, value)
    }

    /// A value that somebody gave, in words of today.
    pub fn today_value(&self, value: &Value) -> Value {
        mapped_value(&self.today, value)
    }
}
