//! Organizations: customers, prospects, suppliers, partners.

use crate::areas::stages::{ProcessId, StageId, enter_or_leave, note_move, place_optional};
use crate::base::{LineId, add_words};
use crate::engine::declare::UserId;
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::money::Money;
use crate::engine::registry::Words;
use crate::engine::store::ChangeSet;

/// Words that came later.
const MORE_WORDS: &[Words] = &[Words {
    dictionary: "customer_lost_reason",
    about: "Why customers are lost",
    words: &[("price", None), ("competitor", None), ("quality", None), ("service", None), ("no need", None), ("out of business", None), ("no contact", None)],
}];

/// How deep a hierarchy of companies may be.
const MAX_PARENTS: usize = 50;

entity! {
    /// A company, authority or other body one does business with, or might.
    pub struct Organization(OrganizationFields, OrganizationId) in "organization" as organizations, for_organization {
        /// Name as it is used.
        name: String [title, max(300), personal],
        /// Full legal name.
        legal_name: Option<String> [max(300), personal],
        /// Kind of customer: prospect, customer, supplier, partner, ...
        kind: Option<String> [dictionary("organization_kind")],
        /// Industry.
        industry: Option<String> [dictionary("industry")],
        /// Category, in whatever sense the company uses, such as A, B, C.
        category: Option<String> [dictionary("organization_category")],
        /// Number of employees.
        employees: Option<i64> [min(0), max(100_000_000)],
        /// Revenue per year.
        annual_revenue: Option<Money>,
        /// Year of foundation.
        founded: Option<i64> [min(800), max(2200)],
        /// The parent company.
        parent_id: Option<OrganizationId>,
        /// The responsible user; the acting one when left out.
        owner_id: Option<UserId>,
        /// The line of business it is looked after by.
        line_id: Option<LineId>,
        /// Where the customer came from.
        source: Option<String> [dictionary("source")],
        /// Country of its seat, ISO 3166 alpha-2 or a name.
        country: Option<String> [max(80), general],
        /// Tax number, such as a VAT id.
        tax_number: Option<String> [max(40), personal],
        /// Number in the commercial register.
        registration_number: Option<String> [max(40), personal],
        /// Days until an invoice is due.
        payment_days: Option<i64> [min(0), max(3650)],
        /// Payment terms in words.
        payment_terms: Option<String> [max(500), personal],
        /// The most it may owe.
        credit_limit: Option<Money>,
        /// Delivery terms, such as an Incoterm.
        delivery_terms: Option<String> [dictionary("delivery_terms")],
        /// The least amount that is delivered.
        minimum_order: Option<Money>,
        /// Limits of logistics in words: ramp, vehicle, times.
        logistic_limits: Option<String> [max(2000), personal],
        /// Anything else.
        description: Option<String> [max(20_000), personal],
        /// The process that the customer as a whole goes through; that of the stage when left out. Emptying it takes the customer out of the process and
        /// its stage.
        process_id: Option<ProcessId>,
        /// The stage it is in; the first open one of the process when left out.
        stage_id: Option<StageId>,
        /// Why it was lost as a customer; asked for when it is moved to a lost stage.
        lost_reason: Option<String> [dictionary("customer_lost_reason")],
    }
}

pub(super) fn more_words(change: &ChangeSet) -> Result<()> {
    add_words(change, MORE_WORDS)
}

impl Rules for Organization {
    const SEARCHED: Searched = Searched::ByName;
    const AFTER: Option<After<Self>> =
        Some(|change, before, now| note_move(change, before, now, |customer| (customer.stage_id, customer.lost_reason.as_deref()), None));

    fn follows(before: Option<&Self>, fields: &OrganizationFields) -> bool {
        let stay = before.map_or((None, &None), |before| (before.stage_id, &before.lost_reason));
        stay != (fields.stage_id, &fields.lost_reason)
    }

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut OrganizationFields) -> Result<()> {
        if before.is_none() {
            fields.owner_id = fields.owner_id.or(change.actor());
        }
        let former = before.map(|before| (before.process_id, before.stage_id));
        let place = place_optional(change, "organization", former, (&mut fields.process_id, &mut fields.stage_id))?;
        enter_or_leave(change, place, before, fields)?;
        let (Some(before), Some(parent)) = (before, fields.parent_id) else { return Ok(()) };
        if before.parent_id == Some(parent) {
            return Ok(());
        }
        // A company cannot be below itself.
        let mut above = Some(parent.0);
        for _ in 0..MAX_PARENTS {
            match above {
                Some(id) if id == before.id.0 => return Err(Error::invalid("parent_id", "a company cannot be its own parent, directly or through others")),
                Some(id) => above = change.stored().first("select parent_id from {organization} where id = ?1", [id], |row| row.get(0))?.flatten(),
                None => return Ok(()),
            }
        }
        Err(Error::invalid("parent_id", format!("the hierarchy is deeper than {MAX_PARENTS}")))
    }
}
