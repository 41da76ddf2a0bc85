//! The reports there are, what they can be split by, and what they can be narrowed to.

use crate::areas::AREAS;
use crate::areas::stages::ProcessId;
use crate::base::{LineId, TeamId};
use crate::engine::declare::{UserId, choice, options};
use crate::engine::registry::DeclaredReport;
use crate::engine::value::Value;
use chrono::NaiveDate;

/// Goes from area to area with the reports of those before, and makes a closed set of all.
macro_rules! every_report {
    (below { $($below:ident),* } areas { $($area:ident),* } above $above:tt) => { pastey::paste! { every_report! { [] [] $([<area_ $below>])* $([<area_ $area>])* } } };
    ([] [$($reports:tt)*]) => {
        choice! {
            /// The reports. Amounts are minor units of the base currency (cents of a euro): closed deals with the rate of the day they were
            /// closed, open ones with today's; an amount without a rate is an error, never left out, and so is a sum that is too large. Each
            /// report says what it counts, its columns in order, and which day the period asked for (`from`, `until`) and the periods that it
            /// is split by are about; what has no such day is in no period. What a report is split by, words of `Dimension` or fields
            /// of the records, is in the columns `key` and `name` (`key2` and `name2` for the second of two), before all others.
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
    /// What the figures of a report are split by, where its records have such a thing. Those without are a row without a key. Beside these
    /// words, any field of the records splits them (`lost_reason`), or one of a record that they refer to (`organization.size`).
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
        /// The stage.
        Stage = "stage",
        /// The kind of record, such as the type of deal.
        Kind = "kind",
        /// The day, such as `2026-01-31`.
        Day = "day",
        /// The week by ISO 8601, Monday to Sunday, such as `2026-W05`.
        Week = "week",
        /// The month, such as `2026-01`.
        Month = "month",
        /// The quarter, such as `2026-Q1`.
        Quarter = "quarter",
        /// The year.
        Year = "year",
    }
}

impl Dimension {
    /// The function that gives the period of a day, for those that are periods.
    pub(super) fn period(self) -> Option<&'static str> {
        matches!(self, Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year).then_some(self.as_str())
    }

    /// The fields that it may stand for, the nearest first: of the records, or after a dot of a record they refer to.
    pub(super) fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Owner => &["owner_id"],
            Self::Manager => &["owner.manager_id"],
            Self::Team => &["owner.team_id"],
            Self::Line => &["line_id"],
            Self::Product => &["product_id"],
            Self::ProductCategory => &["product.category"],
            Self::Organization => &["organization_id"],
            Self::Industry => &["industry", "organization.industry"],
            Self::Country => &["country", "organization.country"],
            Self::Source => &["source"],
            Self::Process => &["process_id"],
            Self::Stage => &["stage_id"],
            Self::Kind => &["kind"],
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year => &[],
        }
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.as_str().into()
    }
}

options! {
    /// What a report is about. What is left out does not narrow it.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// let query = ReportQuery::new().filter("value > ?").params([100_000]).by(["owner", "lost_reason"]);
    /// assert_eq!(crm.report(Report::WinRate, &query)?.columns[2].name, "key2");
    /// # Ok::<(), Error>(())
    /// ```
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ReportQuery as for_report_query {
        /// Records in this process. Reports over stages speak of deals when it is left out, else of what goes through it.
        pub process_id: Option<ProcessId>,
        /// First day of the period; which day of a record it is about, the report says.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included.
        pub until: Option<NaiveDate>,
        /// Records of this responsible user.
        pub owner_id: Option<UserId>,
        /// Records whose responsible user is in this team or one below it.
        pub team_id: Option<TeamId>,
        /// Records of this line of business.
        pub line_id: Option<LineId>,
        /// Records that this filter finds.
        pub filter: Option<String>,
        /// Values for the parameters of the filter.
        pub params: Vec<Value>,
        /// Records in the list of this name, or of an organization or a person in it.
        pub list: Option<String>,
        /// What the figures are split by, at most two things: words of `Dimension`, or fields of the records. Without any, one row for all,
        /// or for each stage. Two are in the columns `key`, `name` and `key2`, `name2`. Periods are in the order of time.
        pub by: Vec<String>,
        /// At most this many rows (1 to 100,000).
        pub limit: Option<usize>,
    }
}
