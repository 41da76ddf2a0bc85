//! Reports: what the records add up to, for whoever asks, within his rights and as of his handle's moment.
//!
//! [`Crm::report`](crate::Crm::report) takes the [`Report`] and a [`ReportQuery`], which narrows it and splits it, by a [`Dimension`] or any field.

mod base;
mod query;
mod report;
mod split;

#[cfg(test)]
pub(crate) use query::ask;
pub use report::{Dimension, Report, ReportQuery};

use crate::engine::query::Table;
use crate::engine::registry::area;

area! {
    /// Reports.
    analytics after stages, directory, sales {
        choices: [Report, Dimension];
        options: [ReportQuery];
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
        }
    }
}
