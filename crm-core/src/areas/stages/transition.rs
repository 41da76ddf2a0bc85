//! What users say of how records may move through a process: from which stage to which, by whom, and what must be filled.

use super::StageId;
use crate::base::{CustomFieldId, RoleId};
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;

entity! {
    /// That records may move from one stage of a process to another. Where a process has any of these, its records move as they say and in no
    /// other way; where it has none, they move freely. Records may always begin in the first open stage.
    pub struct StageTransition(StageTransitionFields, StageTransitionId) in "stage_transition" as stage_transitions, for_stage_transition {
        /// From which stage; from any when left out, for new records, too.
        from_stage_id: Option<StageId> [part_of],
        /// To which stage of the same process.
        to_stage_id: StageId [part_of],
        /// The role that may make the move; whoever may change the record when left out. Several roles are several transitions.
        role_id: Option<RoleId>,
        /// What it is for.
        description: Option<String> [max(2000), general],
    }
}

entity! {
    /// A field that must be filled in a record that comes into a stage, whatever way it comes.
    pub struct RequiredField(RequiredFieldFields, RequiredFieldId) in "required_field" as required_fields, for_required_field {
        /// The stage.
        stage_id: StageId [part_of],
        /// The field's name, one of the records that go through the process; unique within the stage.
        field: String [title, max(64), general],
        /// The field, where users defined it: as long as it is asked for, it cannot be removed.
        custom_field_id: Option<CustomFieldId> [computed],
    }
}

impl Rules for StageTransition {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut StageTransitionFields) -> Result<()> {
        let Some(from) = fields.from_stage_id else { return Ok(()) };
        if from == fields.to_stage_id {
            return Err(Error::invalid("from_stage_id", "a record that stays in its stage does not move"));
        }
        let process = |stage: StageId| change.stored().number("select process_id from {stage} where id = ?1", [stage.0]);
        if process(from)? != process(fields.to_stage_id)? {
            return Err(Error::invalid("from_stage_id", "the two stages belong to different processes"));
        }
        Ok(())
    }
}

impl Rules for RequiredField {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut RequiredFieldFields) -> Result<()> {
        let sql = "select p.entity from {stage} s join {process} p on p.id = s.process_id where s.id = ?1";
        let Some(entity) = change.stored().first(sql, [fields.stage_id.0], |row| row.get::<String>(0))? else { return Ok(()) };
        let schema = change.schema();
        let table = schema.table(&entity)?;
        let field = &table.fields[table.field_index(&fields.field)?];
        if field.computed {
            return Err(Error::invalid("field", "is filled by the library: nobody can be asked for it"));
        }
        let sql = "select id from {custom_field} where entity = ?1 and name = ?2";
        fields.custom_field_id = change.stored().number(sql, (entity, &fields.field))?.map(CustomFieldId);
        Ok(())
    }
}
