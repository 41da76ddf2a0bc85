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
            /// Deals per stage, in the order of the stages, or what goes through the process asked for; the period is that of `opened_on`, or of when
            /// the records were made. Columns: `process_id`, `process`, `stage_id`, `stage`, `kind`, `deals` (`records` of another entity), `value`
            /// and `weighted` (value times probability) of records with a `value`, `list_value` (at the standard price list) of those with a product.
            Funnel = "funnel" over staged as d {
                sql: "reports/funnel.sql", day: "{opened}",
                amounts: ["value", "weighted", "list_value"]
            }
            /// How many deals were won of those closed in the period. Columns: `key`, `name`, `won`, `lost`, `win_rate` (0 to 1; empty
            /// when none was closed). Can be split.
            WinRate = "win_rate" over deal as d {
                sql: "reports/win_rate.sql", day: "d.closed_on"
            }
            /// Days from `opened_on` to `closed_on` of the deals won in the period. Columns: `key`, `name`, `deals`, `mean_days`,
            /// `median_days`, `shortest_days`, `longest_days`. Can be split.
            SalesCycle = "sales_cycle" over deal as d {
                sql: "reports/sales_cycle.sql", day: "d.closed_on"
            }
            /// What was won in the period, the largest amount first. Columns: `key`, `name`, `deals`, `amount`. Can be split.
            Won = "won" over deal as d {
                sql: "reports/won.sql", day: "d.closed_on",
                amounts: ["amount"]
            }
            /// Why deals were lost in the period, or what goes through the process asked for, the most frequent reason first; of records that are
            /// lost now. Columns: `lost_reason`, `deals` (`records` of another entity), `amount` of records with a `value`, `share` (of those lost,
            /// 0 to 1).
            LostReasons = "lost_reasons" over staged as d {
                sql: "reports/lost_reasons.sql", day: "{closed}",
                amounts: ["amount"]
            }
            /// Open deals expected to close in the period, the largest value first. Columns: `key`, `name`, `deals`, `value`, `weighted`,
            /// `list_value` (at the standard price list). Can be split; months, quarters and years are those of `closes_on`.
            OpenPipeline = "open_pipeline" over deal as d {
                sql: "reports/open_pipeline.sql", day: "d.closes_on",
                amounts: ["value", "weighted", "list_value"]
            }
            /// What was opened, won and lost, period by period, those without any included. Columns: `period`, `opened`, `won`, `lost`,
            /// `win_rate` (0 to 1; empty when none was closed), `amount` (of the deals won). By month unless by quarter or year.
            Trend = "trend" over deal as d {
                sql: "reports/trend.sql", day: "e.day",
                amounts: ["amount"]
            }
            /// What was won and what is expected, period by period, those without anything included: won deals by the day they were
            /// closed, open ones by `closes_on`, the latter without a day in a last row without a period. Columns: `period`, `won` (amount),
            /// `deals` (open ones), `value`, `weighted` (value times probability), `expected` (won and weighted). By month unless by
            /// quarter or year.
            Forecast = "forecast" over deal as d {
                sql: "reports/forecast.sql", day: "case d.status when 'open' then d.closes_on else d.closed_on end",
                amounts: ["won", "value", "weighted", "expected"]
            }
        }
    }
}
