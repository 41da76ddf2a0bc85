//! Calls, declared once: a name, its documentation, arguments with defaults, a result, and what it does. `area!` expands each into a
//! method of [`Crm`](crate::Crm) (and of [`ChangeSet`](crate::ChangeSet) where it fits into one), into an entry of the calls in JSON, and
//! into what the bindings expand further.

use crate::engine::error::{Error, Result};
use crate::engine::query::Table;
use crate::engine::store::Via;
use crate::engine::wire::form::Shown;
use crate::engine::wire::schema::Schema;
use crate::engine::wire::{Form, FromJson, Members, Text, text_of};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// What a call gives.
pub(crate) enum Reply {
    Json(String),
    Table(Table),
}

impl<T: Shown> From<T> for Reply {
    fn from(value: T) -> Self {
        Self::Json(text_of(&Form(&value)))
    }
}

impl From<Text> for Reply {
    fn from(text: Text) -> Self {
        Self::Json(text.0)
    }
}

impl From<Table> for Reply {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

/// The arguments of a call, taken one by one.
pub(crate) struct Given<'a>(pub Members<'a>);

impl<'a> Given<'a> {
    pub fn take<T: FromJson>(&mut self, name: &str) -> Result<T> {
        self.0.remove(name).map_or_else(|| T::missing(name), |raw| T::from_json(name, raw))
    }

    /// An argument that may be left out.
    pub fn take_or<T: FromJson>(&mut self, name: &str, default: impl FnOnce() -> T) -> Result<T> {
        self.0.remove(name).map_or_else(|| Ok(default()), |raw| T::from_json(name, raw))
    }
}

/// One argument of a call.
#[derive(Serialize)]
pub(crate) struct Argument {
    pub name: &'static str,
    #[serde(serialize_with = "told")]
    pub kind: fn() -> String,
    pub optional: bool,
    #[serde(skip)]
    pub schema: Schema,
    /// What it is when it is left out.
    #[serde(skip)]
    pub default: Option<fn() -> Json>,
}

fn told<S: Serializer>(kind: &fn() -> String, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&kind())
}

/// One call.
#[derive(Serialize)]
pub(crate) struct Call {
    pub name: &'static str,
    #[serde(serialize_with = "trimmed")]
    pub doc: &'static str,
    pub arguments: &'static [Argument],
    /// The schema of what it gives.
    #[serde(skip)]
    pub result: Schema,
    /// What it does, once it has taken its arguments.
    #[serde(skip)]
    pub run: fn(Via<'_>, &mut Given<'_>) -> Result<Reply>,
}

fn trimmed<S: Serializer>(doc: &str, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(doc.trim())
}

impl Call {
    /// Refuses arguments that it does not take; beside its own a request may hold those of its envelope.
    pub fn check(&self, given: &Given<'_>, envelope: &[&str]) -> Result<()> {
        let known = || self.arguments.iter().map(|argument| argument.name);
        match given.0.keys().find(|name| known().all(|known| known != name.as_str())) {
            Some(unknown) => Err(Error::unknown("argument", unknown, known().chain(envelope.iter().copied()))),
            None => Ok(()),
        }
    }
}

