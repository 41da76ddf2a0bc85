//! What users may see and change: roles, their permissions and hidden fields. What these mean is in `engine/access`.

use crate::engine::access::Level;
use crate::engine::declare::UserId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::{Searched, Shapes};
use crate::engine::store::{ChangeSet, Columns};

entity! {
    /// A role, a bundle of rights. A user may have several: the widest right counts.
    pub struct Role(RoleFields, RoleId) in "role" as roles, for_role {
        /// Name, unique.
        name: String [title, max(200), general],
        /// May see and change everything, rights included.
        admin: Option<bool>,
    }
}

entity! {
    /// What a role may read and write of one entity.
    pub struct Permission(PermissionFields, PermissionId) in "permission" as permissions, for_permission {
        /// The role.
        role_id: RoleId [part_of],
        /// The entity, or `*` for all that are not named.
        entity: String [max(64), general],
        /// Which records may be seen.
        reading: Level [defaulted],
        /// Which records may be added, changed and removed.
        writing: Level [defaulted],
    }
}

entity! {
    /// A field that a role does not see. A field is hidden when every role of the user hides it.
    pub struct HiddenField(HiddenFieldFields, HiddenFieldId) in "hidden_field" as hidden_fields, for_hidden_field {
        /// The role.
        role_id: RoleId [part_of],
        /// The entity.
        entity: String [max(64), general],
        /// The field's name; it must be one that can be empty.
        field: String [max(64), general],
    }
}

entity! {
    /// A role that a user has.
    pub struct UserRole(UserRoleFields, UserRoleId) in "user_role" as user_roles, for_user_role {
        /// The user.
        user_id: UserId [part_of],
        /// The role.
        role_id: RoleId [part_of],
    }
}

impl Rules for Role {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Rights;
}

/// Until the third step, the column was called `target`.
pub(super) const FORMER_TARGET: Option<fn(&mut Columns)> = Some(|columns| {
    if let Some(entity) = columns.remove("target") {
        columns.insert("entity".into(), entity);
    }
});

impl Rules for Permission {
    const FORMER: Option<fn(&mut Columns)> = FORMER_TARGET;
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Rights;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut PermissionFields) -> Result<()> {
        if fields.entity == "*" { Ok(()) } else { change.schema().table(&fields.entity).map(drop) }
    }
}

impl Rules for HiddenField {
    const FORMER: Option<fn(&mut Columns)> = FORMER_TARGET;
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Rights;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut HiddenFieldFields) -> Result<()> {
        let schema = change.schema();
        let table = schema.table(&fields.entity)?;
        let field = &table.fields[table.field_index(&fields.field)?];
        if field.required || field.defaulted {
            return Err(Error::invalid("field", "a field that every record must have cannot be hidden"));
        }
        Ok(())
    }
}

impl Rules for UserRole {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Rights;
}
