//! What a declaration says of a field in brackets.

use super::field::{Field, FieldType};

/// The options of a field in a declaration, written in brackets after its type:
/// `[required, title, max(200)]`.
#[derive(Clone, Copy, Debug)]
pub struct FieldOptions {
    title: bool,
    computed: bool,
    part_of: bool,
    shows: Option<&'static str>,
    in_base: bool,
    one_of: Option<&'static [&'static str]>,
    seals: bool,
    outside: bool,
    number: Option<&'static str>,
    unsearched: bool,
    personal: Option<bool>,
    optional: bool,
    max: Option<i64>,
    min: Option<i64>,
    dictionary: Option<&'static str>,
}

// Some are for areas that do not use them yet.
#[allow(missing_docs, dead_code)]
impl FieldOptions {
    pub const NONE: Self = Self {
        title: false,
        computed: false,
        part_of: false,
        shows: None,
        in_base: false,
        one_of: None,
        seals: false,
        outside: false,
        number: None,
        unsearched: false,
        personal: None,
        optional: false,
        max: None,
        min: None,
        dictionary: None,
    };

    /// The field names the record.
    pub const fn title(self) -> Self {
        Self { title: true, ..self }
    }
    /// Kept by the library.
    pub const fn computed(self) -> Self {
        Self { computed: true, ..self }
    }
    /// The record belongs to the one referred to.
    pub const fn part_of(self) -> Self {
        Self { part_of: true, ..self }
    }
    /// The field follows from another, and is hidden with it.
    pub const fn shows(self, field: &'static str) -> Self {
        Self { shows: Some(field), ..self }
    }
    /// An amount in minor units of the base currency.
    pub const fn in_base(self) -> Self {
        Self { in_base: true, ..self }
    }
    /// Of the records that agree in these fields, at most one has a yes here: the first, until another takes it over.
    pub const fn one_of(self, fields: &'static [&'static str]) -> Self {
        Self { one_of: Some(fields), ..self }
    }
    /// Once it has a value, what the record says stays: it was sent, approved or booked.
    pub const fn seals(self) -> Self {
        Self { seals: true, ..self }
    }
    /// It may change in a sealed record, too, as its owner and its line may: it says nothing of what was sent.
    pub const fn outside(self) -> Self {
        Self { outside: true, ..self }
    }
    /// The library gives each record a number here: see `NumberSeries` for the pattern.
    pub const fn number(self, pattern: &'static str) -> Self {
        Self { number: Some(pattern), computed: true, ..self }
    }
    /// Full-text search does not look into it: the text is for the library, not for people.
    pub const fn unsearched(self) -> Self {
        Self { unsearched: true, ..self }
    }
    /// It tells of a person, or may: what erasure empties. Every text says whether it does, once and for all, since digests of versions go by it.
    pub const fn personal(self) -> Self {
        Self { personal: Some(true), ..self }
    }
    /// It tells of no person.
    pub const fn general(self) -> Self {
        Self { personal: Some(false), ..self }
    }
    /// Never empty in a record, yet filled by a rule when a caller leaves it out.
    pub const fn defaulted(self) -> Self {
        Self { optional: true, ..self }
    }
    /// The longest text, or the greatest number.
    pub const fn max(self, max: i64) -> Self {
        Self { max: Some(max), ..self }
    }
    /// The least number.
    pub const fn min(self, min: i64) -> Self {
        Self { min: Some(min), ..self }
    }
    /// The dictionary whose items the field takes.
    pub const fn dictionary(self, name: &'static str) -> Self {
        Self { dictionary: Some(name), ..self }
    }

    /// True when the field names the record.
    pub fn is_title(&self) -> bool {
        self.title
    }

    /// The field these options describe.
    pub fn field(self, name: &'static str, doc: &'static str, field_type: FieldType, optional: bool) -> Field {
        let field_type = match (field_type, self.dictionary) {
            (_, Some(dictionary)) => FieldType::Item(dictionary.into()),
            (FieldType::Text { max }, _) => FieldType::Text { max: self.max.map_or(max, |max| max as usize) },
            (FieldType::Integer { min, max }, _) => FieldType::Integer { min: self.min.unwrap_or(min), max: self.max.unwrap_or(max) },
            (field_type, _) => field_type,
        };
        let searchable = field_type.is_searchable() && !self.unsearched;
        Field {
            name: name.into(),
            doc: doc.trim().into(),
            field_type,
            required: !(optional || self.optional),
            defaulted: self.optional,
            computed: self.computed,
            part_of: self.part_of,
            shows: self.shows,
            in_base: self.in_base,
            one_of: self.one_of,
            seals: self.seals,
            outside: self.outside || matches!(name, "owner_id" | "line_id"),
            number: self.number,
            searchable,
            personal: self.personal,
            expression: None,
            column: name.into(),
        }
    }
}
