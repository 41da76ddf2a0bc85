//! The options that calls take.

/// Declares what a caller gives as named options, each with a default: the struct, `new()` and a method for each option, its way from a
/// JSON object, and `for_…!` for the bindings. Options may be added: outside the library they are made by `new()` and the methods.
/// `within (Search.options)` gives the methods to a struct that has the options in a field, too.
macro_rules! options {
    ($(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident $(within $outer:tt)? {
        $( $(#[doc = $fdoc:literal])* pub $f:ident : $head:ident $(< $inner:tt $(< $deep:ident >>)? $(>)? )?, )*
    }
        $(and { $( $(#[doc = $odoc:literal])* pub $o:ident : $oty:ty, )* })?) => {
        $crate::engine::declare::options!{@go $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each within [$($outer)?] {
            $( $(#[doc = $fdoc])* pub $f : $head $(< $inner $(< $deep >)? >)? as ($head $(< $inner $(< $deep >)? >)?), )*
        } and { $($( $(#[doc = $odoc])* pub $o : $oty, )*)? }}
    };
    (@go $(#[doc = $doc:literal])* #[derive($($derive:ident),*)] pub struct $N:ident as $each:ident within $outer:tt {
        $( $(#[doc = $fdoc:literal])* pub $f:ident : $ty:ty as $shape:tt, )*
    }
        and { $( $(#[doc = $odoc:literal])* pub $o:ident : $oty:ty, )* }) => {
        $crate::engine::declare::outcome!{@plain ($) [serde(default, deny_unknown_fields)] $(#[doc = $doc])* #[derive($($derive),*)] pub struct $N as $each {
                $( $(#[doc = $fdoc])* pub $f : $ty, )*
            } and { $( $(#[doc = $odoc])* pub $o : $oty, )* }}

        impl $N {
            /// The defaults; the methods named like the options change them.
            pub fn new() -> Self { Self::default() }
            $( $crate::engine::declare::setter! { ($(#[doc = $fdoc])*) $f $shape } )*
            $( $crate::engine::declare::setter! { ($(#[doc = $odoc])*) $o ($oty) } )*
        }
        $crate::engine::declare::options! { @within $outer { $( ($(#[doc = $fdoc])*) $f $shape )* } }

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
    (@within [] $fields:tt) => {};
    (@within [($Outer:ident . $place:ident)] { $( $doc:tt $f:ident $shape:tt )* }) => {
        impl $Outer {
            $( $crate::engine::declare::setter! { $doc $f $shape in $place.$f } )*
        }
    };
}
pub(crate) use options;
