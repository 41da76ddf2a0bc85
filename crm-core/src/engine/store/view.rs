//! What a read works with: a session whose lens shows what the reader may see, at the moment asked for.

use super::sqlite::Session;
use crate::engine::access::Access;
use crate::engine::store::schema::Schema;
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
