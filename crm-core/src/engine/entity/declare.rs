//! The declaring macro of entities.

/// Declares an entity once: the record, its input, its id, its columns and description, the accessor on
/// [`Crm`](crate::Crm) and [`ChangeSet`](crate::ChangeSet), and `for_…!`, which hands the list to the bindings.
///
/// ```text
/// entity! {
///     /// What the entity is.
///     pub struct Milestone(MilestoneFields, MilestoneId) in "milestone" as milestones, for_milestone {
///         /// What the field means.
///         deal_id: DealId [part_of],
///         name: String [title, max(200)],
///         planned_on: Option<NaiveDate>,
///     }
/// }
/// ```
/// A field whose type is no `Option` is required, unless it is `[defaulted]` or `[computed]`. A new field is one line here and one line of migration SQL.
macro_rules! entity {
    // An id that the engine itself speaks of is declared there.
    ($(#[doc = $doc:literal])* pub struct $N:ident($Fields:ident, use $Id:ident) in $table:literal as $plural:ident, $each:ident {
        $( $(#[doc = $fdoc:literal])* $f:ident : $head:ident $(< $inner:tt $(< $deep:ident >>)? $(>)? )? $([ $($option:ident $(($argument:expr))? ),* ])?, )*
    }) => {
        $crate::engine::entity::entity!{@go ($) $(#[doc = $doc])* pub struct $N($Fields, $Id) in $table as $plural, $each {
            $( $(#[doc = $fdoc])* $f : $head $(< $inner $(< $deep >)? >)? as ($head $(< $inner $(< $deep >)? >)?) [ $($($option $(($argument))? ),*)? ], )*
        }}
    };
    ($(#[doc = $doc:literal])* pub struct $N:ident($Fields:ident, $Id:ident) in $table:literal as $plural:ident, $each:ident {
        $( $(#[doc = $fdoc:literal])* $f:ident : $head:ident $(< $inner:tt $(< $deep:ident >>)? $(>)? )? $([ $($option:ident $(($argument:expr))? ),* ])?, )*
    }) => {
        $crate::engine::declare::record_id!($Id, $table);
        $crate::engine::entity::entity!{@go ($) $(#[doc = $doc])* pub struct $N($Fields, $Id) in $table as $plural, $each {
            $( $(#[doc = $fdoc])* $f : $head $(< $inner $(< $deep >)? >)? as ($head $(< $inner $(< $deep >)? >)?) [ $($($option $(($argument))? ),*)? ], )*
        }}
    };
    (@go ($d:tt) $(#[doc = $doc:literal])* pub struct $N:ident($Fields:ident, $Id:ident) in $table:literal as $plural:ident, $each:ident {
        $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty as $shape:tt [ $($option:ident $(($argument:expr))? ),* ], )*
    }) => {
        $(#[doc = $doc])*
        ///
        #[doc = concat!("Records are found, added and changed by [`Crm::", stringify!($plural), "`](crate::Crm::", stringify!($plural), "), from [`", stringify!($Fields), "`].")]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $N {
            /// Identity, given once and never reused.
            pub id: $Id,
            /// The change set that last touched the record; give it to `update` to be told of conflicts.
            pub revision: $crate::engine::declare::ChangeSetId,
            /// When the record was added.
            #[serde(with = "crate::engine::wire::form")]
            pub created_at: chrono::DateTime<chrono::Utc>,
            /// When the record was last changed.
            #[serde(with = "crate::engine::wire::form")]
            pub updated_at: chrono::DateTime<chrono::Utc>,
            $( $(#[doc = $fdoc])* #[serde(with = "crate::engine::wire::form")] pub $f : $ty, )*
            /// User-defined fields by name, formula and roll-up fields included.
            #[serde(flatten)]
            pub custom: $crate::engine::value::Custom,
        }

        #[doc = concat!("The fields of [`", stringify!($N), "`] as a caller gives them.")]
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $Fields {
            $( $(#[doc = $fdoc])* #[serde(with = "crate::engine::wire::form")] pub $f : $ty, )*
            /// User-defined fields by name.
            #[serde(flatten)]
            pub custom: $crate::engine::value::Custom,
        }

        $crate::engine::entity::given! { $Fields, $table, $( ($(#[doc = $fdoc])*) $f $shape [$($option)*], )* }

        impl $crate::engine::entity::Fields for $Fields {
            const REQUIRED: &'static [&'static str] = $Fields::REQUIRED;

            fn into_values(self) -> (Vec<$crate::engine::value::Value>, $crate::engine::value::Custom) {
                let Self { $($f,)* custom } = self;
                (vec![$( $crate::engine::field_value::FieldValue::into_value($f) ),*], custom)
            }

            fn from_values(values: Vec<$crate::engine::value::Value>, custom: $crate::engine::value::Custom) -> $crate::engine::error::Result<Self> {
                let mut values = values.into_iter();
                Ok(Self {
                    $( $f: {
                        // A field that a rule fills may be missing here: its default stands in.
                        match values.next().unwrap_or_default() {
                            $crate::engine::value::Value::Null if !<$ty as $crate::engine::field_value::FieldValue>::OPTIONAL => Default::default(),
                            value => $crate::engine::field_value::FieldValue::from_value(value)
                                .ok_or_else(|| $crate::engine::error::Error::invalid(stringify!($f), "a value of another type"))?,
                        }
                    }, )*
                    custom,
                })
            }
        }

        impl $crate::engine::entity::Entity for $N {
            type Id = $Id;
            type Fields = $Fields;

            fn meta() -> &'static $crate::engine::meta::Meta {
                static META: std::sync::LazyLock<$crate::engine::meta::Meta> = std::sync::LazyLock::new(|| {
                    let mut title = None;
                    let mut fields = Vec::new();
                    $(
                        let options = $crate::engine::field_options::FieldOptions::NONE $( .$option($($argument)?) )*;
                        if options.is_title() { title = Some(fields.len()); }
                        fields.push(options.field(
                            stringify!($f), concat!($($fdoc),*),
                            <$ty as $crate::engine::field_value::FieldValue>::field_type(), <$ty as $crate::engine::field_value::FieldValue>::OPTIONAL,
                        ));
                    )*
                    $crate::engine::meta::Meta {
                        name: $table, plural: stringify!($plural), doc: concat!($($doc),*).trim().to_owned(), fields, title,
                        after: <$N as $crate::engine::entity::Rules>::AFTER.is_some(), kept: <$N as $crate::engine::entity::Rules>::KEPT,
                        operational: <$N as $crate::engine::entity::Rules>::OPERATIONAL,
                        outside: <$N as $crate::engine::entity::Rules>::OUTSIDE, former: <$N as $crate::engine::entity::Rules>::FORMER,
                        searched: <$N as $crate::engine::entity::Rules>::SEARCHED, shapes: <$N as $crate::engine::entity::Rules>::SHAPES,
                    }
                });
                &META
            }

            fn id(&self) -> $Id { self.id }
            fn revision(&self) -> $crate::engine::declare::ChangeSetId { self.revision }

            fn fields(&self) -> $Fields {
                let Self { id: _, revision: _, created_at: _, updated_at: _, $($f,)* custom } = self.clone();
                $Fields { $($f,)* custom }
            }

            fn read(row: &mut $crate::engine::store::Row<'_>) -> $crate::engine::error::Result<Self> {
                Ok(Self {
                    id: $Id(row.next()?),
                    revision: $crate::engine::declare::ChangeSetId(row.next()?),
                    created_at: row.next()?,
                    updated_at: row.next()?,
                    $( $f: row.next::<$ty>()?, )*
                    custom: row.custom()?,
                })
            }
        }

        // Search follows the log, which does not speak of what is operational.
        const _: () = assert!(!<$N as $crate::engine::entity::Rules>::OPERATIONAL || matches!(<$N as $crate::engine::entity::Rules>::SEARCHED, $crate::engine::meta::Searched::Never));

        $crate::engine::wire::own_form!($N, $Fields);

        impl $crate::engine::wire::Described for $N {
            fn schema(known: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                use $crate::engine::wire::schema::{Shape, member};
                known.shape(&Shape {
                    name: stringify!($N), doc: concat!($($doc),*), defaults: serde_json::Value::Null, custom: true,
                    required: &["id", "revision", "created_at", "updated_at", $(stringify!($f)),*],
                    members: &[
                        member!(id, $Id, "Identity, given once and never reused."),
                        member!(revision, $crate::engine::declare::ChangeSetId, "The change set that last touched the record."),
                        member!(created_at, chrono::DateTime<chrono::Utc>, "When the record was added."),
                        member!(updated_at, chrono::DateTime<chrono::Utc>, "When the record was last changed."),
                        $( member!($f, $ty, $($fdoc)*) ),*
                    ],
                })
            }
        }

        impl $crate::engine::wire::Described for $Fields {
            fn schema(known: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                use $crate::engine::wire::schema::{Shape, member};
                known.shape(&Shape {
                    name: stringify!($Fields), doc: concat!("The fields of a new record of `", $table, "`."), defaults: serde_json::Value::Null, custom: true,
                    required: $Fields::REQUIRED,
                    members: &[$( member!($f, $ty, $($fdoc)*) ),*],
                })
            }
        }

        impl $crate::engine::store::Crm {
            #[doc = concat!("The records of `", $table, "`, as this handle sees them.")]
            pub fn $plural(&self) -> $crate::engine::entity::Entities<'_, $N> { $crate::engine::entity::Entities::of_crm(self) }
        }

        impl $crate::engine::store::ChangeSet {
            #[doc = concat!("The records of `", $table, "`, within this change set.")]
            pub fn $plural(&self) -> $crate::engine::entity::Entities<'_, $N> { $crate::engine::entity::Entities::of_change(self) }
        }

        #[doc = concat!("Hands the declaration of [`", stringify!($N), "`] to a binding's macro.")]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! {
                $(#[doc = $doc])* $N, $Fields, $Id, $table, $plural { $( $(#[doc = $fdoc])* $f : $ty, )* }
            } };
        }
    };
}
pub(crate) use entity;
