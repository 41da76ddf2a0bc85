//! What transitions and required fields say: read for a process, asked of a record.

use super::{StageId, StageKind};
use crate::engine::error::{Error, Result};
use crate::engine::store::{ResultRow, View};

/// The field that must be filled in a record that is moved to a stage where it is lost, if it has one.
pub(super) const LOST_REASON: &str = "lost_reason";

const TRANSITIONS: &str =
    "select t.from_stage_id, t.to_stage_id, t.role_id from {stage_transition} t join {stage} s on s.id = t.to_stage_id where s.process_id = ?1 order by t.id";
const REQUIRED: &str = "select f.stage_id, f.field from {required_field} f join {stage} s on s.id = f.stage_id where s.process_id = ?1 order by f.id";

/// The rules of a process, for whoever acts.
pub(super) struct StageRules {
    transitions: Vec<Transition>,
    required: Vec<(StageId, String)>,
    /// The actor's roles; none where he may do everything.
    roles: Option<Vec<i64>>,
}

#[derive(Clone, Copy)]
struct Transition {
    from: Option<i64>,
    to: i64,
    role: Option<i64>,
}

/// Whether a record may go from one stage to another.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    Open,
    /// No transition leads there.
    None,
    /// Only for these roles, none of which the actor has.
    Roles(Vec<i64>),
}

/// What a stage asks for and a record lacks.
#[derive(Default)]
pub(super) struct Lacking {
    pub fields: Vec<String>,
    /// And a field that the actor may not see.
    pub unseen: bool,
}

impl StageRules {
    /// The rules of a process: as they are stored, for whoever writes, or as the reader sees them.
    pub fn of(view: View<'_>, process: i64, stored: bool) -> Result<Self> {
        let session = view.session;
        let transition = |row: &ResultRow<'_>| Ok(Transition { from: row.get(0)?, to: row.get(1)?, role: row.get(2)? });
        let field = |row: &ResultRow<'_>| Ok((StageId(row.get(0)?), row.get(1)?));
        let (transitions, required) = if stored {
            (session.stored().all(TRANSITIONS, [process], transition)?, session.stored().all(REQUIRED, [process], field)?)
        } else {
            let shown = |sql: &str| sql.replace(['{', '}'], "");
            (session.all(&shown(TRANSITIONS), [process], transition)?, session.all(&shown(REQUIRED), [process], field)?)
        };
        let roles = match view.access.user {
            Some(user) if !view.access.unrestricted && transitions.iter().any(|transition| transition.role.is_some()) => {
                Some(session.stored().all("select role_id from {user_role} where user_id = ?1", [user.0], |row| row.get(0))?)
            }
            Some(_) if !view.access.unrestricted => Some(Vec::new()),
            _ => None,
        };
        Ok(Self { transitions, required, roles })
    }

    /// Whether there is a way from a stage, or from outside the process, where the first stage is always open.
    pub fn way(&self, from: Option<StageId>, to: StageId, first: Option<StageId>) -> Way {
        if self.transitions.is_empty() || from.is_none() && first == Some(to) {
            return Way::Open;
        }
        self.permits(|transition| transition.to == to.0 && (transition.from.is_none() || transition.from == from.map(|from| from.0)))
    }

    /// The same whatever the way that led there: only who may put a record there is asked.
    pub fn right(&self, to: StageId) -> Way {
        match self.permits(|transition| transition.to == to.0) {
            Way::None => Way::Open,
            way => way,
        }
    }

    fn permits(&self, leads: impl Fn(&Transition) -> bool) -> Way {
        let leading: Vec<_> = self.transitions.iter().filter(|transition| leads(transition)).map(|transition| transition.role).collect();
        let mine = |role: &Option<i64>| role.is_none_or(|role| self.roles.as_ref().is_none_or(|roles| roles.contains(&role)));
        match leading.as_slice() {
            [] => Way::None,
            roles if roles.iter().any(mine) => Way::Open,
            _ => Way::Roles(leading.into_iter().flatten().collect()),
        }
    }

    /// What a stage asks for that a record of an entity lacks; `filled` tells of a field by its place. A field that the actor may not see is
    /// never named.
    pub fn lacking(&self, view: View<'_>, entity: usize, stage: StageId, lost: bool, filled: impl Fn(usize) -> bool) -> Result<Lacking> {
        let table = &view.schema.tables[entity];
        let reason = (lost && table.meta.field(LOST_REASON).is_some()).then_some(LOST_REASON);
        let required = self.required.iter().filter(|(of, _)| *of == stage).map(|(_, field)| field.as_str()).filter(|field| reason != Some(field));
        let mut lacking = Lacking::default();
        for name in reason.into_iter().chain(required) {
            let field = table.field_index(name)?;
            if filled(field) {
                continue;
            }
            if view.access.is_hidden(entity, field) { lacking.unseen = true } else { lacking.fields.push(name.to_owned()) }
        }
        Ok(lacking)
    }
}

/// The names of roles, as far as the reader may see them.
pub(super) fn role_names(view: View<'_>, roles: &[i64]) -> Result<Vec<String>> {
    let name = |role: &i64| view.session.first("select name from role where id = ?1", [*role], |row| row.get::<String>(0));
    roles.iter().filter_map(|role| name(role).transpose()).collect()
}

/// Refuses a move, with everything that stands in its way.
pub(super) fn refuse(view: View<'_>, entity: &str, way: &Way, lacking: &Lacking, kind: StageKind) -> Result<()> {
    let mut reasons = Vec::new();
    let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match way {
        Way::Open => {}
        Way::None => reasons.push("no transition of its process leads to this stage".to_owned()),
        Way::Roles(roles) => match role_names(view, roles)?.as_slice() {
            [] => reasons.push("a role that you do not have may make this move".into()),
            [one] => reasons.push(format!("only the role `{one}` may make this move")),
            several => reasons.push(format!("only the roles {} may make this move", quoted(several))),
        },
    }
    let (reason, fields): (Vec<String>, Vec<String>) = lacking.fields.iter().cloned().partition(|field| kind == StageKind::Lost && field == LOST_REASON);
    if !reason.is_empty() {
        reasons.push(format!("a lost {} needs its reason, `{LOST_REASON}`", entity.replace('_', " ")));
    }
    if !fields.is_empty() {
        reasons.push(format!("this stage asks for {}", quoted(&fields)));
    }
    if lacking.unseen {
        reasons.push("this stage asks for a field that you may not see, which somebody else must fill".into());
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let field = lacking.fields.first().filter(|_| *way == Way::Open).map_or("stage_id", String::as_str);
    let reason = reasons.join("; ");
    Err(if matches!(way, Way::Roles(_)) { Error::denied(field, reason) } else { Error::invalid(field, reason) })
}
