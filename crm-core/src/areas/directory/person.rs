//! People, who may work in several organizations.

use crate::base::LineId;
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// A person one deals with. Where and as what the person works is said by affiliations.
    pub struct Person(PersonFields, PersonId) in "person" as people, for_person {
        /// Full name as it is shown; put together from the parts when left out.
        name: String [title, defaulted, max(300), personal],
        /// Given name.
        first_name: Option<String> [max(150), personal],
        /// Family name.
        last_name: Option<String> [max(150), personal],
        /// Form of address or academic title.
        title: Option<String> [max(80), personal],
        /// Day of birth.
        birthday: Option<NaiveDate> [personal],
        /// Preferred language, such as `pl`.
        language: Option<String> [max(35), unsearched, general],
        /// The responsible user; the acting one when left out.
        owner_id: Option<UserId>,
        /// The line of business the person is looked after by.
        line_id: Option<LineId>,
        /// Where the contact came from.
        source: Option<String> [dictionary("source")],
        /// Anything else.
        description: Option<String> [max(20_000), personal],
    }
}

impl Rules for Person {
    const SEARCHED: Searched = Searched::ByName;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut PersonFields) -> Result<()> {
        if before.is_none() {
            fields.owner_id = fields.owner_id.or(change.actor());
        }
        let parts = |first: &Option<String>, last: &Option<String>| {
            let parts: Vec<_> = [first, last].into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
            parts.join(" ")
        };
        // A name that was put together from its parts follows them.
        let followed = before.is_some_and(|before| before.name == fields.name && before.name == parts(&before.first_name, &before.last_name));
        let whole = parts(&fields.first_name, &fields.last_name);
        if (fields.name.trim().is_empty() || followed) && !whole.is_empty() {
            fields.name = whole;
        }
        if fields.name.trim().is_empty() { Err(Error::invalid("name", "a person needs a name, or a first or last name")) } else { Ok(()) }
    }
}
