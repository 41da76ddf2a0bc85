//! What calls give back.

/// Declares what a call gives back, with plain public fields, its form in JSON, and `for_…!` for the bindings. Fields may be added.
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
        #[non_exhaustive]
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
pub(crate) use outcome;
