//! The list of all entities: the one place a new one is entered.

use crate::entity::{Entity, Meta};
use crate::store::{ChangeSet, Entities};
use crate::{ChangeSetId, Result, Value};
use std::sync::LazyLock;

/// Hands every entity, with its `for_…!`, to `callback!`; the bindings expand it.
#[macro_export]
macro_rules! for_every_entity {
    ($callback:ident) => {
        $callback! {
            User for_user, Team for_team, Line for_line, Role for_role, Permission for_permission,
            HiddenField for_hidden_field, UserRole for_user_role, UserLine for_user_line,
            Setting for_setting, Dictionary for_dictionary, DictionaryItem for_dictionary_item, CustomField for_custom_field,
            ExternalRef for_external_ref, Alias for_alias, Note for_note,
            Organization for_organization, Person for_person, Affiliation for_affiliation, ContactPoint for_contact_point,
            Address for_address, BankAccount for_bank_account, Unwanted for_unwanted, List for_list, ListMember for_list_member,
            Activity for_activity, Participant for_participant,
            Product for_product, PriceList for_price_list, Price for_price, ExchangeRate for_exchange_rate,
            Process for_process, Stage for_stage, Deal for_deal, StageMove for_stage_move, DealContact for_deal_contact,
            Milestone for_milestone,
        }
    };
}

/// Hands every closed set of words, with its `for_…!`, to `callback!`; the bindings expand it.
#[macro_export]
macro_rules! for_every_choice {
    ($callback:ident) => {
        $callback! {
            Level for_level, ContactKind for_contact_kind, CustomKind for_custom_kind, ListKind for_list_kind,
            ActivityStatus for_activity_status, Direction for_direction, StageKind for_stage_kind,
            ProcessTemplate for_process_template, DealStatus for_deal_status, Operation for_operation,
            Report for_report, Dimension for_dimension,
            MatchKind for_match_kind, FoundBy for_found_by,
        }
    };
}

/// Hands every plain outcome, with its `for_…!`, to `callback!`; the bindings expand it.
#[macro_export]
macro_rules! for_every_outcome {
    ($callback:ident) => {
        $callback! {
            Change for_change, ChangeEvent for_change_event, Obstacle for_obstacle, Verified for_verified,
            CallerCard for_caller_card, Dossier for_dossier, DossierPerson for_dossier_person, DossierSums for_dossier_sums,
            RowError for_row_error, Suspect for_suspect,
            Hits for_hits, Hit for_hit, Highlight for_highlight, Facets for_facets, FacetCount for_facet_count,
            Suggestion for_suggestion, Explanation for_explanation, FoundWord for_found_word, SearchStatus for_search_status,
        }
    };
}

/// Field values by name, in the order given.
pub type Named = Vec<(String, Value)>;

/// An entity without its Rust type: for imports and hosts that know it by name.
pub(crate) struct Kind {
    meta: fn() -> &'static Meta,
    /// Adding a record writes others, too.
    pub after: bool,
    /// Adding a record looks at others of its kind.
    pub siblings: bool,
    /// How full-text search treats its records.
    #[cfg(feature = "search")]
    pub searched: crate::entity::Searched,
    pub add: fn(&ChangeSet, Named) -> Result<i64>,
    pub set: fn(&ChangeSet, i64, Named, Option<ChangeSetId>) -> Result<bool>,
    pub remove: fn(&ChangeSet, i64) -> Result<()>,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.meta().name)
    }
}

impl Kind {
    fn of<E: Entity>() -> Self {
        Self {
            meta: E::meta,
            after: E::AFTER,
            siblings: E::SIBLINGS,
            #[cfg(feature = "search")]
            searched: E::SEARCHED,
            add: |change, named| Entities::<E>::of_change(change).insert_named(named),
            set: |change, id, named, revision| Entities::<E>::of_change(change).set_named(id.into(), named, revision),
            remove: |change, id| Entities::<E>::of_change(change).remove(id.into()),
        }
    }

    pub fn meta(&self) -> &'static Meta {
        (self.meta)()
    }
}

macro_rules! every_kind {
    ($($N:ident $each:ident,)*) => { vec![$(Kind::of::<crate::$N>()),*] };
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| for_every_entity!(every_kind));

/// Every entity, in the order of the registry.
pub(crate) fn kinds() -> &'static [Kind] {
    &KINDS
}

/// Whether there is an entity of this name.
pub(crate) fn is_entity(name: &str) -> bool {
    static NAMES: LazyLock<std::collections::HashSet<&str>> = LazyLock::new(|| kinds().iter().map(|kind| kind.meta().name).collect());
    NAMES.contains(name)
}

/// The descriptions of every entity.
///
/// ```
/// let deal = crm_core::entities().find(|meta| meta.name == "deal").unwrap();
/// assert!(deal.field("value").unwrap().doc.contains("revenue"));
/// ```
pub fn entities() -> impl Iterator<Item = &'static Meta> {
    kinds().iter().map(Kind::meta)
}

/// The description of the entity of this name; for an unknown one the error names the nearest.
///
/// ```
/// assert!(crm_core::entity_named("organisation").unwrap_err().to_string().contains("organization"));
/// ```
pub fn entity_named(name: &str) -> Result<&'static Meta> {
    entities().find(|meta| meta.name == name).ok_or_else(|| crate::Error::unknown("entity", name, entities().map(|meta| meta.name)))
}
