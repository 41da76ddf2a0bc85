//! Everything that is declared, put together: what a file is opened with, and the calls there are.

use crate::areas::{AREAS, entities};
use crate::base::load_schema;
use crate::engine::registry::{Area, Call};
use crate::engine::store::Library;
use std::sync::{LazyLock, OnceLock};

macro_rules! above {
    (below $below:tt areas $areas:tt above { $($area:ident),* }) => {
        /// The areas above those with entities; they add calls only.
        static ABOVE: &[Option<&Area>] = &[$( above!(@ $area) ),*];
    };
    // Search may be left out.
    (@ search) => { SEARCH };
    (@ $area:ident) => { Some(crate::$area::AREA.calls_only()) };
}
crate::for_every_area! { [above] }

#[cfg(feature = "search")]
const SEARCH: Option<&Area> = Some(crate::search::AREA.calls_only());
#[cfg(not(feature = "search"))]
const SEARCH: Option<&Area> = None;

/// What a file is opened with.
pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let entities: Vec<_> = entities().collect();
    Library {
        names: entities.iter().map(|meta| meta.name).collect(),
        entities,
        removals: AREAS.iter().flat_map(|area| area.kinds).filter_map(|kind| Some((kind.meta().name, kind.removal?))).collect(),
        steps: AREAS.iter().map(|area| area.steps()).collect(),
        settings: AREAS.iter().flat_map(|area| area.settings.iter().copied()).collect(),
        load: load_schema,
        fresh: OnceLock::new(),
    }
});

/// Every call, area by area.
pub(crate) fn calls() -> impl Iterator<Item = &'static Call> {
    AREAS.iter().copied().chain(ABOVE.iter().copied().flatten()).flat_map(|area| area.calls)
}
