//! What a file says of its own tables: user-defined fields, words, settings, rates.

use super::custom_field;
use super::setting::BASE_CURRENCY;
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::Schema;
use crate::engine::store::{Library, Session, generation};
use rust_decimal::Decimal;

/// The schema of the file as a session sees it.
pub(crate) fn load_schema(session: &Session, library: &'static Library) -> Result<Schema> {
    let generation = generation(session)?;
    let stored = session.stored();
    let mut schema = Schema::new(generation, &library.entities, &custom_field::load(session, &library.entities)?);
    stored.each("select d.name, d.closed, i.name from {dictionary} d left join {dictionary_item} i on i.dictionary_id = d.id", [], |row| {
        let dictionary = schema.dictionaries.entry(row.get(0)?).or_default();
        dictionary.closed = row.get::<Option<bool>>(1)?.unwrap_or(false);
        dictionary.items.extend(row.get::<Option<String>>(2)?);
        Ok(())
    })?;
    schema.any_closed = schema.dictionaries.values().any(|dictionary| dictionary.closed);
    schema.settings_known.clone_from(&library.settings);
    stored.each("select name, value from {setting}", [], |row| {
        let (name, value): (String, String) = (row.get(0)?, row.get(1)?);
        if name == BASE_CURRENCY {
            schema.base_currency = value.parse()?;
        }
        schema.settings.insert(name, value);
        Ok(())
    })?;
    stored.each("select currency, day, rate from {exchange_rate}", [], |row| {
        let rate = Decimal::from_str_exact(&row.get::<String>(2)?).map_err(|_| Error::corrupt("exchange_rate", "a rate is no number"))?;
        schema.rates.entry(row.get(0)?).or_default().insert(row.get(1)?, rate);
        Ok(())
    })?;
    Ok(schema)
}
