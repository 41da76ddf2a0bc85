//! Typed ids of records.

/// The id of a record of one entity.
pub trait RecordId: Copy + std::fmt::Debug + Eq + std::hash::Hash + Send + Sync + From<i64> + Into<i64> + 'static {
    /// The name of the entity.
    const ENTITY: &'static str;
}

/// Declares the typed id of an entity.
macro_rules! record_id {
    ($Id:ident, $table:literal) => {
        #[doc = concat!("The id of a record of `", $table, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $Id(pub i64);

        $crate::engine::wire::own_form!($Id);
        $crate::engine::wire::argument!($Id);

        impl $crate::engine::wire::Described for $Id {
            fn schema(_: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                serde_json::json!({"type": "integer", "description": concat!("The id of a record of `", $table, "`.")})
            }
        }

        impl $crate::engine::declare::RecordId for $Id {
            const ENTITY: &'static str = $table;
        }
        impl From<i64> for $Id {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
        impl From<$Id> for i64 {
            fn from(id: $Id) -> Self {
                id.0
            }
        }
        impl From<$Id> for $crate::engine::value::Value {
            fn from(id: $Id) -> Self {
                Self::Integer(id.0)
            }
        }
        impl std::fmt::Display for $Id {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, out)
            }
        }
        impl $crate::engine::field_value::FieldValue for $Id {
            fn field_type() -> $crate::engine::field::FieldType {
                $crate::engine::field::FieldType::Reference($table.into())
            }
            fn into_value(self) -> $crate::engine::value::Value {
                if self.0 == 0 { $crate::engine::value::Value::Null } else { self.into() }
            }
            fn from_value(value: $crate::engine::value::Value) -> Option<Self> {
                if let $crate::engine::value::Value::Integer(id) = value { Some(Self(id)) } else { None }
            }
        }
    };
}
pub(crate) use record_id;

record_id!(ChangeSetId, "change_set");
record_id!(UserId, "user");
