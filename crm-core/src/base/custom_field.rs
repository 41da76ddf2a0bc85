//! User-defined fields and formula and roll-up fields.

use crate::engine::declare::choice;
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::field::{Field, FieldType};
use crate::engine::meta::{Meta, Searched, Shapes};
use crate::engine::query::check;
use crate::engine::store::schema::{CustomField as Declared, Dictionary, FIXED, Schema};
use crate::engine::store::{Cell, ChangeSet, Columns, Session};
use std::collections::BTreeMap;

/// The most custom fields an entity has.
const MAX_CUSTOM_FIELDS: i64 = 200;
/// Words that SQL keeps for itself, in SQLite or in PostgreSQL: as a name they could not be used in a filter.
const RESERVED: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between binary both by case cast check collate collation column \
    concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user \
    custom default deferrable delete desc distinct do drop else end except exists false fetch for foreign freeze from full grant group having \
    ilike in index initially inner insert intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not \
    notnull null offset on only or order outer overlaps placing primary recursive references returning right select session_user set similar \
    some symmetric table tablesample then to trailing true union unique update user using values variadic verbose when where window with";
/// The longest text in a custom field, in characters.
const MAX_TEXT: i64 = 100_000;

choice! {
    /// The type of a user-defined field.
    pub enum CustomKind as for_custom_kind {
        /// Text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A number with a fraction.
        Number = "number",
        /// An amount of money.
        Money = "money",
        /// A day.
        Date = "date",
        /// A moment.
        Moment = "moment",
        /// Yes or no.
        Bool = "bool",
        /// One item of a dictionary.
        Item = "item",
        /// Several items of a dictionary.
        Items = "items",
        /// A record of another entity.
        Reference = "reference",
    }
}

entity! {
    /// A user-defined field of an entity: a column like any other in filters, lists, imports and SQL. With an
    /// expression it is computed when read: a formula over the record's fields (`major(value, value_currency) * 0.19`),
    /// or a roll-up over records that refer to it (`(select count(*) from deal where organization_id = organization.id)`).
    pub struct CustomField(CustomFieldFields, CustomFieldId) in "custom_field" as custom_fields, for_custom_field {
        /// The entity it belongs to; it stays.
        entity: String [max(64), general],
        /// Its name: lower-case letters, digits and underscores; unique within the entity.
        name: String [title, max(60), general],
        /// What it means.
        description: Option<String> [max(500), general],
        /// Its type; it stays.
        kind: CustomKind,
        /// The dictionary of a pick-list, or the entity of a reference.
        of: Option<String> [max(64), general],
        /// The longest text (500 when left out), in characters.
        max_length: Option<i64> [min(1), max(100_000)],
        /// Keeps an index, for fields that are often filtered by.
        indexed: Option<bool>,
        /// The expression of a computed field.
        expression: Option<String> [max(10_000), general],
        /// Erasure empties it; when left out, as it does texts.
        personal: Option<bool>,
    }
}

impl Rules for CustomField {
    const FORMER: Option<fn(&mut Columns)> = super::role::FORMER_TARGET;
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;
    const AFTER: Option<After<Self>> = Some(shape_table);

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut CustomFieldFields) -> Result<()> {
        let schema = change.schema();
        let table = schema.table(&fields.entity)?;
        if let Some(before) = before {
            let kept = (&before.entity, before.kind, &before.of, before.expression.is_some())
                == (&fields.entity, fields.kind, &fields.of, fields.expression.is_some());
            if !kept {
                return Err(Error::invalid("kind", "the entity and type of a field stay; add another field instead"));
            }
        }
        let renamed = before.is_none_or(|before| before.name != fields.name);
        if renamed {
            check_name(&fields.name)?;
            let second = (fields.kind == CustomKind::Money).then(|| format!("{}_currency", fields.name));
            let taken = |name: &str| table.shown_columns().any(|(other, _)| other == name) || FIXED.iter().any(|(fixed, _)| *fixed == name);
            if taken(&fields.name) || second.is_some_and(|second| taken(&second)) {
                return Err(Error::invalid("name", "the entity has a field of this name"));
            }
        }
        if before.is_none()
            && change.stored().number("select count(*) from {custom_field} where entity = ?1", [&fields.entity])?.unwrap_or(0) >= MAX_CUSTOM_FIELDS
        {
            return Err(Error::invalid("entity", format!("more than {MAX_CUSTOM_FIELDS} custom fields")));
        }
        match (fields.kind, &fields.of) {
            (CustomKind::Item | CustomKind::Items, None) => return Err(Error::invalid("of", "a pick-list needs its dictionary")),
            (CustomKind::Item | CustomKind::Items, Some(dictionary)) => check_name(dictionary)?,
            (CustomKind::Reference, Some(entity)) => drop(schema.table(entity)?),
            (CustomKind::Reference, None) => return Err(Error::invalid("of", "a reference needs its entity")),
            (_, Some(_)) => return Err(Error::invalid("of", "only pick-lists and references have one")),
            (_, None) => {}
        }
        if let Some(expression) = &fields.expression {
            let index = schema.index(&fields.entity)?;
            if fields.kind == CustomKind::Money {
                return Err(Error::invalid("kind", "a computed field has no currency of its own; compute minor units or use in_base()"));
            }
            let checked = check(&schema, None, index, expression, true, &|_| Err(Error::invalid("expression", "in_list cannot be used in a computed field")))?;
            if checked.params > 0 {
                return Err(Error::invalid("expression", "a computed field binds no values"));
            }
        }
        fields.max_length = fields.max_length.filter(|_| fields.kind == CustomKind::Text).map(|length| length.min(MAX_TEXT));
        Ok(())
    }
}

