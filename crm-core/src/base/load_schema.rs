//! What a file says of its own tables: user-defined fields, words, settings, rates.

use super::setting::BASE_CURRENCY;
use super::{custom_field, dictionary};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::Schema;
use crate::engine::store::{Library, Session, generation, load_gone, load_retired};
use rust_decimal::Decimal;

/// The schema of the file as a session sees it.
pub(crate) fn load_schema(session: &Session, library: &'static Library) -> Result<Schema> {
    let generation = generation(session)?;
    let stored = session.stored();
    let mut dictionaries = dictionary::load(session)?;
    let custom = custom_field::load(session, &library.entities, &mut dictionaries)?;
    let mut schema = Schema::new(generation, &library.entities, &custom);
    schema.set_dictionaries(dictionaries);
    schema.settings_known.clone_from(&library.settings);
    load_gone(session, &mut schema)?;
    // Most files have all the fields that they ever had.
    let given = stored.number("select max(record_id) from {change} where entity = ?1", ["custom_field"])?;
    if given != stored.number("select count(*) from {custom_field}", [])?.filter(|count| *count > 0) {
        load_retired(session, &mut schema)?;
    }
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
