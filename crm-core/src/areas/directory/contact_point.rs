//! Phones, e-mail addresses and other ways to reach someone, found by any spelling.

use super::owner::one_owner;
use super::{OrganizationId, PersonId};
use crate::engine::declare::choice;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::Schema;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

choice! {
    /// What kind of contact point it is.
    pub enum ContactKind as for_contact_kind {
        /// A telephone, mobile or fixed.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// A fax machine.
        Fax = "fax",
        /// A web site or profile.
        Website = "website",
        /// Anything else, such as a messenger.
        Other = "other",
    }
}

entity! {
    /// A way to reach an organization or a person.
    pub struct ContactPoint(ContactPointFields, ContactPointId) in "contact_point" as contact_points, for_contact_point {
        /// Whose, if an organization's.
        organization_id: Option<OrganizationId> [part_of],
        /// Whose, if a person's.
        person_id: Option<PersonId> [part_of],
        /// What kind.
        kind: ContactKind,
        /// What it is for, such as `work` or `mobile`.
        label: Option<String> [dictionary("contact_label")],
        /// The number or address as it was written.
        value: String [title, max(400), personal],
        /// The same in one spelling for all: E.164 for numbers, lower case for addresses.
        normal: Option<String> [computed, max(400), personal],
        /// The one to use of its kind when nothing else is said; the first one is.
        is_primary: Option<bool> [one_of(&["organization_id", "person_id", "kind"])],
    }
}

/// A number in E.164, whatever its spelling; digits alone when it is no valid number.
pub(crate) fn normal_phone(number: &str, schema: &Schema) -> String {
    let region = schema.setting("phone_region").and_then(|region| region.to_uppercase().parse::<Region>().ok());
    // Where the country is not known, two zeros stand for the plus, as they do in most of them.
    let plus = number.trim_start().strip_prefix("00").filter(|_| region.is_none()).map(|rest| format!("+{rest}"));
    let parsed = PHONE_NUMBER_UTIL.parse(plus.as_deref().unwrap_or(number), region).ok();
    let formatted = parsed.as_ref().map(|parsed| PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::E164));
    formatted.map_or_else(|| number.chars().filter(char::is_ascii_digit).collect(), |formatted| formatted.into_owned())
}

/// The value of `phone_region`.
pub(super) fn region(value: &str) -> Result<()> {
    if value.len() == 2 { Ok(()) } else { Err(Error::invalid("value", "expected a country of two letters, such as PL")) }
}

fn normal(change: &ChangeSet, kind: ContactKind, value: &str) -> Result<String> {
    let value = value.trim();
    Ok(match kind {
        ContactKind::Phone | ContactKind::Fax => {
            let normal = normal_phone(value, &change.schema());
            if normal.is_empty() {
                return Err(Error::invalid("value", "a phone number has digits"));
            }
            normal
        }
        ContactKind::Email => {
            let valid = value
                .rsplit_once('@')
                .is_some_and(|(name, domain)| !name.is_empty() && domain.len() >= 3 && domain.contains('.') || !name.is_empty() && domain == "localhost");
            if !valid || value.contains(char::is_whitespace) {
                return Err(Error::invalid("value", "not an e-mail address"));
            }
            value.to_lowercase()
        }
        ContactKind::Website => {
            value.to_lowercase().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.").trim_end_matches('/').to_owned()
        }
        ContactKind::Other => value.to_lowercase(),
    })
}

impl Rules for ContactPoint {
    const SEARCHED: Searched = Searched::WithOwner;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ContactPointFields) -> Result<()> {
        one_owner(fields.organization_id, fields.person_id)?;
        if fields.value.trim().is_empty() {
            return Err(Error::invalid("value", "is required"));
        }
        fields.normal = Some(normal(change, fields.kind, &fields.value)?);
        Ok(())
    }
}
