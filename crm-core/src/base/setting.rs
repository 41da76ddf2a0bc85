//! The settings of a file.

use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::{Searched, Shapes};
use crate::engine::money::Currency;
use crate::engine::store::ChangeSet;

entity! {
    /// A setting of the file: `base_currency` (EUR when not set), `phone_region` (ISO 3166, for numbers written without a
    /// country), and what other areas declare.
    pub struct Setting(SettingFields, SettingId) in "setting" as settings, for_setting {
        /// Name, unique.
        name: String [title, max(64), general],
        /// Value.
        value: String [max(500), general],
    }
}

impl Rules for Setting {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut SettingFields) -> Result<()> {
        let schema = change.schema();
        let Some((_, accepts)) = schema.settings_known.iter().find(|(name, _)| *name == fields.name) else {
            return Err(Error::unknown("setting", &fields.name, schema.settings_known.iter().map(|(name, _)| *name)));
        };
        accepts(&fields.value)?;
        if fields.name == BASE_CURRENCY && fields.value.parse() != Ok(schema.base_currency) && counted(change)? {
            return Err(Error::invalid("value", "rates or closed deals count in the base currency: it stays"));
        }
        Ok(())
    }
}

/// The setting that says in which currency sums are.
pub(super) const BASE_CURRENCY: &str = "base_currency";

/// The value of `base_currency`.
pub(super) fn currency(value: &str) -> Result<()> {
    value.parse::<Currency>().map(drop).map_err(|error| Error::invalid("value", error.reason()))
}

/// Whether rates or frozen amounts count in the base currency; they would all be wrong after a change of it.
fn counted(change: &ChangeSet) -> Result<bool> {
    let schema = change.schema();
    let frozen = schema.tables.iter().flat_map(|table| table.fields[..table.stored].iter().filter(|field| field.in_base).map(move |field| (table, field)));
    for (table, field) in frozen {
        if change.stored().any(&format!("select 1 from {} where {} is not null limit 1", table.stored_name, field.column), [])? {
            return Ok(true);
        }
    }
    change.stored().any("select 1 from {exchange_rate} limit 1", [])
}
