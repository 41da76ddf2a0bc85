//! Selling: processes and their stages, deals, products and prices.

mod deal;
mod deal_contact;
mod milestone;
mod price_list;
mod process;
mod product;

pub use deal::{Deal, DealFields, DealId, DealStatus, StageMove, StageMoveFields, StageMoveId};
pub use deal_contact::{DealContact, DealContactFields, DealContactId};
pub use milestone::{Milestone, MilestoneFields, MilestoneId};
pub use price_list::{Price, PriceFields, PriceId, PriceList, PriceListFields, PriceListId};
pub use process::{Process, ProcessFields, ProcessId, ProcessTemplate, Stage, StageFields, StageId, StageKind};
pub use product::{Product, ProductFields, ProductId};

use crate::engine::registry::area;

area! {
    /// Deals and their way through the stages, products and prices.
    sales after directory {
        entities: [Product, PriceList, Price, Process, Stage, Deal, StageMove, DealContact, Milestone];
        choices: [StageKind, ProcessTemplate, DealStatus];
        steps: ["steps/0001_sales.sql"];
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
            /// Deals per stage, in the order of the stages; the period is that of `opened_on`. Columns: `process_id`, `process`,
            /// `stage_id`, `stage`, `kind`, `deals`, `value`, `weighted` (value times probability), `list_value` (at the
            /// standard price list).
            Funnel = "funnel" over deal as d {
                sql: "reports/funnel.sql", day: "d.opened_on",
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
            /// Why deals were lost in the period, the most frequent reason first. Columns: `lost_reason`, `deals`, `amount`,
            /// `share` (of the deals lost, 0 to 1).
            LostReasons = "lost_reasons" over deal as d {
                sql: "reports/lost_reasons.sql", day: "d.closed_on",
                amounts: ["amount"]
            }
            /// How long deals stay in each open stage, by the stays that began in the period. Columns: `process_id`, `process`,
            /// `stage_id`, `stage`, `norm_days`, `ended` (stays that have), `mean_days`, `median_days` (of those), `in_stage` (deals that
            /// are in it), `over_norm` (of those, longer than the norm).
            StageTimes = "stage_times" over deal as d {
                sql: "reports/stage_times.sql", day: "day(m.entered_at)"
            }
            /// What share of the deals that came into an open stage got further, to a later stage of the process or to winning; deals opened in
            /// the period. Columns: `process_id`, `process`, `stage_id`, `stage`, `entered`, `moved_on`, `share` (0 to 1).
            Conversion = "conversion" over deal as d {
                sql: "reports/conversion.sql", day: "d.opened_on"
            }
            /// Open deals that have been in their stage for longer than its norm, or open for longer than any won deal of the process took, the
            /// oldest first; deals opened in the period. Columns: `deal_id`, `name`, `organization_id`, `owner_id`, `stage_id`, `stage`,
            /// `days_open`, `days_in_stage`, `norm_days`, `longest_won_days`, `over_norm`, `over_longest`.
            Ageing = "ageing" over deal as d {
                sql: "reports/ageing.sql", day: "d.opened_on"
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
        calls: {
            /// Adds a sales process with the stages of a template, under a name of its own.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let process = crm.add_process("New business", ProcessTemplate::Classic)?;
                /// assert_eq!(crm.stages().count(("process_id = ?1", [process.id]))?, 6);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> process = db.add_process("New business", "short")
                /// >>> db.stages.count("process_id = ?", [process.id]) > 2
                /// True
            }
            [change] add_process(name: String [&str], template: ProcessTemplate = ProcessTemplate::Classic) hosts add_process_from -> Process =
                |change| process::add_process(change, name, template);
        }
    }
}
