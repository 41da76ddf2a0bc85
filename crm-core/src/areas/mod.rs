//! The areas: each a folder with everything that it adds to the library, declared by `area!` in its `mod.rs`. Here is the one list of them.

use crate::engine::error::{Error, Result};
use crate::engine::meta::Meta;
use crate::engine::registry::{Area, EntityKind};
use std::sync::LazyLock;

/// Hands the list of all areas on: first what is below the areas, then the areas in the order in which they build on each other, then what
/// is above them, which adds calls with their words, options and outcomes. A new area is its folder and a word here, the folder's name.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_area {
    ([$($then:tt)*] $($args:tt)*) => {
        $($then)*! { $($args)*
            below { base }
            areas { stages, directory, sales, activity }
            above { customer, analytics, exchange, search }
        }
    };
}

macro_rules! modules {
    (below $below:tt areas { $($area:ident),* } above $above:tt) => {
        $(
            #[macro_use]
            pub mod $area;
            pub use $area::*;
        )*

        /// The areas with entities, those below first.
        pub(crate) static AREAS: &[&Area] = &[&crate::base::AREA, $(&$area::AREA),*];
    };
}
for_every_area! { [modules] }

/// Every entity that there is.
pub(crate) fn kinds() -> impl Iterator<Item = &'static EntityKind> {
    AREAS.iter().flat_map(|area| area.kinds)
}

/// The entity of this name; for an unknown one the error names the nearest.
pub(crate) fn kind(name: &str) -> Result<&'static EntityKind> {
    kinds().find(|kind| kind.meta().name == name).ok_or_else(|| Error::unknown("entity", name, entities().map(|meta| meta.name)))
}

/// The descriptions of every entity.
///
/// ```
/// let deal = crm_core::entities().find(|meta| meta.name == "deal").unwrap();
/// assert!(deal.field("value").unwrap().doc.contains("revenue"));
/// ```
pub fn entities() -> impl Iterator<Item = &'static Meta> {
    static METAS: LazyLock<Vec<&'static Meta>> = LazyLock::new(|| kinds().map(EntityKind::meta).collect());
    METAS.iter().copied()
}

/// The description of the entity of this name; for an unknown one the error names the nearest.
///
/// ```
/// assert!(crm_core::entity_named("organisation").unwrap_err().to_string().contains("organization"));
/// ```
pub fn entity_named(name: &str) -> Result<&'static Meta> {
    kind(name).map(EntityKind::meta)
}
