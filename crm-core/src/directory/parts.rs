//! What belongs to organizations and people: affiliations, addresses, bank accounts, notes; and the file's settings.

use super::{OrganizationId, PersonId};
use crate::access::UserId;
use crate::entity::{Rules, Searched};
use crate::store::ChangeSet;
use crate::{Currency, Error, Result, entity};
use chrono::NaiveDate;

entity! {
    /// That a person works for an organization, as what and when (D3).
    pub struct Affiliation(AffiliationFields, AffiliationId) in "affiliation" as affiliations, for_affiliation {
        /// Who.
        person_id: PersonId [part_of],
        /// Where.
        organization_id: OrganizationId [part_of],
        /// As what, such as `Purchasing manager`.
        role: Option<String> [dictionary("affiliation_role")],
        /// Department.
        department: Option<String> [max(200)],
        /// First day.
        since: Option<NaiveDate>,
        /// Last day.
        until: Option<NaiveDate>,
        /// Whether it still holds; yes when left out.
        active: Option<bool>,
    }
}

entity! {
    /// A postal address of an organization or a person (D4).
    pub struct Address(AddressFields, AddressId) in "address" as addresses, for_address {
        /// Whose, if an organization's.
        organization_id: Option<OrganizationId> [part_of],
        /// Whose, if a person's.
        person_id: Option<PersonId> [part_of],
        /// What the address is for, such as `office` or `delivery`.
        label: Option<String> [dictionary("address_label")],
        /// Street and number.
        street: Option<String> [title, max(300)],
        /// Town.
        city: Option<String> [max(150)],
        /// Postal code.
        postal_code: Option<String> [max(20)],
        /// State, province or region.
        region: Option<String> [max(150)],
        /// Country, ISO 3166 alpha-2 or a name.
        country: Option<String> [max(80)],
        /// The one to use when nothing else is said; the first one is.
        is_primary: Option<bool>,
    }
}

entity! {
    /// A bank account of an organization (D8).
    pub struct BankAccount(BankAccountFields, BankAccountId) in "bank_account" as bank_accounts, for_bank_account {
        /// Whose.
        organization_id: OrganizationId [part_of],
        /// The bank's name.
        bank: Option<String> [max(200)],
        /// IBAN or account number.
        number: String [title, max(50)],
        /// BIC of the bank.
        bic: Option<String> [max(20)],
        /// Currency of the account.
        currency: Option<Currency>,
        /// The one to use when nothing else is said; the first one is.
        is_primary: Option<bool>,
    }
}

entity! {
    /// A free note on any record (D11).
    pub struct Note(NoteFields, NoteId) in "note" as notes, for_note {
        /// The entity of the record it is on.
        entity: String [max(64), unsearched],
        /// The record it is on.
        record_id: i64 [min(1)],
        /// The text.
        text: String [title, max(100_000)],
        /// Who wrote it; the acting user when left out.
        author_id: Option<UserId>,
    }
}

entity! {
    /// A setting of the file: `base_currency` (EUR when not set) and `phone_region` (ISO 3166, for numbers
    /// written without a country).
    pub struct Setting(SettingFields, SettingId) in "setting" as settings, for_setting {
        /// Name, unique.
        name: String [title, max(64)],
        /// Value.
        value: String [max(500)],
    }
}

impl Rules for Affiliation {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut AffiliationFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        match (fields.since, fields.until) {
            (Some(since), Some(until)) if until < since => Err(Error::invalid("until", "is before `since`")),
            _ => Ok(()),
        }
    }
}

impl Rules for Note {
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut NoteFields) -> Result<()> {
        fields.author_id = fields.author_id.or(change.actor());
        change.check_reference(&change.schema(), "record_id", &fields.entity, fields.record_id)
    }
}

impl Rules for Setting {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut SettingFields) -> Result<()> {
        match fields.name.as_str() {
            "base_currency" => {
                let currency = fields.value.parse::<Currency>().map_err(|error| Error::invalid("value", error.reason()))?;
                // Rates and frozen values count in it; they would all be wrong afterwards.
                let counted = "select 1 where exists (select 1 from main.exchange_rate) or exists (select 1 from main.deal where closed_value is not null)";
                if currency != change.schema().base_currency && change.session().first(counted, [], |_| Ok(()))?.is_some() {
                    return Err(Error::invalid("value", "rates or closed deals count in the base currency: it stays"));
                }
                Ok(())
            }
            "phone_region" if fields.value.len() == 2 => Ok(()),
            "phone_region" => Err(Error::invalid("value", "expected a country of two letters, such as PL")),
            other => Err(Error::unknown("setting", other, ["base_currency", "phone_region"].into_iter())),
        }
    }
}

/// Exactly one of the two may be whose a part is.
pub(crate) fn one_owner(organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<()> {
    match (organization, person) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(Error::invalid("organization_id", "belongs either to an organization or to a person")),
    }
}

impl Rules for Address {
    const SEARCHED: Searched = Searched::WithOwner;
    const ACTIVE: bool = true;
    const AFTER: bool = true;
    const SIBLINGS: bool = true;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut AddressFields) -> Result<()> {
        one_owner(fields.organization_id, fields.person_id)?;
        let first = primary(change, "address", "", before.is_none() && fields.is_primary.is_none(), fields.organization_id, fields.person_id)?;
        fields.is_primary = fields.is_primary.or(Some(first));
        Ok(())
    }

    fn after(change: &ChangeSet, before: Option<&Self>, now: &Self) -> Result<()> {
        let became = now.is_primary == Some(true) && before.is_none_or(|before| before.is_primary != Some(true));
        if !became {
            return Ok(());
        }
        for other in others(change, "address", "", now.id.0, now.organization_id, now.person_id)? {
            change.addresses().edit(AddressId(other), |fields| fields.is_primary = Some(false))?;
        }
        Ok(())
    }
}

impl Rules for BankAccount {
    const SEARCHED: Searched = Searched::WithOwner;
    const ACTIVE: bool = true;
    const AFTER: bool = true;
    const SIBLINGS: bool = true;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut BankAccountFields) -> Result<()> {
        let first = primary(change, "bank_account", "", before.is_none() && fields.is_primary.is_none(), Some(fields.organization_id), None)?;
        fields.is_primary = fields.is_primary.or(Some(first));
        Ok(())
    }

    fn after(change: &ChangeSet, before: Option<&Self>, now: &Self) -> Result<()> {
        if now.is_primary == Some(true) && before.is_none_or(|before| before.is_primary != Some(true)) {
            for other in others(change, "bank_account", "", now.id.0, Some(now.organization_id), None)? {
                change.bank_accounts().edit(BankAccountId(other), |fields| fields.is_primary = Some(false))?;
            }
        }
        Ok(())
    }
}

/// Whether a new part would be its owner's first of this kind, and so the primary one.
pub(crate) fn primary(change: &ChangeSet, table: &str, and: &str, new: bool, organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<bool> {
    Ok(new && others(change, table, and, 0, organization, person)?.is_empty())
}

/// The owner's primary parts other than this one.
pub(crate) fn others(change: &ChangeSet, table: &str, and: &str, id: i64, organization: Option<OrganizationId>, person: Option<PersonId>) -> Result<Vec<i64>> {
    let (column, owner) = match (organization, person) {
        (Some(organization), _) => ("organization_id", organization.0),
        (None, Some(person)) => ("person_id", person.0),
        (None, None) => return Ok(Vec::new()),
    };
    let sql = format!("select id from main.{table} where {column} = ?1 and id <> ?2 and is_primary = 1 {and}");
    change.session().all(&sql, (owner, id), |row| row.get(0).map_err(crate::store::storage))
}
