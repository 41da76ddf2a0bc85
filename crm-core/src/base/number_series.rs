//! Running numbers: what they look like, per entity and kind.

use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::numbers::Pattern;
use crate::engine::store::ChangeSet;

entity! {
    /// What the running numbers of an entity look like in this file, of all its records or of those of a kind. The numbers themselves are
    /// given by the library, one after another, each once: the number of a record that was removed or undone is not given again.
    pub struct NumberSeries(NumberSeriesFields, NumberSeriesId) in "number_series" as number_series, for_number_series {
        /// The entity, such as `invoice`.
        entity: String [title, max(64), general],
        /// The kind of record it is for (what its `kind` holds); all without a series of their own when left out.
        kind: Option<String> [max(120), general],
        /// `{number}` with text around it, such as `R-{year}-{number:5}`: filled with zeros to five digits, and beginning with 1 each year. `{month}`
        /// beside `{year}` begins each month.
        pattern: String [max(100), general],
    }
}

impl Rules for NumberSeries {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut NumberSeriesFields) -> Result<()> {
        let schema = change.schema();
        let table = schema.table(&fields.entity)?;
        if !table.fields.iter().any(|field| field.number.is_some()) {
            return Err(Error::invalid("entity", format!("a {} has no running number", table.name)));
        }
        if fields.kind.is_some() && table.field("kind").is_none() {
            return Err(Error::invalid("kind", format!("a {} is of no kind", table.name)));
        }
        fields.pattern.parse::<Pattern>().map(drop)
    }
}
