//! Processes and their stages.

use crate::engine::declare::choice;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::field::FieldType;
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::{Schema, Table};

choice! {
    /// What being in a stage means for a record.
    pub enum StageKind as for_stage_kind {
        /// It goes on.
        Open = "open",
        /// It ended well: a deal is won, a customer has arrived.
        Won = "won",
        /// It ended badly.
        Lost = "lost",
    }
}

entity! {
    /// A way that deals, customers or other records go, with stages of its own; several stand side by side.
    pub struct Process(ProcessFields, ProcessId) in "process" as processes, for_process {
        /// Name, unique.
        name: String [title, max(200), general],
        /// What it is for.
        description: Option<String> [max(2000), general],
        /// Takes new records; yes when left out.
        active: Option<bool>,
        /// What goes through it: `deal` when left out, or another entity whose records have a process and a stage, such as `organization`. It stays once
        /// a record went through the process.
        entity: String [defaulted, max(64), general],
    }
}

entity! {
    /// A stage of a process.
    pub struct Stage(StageFields, StageId) in "stage" as stages, for_stage {
        /// The process.
        process_id: ProcessId [part_of],
        /// Name, unique within the process.
        name: String [title, max(200), general],
        /// Place in the process; the next free one when left out.
        position: Option<i64>,
        /// What being in it means. It stays once a record was in the stage.
        kind: StageKind [defaulted],
        /// How likely records in it end well, in per cent.
        probability: Option<i64> [min(0), max(100)],
        /// How many days a record should be in it at most.
        norm_days: Option<i64> [min(0), max(10_000)],
    }
}

choice! {
    /// Processes ready to start from.
    pub enum ProcessTemplate as for_process_template {
        /// Lead, qualified, proposal, negotiation, won, lost.
        Classic = "classic",
        /// The long cycle of selling to companies: contact, needs analysis, solution, proposal, negotiation, contract, won, lost.
        Complex = "complex",
        /// Order intake: enquiry, quoted, won, lost.
        Short = "short",
        /// A customer as a whole: prospect, in contact, first order, regular customer, lost.
        Customer = "customer",
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
            Self::Customer => &[
                ("Prospect", Open, 10, 90),
                ("In contact", Open, 30, 60),
                ("First order", Open, 70, 90),
                ("Regular customer", Won, 100, 0),
                ("Lost", Lost, 0, 0),
            ],
            Self::Short => &[("Enquiry", Open, 20, 3), ("Quoted", Open, 50, 14), ("Won", Won, 100, 0), ("Lost", Lost, 0, 0)],
        }
    }
}

/// Adds a process with the stages of a template.
pub(super) fn add_process(change: &ChangeSet, name: &str, template: ProcessTemplate, entity: &str) -> Result<Process> {
    let process = change.processes().add(ProcessFields { name: name.into(), entity: entity.into(), ..Default::default() })?;
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

/// The entity whose records go through a process that does not say.
pub(crate) const STANDARD: &str = "deal";

/// The entities whose records go through stages: those with a process and a stage.
pub(crate) fn staged(schema: &Schema) -> impl Iterator<Item = &Table> {
    let refers = |table: &Table, name: &str, to: &str| matches!(table.field(name).map(|field| &field.field_type), Some(FieldType::Reference(of)) if of == to);
    schema.tables.iter().filter(move |table| refers(table, "process_id", "process") && refers(table, "stage_id", "stage"))
}

/// Refuses an entity whose records do not go through stages.
pub(super) fn check_staged(schema: &Schema, entity: &str) -> Result<()> {
    if staged(schema).any(|table| table.name == entity) {
        return Ok(());
    }
    let known: Vec<_> = staged(schema).map(|table| table.name).collect();
    Err(Error::invalid("entity", format!("has no process and no stage: one of {}", known.join(", "))))
}

/// Whether rules speak of a stage.
const RULED: &str = "select 1 from {stage} s where s.id = ?1 and (exists (select 1 from {required_field} f where f.stage_id = s.id) \
    or exists (select 1 from {stage_transition} t where t.to_stage_id = s.id) or exists (select 1 from {stage_transition} o where o.from_stage_id = s.id))";

/// Whether any record is in a process or a stage.
fn is_used(change: &ChangeSet, field: &str, id: i64) -> Result<bool> {
    for table in staged(&change.schema()) {
        if change.stored().any(&format!("select 1 from {{{}}} where {field} = ?1 limit 1", table.name), [id])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the history of stages speaks of a stage, or of one of a process (`of`), of records that are gone, too: an undo may bring any of them back there.
fn has_history(change: &ChangeSet, of: &str, id: i64) -> Result<bool> {
    for moves in ["{stage_move}", "{stage_move_past}"] {
        if change.stored().any(&format!("select 1 from {moves} m join {{stage}} s on s.id = m.stage_id where s.{of} = ?1 limit 1"), [id])? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Rules for Process {
    const SEARCHED: Searched = Searched::ByName;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut ProcessFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        if fields.entity.is_empty() {
            fields.entity = before.map_or(STANDARD, |before| before.entity.as_str()).to_owned();
        }
        check_staged(&change.schema(), &fields.entity)?;
        let Some(before) = before.filter(|before| before.entity != fields.entity) else { return Ok(()) };
        if is_used(change, "process_id", before.id.0)? {
            return Err(Error::invalid("entity", "records go through this process: what goes through it stays"));
        }
        if has_history(change, "process_id", before.id.0)? {
            let reason = "records went through this process: what goes through it stays, since their history and its undoing rest on it; add another process";
            return Err(Error::invalid("entity", reason));
        }
        let sql = "select 1 from {required_field} f join {stage} s on s.id = f.stage_id where s.process_id = ?1 limit 1";
        if change.stored().any(sql, [before.id.0])? {
            return Err(Error::invalid("entity", "its stages ask for fields of what goes through it, which therefore stays"));
        }
        Ok(())
    }
}

impl Rules for Stage {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut StageFields) -> Result<()> {
        if let Some(before) = before
            && (before.process_id != fields.process_id || before.kind != fields.kind)
            && is_used(change, "stage_id", before.id.0)?
        {
            return Err(Error::invalid("kind", "records are in this stage: its process and kind stay"));
        }
        if let Some(before) = before.filter(|before| before.kind != fields.kind)
            && has_history(change, "id", before.id.0)?
        {
            let reason = "records were in this stage: its kind stays, since their history and its undoing rest on what it means; add another stage";
            return Err(Error::invalid("kind", reason));
        }
        if let Some(before) = before.filter(|before| before.process_id != fields.process_id)
            && change.stored().any(RULED, [before.id.0])?
        {
            return Err(Error::invalid("process_id", "transitions or required fields speak of this stage: its process stays"));
        }
        if fields.position.is_none() {
            let sql = "select max(position) from {stage} where process_id = ?1";
            let last = change.stored().number(sql, [fields.process_id.0])?;
            fields.position = Some(last.unwrap_or(0) + 1);
        }
        Ok(())
    }
}
