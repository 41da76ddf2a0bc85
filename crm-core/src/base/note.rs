//! Free notes on anything.

use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::Result;
use crate::engine::store::ChangeSet;

entity! {
    /// A free note on any record.
    pub struct Note(NoteFields, NoteId) in "note" as notes, for_note {
        /// The entity of the record it is on.
        entity: String [max(64), unsearched, general],
        /// The record it is on.
        record_id: i64 [min(1)],
        /// The text.
        text: String [title, max(100_000), personal],
        /// Who wrote it; the acting user when left out.
        author_id: Option<UserId>,
    }
}

impl Rules for Note {
    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut NoteFields) -> Result<()> {
        fields.author_id = fields.author_id.or(change.actor());
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}
