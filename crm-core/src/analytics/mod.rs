//! Reports: what the records add up to, for whoever asks, within his rights and as of his handle's moment.
//!
//! [`Crm::report`](crate::Crm::report) takes the [`Report`] and a [`ReportQuery`], which narrows it and splits it, by a [`Dimension`] or any field.

mod base;
mod over_time;
mod query;
mod report;
mod split;

pub use over_time::{OverTime, Period};
#[cfg(test)]
pub(crate) use query::ask;
pub use report::{Dimension, Report, ReportQuery};

use crate::engine::query::Table;
use crate::engine::registry::area;

area! {
    /// Reports.
    analytics after stages, directory, sales {
        choices: [Report, Dimension, Period];
        options: [ReportQuery, OverTime];
        calls: {
            /// A report over the records that this handle sees, at its moment. A part of the query that the report has no use for
            /// is `Invalid`, rather than passed over.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// crm.add_process("New business", ProcessTemplate::Short)?;
                /// let won = crm.stages().find("kind = 'won'")?[0].id;
                /// crm.deals().add(DealFields::new("Mill").stage_id(won).value("900 EUR".parse()?))?;
                /// let table = crm.report(Report::Won, &ReportQuery::new().by([Dimension::Owner]))?;
                /// assert_eq!(table.integer(0, "amount"), Some(90_000));
                /// assert_eq!(table.integer(0, "key"), None, "nobody owns the deal");
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> process = db.add_process("New business", "short")
                /// >>> won = db.stages.find("kind = 'won'")[0]
                /// >>> deal = db.deals.add(name="Mill", value="900 EUR", stage_id=won.id)
                /// >>> table = db.report("won", by="product")
                /// >>> table[0]["amount"], table.currency, table.amounts
                /// (90000, 'EUR', ['amount'])
            }
            [view] report(report: Report, query: ReportQuery [&ReportQuery] = ReportQuery::default()) -> Table = |view| query::run(view, report, query);

            /// How many records of an entity there were at the end of each day, week, month, quarter or year, and what a field of them added
            /// up to: the columns `day` (the last of its period), `key` where it is split, `count`, and `sum` with, for amounts, `currency`. It
            /// is what asking [`at`](crate::Crm::at) point by point would give: who sees a record is decided by what it is today, its values
            /// are those of then, words and rates of today. At most 4,000 points and 100,000 rows.
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme", country="PL", employees=40)
                /// >>> db.over_time("organization", by="country", sum="employees")["sum"]
                /// [40]
            }
            [crm] over_time(entity: String [&str], query: OverTime [&OverTime] = OverTime::default()) -> Table = |crm| crm.view(|view| over_time::over_time(view, entity, query));
        }
    }
}
