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
