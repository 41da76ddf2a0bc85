//! Stages: the ways that deals, customers and other records go, where they are, were, and are to be by when.

mod next;
mod process;
mod rules;
mod stage_move;
mod stage_plan;
mod staged;
mod transition;

pub use next::NextStage;
pub(crate) use process::STANDARD;
pub use process::{Process, ProcessFields, ProcessId, ProcessTemplate, Stage, StageFields, StageId, StageKind};
pub use stage_move::{StageMove, StageMoveFields, StageMoveId};
pub use stage_plan::{StagePlan, StagePlanFields, StagePlanId};
pub(crate) use staged::{enter_or_leave, note_move, place, place_optional};
pub use transition::{RequiredField, RequiredFieldFields, RequiredFieldId, StageTransition, StageTransitionFields, StageTransitionId};

use crate::engine::registry::area;

area! {
    /// The ways that deals, customers and other records go, with their stages. Any entity with a `process_id` and a `stage_id` goes through them.
    stages {
        entities: [Process, Stage, StageMove, StagePlan, StageTransition, RequiredField];
        choices: [StageKind, ProcessTemplate];
        outcomes: [NextStage];
        steps: ["steps/0001_stages.sql", "steps/0002_any_entity.sql", "steps/0003_rules.sql"];
        life: {
            StageMove {
                at: "entered_at", kind: "'stage'", title: "(select s.name from stage s where s.id = stage_id)", detail: "reason", user: "moved_by_id",
                of: "entity = 'organization' and record_id", in_dossier: false
            }
        }
        reports: {
            /// How long records stay in each open stage. Of deals, or of what goes through the process asked for. Counted are stays: a record that came
            /// twice counts twice. The period is that of the day on which the stage was entered. Columns: `process_id`, `process`, `stage_id`, `stage`,
            /// `norm_days` (whole days), `ended` (stays that have), `mean_days`, `median_days` (of those; days with fractions, empty where none ended),
            /// `in_stage` (records that are in it), `over_norm` (of those, longer than the norm by the clock, not by the calendar). Left out: won and
            /// lost stages, and what left for a day before it came, which counts as no time at all. Split by whatever the records have, it has a row for
            /// every stage and every key that occurs, those of a key together.
            StageTimes = "stage_times" over staged as d {
                sql: "reports/stage_times.sql", day: "day(m.entered_at)"
            }
            /// What share of the records that came into an open stage got further, to a later stage of the process or to winning. Of deals, or of what
            /// goes through the process asked for. Each record counts once for a stage that it was in, and not for one that it passed over. The period is
            /// that of the day on which records were opened. Columns: `process_id`, `process`, `stage_id`, `stage`, `entered` (records), `moved_on` (of
            /// those), `share` (0 to 1; empty where none entered). Left out: won and lost stages. Split by whatever the records have, it has a row for
            /// every stage and every key that occurs, those of a key together.
            Conversion = "conversion" over staged as d {
                sql: "reports/conversion.sql", day: "{opened}"
            }
            /// Open records that have been in their stage for longer than its norm, or open for longer than any won one of their process took, one a row,
            /// the oldest first. Of deals, or of what goes through the process asked for. The period is that of the day on which they were opened.
            /// Columns: `record_id`, `name`, `organization_id`, `owner_id`, `stage_id`, `stage`, `days_open`, `days_in_stage`, `norm_days`,
            /// `longest_won_days` (whole days of the calendar, all four), `over_norm`, `over_longest` (1 or 0). Left out: what is closed, and what is
            /// over neither. It lists records and is not split; `bottlenecks` counts what waits.
            Ageing = "ageing" over staged as d {
                sql: "reports/ageing.sql", day: "{opened}"
            }
            /// Which open stages hold up the records that are in them, the worst first: where they have been for longest, measured by the stage's norm.
            /// Of deals, or of what goes through the process asked for. The period is that of the day on which records were opened. Columns:
            /// `process_id`, `process`, `stage_id`, `stage`, `norm_days` (whole days), `waiting` (records in it), `over_norm` (of those, longer than the
            /// norm), `share` (of those, 0 to 1; empty without a norm), `mean_days`, `median_days`, `longest_days` (that they have been in it; days with
            /// fractions), `norms` (the mean in norms: 2 is twice as long as it should be). Left out: won and lost stages. Split by whatever the records
            /// have, it has a row for every stage and every key that occurs, those of a key together.
            Bottlenecks = "bottlenecks" over staged as d {
                sql: "reports/bottlenecks.sql", day: "{opened}"
            }
            /// What was planned for records in their stages and what became of it, one plan a row, by date. Of deals, or of what goes through the process
            /// asked for. The period is that of the planned day. Columns: `record_id`, `name`, `owner_id`, `process`, `stage_id`, `stage`, `planned_on`,
            /// `entered_on` (the day on which the record came into the stage for the first time; empty where it never did), `days_late` (whole days from
            /// `planned_on` to `entered_on`, below zero when early; to today while the record is still before the stage; empty where it passed the stage
            /// over, was won or lost without it, or left the process), `overdue` (1 while the record is still before the stage and the day is over, else
            /// 0). Left out: plans of records that are in another process than the one asked for. It lists plans and is not split.
            StagePlans = "stage_plans" over staged as d {
                sql: "reports/stage_plan.sql", day: "a.planned_on"
            }
        }
        calls: {
            /// Adds a process for deals with the stages of a template, under a name of its own.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let process = crm.add_process("New business", ProcessTemplate::Classic)?;
                /// assert_eq!(crm.stages().count(("process_id = ?1", [process.id]))?, 6);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> process = db.add_process("New business", "short")
                /// >>> db.stages.count("process_id = ?", [process.id]) > 2
                /// True
            }
            [change] add_process(name: String [&str], template: ProcessTemplate = ProcessTemplate::Classic) hosts add_process_from -> Process =
                |change| process::add_process(change, name, template, STANDARD);
            /// Adds a process for an entity, such as `organization`, with the stages of a template, under a name of its own.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let way = crm.add_process_for("organization", "From prospect to regular customer", ProcessTemplate::Customer)?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme").process_id(way.id))?;
                /// assert_eq!(crm.stages().get(acme.stage_id.unwrap())?.name, "Prospect");
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> way = db.add_process_for("organization", "Customers", "customer")
                /// >>> acme = db.organizations.add(name="Acme", process_id=way.id)
                /// >>> db.stages.get(acme.stage_id).name
                /// 'Prospect'
            }
            [change] add_process_for(entity: String [&str], name: String [&str], template: ProcessTemplate = ProcessTemplate::Classic) -> Process =
                |change| process::add_process(change, name, template, entity);
            /// The stages that a record, such as a deal, may go to from where it is, in the order of its process, and what is missing for each: fields
            /// that must be filled, or a role. A stage that no transition leads to is left out. A record that is in no process goes nowhere.
            /// Whether the reader may change the record at all is another matter.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let process = crm.add_process("New business", ProcessTemplate::Short)?;
                /// let won = crm.stages().find("kind = 'won'")?[0].id;
                /// crm.required_fields().add(RequiredFieldFields { stage_id: won, field: "value".into(), ..Default::default() })?;
                /// let mill = crm.deals().add(DealFields { name: "Mill".into(), ..Default::default() })?;
                /// let next = crm.next_stages("deal", mill.id.0)?;
                /// assert_eq!(next.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>(), ["Quoted", "Won", "Lost"]);
                /// assert_eq!(next.iter().map(|stage| stage.missing.join(", ")).collect::<Vec<_>>(), ["", "value", "lost_reason"]);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> process = db.add_process("New business", "short")
                /// >>> won = db.stages.find("kind = 'won'")[0]
                /// >>> rule = db.required_fields.add(stage_id=won.id, field="value")
                /// >>> mill = db.deals.add(name="Mill")
                /// >>> [(stage.name, stage.open, stage.missing) for stage in db.next_stages("deal", mill.id)]
                /// [('Quoted', True, []), ('Won', False, ['value']), ('Lost', False, ['lost_reason'])]
            }
            [view] next_stages(entity: String [&str], record_id: i64) -> Vec<NextStage> = |view| next::next_stages(view, entity, record_id);
        }
    }
}
