//! What the areas of the library do: processes, reports, the dossier, the caller card, lists.

use crate::query::size;
use crate::{ChangeSet, Crm, ReportQuery, Result, Table};
use chrono::{DateTime, Utc};
use crm_core::*;
use std::sync::Arc;

/// Declares what the areas do on one of the two objects; a change set sees what it has written so far.
macro_rules! areas {
    ($Object:ident) => {
        #[uniffi::export]
        impl $Object {
            /// Adds a sales process with the stages of a template.
            pub fn add_process_from(&self, name: String, template: ProcessTemplate) -> Result<Process> {
                self.with(|core| core.add_process(&name, template))
            }

            /// A report over the records seen from here, at this moment. A part of the query that the report has no use for
            /// is `Invalid`, rather than passed over.
            #[uniffi::method(default(query = None))]
            pub fn report(&self, report: Report, query: Option<ReportQuery>) -> Result<Arc<Table>> {
                let query = ReportQuery::of(query)?;
                self.with(|core| core.report(report, &query).map(Table::new))
            }

            /// Everything needed before a call or meeting with an organization.
            pub fn dossier(&self, organization: OrganizationId) -> Result<Dossier> {
                self.with(|core| core.dossier(organization))
            }

            /// What happened with an organization, the newest first. A page holds `limit` (1 to 10,000) entries, and further ones of
            /// the last entry's moment; that moment is `before` of the next page.
            #[uniffi::method(default(limit = 100, before = None))]
            pub fn timeline(&self, organization: OrganizationId, limit: i64, before: Option<DateTime<Utc>>) -> Result<Arc<Table>> {
                let limit = size("limit", limit)?;
                self.with(|core| core.timeline(organization, limit, before).map(Table::new))
            }

            /// Who calls from a number, in whatever spelling; empty when nobody known does.
            pub fn caller_card(&self, number: String) -> Result<Option<CallerCard>> {
                self.with(|core| core.caller_card(&number))
            }

            /// Planned activities whose time is over, the longest overdue first; those of one responsible
            /// user, or all.
            #[uniffi::method(default(user = None))]
            pub fn overdue(&self, user: Option<UserId>) -> Result<Vec<Activity>> {
                self.with(|core| core.overdue(user))
            }

            /// The chain an activity is part of: what it followed from, itself, then what followed from it.
            pub fn activity_chain(&self, activity: ActivityId) -> Result<Vec<Activity>> {
                self.with(|core| core.activity_chain(activity))
            }

            /// The ids of the organizations or people in a list, whatever its kind, in order.
            pub fn members_of(&self, list: ListId) -> Result<Vec<i64>> {
                self.with(|core| core.members_of(list))
            }
        }
    };
}

areas!(Crm);
areas!(ChangeSet);

/// What to know about a caller; what the reader may not see is left out.
#[uniffi::remote(Record)]
pub struct CallerCard {
    /// The number in one spelling for all, E.164 where it is valid.
    pub number: String,
    /// Whether the whole number was found, and not just its last nine digits.
    pub exact: bool,
    /// The people whose number it is.
    pub people: Vec<Person>,
    /// The organizations whose number it is, and those that the people work for at present.
    pub organizations: Vec<Organization>,
    /// Their open deals, the newest first; at most 50.
    pub deals: Vec<Deal>,
    /// The last five activities with them, the newest first.
    pub activities: Vec<Activity>,
    /// Why they are unwanted, where that holds today.
    pub unwanted: Vec<Unwanted>,
}

/// What there is to know about an organization, split by aspect; what the reader may not see is left out.
#[uniffi::remote(Record)]
pub struct Dossier {
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
    /// What its deals add up to.
    pub sums: DossierSums,
    /// The last changes of the organization itself, the newest first; at most 20.
    pub history: Vec<Change>,
}

/// Somebody who works for the organization of a dossier.
#[uniffi::remote(Record)]
pub struct DossierPerson {
    /// Who.
    pub person: Person,
    /// As what and since when.
    pub affiliation: Affiliation,
    /// How the person is reached, primary ones first.
    pub contact_points: Vec<ContactPoint>,
}

/// What all the deals of an organization add up to, in minor units of the base currency.
#[uniffi::remote(Record)]
pub struct DossierSums {
    /// The base currency.
    pub currency: Currency,
    /// Open deals.
    pub open_deals: i64,
    /// Their value at today's rates; empty when a rate is missing or the sum is too large.
    pub open_value: Option<i64>,
    /// Deals won.
    pub won_deals: i64,
    /// What they brought, at the rates of the days they were closed; empty when the sum is too large.
    pub won_amount: Option<i64>,
}
