//! The reports there are, what they can be split by, and what they can be narrowed to.

use crate::areas::AREAS;
use crate::areas::sales::ProcessId;
use crate::base::{LineId, TeamId};
use crate::engine::declare::{UserId, choice, options};
use crate::engine::registry::DeclaredReport;
use chrono::NaiveDate;

/// Goes from area to area with the reports of those before, and makes a closed set of all.
macro_rules! every_report {
    (below { $($below:ident),* } areas { $($area:ident),* } above $above:tt) => { pastey::paste! { every_report! { [] [] $([<area_ $below>])* $([<area_ $area>])* } } };
    ([] [$($reports:tt)*]) => {
        choice! {
            /// The reports. Amounts are minor units of the base currency: closed deals with the rate of the day they were closed, open
            /// ones with today's; an amount without a rate is an error, never left out. The columns are named in order.
            pub enum Report as for_report { $($reports)* }
        }
    };
    ([] [$($reports:tt)*] $next:ident $($rest:ident)*) => { $next! { reports (every_report) [] [$($reports)*] $($rest)* } };
}
crate::for_every_area! { [every_report] }

impl Report {
    /// The columns that are amounts, in minor units of the [base currency](crate::Crm::base_currency).
    ///
    /// ```
    /// assert_eq!(crm_core::Report::Won.amounts(), ["amount"]);
    /// ```
    pub fn amounts(self) -> &'static [&'static str] {
        self.declared().amounts
    }

    pub(super) fn declared(self) -> &'static DeclaredReport {
        let declared = || AREAS.iter().flat_map(|area| area.reports);
        // The closed set is made of the same declarations.
        declared().find(|report| report.name == self.as_str()).unwrap_or_else(|| unreachable!("a report is declared by an area"))
    }
}

choice! {
    /// What the figures of a report are split by, where its records have such a thing. Those without are a row without a key.
    pub enum Dimension as for_dimension {
        /// The responsible user.
        Owner = "owner",
        /// The manager of the responsible user.
        Manager = "manager",
        /// The team of the responsible user.
        Team = "team",
        /// The line of business.
        Line = "line",
        /// The product.
        Product = "product",
        /// The category of the product.
        ProductCategory = "product_category",
        /// The customer.
        Organization = "organization",
        /// The customer's industry.
        Industry = "industry",
        /// The customer's country.
        Country = "country",
        /// Where the record came from.
        Source = "source",
        /// The process.
        Process = "process",
        /// The kind of record, such as the type of deal.
        Kind = "kind",
        /// The month, such as `2026-01`.
        Month = "month",
        /// The quarter, such as `2026-Q1`.
        Quarter = "quarter",
        /// The year.
        Year = "year",
    }
}

options! {
    /// What a report is about. What is left out does not narrow it.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ReportQuery as for_report_query {
        /// Records in this process.
        pub process_id: Option<ProcessId>,
        /// First day of the period.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included.
        pub until: Option<NaiveDate>,
        /// Records of this responsible user.
        pub owner_id: Option<UserId>,
        /// Records whose responsible user is in this team or one below it.
        pub team_id: Option<TeamId>,
        /// Records of this line of business.
        pub line_id: Option<LineId>,
        /// What the figures are split by; without it, one row for all.
        pub by: Option<Dimension>,
        /// At most this many rows (1 to 100,000).
        pub limit: Option<usize>,
    }
}
