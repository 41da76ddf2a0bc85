//! Who is calling: from a number in any spelling to what matters while the telephone rings.

use super::dossier::in_force;
use crate::areas::activity::Activity;
use crate::areas::directory::{ContactKind, ContactPoint, Organization, Person, Unwanted, normal_phone};
use crate::areas::sales::Deal;
use crate::engine::declare::outcome;
use crate::engine::entity::{get_in, records};
use crate::engine::error::{Error, Result};
use crate::engine::store::View;

/// Digits that must agree when a number was noted without its country.
const TAIL: usize = 9;
/// The most contact points that a number is looked up to.
const OWNERS: usize = 20;
/// The most deals that a card shows.
const DEALS: usize = 50;
/// The most activities that a card shows.
const ACTIVITIES: usize = 5;

outcome! {
    /// What to know about a caller; what the reader may not see is left out.
    #[derive(Clone, Debug, PartialEq)]
    pub struct CallerCard as for_caller_card {
        /// The number in one spelling for all, E.164 where it is valid.
        pub number: String,
        /// Whether the whole number was found, and not just its last nine digits.
        pub exact: bool,
        /// The people whose number it is.
        pub people: Vec<Person>,
        /// The organizations whose number it is, and those that the people work for at present.
        pub organizations: Vec<Organization>,
        /// Their open deals, the newest first; at most 50.
        pub deals: Vec<Deal>,
        /// The last five activities with them, the newest first.
        pub activities: Vec<Activity>,
        /// Why they are unwanted, where that holds today.
        pub unwanted: Vec<Unwanted>,
    }
}

/// Who calls from a number, in whatever spelling.
pub(super) fn caller_card(view: View<'_>, number: &str) -> Result<Option<CallerCard>> {
    if number.len() > 200 {
        return Err(Error::invalid("number", "longer than 200 bytes"));
    }
    let normal = normal_phone(number, view.schema);
    if normal.is_empty() {
        return Ok(None);
    }
    let phone = format!("kind = '{}'", ContactKind::Phone);
    let mut owners: Vec<ContactPoint> = records(view, &format!("normal = ?1 and {phone} limit {OWNERS}"), [&normal])?;
    let exact = !owners.is_empty();
    let digits: String = normal.chars().filter(char::is_ascii_digit).collect();
    if !exact && digits.len() >= TAIL {
        // The index `contact_point_tail` is over this very expression.
        owners = records(view, &format!("substr(normal, -{TAIL}) = ?1 and {phone} limit {OWNERS}"), [&digits[digits.len() - TAIL..]])?;
    }
    if owners.is_empty() {
        return Ok(None);
    }
    let mut card =
        CallerCard { number: normal, exact, people: Vec::new(), organizations: Vec::new(), deals: Vec::new(), activities: Vec::new(), unwanted: Vec::new() };
    let (mut people, mut organizations) = (Vec::new(), Vec::new());
    for owner in owners {
        people.extend(owner.person_id.map(|id| id.0));
        organizations.extend(owner.organization_id.map(|id| id.0));
    }
    people.sort_unstable();
    people.dedup();
    for person in &people {
        card.people.push(get_in(view, *person)?);
        let sql = "select organization_id from affiliation where person_id = ?1 and active = true order by id";
        organizations.extend(view.session.all(sql, [person], |row| row.get::<i64>(0))?);
    }
    organizations.sort_unstable();
    organizations.dedup();
    for organization in &organizations {
        card.organizations.push(get_in(view, *organization)?);
    }
    let owners = people.iter().map(|id| ("person_id", id)).chain(organizations.iter().map(|id| ("organization_id", id)));
    for (column, id) in owners {
        card.deals.extend(records::<Deal>(view, &format!("{column} = ?1 and status = 'open' order by id desc limit {DEALS}"), [id])?);
        card.activities.extend(records::<Activity>(
            view,
            &format!("{column} = ?1 and status <> 'planned' order by starts_at desc nulls last limit {ACTIVITIES}"),
            [id],
        )?);
        card.unwanted.extend(in_force(view, column, *id)?);
    }
    card.deals.sort_by_key(|deal| std::cmp::Reverse(deal.id));
    card.deals.dedup_by_key(|deal| deal.id);
    card.deals.truncate(DEALS);
    card.activities.sort_by_key(|activity| std::cmp::Reverse((activity.starts_at, activity.id)));
    card.activities.dedup_by_key(|activity| activity.id);
    card.activities.truncate(ACTIVITIES);
    Ok(Some(card))
}
