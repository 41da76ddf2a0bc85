//! Everything needed before a call or a meeting, in one call.

use super::life::{self, LifeEntry};
use crate::areas::activity::Activity;
use crate::areas::directory::{Address, Affiliation, BankAccount, ContactPoint, List, Organization, OrganizationId, Person, Unwanted};
use crate::areas::sales::{Deal, DealStatus};
use crate::base::Note;
use crate::engine::declare::outcome;
use crate::engine::entity::{get_in, records};
use crate::engine::error::Result;
use crate::engine::money::{Currency, Money};
use crate::engine::store::{Change, View};

/// The most deals, activities and notes that a dossier shows.
const LATEST: usize = 50;
/// The most people and subsidiaries that a dossier shows.
const RELATED: usize = 100;
/// The most changes of the organization that a dossier shows.
const CHANGES: usize = 20;

outcome! {
    /// What there is to know about an organization, split by aspect; what the reader may not see is left out.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Dossier as for_dossier {
        /// The organization.
        pub organization: Organization,
        /// Its parent company.
        pub parent: Option<Organization>,
        /// The companies whose parent it is, by name; at most 100.
        pub subsidiaries: Vec<Organization>,
        /// How it is reached, primary ones first.
        pub contact_points: Vec<ContactPoint>,
        /// Where it is, the primary address first.
        pub addresses: Vec<Address>,
        /// Its bank accounts, the primary one first.
        pub bank_accounts: Vec<BankAccount>,
        /// Who works there, those who still do first; at most 100.
        pub people: Vec<DossierPerson>,
        /// Its deals, open ones first, then the newest; at most 50.
        pub deals: Vec<Deal>,
        /// The latest activities, planned ones included, by when they begin; at most 50.
        pub activities: Vec<Activity>,
        /// Planned activities that should have been done, the longest overdue first; at most 50.
        pub overdue: Vec<Activity>,
        /// Planned activities to come, the next one first; at most 50.
        pub upcoming: Vec<Activity>,
        /// Notes on it, the newest first; at most 50.
        pub notes: Vec<Note>,
        /// Why it is unwanted, where that holds today.
        pub unwanted: Vec<Unwanted>,
        /// The lists it is in by hand, by name.
        pub lists: Vec<List>,
        /// The latest of what further areas know of it, the newest first, at most 50 of each entity.
        pub more: Vec<LifeEntry>,
        /// What its deals add up to.
        pub sums: DossierSums,
        /// The last changes of the organization itself, the newest first; at most 20.
        pub history: Vec<Change>,
    }
}

outcome! {
    /// Somebody who works for the organization of a dossier.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DossierPerson as for_dossier_person {
        /// Who.
        pub person: Person,
        /// As what and since when.
        pub affiliation: Affiliation,
        /// How the person is reached, primary ones first.
        pub contact_points: Vec<ContactPoint>,
    }
}

outcome! {
    /// What all the deals of an organization add up to, in minor units of the base currency.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct DossierSums as for_dossier_sums {
        /// The base currency.
        pub currency: Currency,
        /// Open deals.
        pub open_deals: i64,
        /// Their value at today's rates; `None` when a rate is missing or the sum is too large.
        pub open_value: Option<i64>,
        /// Deals won.
        pub won_deals: i64,
        /// What they brought, at the rates of the days they were closed; `None` when the sum is too large.
        pub won_amount: Option<i64>,
    }
}

/// Everything there is to know about an organization.
pub(super) fn dossier(view: View<'_>, id: OrganizationId) -> Result<Dossier> {
    let organization: Organization = get_in(view, id.0)?;
    let id = id.0;
    let parent = organization.parent_id.map(|parent| records(view, "id = ?1", [parent.0])).transpose()?.and_then(|found: Vec<_>| found.into_iter().next());
    let planned = "organization_id = ?1 and status = 'planned' and due_at";
    Ok(Dossier {
        parent,
        subsidiaries: records(view, &format!("parent_id = ?1 order by name limit {RELATED}"), [id])?,
        contact_points: records(view, "organization_id = ?1 order by is_primary desc nulls last, id", [id])?,
        addresses: records(view, "organization_id = ?1 order by is_primary desc nulls last, id", [id])?,
        bank_accounts: records(view, "organization_id = ?1 order by is_primary desc nulls last, id", [id])?,
        people: people(view, id)?,
        deals: records(view, &format!("organization_id = ?1 order by status <> 'open', id desc limit {LATEST}"), [id])?,
        activities: records(view, &format!("organization_id = ?1 order by starts_at desc nulls last limit {LATEST}"), [id])?,
        overdue: records(view, &format!("{planned} < now() order by due_at limit {LATEST}"), [id])?,
        upcoming: records(view, &format!("{planned} >= now() order by due_at limit {LATEST}"), [id])?,
        notes: records(view, &format!("entity = 'organization' and record_id = ?1 order by id desc limit {LATEST}"), [id])?,
        unwanted: in_force(view, "organization_id", id)?,
        lists: records(view, "id in (select list_id from list_member where organization_id = ?1 and excluded = false) order by name", [id])?,
        more: life::in_dossier(view, id, LATEST)?,
        sums: sums(view, id)?,
        history: view.latest_history(view.schema.index("organization")?, id, CHANGES)?,
        organization,
    })
}

fn people(view: View<'_>, organization: i64) -> Result<Vec<DossierPerson>> {
    let affiliations: Vec<Affiliation> = records(view, &format!("organization_id = ?1 order by active desc nulls last, id limit {RELATED}"), [organization])?;
    affiliations
        .into_iter()
        .map(|affiliation| {
            let id = affiliation.person_id.0;
            let contact_points = records(view, "person_id = ?1 order by is_primary desc nulls last, id", [id])?;
            Ok(DossierPerson { person: get_in(view, id)?, affiliation, contact_points })
        })
        .collect()
}

/// The entries in the register of unwanted customers that hold today.
pub(super) fn in_force(view: View<'_>, column: &str, id: i64) -> Result<Vec<Unwanted>> {
    records(view, &format!("{column} = ?1 and (until is null or until >= today()) order by id"), [id])
}

fn sums(view: View<'_>, organization: i64) -> Result<DossierSums> {
    let mut sums = DossierSums { currency: view.schema.base_currency, open_value: Some(0), won_amount: Some(0), ..Default::default() };
    let sql = "select status, value, value_currency, closed_value, today() from deal where organization_id = ?1 and status <> 'lost'";
    view.session.each(sql, [organization], |row| {
        let (minor, closed): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(3)?);
        if row.text(0)? == Some(DealStatus::Open.as_str()) {
            let code: Option<String> = row.get(2)?;
            let worth = minor.zip(code).map_or(Some(0), |(minor, code)| worth(view, minor, &code, &row.get::<String>(4).ok()?));
            sums.open_deals += 1;
            sums.open_value = sums.open_value.zip(worth).and_then(|(sum, worth)| sum.checked_add(worth));
        } else {
            sums.won_deals += 1;
            sums.won_amount = sums.won_amount.and_then(|sum| sum.checked_add(closed.unwrap_or(0)));
        }
        Ok(())
    })?;
    Ok(sums)
}

/// An amount in the base currency at the rate of a day.
fn worth(view: View<'_>, minor: i64, code: &str, day: &str) -> Option<i64> {
    let money = Money::from_minor(minor, code.parse().ok()?);
    Some(money.convert(view.schema.rate(code, day)?, view.schema.base_currency).ok()?.minor)
}
