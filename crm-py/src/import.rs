//! The options of an import from keyword arguments.

use crate::error::{invalid, raise};
use crate::value::{Texts, named, take};
use crm_core::entity::FieldType;
use crm_core::{Error, Import, Value};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rust_decimal::Decimal;

/// Pairs given as a dict or as a list of pairs.
fn pairs<'py>(value: &Bound<'py, PyAny>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    match value.cast::<PyDict>() {
        Ok(dict) => dict.iter().map(|(name, value)| Ok((name.extract()?, value))).collect(),
        Err(_) => value.extract(),
    }
}

fn number(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Decimal> {
    match FieldType::Decimal.accept(field, take(field, value)?) {
        Ok(Value::Decimal(number)) => Ok(number),
        Ok(_) => Err(invalid(value.py(), field, "expected a number")),
        Err(error) => Err(raise(value.py(), &error)),
    }
}

/// Takes an import's options; an unknown one is refused. Naming them all keeps one from being forgotten.
pub(crate) fn options(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Import> {
    let Import {
        mut mapping,
        mut key,
        mut external,
        mut defaults,
        mut currency,
        mut scale,
        mut delimiter,
        mut encoding,
        mut thousands,
        mut decimal_comma,
        mut date_format,
        mut trim,
        mut clear_empty,
        mut strict,
        mut max_errors,
        mut dry_run,
    } = Import::default();
    for (name, value) in given.into_iter().flatten() {
        let name: String = name.extract()?;
        if value.is_none() {
            continue;
        }
        match name.as_str() {
            "mapping" => mapping = pairs(&value)?.into_iter().map(|(column, field)| Ok((column, field.extract()?))).collect::<PyResult<_>>()?,
            "key" => key = value.extract::<Texts>()?.into_vec(),
            "external" => external = Some(value.extract()?),
            "defaults" => defaults = named(Some(value.cast::<PyDict>()?))?,
            "currency" => currency = Some(value.extract::<&str>()?.parse().map_err(|error: Error| raise(py, &error))?),
            "scale" => scale = pairs(&value)?.into_iter().map(|(column, value)| Ok((column, number("scale", &value)?))).collect::<PyResult<_>>()?,
            "delimiter" => delimiter = Some(value.extract()?),
            "encoding" => encoding = Some(value.extract()?),
            "thousands" => thousands = Some(value.extract()?),
            "decimal_comma" => decimal_comma = value.extract()?,
            "date_format" => date_format = Some(value.extract()?),
            "trim" => trim = value.extract()?,
            "clear_empty" => clear_empty = value.extract()?,
            "strict" => strict = value.extract()?,
            "max_errors" => max_errors = value.extract()?,
            "dry_run" => dry_run = value.extract()?,
            _ => return Err(invalid(py, &name, &format!("unknown option `{name}` of an import"))),
        }
    }
    Ok(Import {
        mapping,
        key,
        external,
        defaults,
        currency,
        scale,
        delimiter,
        encoding,
        thousands,
        decimal_comma,
        date_format,
        trim,
        clear_empty,
        strict,
        max_errors,
        dry_run,
    })
}
