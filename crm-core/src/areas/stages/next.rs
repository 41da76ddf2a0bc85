//! Where a record may go next, and what is missing for that.

use super::process::check_staged;
use super::rules::{StageRules, Way, role_names};
use super::staged::is_filled;
use super::{Stage, StageId, StageKind};
use crate::engine::declare::outcome;
use crate::engine::entity::{get_named, records};
use crate::engine::error::Result;
use crate::engine::store::View;
use crate::engine::value::Value;

outcome! {
    /// A stage that a record may be moved to next, and what is missing for that.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NextStage as for_next_stage {
        /// The stage.
        pub stage_id: StageId,
        /// Its name.
        pub name: String,
        /// What being in it means.
        pub kind: StageKind,
        /// Nothing is missing, as far as the reader may see.
        pub open: bool,
        /// The fields that must be filled first.
        pub missing: Vec<String>,
        /// The stage also asks for a field that the reader may not see; whether it is filled is not told.
        pub unseen: bool,
        /// The roles that may make the move, where the reader has none of them and may see which they are.
        pub roles: Vec<String>,
    }
}

/// The stages that a record may go to from where it is.
pub(super) fn next_stages(view: View<'_>, entity: &str, record: i64) -> Result<Vec<NextStage>> {
    check_staged(view.schema, entity)?;
    let index = view.schema.index(entity)?;
    let table = &view.schema.tables[index];
    let named = get_named(view, entity, record)?;
    let value = |name: &str| named.iter().find(|(known, _)| known == name).map_or(&Value::Null, |(_, value)| value);
    let (Value::Integer(process), Value::Integer(now)) = (value("process_id"), value("stage_id")) else { return Ok(Vec::new()) };
    let rules = StageRules::of(view, *process, false)?;
    let mut next = Vec::new();
    for stage in records::<Stage>(view, "process_id = ?1 and id <> ?2 order by position nulls first, id", [*process, *now])? {
        let roles = match rules.way(Some(StageId(*now)), stage.id, None) {
            Way::None => continue,
            Way::Open => None,
            Way::Roles(roles) => Some(role_names(view, &roles)?),
        };
        let filled = |field: usize| is_filled(value(&table.fields[field].name));
        let lacking = rules.lacking(view, index, stage.id, stage.kind == StageKind::Lost, filled)?;
        next.push(NextStage {
            stage_id: stage.id,
            name: stage.name,
            kind: stage.kind,
            open: roles.is_none() && lacking.fields.is_empty(),
            missing: lacking.fields,
            unseen: lacking.unseen,
            roles: roles.unwrap_or_default(),
        });
    }
    Ok(next)
}
