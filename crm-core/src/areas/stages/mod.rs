//! Stages: the ways that deals, customers and other records go, where they are, were, and are to be by when.

mod process;
mod stage_move;
mod stage_plan;
mod staged;

pub(crate) use process::STANDARD;
pub use process::{Process, ProcessFields, ProcessId, ProcessTemplate, Stage, StageFields, StageId, StageKind};
pub use stage_move::{StageMove, StageMoveFields, StageMoveId};
pub use stage_plan::{StagePlan, StagePlanFields, StagePlanId};
pub(crate) use staged::{note_move, place, place_optional};

use crate::engine::registry::area;

area! {
    /// The ways that deals, customers and other records go, with their stages. Any entity with a `process_id` and a `stage_id` goes through them.
    stages {
        entities: [Process, Stage, StageMove, StagePlan];
        choices: [StageKind, ProcessTemplate];
        steps: ["steps/0001_stages.sql", "steps/0002_any_entity.sql"];
        life: {
            StageMove {
                at: "entered_at", kind: "'stage'", title: "(select s.name from stage s where s.id = stage_id)", detail: "null", user: "moved_by_id",
                of: "entity = 'organization' and record_id", in_dossier: false
            }
        }
        reports: {
            /// How long records stay in each open stage, by the stays that began in the period. Of deals, or of what goes through the process asked
            /// for. Columns: `process_id`, `process`, `stage_id`, `stage`, `norm_days`, `ended` (stays that have), `mean_days`, `median_days` (of
            /// those), `in_stage` (records that are in it), `over_norm` (of those, longer than the norm).
            StageTimes = "stage_times" over staged as d {
                sql: "reports/stage_times.sql", day: "day(m.entered_at)"
            }
            /// What share of the records that came into an open stage got further, to a later stage of the process or to winning; records opened in
            /// the period. Of deals, or of what goes through the process asked for. Columns: `process_id`, `process`, `stage_id`, `stage`, `entered`,
            /// `moved_on`, `share` (0 to 1).
            Conversion = "conversion" over staged as d {
                sql: "reports/conversion.sql", day: "{opened}"
            }
            /// Open records that have been in their stage for longer than its norm, or open for longer than any won one of the process took, the
            /// oldest first; those opened in the period. Of deals, or of what goes through the process asked for. Columns: `record_id`, `name`,
            /// `organization_id`, `owner_id`, `stage_id`, `stage`, `days_open`, `days_in_stage`, `norm_days`, `longest_won_days`, `over_norm`,
            /// `over_longest`.
            Ageing = "ageing" over staged as d {
                sql: "reports/ageing.sql", day: "{opened}"
            }
            /// How many records are in each stage, in the order of the stages, those opened in the period; how long they have been in it on average, and
            /// how many for longer than its norm. Of deals, or of what goes through the process asked for. Columns: `process_id`, `process`,
            /// `stage_id`, `stage`, `kind`, `records`, `over_norm`, `mean_days`.
            Passage = "passage" over staged as d {
                sql: "reports/passage.sql", day: "{opened}"
            }
            /// What was planned for records in their stages, planned for days of the period, and what became of it. Of deals, or of what goes through
            /// the process asked for. Columns: `record_id`, `name`, `owner_id`, `process`, `stage_id`, `stage`, `planned_on`, `entered_on` (the
            /// first time), `days_late` (until today where it has not come there; below zero when early), `overdue`.
            StagePlans = "stage_plans" over staged as d {
                sql: "reports/stage_plan.sql", day: "t.planned_on"
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
        }
    }
}
