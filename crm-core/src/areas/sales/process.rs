//! Sales processes and their stages.

use crate::engine::declare::choice;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;

choice! {
    /// What being in a stage means for a deal.
    pub enum StageKind as for_stage_kind {
        /// The deal goes on.
        Open = "open",
        /// The deal is won.
        Won = "won",
        /// The deal is lost.
        Lost = "lost",
    }
}

entity! {
    /// A way of selling, with stages of its own; several stand side by side.
    pub struct Process(ProcessFields, ProcessId) in "process" as processes, for_process {
        /// Name, unique.
        name: String [title, max(200)],
        /// What it is for.
        description: Option<String> [max(2000)],
        /// Takes new deals; yes when left out.
        active: Option<bool>,
    }
}

entity! {
    /// A stage of a process.
    pub struct Stage(StageFields, StageId) in "stage" as stages, for_stage {
        /// The process.
        process_id: ProcessId [part_of],
        /// Name, unique within the process.
        name: String [title, max(200)],
        /// Place in the process; the next free one when left out.
        position: Option<i64>,
        /// What being in it means.
        kind: StageKind [defaulted],
        /// How likely deals in it are won, in per cent.
        probability: Option<i64> [min(0), max(100)],
        /// How many days a deal should be in it at most.
        norm_days: Option<i64> [min(0), max(10_000)],
    }
}

choice! {
    /// Sales processes ready to start from.
    pub enum ProcessTemplate as for_process_template {
        /// Lead, qualified, proposal, negotiation, won, lost.
        Classic = "classic",
        /// The long cycle of selling to companies: contact, needs analysis, solution, proposal, negotiation, contract, won, lost.
        Complex = "complex",
        /// Order intake: enquiry, quoted, won, lost.
        Short = "short",
    }
}

impl ProcessTemplate {
    fn stages(self) -> &'static [(&'static str, StageKind, i64, i64)] {
        use StageKind::{Lost, Open, Won};
        match self {
            Self::Classic => &[
                ("Lead", Open, 10, 14),
                ("Qualified", Open, 25, 21),
                ("Proposal", Open, 50, 30),
                ("Negotiation", Open, 75, 21),
                ("Won", Won, 100, 0),
                ("Lost", Lost, 0, 0),
            ],
            Self::Complex => &[
                ("First contact", Open, 5, 21),
                ("Needs analysis", Open, 15, 45),
                ("Solution", Open, 35, 60),
                ("Proposal", Open, 55, 45),
                ("Negotiation", Open, 75, 30),
                ("Contract", Open, 90, 21),
                ("Won", Won, 100, 0),
                ("Lost", Lost, 0, 0),
            ],
            Self::Short => &[("Enquiry", Open, 20, 3), ("Quoted", Open, 50, 14), ("Won", Won, 100, 0), ("Lost", Lost, 0, 0)],
        }
    }
}

/// Adds a process with the stages of a template.
pub(super) fn add_process(change: &ChangeSet, name: &str, template: ProcessTemplate) -> Result<Process> {
    let process = change.processes().add(ProcessFields { name: name.into(), ..Default::default() })?;
    for (name, kind, probability, norm) in template.stages() {
        let norm_days = (*norm > 0).then_some(*norm);
        change.stages().add(StageFields {
            process_id: process.id,
            name: (*name).into(),
            kind: *kind,
            probability: Some(*probability),
            norm_days,
            ..Default::default()
        })?;
    }
    Ok(process)
}

impl Rules for Process {
    const SEARCHED: Searched = Searched::ByName;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut ProcessFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        Ok(())
    }
}

impl Rules for Stage {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut StageFields) -> Result<()> {
        if let Some(before) = before
            && (before.process_id != fields.process_id || before.kind != fields.kind)
        {
            let used = change.stored().any("select 1 from {deal} where stage_id = ?1 limit 1", [before.id.0])?;
            if used {
                return Err(Error::invalid("kind", "deals are in this stage: its process and kind stay"));
            }
        }
        if fields.position.is_none() {
            let sql = "select max(position) from {stage} where process_id = ?1";
            let last = change.stored().number(sql, [fields.process_id.0])?;
            fields.position = Some(last.unwrap_or(0) + 1);
        }
        Ok(())
    }
}