fn shape_table(change: &ChangeSet, before: Option<&CustomField>, now: &CustomField) -> Result<()> {
    if before.is_none() && now.expression.is_none() {
        let field_type = field_type(now.kind, now.of.clone().unwrap_or_default(), now.max_length);
        change.add_columns(&now.entity, &column(now.id.0), &field_type, now.indexed == Some(true))?;
    }
    if let Some(before) = before.filter(|before| before.name != now.name) {
        follow(change, before, &now.name)?;
    }
    change.reshape()
}

/// What names a field goes on naming it under its new name: records that refer to it in `custom_field_id`, and those that name its entity.
fn follow(change: &ChangeSet, before: &CustomField, name: &str) -> Result<()> {
    for table in change.schema().tables.iter().filter(|table| table.meta.field("field").is_some()) {
        let has = |field: &str| table.meta.field(field).is_some();
        let ids = if has("custom_field_id") {
            change.stored().all(&format!("select id from {{{}}} where custom_field_id = ?1", table.name), [before.id.0], |row| row.get(0))?
        } else if has("entity") {
            let sql = format!("select id from {{{}}} where entity = ?1 and field = ?2", table.name);
            change.stored().all(&sql, (&before.entity, &before.name), |row| row.get(0))?
        } else {
            continue;
        };
        for id in ids {
            change.write_columns(table, id, vec![("field", Cell::Text(name.into()))])?;
        }
    }
    Ok(())
}

/// Whether SQL keeps a word for itself.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.split(' ').any(|reserved| reserved == word)
}

fn check_name(name: &str) -> Result<()> {
    let fits = name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !name.contains("__");
    if fits && !is_reserved(name) {
        Ok(())
    } else {
        Err(Error::invalid("name", "a name has lower-case letters, digits and single underscores, begins with a letter and is no word of SQL"))
    }
}

fn column(id: i64) -> String {
    format!("custom_{id}")
}

fn field_type(kind: CustomKind, of: String, max_length: Option<i64>) -> FieldType {
    match kind {
        CustomKind::Text => FieldType::Text { max: max_length.map_or(FieldType::DEFAULT_TEXT, |max| max as usize) },
        CustomKind::Integer => FieldType::Integer { min: i64::MIN, max: i64::MAX },
        CustomKind::Number => FieldType::Number,
        CustomKind::Money => FieldType::Money,
        CustomKind::Date => FieldType::Date,
        CustomKind::Moment => FieldType::Moment,
        CustomKind::Bool => FieldType::Bool,
        CustomKind::Item => FieldType::Item(of.into()),
        CustomKind::Items => FieldType::Items(of.into()),
        CustomKind::Reference => FieldType::Reference(of.into()),
    }
}

/// The custom fields of a file, in the order they were added.
pub(super) fn load(session: &Session, entities: &[&'static Meta], dictionaries: &mut BTreeMap<String, Dictionary>) -> Result<Vec<Declared>> {
    let sql = "select id, entity, name, description, kind, of, max_length, expression, personal from {custom_field} order by id";
    let mut rows = session.stored().all(sql, [], |row| {
        let text = |at: usize| row.get::<Option<String>>(at);
        let kind: CustomKind = text(4)?.unwrap_or_default().parse()?;
        let field_type = field_type(kind, text(5)?.unwrap_or_default(), row.get(6)?);
        let field = Field {
            column: column(row.get(0)?).into(),
            name: text(2)?.unwrap_or_default().into(),
            doc: text(3)?.unwrap_or_default().into(),
            searchable: field_type.is_searchable(),
            field_type,
            required: false,
            computed: false,
            part_of: false,
            shows: None,
            in_base: false,
            one_of: None,
            seals: false,
            outside: true,
            personal: Some(row.get::<Option<bool>>(8)?.unwrap_or(kind == CustomKind::Text)),
            number: None,
            defaulted: false,
            expression: text(7)?,
        };
        Ok(Declared { entity: text(1)?.unwrap_or_default(), field })
    })?;
    // Expressions are checked against the stored fields, which must all be known first.
    let stored: Vec<Declared> =
        rows.iter().filter(|row| row.field.expression.is_none()).map(|row| Declared { entity: row.entity.clone(), field: row.field.clone() }).collect();
    let mut schema = Schema::new(0, entities, &stored);
    schema.set_dictionaries(std::mem::take(dictionaries));
    for row in &mut rows {
        let Some(expression) = row.field.expression.take() else { continue };
        let index = schema.index(&row.entity)?;
        // An expression whose fields are gone gives nothing rather than closing the file.
        let checked = check(&schema, None, index, &expression, true, &|_| Err(Error::invalid("expression", "no lists")));
        row.field.expression = Some(checked.map_or_else(|_| "null".into(), |checked| checked.template));
        row.field.computed = true;
    }
    *dictionaries = schema.dictionaries;
    Ok(rows)
}
