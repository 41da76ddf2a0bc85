//! Selling: deals, products and prices.

mod deal;
mod deal_contact;
mod milestone;
mod price_list;
mod product;

pub use deal::{Deal, DealFields, DealId, DealStatus};
pub use deal_contact::{DealContact, DealContactFields, DealContactId};
pub use milestone::{Milestone, MilestoneFields, MilestoneId};
pub use price_list::{Price, PriceFields, PriceId, PriceList, PriceListFields, PriceListId};
pub use product::{Product, ProductFields, ProductId};

use crate::engine::registry::area;

area! {
    /// Deals and their way through the stages, products and prices.
    sales after stages, directory {
        entities: [Product, PriceList, Price, Deal, DealContact, Milestone];
        choices: [DealStatus];
        steps: ["steps/0001_sales.sql", "steps/0002_stage_moves.sql", "steps/0003_reasons.sql"];
        words: {
            "deal_kind" ("Types of deal") = ["new business", "existing business", "renewal"];
            "lost_reason" ("Why deals are lost") = ["price", "competitor", "no budget", "no decision", "product", "timing", "no contact"];
            "product_category" ("Categories of product") = [];
            "buying_role" ("Roles of key people") = ["decision maker", "influencer", "user", "buyer", "gatekeeper", "champion", "opponent"];
        }
        life: {
            Deal {
                at: "coalesce(moment(opened_on), created_at)", kind: "'deal'", title: "name", detail: "status", user: "owner_id", of: "organization_id",
                in_dossier: false
            }
            StageMove { sql: "stage_move_life.sql", in_dossier: false }
            Milestone { sql: "milestone_life.sql", in_dossier: true }
        }
        reports: {
            /// What is in each stage now, in the order of the stages. Of deals, or of what goes through the process asked for. The period is that of the
            /// day on which records were opened: `opened_on`, or when they were made where they have no such field. Columns: `process_id`, `process`,
            /// `stage_id`, `stage`, `kind` (`open`, `won` or `lost`), `deals` (`records` of another entity), `value` and `weighted` (value by
            /// probability: all of it once won, nothing once lost) of records with a `value`, `list_value` (at the standard price list) of those with a
            /// product. Left out: nothing; a stage without records is a row of zeros. Split by whatever the records have, it has a row for every stage
            /// and every key that occurs, those of a key together. Amounts are minor units of the base currency.
            Funnel = "funnel" over staged as d {
                sql: "reports/funnel.sql", day: "{opened}",
                amounts: ["value", "weighted", "list_value"]
            }
            /// How many deals were won of those closed in the period, which is that of `closed_on`; the highest rate first. Columns: `key`, `name`,
            /// `won`, `lost` (deals), `win_rate` (0 to 1; empty when none was closed). Left out: open deals. One row for all, or for each key of what it
            /// is split by: whatever deals have.
            WinRate = "win_rate" over deal as d {
                sql: "reports/win_rate.sql", day: "d.closed_on"
            }
            /// How long it took from `opened_on` to `closed_on` of the deals won in the period, which is that of `closed_on`; the shortest mean first.
            /// Columns: `key`, `name`, `deals`, `mean_days`, `median_days` (days with fractions), `shortest_days`, `longest_days` (whole days). Left out:
            /// lost and open deals, and those without an `opened_on`. One row for all, or for each key of what it is split by: whatever deals have.
            SalesCycle = "sales_cycle" over deal as d {
                sql: "reports/sales_cycle.sql", day: "d.closed_on"
            }
            /// What was won in the period, which is that of `closed_on`; the largest amount first. Columns: `key`, `name`, `deals`, `amount` (of those
            /// with a value, at the rate of the day they were closed). Left out: lost and open deals. One row for all, or for each key of what it is
            /// split by: whatever deals have. Amounts are minor units of the base currency.
            Won = "won" over deal as d {
                sql: "reports/won.sql", day: "d.closed_on",
                amounts: ["amount"]
            }
            /// Why records were lost, the most frequent reason first. Of deals, or of what goes through the process asked for; of what is lost now,
            /// whatever it was lost for before. The period is that of `closed_on`, or of the day on which a record came into its stage where it has no
            /// such field. Columns: `lost_reason` (empty where none was given), `deals` (`records` of another entity), `amount` of records with a
            /// `value`, `share` (of those lost, 0 to 1; of those of the same key where it is split). Left out: what is open or won. Split by whatever the
            /// records have, it has a row for every reason of a key. Amounts are minor units of the base currency.
            LostReasons = "lost_reasons" over staged as d {
                sql: "reports/lost_reasons.sql", day: "{closed}",
                amounts: ["amount"]
            }
            /// Open deals expected to close in the period, which is that of `closes_on`: one without such a day is in no period, yet in the report where
            /// none is asked for. The largest value first. Columns: `key`, `name`, `deals`, `value`, `weighted` (value by probability, the deal's or else
            /// its stage's), `list_value` (at the standard price list). Left out: closed deals. One row for all, or for each key of what it is split by:
            /// whatever deals have; days, weeks, months, quarters and years are those of `closes_on`. Amounts are minor units of the base currency.
            OpenPipeline = "open_pipeline" over deal as d {
                sql: "reports/open_pipeline.sql", day: "d.closes_on",
                amounts: ["value", "weighted", "list_value"]
            }
            /// What was opened, won and lost, period by period: opened deals by `opened_on`, closed ones by `closed_on`, which also is the day that the
            /// period asked for is about. Columns: `period`, `opened`, `won`, `lost` (deals), `win_rate` (0 to 1; empty when none was closed), `amount`
            /// (of the deals won, at the rate of the day they were closed). A row is every period from the first to the last in which anything happened,
            /// at most 1,200 of them filled in from the first on; beyond, those in which something did. By month unless `by` says day, week, quarter or
            /// year, and by nothing else. Amounts are minor units of the base currency.
            Trend = "trend" over deal as d {
                sql: "reports/trend.sql", day: "e.day",
                amounts: ["amount"]
            }
            /// What was won and what is expected, period by period: won deals by `closed_on`, open ones by `closes_on`, which also are the days that the
            /// period asked for is about; open deals without such a day in a last row without a period. Columns: `period`, `won` (amount), `deals` (open
            /// ones), `value`, `weighted` (of those: value, value by probability), `expected` (won and weighted). A row is every period from the first to
            /// the last with a deal, at most 1,200 of them filled in from the first on; beyond, those with deals. Left out: lost deals. By month unless
            /// `by` says day, week, quarter or year, and by nothing else. Amounts are minor units of the base currency.
            Forecast = "forecast" over deal as d {
                sql: "reports/forecast.sql", day: "case d.status when 'open' then d.closes_on else d.closed_on end",
                amounts: ["won", "value", "weighted", "expected"]
            }
        }
    }
}
