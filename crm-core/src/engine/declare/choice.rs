//! Closed sets of words.

/// Declares a closed set of words: the enum, its text form, and `for_…!` for the bindings.
/// The first word is the default. Sets grow: outside the library a `match` needs a branch for words to come.
macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $N:ident as $each:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $crate::engine::declare::choice!{@go ($) $(#[doc = $doc])* pub enum $N as $each { $( $(#[doc = $vdoc])* $variant = $word, )* }}
    };
    (@go ($d:tt) $(#[doc = $doc:literal])* pub enum $N:ident as $each:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $N { $( $(#[doc = $vdoc])* #[serde(rename = $word)] $variant, )* }

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
            type Err = $crate::engine::error::Error;
            fn from_str(word: &str) -> $crate::engine::error::Result<Self> {
                match word {
                    $( $word => Ok(Self::$variant), )*
                    _ => Err($crate::engine::error::Error::invalid(stringify!($N), concat!("must be one of", $(" ", $word),*))),
                }
            }
        }
        $crate::engine::wire::own_form!($N);
        $crate::engine::wire::argument!($N);

        impl $crate::engine::wire::Described for $N {
            fn schema(known: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                $crate::engine::wire::schema::words(known, stringify!($N), concat!($($doc),*), Self::WORDS)
            }
        }

        impl From<$N> for $crate::engine::value::Value {
            fn from(word: $N) -> Self { Self::Text(word.as_str().to_owned()) }
        }
        impl $crate::engine::field_value::FieldValue for $N {
            fn field_type() -> $crate::engine::field::FieldType { $crate::engine::field::FieldType::Choice(Self::WORDS) }
            fn into_value(self) -> $crate::engine::value::Value { self.into() }
            fn from_value(value: $crate::engine::value::Value) -> Option<Self> {
                if let $crate::engine::value::Value::Text(word) = value { word.parse().ok() } else { None }
            }
        }

        #[doc = concat!("Hands the members of [`", stringify!($N), "`] to a binding's macro.")]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! { $(#[doc = $doc])* $N { $( $(#[doc = $vdoc])* $variant = $word, )* } } };
        }
    };
}
pub(crate) use choice;
