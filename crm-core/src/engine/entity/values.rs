//! Between the fields of an entity and the values of its table.

use super::rules::{Entity, Fields};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::Table;
use crate::engine::value::{Custom, Named, Value};

/// Puts named values into their places. What comes from another system (`loading`) may have a number of its own.
pub(super) fn place(table: &Table, named: Named, loading: bool, values: &mut [Value], custom: &mut Custom) -> Result<()> {
    for (name, value) in named {
        let index = table.field_index(&name)?;
        let field = &table.fields[index];
        if field.computed && !(loading && field.number.is_some()) {
            return Err(Error::invalid(name, "is computed by the library"));
        }
        let value = table.word_of_today(index, field.accept(value)?);
        match values.get_mut(index) {
            Some(slot) => *slot = value,
            None => drop(custom.insert(name, value)),
        }
    }
    Ok(())
}

/// Fields as a caller gave them, with words of dictionaries that were renamed as they are today.
pub(super) fn in_words_of_today<E: Entity>(table: &Table, fields: E::Fields) -> Result<E::Fields> {
    if !table.renamed {
        return Ok(fields);
    }
    let values = stored_values::<E>(table, fields)?.into_iter().enumerate();
    fields_of::<E>(table, values.map(|(field, value)| table.word_of_today(field, value)).collect())
}

/// The values of all stored fields, checked.
pub(super) fn accepted(table: &Table, values: Vec<Value>, custom: Custom) -> Result<Vec<Value>> {
    let mut all = all_values(table, values, custom)?;
    for (field, value) in table.fields.iter().zip(&mut all) {
        if field.required || !value.is_null() {
            *value = field.accept(std::mem::take(value))?;
        }
    }
    Ok(all)
}

/// The values of all stored fields in their order; computed custom fields are left out.
pub(super) fn all_values(table: &Table, mut values: Vec<Value>, custom: Custom) -> Result<Vec<Value>> {
    values.resize(table.stored, Value::Null);
    for (name, value) in custom {
        let index = table.field_index(&name)?;
        if index < table.stored {
            if !table.fields[index].is_custom() {
                return Err(Error::invalid(name, "is a built-in field, not a custom one"));
            }
            values[index] = value;
        }
    }
    Ok(values)
}

/// What the fields of a record hold, in the order of the table's stored fields.
pub(crate) fn stored_values<E: Entity>(table: &Table, fields: E::Fields) -> Result<Vec<Value>> {
    let (values, custom) = fields.into_values();
    all_values(table, values, custom)
}

/// The input of an entity from the values of all stored fields.
pub(super) fn fields_of<E: Entity>(table: &Table, mut values: Vec<Value>) -> Result<E::Fields> {
    let declared = E::meta().fields.len();
    let custom = values.split_off(declared);
    let custom = table.fields[declared..table.stored].iter().zip(custom).map(|(field, value)| (field.name.to_string(), value)).collect();
    E::Fields::from_values(values, custom)
}
