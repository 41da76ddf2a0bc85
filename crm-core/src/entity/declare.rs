//! The declaring macros: ids, closed sets and entities.

/// Declares the typed id of an entity.
#[doc(hidden)]
#[macro_export]
macro_rules! record_id {
    ($Id:ident, $table:literal) => {
        #[doc = concat!("The id of a record of `", $table, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $Id(pub i64);

        $crate::exchange::json_scalar!($Id);

        impl $crate::entity::RecordId for $Id {
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
        impl From<$Id> for $crate::Value {
            fn from(id: $Id) -> Self {
                Self::Integer(id.0)
            }
        }
        impl std::fmt::Display for $Id {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }
        impl $crate::FieldValue for $Id {
            fn field_type() -> $crate::entity::FieldType {
                $crate::entity::FieldType::Reference($table.into())
            }
            fn into_value(self) -> $crate::Value {
                if self.0 == 0 { $crate::Value::Null } else { self.into() }
            }
            fn from_value(value: $crate::Value) -> Option<Self> {
                if let $crate::Value::Integer(id) = value { Some(Self(id)) } else { None }
            }
        }
    };
}

/// Declares a closed set of words: the enum, its text form, and `for_…!` for the bindings.
/// The first word is the default.
#[doc(hidden)]
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $N:ident as $each:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $crate::choice!{@go ($) $(#[doc = $doc])* pub enum $N as $each { $( $(#[doc = $vdoc])* $variant = $word, )* }}
    };
    (@go ($d:tt) $(#[doc = $doc:literal])* pub enum $N:ident as $each:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $N { $( $(#[doc = $vdoc])* $variant, )* }

        impl $N {
            /// Every word of the set, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];
            /// Every member of the set, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that stands for this in files, filters and other languages.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }
        impl Default for $N {
            fn default() -> Self { Self::ALL[0] }
        }
        impl std::fmt::Display for $N {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { out.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $N {
            type Err = $crate::Error;
            fn from_str(word: &str) -> $crate::Result<Self> {
                match word {
                    $( $word => Ok(Self::$variant), )*
                    _ => Err($crate::Error::invalid(stringify!($N), concat!("must be one of", $(" ", $word),*))),
                }
            }
        }
        $crate::exchange::json_scalar!($N);

        impl From<$N> for $crate::Value {
            fn from(word: $N) -> Self { Self::Text(word.as_str().to_owned()) }
        }
        impl $crate::FieldValue for $N {
            fn field_type() -> $crate::entity::FieldType { $crate::entity::FieldType::Choice(Self::WORDS) }
            fn into_value(self) -> $crate::Value { self.into() }
            fn from_value(value: $crate::Value) -> Option<Self> {
                if let $crate::Value::Text(word) = value { word.parse().ok() } else { None }
            }
        }

        #[doc = concat!("Hands the members of [`", stringify!($N), "`] to a binding's macro.")]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! { $(#[doc = $doc])* $N { $( $(#[doc = $vdoc])* $variant = $word, )* } } };
        }
    };
}

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
/// A field whose type is no `Option` is required. A new field is one line here and one line of migration SQL.
#[doc(hidden)]
#[macro_export]
macro_rules! entity {
    ($(#[doc = $doc:literal])* pub struct $N:ident($Fields:ident, $Id:ident) in $table:literal as $plural:ident, $each:ident {
        $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty $([ $($option:ident $(($argument:expr))? ),* ])?, )*
    }) => {
        $crate::entity!{@go ($) $(#[doc = $doc])* pub struct $N($Fields, $Id) in $table as $plural, $each {
            $( $(#[doc = $fdoc])* $f : $ty [ $($($option $(($argument))? ),*)? ], )*
        }}
    };
    (@go ($d:tt) $(#[doc = $doc:literal])* pub struct $N:ident($Fields:ident, $Id:ident) in $table:literal as $plural:ident, $each:ident {
        $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty [ $($option:ident $(($argument:expr))? ),* ], )*
    }) => {
        $crate::record_id!($Id, $table);

        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $N {
            /// Identity, given once and never reused.
            pub id: $Id,
            /// The change set that last touched the record; give it to `update` to be told of conflicts.
            pub revision: $crate::ChangeSetId,
            /// When the record was added.
            pub created_at: chrono::DateTime<chrono::Utc>,
            /// When the record was last changed.
            pub updated_at: chrono::DateTime<chrono::Utc>,
            $( $(#[doc = $fdoc])* pub $f : $ty, )*
            /// User-defined fields by name, formula and roll-up fields included.
            pub custom: $crate::Custom,
        }

        #[doc = concat!("The fields of [`", stringify!($N), "`] as a caller gives them.")]
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $Fields {
            $( $(#[doc = $fdoc])* pub $f : $ty, )*
            /// User-defined fields by name.
            pub custom: $crate::Custom,
        }

        impl $crate::entity::Fields for $Fields {
            fn into_values(self) -> (Vec<$crate::Value>, $crate::Custom) {
                let Self { $($f,)* custom } = self;
                (vec![$( $crate::FieldValue::into_value($f) ),*], custom)
            }

            fn from_values(values: Vec<$crate::Value>, custom: $crate::Custom) -> $crate::Result<Self> {
                let mut values = values.into_iter();
                Ok(Self {
                    $( $f: {
                        // A field that a rule fills may be missing here: its default stands in.
                        match values.next().unwrap_or_default() {
                            $crate::Value::Null if !<$ty as $crate::FieldValue>::OPTIONAL => Default::default(),
                            value => $crate::FieldValue::from_value(value)
                                .ok_or_else(|| $crate::Error::invalid(stringify!($f), "a value of another type"))?,
                        }
                    }, )*
                    custom,
                })
            }
        }

        impl $crate::entity::Entity for $N {
            type Id = $Id;
            type Fields = $Fields;

            fn meta() -> &'static $crate::entity::Meta {
                static META: std::sync::LazyLock<$crate::entity::Meta> = std::sync::LazyLock::new(|| {
                    let mut title = None;
                    let mut fields = Vec::new();
                    $(
                        let options = $crate::entity::Options::NONE $( .$option($($argument)?) )*;
                        if options.is_title() { title = Some(fields.len()); }
                        fields.push(options.field(
                            stringify!($f), concat!($($fdoc),*),
                            <$ty as $crate::FieldValue>::field_type(), <$ty as $crate::FieldValue>::OPTIONAL,
                        ));
                    )*
                    $crate::entity::Meta {
                        name: $table, plural: stringify!($plural), doc: concat!($($doc),*).trim().to_owned(), fields, title,
                    }
                });
                &META
            }

            fn id(&self) -> $Id { self.id }
            fn revision(&self) -> $crate::ChangeSetId { self.revision }

            fn fields(&self) -> $Fields {
                let Self { id: _, revision: _, created_at: _, updated_at: _, $($f,)* custom } = self.clone();
                $Fields { $($f,)* custom }
            }

            fn read(row: &mut $crate::store::Row<'_>) -> $crate::Result<Self> {
                Ok(Self {
                    id: $Id(row.next()?),
                    revision: $crate::ChangeSetId(row.next()?),
                    created_at: row.next()?,
                    updated_at: row.next()?,
                    $( $f: row.next::<$ty>()?, )*
                    custom: row.custom()?,
                })
            }
        }

        impl $crate::exchange::ToJson for $N {
            fn write_json(&self, out: &mut String) {
                let Self { id, revision, created_at, updated_at, $($f,)* custom } = self;
                let fixed: [(&str, &dyn $crate::exchange::ToJson); 4] =
                    [("id", id), ("revision", revision), ("created_at", created_at), ("updated_at", updated_at)];
                let fields = fixed.into_iter().chain([$( (stringify!($f), $f as &dyn $crate::exchange::ToJson) ),*]);
                let custom = custom.iter().map(|(name, value)| (name.as_str(), value as &dyn $crate::exchange::ToJson));
                $crate::exchange::write_members(out, fields.chain(custom));
            }
        }

        impl $crate::Crm {
            #[doc = concat!("The records of `", $table, "`, as this handle sees them.")]
            pub fn $plural(&self) -> $crate::Entities<'_, $N> { $crate::Entities::of_crm(self) }
        }

        impl $crate::ChangeSet {
            #[doc = concat!("The records of `", $table, "`, within this change set.")]
            pub fn $plural(&self) -> $crate::Entities<'_, $N> { $crate::Entities::of_change(self) }
        }

        #[doc = concat!("Hands the declaration of [`", stringify!($N), "`] to a binding's macro.")]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! {
                $(#[doc = $doc])* $N, $Fields, $Id, $table, $plural { $( $(#[doc = $fdoc])* $f : $ty, )* }
            } };
        }
    };
}

/// Declares what a call gives back, with plain public fields, its way to JSON, and `for_…!` for the bindings.
#[doc(hidden)]
#[macro_export]
macro_rules! outcome {
    ($(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }) => {
        $crate::outcome!{@plain ($) $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each { $( $(#[doc = $fdoc])* pub $f : $ty, )* }}

        impl $crate::exchange::ToJson for $N {
            fn write_json(&self, out: &mut String) {
                let Self { $($f),* } = self;
                $crate::exchange::write_members(out, [$( (stringify!($f), $f as &dyn $crate::exchange::ToJson) ),*]);
            }
        }
    };
    (@plain ($d:tt) $(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        pub struct $N { $( $(#[doc = $fdoc])* pub $f : $ty, )* }

        #[doc = concat!("Hands the fields of [`", stringify!($N), "`] to a binding's macro.")]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! { $(#[doc = $doc])* $N { $( $(#[doc = $fdoc])* $f : $ty, )* } } };
        }
    };
}
