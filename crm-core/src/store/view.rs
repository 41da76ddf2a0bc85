//! What a read works with: a session whose lens shows what the reader may see, at the moment asked for.

use super::schema::Schema;
use super::session::Session;
use crate::access::Access;
use crate::{ChangeSet, Crm, Result, Table, Value};
use std::sync::Arc;

/// One read through the lens.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub session: &'a Session,
    pub schema: &'a Arc<Schema>,
    pub access: &'a Access,
    /// The last change set shown, for a moment of the past.
    pub shown: Option<i64>,
}

/// Declares reads of an area once, on [`Crm`] and, seeing what was written so far, on [`ChangeSet`].
macro_rules! readable {
    ($( $(#[doc = $doc:literal])* pub fn $name:ident(&$this:ident $(, $argument:ident : $ty:ty)*) -> $result:ty = $read:expr; )*) => {
        impl $crate::Crm { $(
            $(#[doc = $doc])*
            pub fn $name(&$this $(, $argument: $ty)*) -> $result { $this.view($read) }
        )* }
        impl $crate::ChangeSet { $(
            #[doc = concat!("As [`Crm::", stringify!($name), "`](crate::Crm::", stringify!($name), "), seeing what this change set has written so far.")]
            pub fn $name(&$this $(, $argument: $ty)*) -> $result { $this.view($read) }
        )* }
    };
}
pub(crate) use readable;

/// Through what a caller reads and writes: a handle, or a change set in the making.
#[derive(Clone, Copy)]
pub(crate) enum Via<'a> {
    Crm(&'a Crm),
    Change(&'a ChangeSet),
}

impl Via<'_> {
    pub fn view<T>(&self, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        match self {
            Self::Crm(crm) => crm.view(read),
            Self::Change(change) => change.view(read),
        }
    }

    /// Runs a write in the change set at hand, or in one of its own.
    pub fn write<T>(&self, label: &str, write: impl FnOnce(&ChangeSet) -> Result<T>) -> Result<T> {
        match self {
            Self::Crm(crm) => {
                let change = crm.begin_single(label)?;
                let value = write(&change)?;
                change.commit()?;
                Ok(value)
            }
            Self::Change(change) => write(change),
        }
    }
}

impl ChangeSet {
    /// Runs any reading SQL, as [`Crm::sql`] does, over the entities as they are within this change set.
    pub fn sql(&self, sql: &str, params: &[Value]) -> Result<Table> {
        self.view(|view| view.sql(sql, params))
    }

    pub(crate) fn view<T>(&self, read: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        let schema = self.schema();
        read(View { session: self.session(), schema: &schema, access: self.access(), shown: None })
    }
}
