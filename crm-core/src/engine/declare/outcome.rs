//! What calls give back, and the options they take.

/// Declares what a call gives back, with plain public fields, its form in JSON, and `for_…!` for the bindings.
macro_rules! outcome {
    ($(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }) => {
        $crate::engine::declare::outcome!{@plain ($) [] $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each { $( $(#[doc = $fdoc])* pub $f : $ty, )* }}

        impl $crate::engine::wire::Described for $N {
            fn schema(known: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                known.shape(&$crate::engine::wire::schema::Shape {
                    name: stringify!($N), doc: concat!($($doc),*), required: &[$(stringify!($f)),*], defaults: serde_json::Value::Null, custom: false,
                    members: &[$( $crate::engine::wire::schema::member!($f, $ty, $($fdoc)*) ),*],
                })
            }
        }
    };
    // What is `and` is for Rust alone: each binding gives it in a way of its own.
    (@plain ($d:tt) [$($form:meta),*] $(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }
        $(and { $( $(#[doc = $odoc:literal])* pub $o:ident : $oty:ty, )* })?) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        #[derive(serde::Serialize, serde::Deserialize)]
        $( #[$form] )*
        pub struct $N {
            $( $(#[doc = $fdoc])* #[serde(with = "crate::engine::wire::form")] pub $f : $ty, )*
            $($( $(#[doc = $odoc])* #[serde(skip)] pub $o : $oty, )*)?
        }
        $crate::engine::wire::own_form!($N);

        #[doc = concat!("Hands the fields of [`", stringify!($N), "`] to a binding's macro.")]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $each {
            ($d callback:ident) => { $d callback! { $(#[doc = $doc])* $N { $( $(#[doc = $fdoc])* $f : $ty, )* } } };
        }
    };
}

/// Declares what a caller gives as named options, each with a default: the struct, its way from a JSON object, and `for_…!` for
/// the bindings.
macro_rules! options {
    ($(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident { $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty, )* }
        $(and { $($own:tt)* })?) => {
        $crate::engine::declare::outcome!{@plain ($) [serde(default, deny_unknown_fields)] $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each {
                $( $(#[doc = $fdoc])* pub $f : $ty, )*
            } $(and { $($own)* })?}

        impl $crate::engine::wire::Described for $N {
            fn schema(known: &mut $crate::engine::wire::Definitions) -> serde_json::Value {
                known.shape(&$crate::engine::wire::schema::Shape {
                    name: stringify!($N), doc: concat!($($doc),*), required: &[], custom: false,
                    defaults: serde_json::to_value(Self::default()).unwrap_or_default(),
                    members: &[$( $crate::engine::wire::schema::member!($f, $ty, $($fdoc)*) ),*],
                })
            }
        }

        impl $crate::engine::wire::FromJson for $N {
            fn kind() -> String {
                let members = [$( format!("{}: {}", stringify!($f), <$ty as $crate::engine::wire::FromJson>::kind()) ),*];
                format!("{{{}}}", members.join(", "))
            }

            fn missing(_: &str) -> $crate::engine::error::Result<Self> { Ok(Self::default()) }

            fn from_json(name: &str, raw: &serde_json::value::RawValue) -> $crate::engine::error::Result<Self> {
                let mut given = Self::default();
                for (member, raw) in $crate::engine::wire::members(name, raw.get())? {
                    match member.as_str() {
                        $( stringify!($f) => given.$f = $crate::engine::wire::FromJson::from_json(&member, raw)?, )*
                        _ => return Err($crate::engine::error::Error::unknown(name, &member, [$(stringify!($f)),*].into_iter())),
                    }
                }
                Ok(given)
            }
        }
    };
}
pub(crate) use {options, outcome};
