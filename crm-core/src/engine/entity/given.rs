//! How the fields of a record are given in Rust: what must be given by `new`, the rest by methods.

/// Expands into `new` of an entity's input and a method for each field that is not `new`'s alone to set. A field comes as its documentation, name, type
/// in parentheses, and the names of its options in brackets.
macro_rules! given {
    ($Fields:ident, $table:literal, $( $doc:tt $f:ident $shape:tt $options:tt, )*) => {
        $crate::engine::entity::given! { @new $Fields $table [] $( $f $shape $options )* }

        impl $Fields {
            $( $crate::engine::entity::given! { @setter $doc $f $shape $options } )*

            /// Sets a user-defined field.
            #[must_use]
            #[inline]
            pub fn custom(mut self, name: impl Into<String>, value: impl Into<$crate::engine::value::Value>) -> Self {
                self.custom.insert(name.into(), value.into());
                self
            }
        }
    };

    // What may be empty, or is filled where it is left out, need not be given. Brackets hold what must be.
    (@new $Fields:ident $table:literal $required:tt $f:ident (Option $($type:tt)*) $options:tt $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table $required $($rest)* }
    };
    (@new $Fields:ident $table:literal $required:tt $f:ident $shape:tt [computed $($options:ident)*] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table $required $($rest)* }
    };
    (@new $Fields:ident $table:literal $required:tt $f:ident $shape:tt [defaulted $($options:ident)*] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table $required $($rest)* }
    };
    (@new $Fields:ident $table:literal $required:tt $f:ident $shape:tt [number $($options:ident)*] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table $required $($rest)* }
    };
    (@new $Fields:ident $table:literal $required:tt $f:ident $shape:tt [$option:ident $($options:ident)*] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table $required $f $shape [$($options)*] $($rest)* }
    };
    (@new $Fields:ident $table:literal [$($required:tt)*] $f:ident (String) [] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table [$($required)* $f (impl Into<String>)] $($rest)* }
    };
    (@new $Fields:ident $table:literal [$($required:tt)*] $f:ident $shape:tt [] $($rest:tt)*) => {
        $crate::engine::entity::given! { @new $Fields $table [$($required)* $f $shape] $($rest)* }
    };
    (@new $Fields:ident $table:literal []) => {
        impl $Fields {
            pub(crate) const REQUIRED: &'static [&'static str] = &[];

            #[doc = concat!("The fields of a new record of `", $table, "`: none must be given, and all are set by the methods named like them.")]
            pub fn new() -> Self {
                Self::default()
            }
        }
    };
    (@new $Fields:ident $table:literal [$( $f:ident ($($ty:tt)*) )*]) => {
        impl $Fields {
            pub(crate) const REQUIRED: &'static [&'static str] = &[$(stringify!($f)),*];

            #[doc = concat!("The fields of a new record of `", $table, "` with those that must be given; the others are set by the methods named like them.")]
            pub fn new($($f: $($ty)*),*) -> Self {
                #[allow(clippy::needless_update, clippy::useless_conversion)] // Not every entity has more fields, and most are what they become.
                Self { $( $f: $f.into(), )* ..Self::default() }
            }
        }
    };

    // What the library fills is not to be set.
    (@setter $doc:tt $f:ident $shape:tt [computed $($options:ident)*]) => {};
    (@setter $doc:tt $f:ident $shape:tt [number $($options:ident)*]) => {};
    (@setter $doc:tt $f:ident $shape:tt [$option:ident $($options:ident)*]) => {
        $crate::engine::entity::given! { @setter $doc $f $shape [$($options)*] }
    };
    (@setter $doc:tt $f:ident $shape:tt []) => {
        $crate::engine::declare::setter! { $doc $f $shape }
    };
}
pub(crate) use given;
