//! What digests of versions are over.

use crate::engine::field::{Field, FieldType};
use crate::engine::meta::Meta;

/// A column that the digest of a version is over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Digested {
    /// Its name in the table, which is its own for ever: digests hold it.
    pub name: String,
    /// It tells of persons, or may: then it stands in the half that the record's salt begins.
    pub personal: bool,
    /// Its place among the table's `columns`; none for the fixed ones, and for those whose field is gone.
    pub column: Option<usize>,
}

/// The columns of an entity's table that digests are over, in the order of their names.
pub(crate) fn digested<'n>(meta: &Meta, names: impl Iterator<Item = &'n str>) -> Vec<Digested> {
    let columns = names.filter(|name| !matches!(*name, "revision" | "salt" | "ended_by"));
    let mut digested: Vec<_> = columns.map(|name| Digested { name: name.to_owned(), personal: is_personal(meta, name), column: None }).collect();
    digested.sort();
    digested
}

/// Whether a column belongs to the half that the salt begins. Of a field of one's own nobody can say for ever what it will hold.
pub(crate) fn is_personal(meta: &Meta, column: &str) -> bool {
    let of = |field: &&Field| field.column == column || field.field_type == FieldType::Money && column.strip_suffix("_currency") == Some(&field.column);
    !matches!(column, "id" | "created_at" | "updated_at") && meta.fields.iter().find(of).is_none_or(Field::is_personal)
}
