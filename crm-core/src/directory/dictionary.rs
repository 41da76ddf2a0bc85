//! Dictionaries: the pick-lists that users extend (D5).

use crate::entity;
use crate::entity::{Rules, Searched};

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
}
impl Rules for DictionaryItem {
    const SEARCHED: Searched = Searched::Never;
}