/// Expands one declared call: `@declare` into methods of Rust, `@answer` into an entry of the calls in JSON.
///
/// A call is of one of these kinds, by what it works on: `view` reads, through a handle or within a change set; `change` writes, in a
/// change set of its own or in one that is open; `both` does either in its own way; `crm` is for handles alone; `json` is for those who
/// speak JSON and nothing else. A `long` one reports its progress; a `crm` one that `begins` begins a change set of its own, so it waits for the writer
/// whether or not anything is kept.
macro_rules! call {
    // A call whose parameters in Rust are others than its arguments, or are just those.
    (@declare [$($kind:ident)+] $docs:tt $examples:tt $name:ident [$params:tt] $arguments:tt -> $result:ty = $($body:tt)*) => {
        $crate::engine::registry::call! { @methods $($kind)+ $docs $examples $name $params -> $result = $($body)* }
    };
    (@declare [$($kind:ident)+] $docs:tt $examples:tt $name:ident [] $arguments:tt -> $result:ty = $($body:tt)*) => {
        $crate::engine::registry::call! { @methods $($kind)+ $docs $examples $name $arguments -> $result = $($body)* }
    };
    // The type of a parameter in Rust: the declared one, or one that it is lent as.
    (@type $ty:ty,) => { $ty };
    (@type $ty:ty, $lent:ty) => { $lent };
    // What a caller with owned arguments hands over.
    (@pass $arg:ident,) => { $arg };
    (@pass $arg:ident, $lent:ty) => { &$arg };

    (@methods view {$($doc:literal)*} {$($example:literal)*} $name:ident ($($arg:ident : $ty:ty),*) -> $result:ty = |$on:ident| $body:expr) => {
        impl $crate::engine::store::Crm {
            $(#[doc = $doc])* $(#[doc = $example])*
            pub fn $name(&self $(, $arg: $ty)*) -> $crate::engine::error::Result<$result> { self.view(|$on| $body) }
        }
        impl $crate::engine::store::ChangeSet {
            #[doc = concat!("As [`Crm::", stringify!($name), "`](crate::Crm::", stringify!($name), "), seeing what this change set has written so far.")]
            pub fn $name(&self $(, $arg: $ty)*) -> $crate::engine::error::Result<$result> { self.view(|$on| $body) }
        }
    };
    (@methods change {$($doc:literal)*} {$($example:literal)*} $name:ident ($($arg:ident : $ty:ty),*) -> $result:ty = |$on:ident| $body:expr) => {
        impl $crate::engine::store::Crm {
            $(#[doc = $doc])* $(#[doc = $example])*
            pub fn $name(&self $(, $arg: $ty)*) -> $crate::engine::error::Result<$result> {
                Ok(self.change(&stringify!($name).replace('_', " "), |$on| $body)?.value)
            }
        }
        impl $crate::engine::store::ChangeSet {
            #[doc = concat!("As [`Crm::", stringify!($name), "`](crate::Crm::", stringify!($name), "), within this change set.")]
            pub fn $name(&self $(, $arg: $ty)*) -> $crate::engine::error::Result<$result> { let $on = self; $body }
        }
    };
    (@methods both $($rest:tt)*) => {
        $crate::engine::registry::call! { @method Crm, Crm, $($rest)* }
        $crate::engine::registry::call! { @method ChangeSet, Change, $($rest)* }
    };
    (@method $Object:ident, $via:ident, $(long)? {$($doc:literal)*} {$($example:literal)*} $name:ident ($($arg:ident : $ty:ty),*) -> $result:ty
        = |$on:ident $(, $progress:ident)?| $body:expr) => {
        impl $crate::engine::store::$Object {
            $(#[doc = $doc])* $(#[doc = $example])*
            pub fn $name(&self $(, $arg: $ty)* $(, $progress: $crate::engine::cancel::Progress<'_>)?) -> $crate::engine::error::Result<$result> {
                let $on = $crate::engine::store::Via::$via(self);
                $body
            }
        }
    };
    (@methods crm $(begins)? $(long)? {$($doc:literal)*} {$($example:literal)*} $name:ident ($($arg:ident : $ty:ty),*) -> $result:ty
        = |$on:ident $(, $progress:ident)?| $body:expr) => {
        impl $crate::engine::store::Crm {
            $(#[doc = $doc])* $(#[doc = $example])*
            pub fn $name(&self $(, $arg: $ty)* $(, $progress: $crate::engine::cancel::Progress<'_>)?) -> $crate::engine::error::Result<$result> {
                let $on = self;
                $body
            }
        }
    };
    // For those who speak JSON only: Rust has it in another form.
    (@methods json $($rest:tt)*) => {};

    (@argument $given:ident, $arg:ident, $ty:ty,) => { $given.take::<$ty>(stringify!($arg))? };
    (@argument $given:ident, $arg:ident, $ty:ty, $default:expr) => { $given.take_or::<$ty>(stringify!($arg), || $default)? };
    (@optional) => { false };
    (@optional $default:expr) => { true };
    (@default $ty:ty,) => { None };
    (@default $ty:ty, $default:expr) => {
        Some(|| serde_json::to_value($crate::engine::wire::Form(&{ let default: $ty = $default; default })).unwrap_or_default())
    };

    (@answer [json] $via:ident $name:ident $pass:tt $all:tt |$on:ident| $body:expr) => {{ let $on = $via; $body? }};
    (@answer [$($kind:ident)+] $via:ident $name:ident [$pass:tt] $all:tt $($body:tt)*) => { $crate::engine::registry::call!(@run $($kind)+ $via $name $pass) };
    (@answer [$($kind:ident)+] $via:ident $name:ident [] $all:tt $($body:tt)*) => { $crate::engine::registry::call!(@run $($kind)+ $via $name $all) };
    // Progress is for those who get their answer in pieces, which JSON does not.
    (@run crm $via:ident $name:ident ($($pass:expr),*)) => { $via.handle(stringify!($name))?.$name($($pass),*)? };
    (@run crm begins $($rest:tt)*) => { $crate::engine::registry::call!(@run crm $($rest)*) };
    (@run crm long $via:ident $name:ident ($($pass:expr),*)) => { $via.handle(stringify!($name))?.$name($($pass,)* &mut |_, _| {})? };
    (@run $both:ident $via:ident $name:ident ($($pass:expr),*)) => {
        match $via { $crate::engine::store::Via::Crm(on) => on.$name($($pass),*)?, $crate::engine::store::Via::Change(on) => on.$name($($pass),*)? }
    };
    (@run $both:ident long $via:ident $name:ident ($($pass:expr),*)) => {
        match $via {
            $crate::engine::store::Via::Crm(on) => on.$name($($pass,)* &mut |_, _| {})?,
            $crate::engine::store::Via::Change(on) => on.$name($($pass,)* &mut |_, _| {})?,
        }
    };
}
pub(crate) use call;
