//! The reports there are, what they can be split by, and what they can be narrowed to (S15, S18, S21, K6).

use crate::access::{LineId, TeamId, UserId};
use crate::exchange::options;
use crate::sales::ProcessId;
use crate::store::Via;
use crate::{ChangeSet, Crm, Currency, Result, Table, choice};
use chrono::NaiveDate;

choice! {
    /// The reports. Amounts are minor units of the base currency: closed deals with the rate of the day they were closed, open
    /// ones with today's; an amount without a rate is an error, never left out. The columns are named in order.
    pub enum Report as for_report {
        /// Deals per stage, in the order of the stages (S21); the period is that of `opened_on`. Columns: `process_id`, `process`,
        /// `stage_id`, `stage`, `kind`, `deals`, `value`, `weighted` (value times probability), `list_value` (at the
        /// standard price list).
        Funnel = "funnel",
        /// How many deals were won of those closed in the period. Columns: `key`, `name`, `won`, `lost`, `win_rate` (0 to 1; empty
        /// when none was closed). Can be split.
        WinRate = "win_rate",
        /// Days from `opened_on` to `closed_on` of the deals won in the period. Columns: `key`, `name`, `deals`, `mean_days`,
        /// `median_days`, `shortest_days`, `longest_days`. Can be split.
        SalesCycle = "sales_cycle",
        /// What was won in the period, the largest amount first. Columns: `key`, `name`, `deals`, `amount`. Can be split.
        Won = "won",
        /// Why deals were lost in the period, the most frequent reason first. Columns: `lost_reason`, `deals`, `amount`,
        /// `share` (of the deals lost, 0 to 1).
        LostReasons = "lost_reasons",
        /// How long deals stay in each open stage (S15), by the stays that began in the period. Columns: `process_id`, `process`,
        /// `stage_id`, `stage`, `norm_days`, `ended` (stays that have), `mean_days`, `median_days` (of those), `in_stage` (deals that
        /// are in it), `over_norm` (of those, longer than the norm).
        StageTimes = "stage_times",
        /// What share of the deals that came into an open stage got further, to a later stage of the process or to winning; deals opened in
        /// the period. Columns: `process_id`, `process`, `stage_id`, `stage`, `entered`, `moved_on`, `share` (0 to 1).
        Conversion = "conversion",
        /// Open deals that have been in their stage for longer than its norm, or open for longer than any won deal of the process took, the
        /// oldest first; deals opened in the period. Columns: `deal_id`, `name`, `organization_id`, `owner_id`, `stage_id`, `stage`,
        /// `days_open`, `days_in_stage`, `norm_days`, `longest_won_days`, `over_norm`, `over_longest`.
        Ageing = "ageing",
        /// Open deals expected to close in the period, the largest value first. Columns: `key`, `name`, `deals`, `value`, `weighted`,
        /// `list_value` (at the standard price list). Can be split; months, quarters and years are those of `closes_on`.
        OpenPipeline = "open_pipeline",
        /// What was opened, won and lost, period by period, those without any included (K5). Columns: `period`, `opened`, `won`, `lost`,
        /// `win_rate` (0 to 1; empty when none was closed), `amount` (of the deals won). By month unless by quarter or year.
        Trend = "trend",
        /// What was won and what is expected, period by period, those without anything included (S10): won deals by the day they were
        /// closed, open ones by `closes_on`, the latter without a day in a last row without a period. Columns: `period`, `won` (amount),
        /// `deals` (open ones), `value`, `weighted` (value times probability), `expected` (won and weighted). By month unless by
        /// quarter or year.
        Forecast = "forecast",
        /// Who works where and as what (D3), affiliations that hold within the period. Columns: `person_id`, `person`,
        /// `organization_id`, `organization`, `role`, `department`, `since`, `until`, `active`, `organizations` (how many the person
        /// works in at present). The owner and the line are the person's.
        Affiliations = "affiliations",
        /// Words in dictionary fields that their dictionary does not hold (D21), the most frequent first. Columns: `entity`, `field`,
        /// `value`, `count`, `nearest` (the item that may be meant). Only the limit applies.
        DictionarySuspects = "dictionary_suspects",
    }
}

impl Report {
    /// The columns that are amounts, in minor units of the [base currency](Crm::base_currency).
    ///
    /// ```
    /// assert_eq!(crm_core::Report::Won.amounts(), ["amount"]);
    /// ```
    pub fn amounts(self) -> &'static [&'static str] {
        match self {
            Self::Funnel | Self::OpenPipeline => &["value", "weighted", "list_value"],
            Self::Won | Self::LostReasons | Self::Trend => &["amount"],
            Self::Forecast => &["won", "value", "weighted", "expected"],
            Self::WinRate | Self::SalesCycle | Self::StageTimes | Self::Conversion | Self::Ageing | Self::Affiliations | Self::DictionarySuspects => &[],
        }
    }
}

choice! {
    /// What the figures of a report are split by. Records that have no such thing are a row without a key.
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
        /// Where the deal came from.
        Source = "source",
        /// The process.
        Process = "process",
        /// The type of deal.
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
        /// Deals of this process.
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

impl Crm {
    /// A report over the records that this handle sees, at its moment. A part of the query that the report has no use for
    /// is `Invalid`, rather than passed over.
    ///
    /// ```
    /// # use crm_core::*;
    /// let crm = Crm::open(":memory:")?;
    /// crm.add_process("New business", ProcessTemplate::Short)?;
    /// let won = crm.stages().find("kind = 'won'")?[0].id;
    /// crm.deals().add(DealFields { name: "Mill".into(), stage_id: won, value: Some("900 EUR".parse()?), ..Default::default() })?;
    /// let table = crm.report(Report::Won, &ReportQuery { by: Some(Dimension::Owner), ..Default::default() })?;
    /// assert_eq!(table.integer(0, "amount"), Some(90_000));
    /// assert_eq!(table.integer(0, "key"), None, "nobody owns the deal");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn report(&self, report: Report, query: &ReportQuery) -> Result<Table> {
        super::query::run(Via::Crm(self), report, query)
    }

    /// The currency that reports and sums are in, as the setting `base_currency` says.
    ///
    /// ```
    /// assert_eq!(crm_core::Crm::open(":memory:")?.base_currency()?.code(), "EUR");
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    pub fn base_currency(&self) -> Result<Currency> {
        self.view(|view| Ok(view.schema.base_currency))
    }
}

impl ChangeSet {
    /// A report over the records as they are within this change set; see [`Crm::report`].
    pub fn report(&self, report: Report, query: &ReportQuery) -> Result<Table> {
        super::query::run(Via::Change(self), report, query)
    }

    /// The currency that reports and sums are in, as it is within this change set.
    pub fn base_currency(&self) -> Result<Currency> {
        self.view(|view| Ok(view.schema.base_currency))
    }
}
