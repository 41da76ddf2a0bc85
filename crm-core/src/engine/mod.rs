//! What carries the library and knows no area: entities and their fields, the store, rights, queries, and what an area consists of.

pub(crate) mod access;
pub(crate) mod cancel;
pub(crate) mod chain;
pub(crate) mod clock;
pub(crate) mod declare;
pub(crate) mod entity;
pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod field_options;
pub(crate) mod field_value;
pub(crate) mod meta;
pub(crate) mod money;
pub(crate) mod numbers;
pub(crate) mod query;
pub(crate) mod registry;
pub(crate) mod store;
pub(crate) mod sync;
pub(crate) mod text;
pub(crate) mod value;
pub(crate) mod wire;
