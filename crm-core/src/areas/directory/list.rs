//! Lists of organizations and people: by hand, by filter, or by filter with exceptions.

use super::owner::one_owner;
use super::{OrganizationId, PersonId};
use crate::engine::declare::{UserId, choice};
use crate::engine::entity::{Rules, entity, get_in};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::query::{Filter, check, list_filter, membership};
use crate::engine::store::{ChangeSet, View};

choice! {
    /// How a list comes by its members.
    pub enum ListKind as for_list_kind {
        /// By hand: the records listed.
        Static = "static",
        /// By a filter, anew at every look; members by hand are added to it or excluded from it.
        Dynamic = "dynamic",
    }
}

entity! {
    /// A list of organizations or of people. `in_list('Name')` stands for it in any filter, so lists combine
    /// with `and`, `or` and `not`.
    pub struct List(ListFields, ListId) in "list" as lists, for_list {
        /// Name, unique.
        name: String [title, max(200), general],
        /// `organization` or `person`.
        entity: String [max(64), unsearched, general],
        /// How it comes by its members.
        kind: ListKind [defaulted],
        /// The filter of a dynamic list.
        filter: Option<String> [max(20_000), unsearched, general],
        /// Who keeps it.
        owner_id: Option<UserId>,
        /// What it is for.
        description: Option<String> [max(2000), general],
    }
}

entity! {
    /// That a record is in a list by hand, or excluded from it.
    pub struct ListMember(ListMemberFields, ListMemberId) in "list_member" as list_members, for_list_member {
        /// The list.
        list_id: ListId [part_of],
        /// Who, if an organization.
        organization_id: Option<OrganizationId> [part_of],
        /// Who, if a person.
        person_id: Option<PersonId> [part_of],
        /// Is kept out, whatever the filter says.
        excluded: Option<bool>,
    }
}

impl Rules for List {
    const SEARCHED: Searched = Searched::ByName;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ListFields) -> Result<()> {
        if !matches!(fields.entity.as_str(), "organization" | "person") {
            return Err(Error::unknown("entity of a list", &fields.entity, ["organization", "person"].into_iter()));
        }
        match (fields.kind, &fields.filter) {
            (ListKind::Static, Some(_)) => Err(Error::invalid("filter", "a static list has no filter")),
            (ListKind::Dynamic, None) => Err(Error::invalid("filter", "a dynamic list needs a filter")),
            (ListKind::Dynamic, Some(filter)) => change.view(|view| {
                let table = view.schema.index(&fields.entity)?;
                let checked = check(view.schema, None, table, filter, false, &|name| list_filter(view, name))?;
                if checked.params > 0 { Err(Error::invalid("filter", "the filter of a list binds no values")) } else { Ok(()) }
            }),
            (ListKind::Static, None) => Ok(()),
        }
    }
}

impl Rules for ListMember {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ListMemberFields) -> Result<()> {
        one_owner(fields.organization_id, fields.person_id)?;
        let entity = change.lists().get(fields.list_id)?.entity;
        if (entity == "organization") != fields.organization_id.is_some() {
            return Err(Error::invalid(if entity == "organization" { "organization_id" } else { "person_id" }, "the list holds the other kind of record"));
        }
        fields.excluded = fields.excluded.or(Some(false));
        Ok(())
    }
}

/// The ids of the members of a list that may be seen, in order.
pub(super) fn members(view: View<'_>, list: ListId) -> Result<Vec<i64>> {
    let list: List = get_in(view, list.0)?;
    let table = view.schema.index(&list.entity)?;
    let filter = Filter::new(membership(list.id.0, &list.entity, list.filter)).compile(view, table)?;
    let sql = format!("select id from {} where {} order by id", view.schema.tables[table].quoted, filter.condition);
    view.session.restricted(|| view.session.all(&sql, [], |row| row.get(0)))
}
