//! Structures that the core declares, as records of the host: option records, and results with pairs in them.

use chrono::{DateTime, Utc};
use crm_core::{ChangeSetId, Currency, LineId, Named, UserId, Value};
use std::collections::HashMap;

/// The form that a field of a result has for the host.
pub trait Lower: Sized {
    /// What the host has.
    type Host;
    /// To the host.
    fn lower(self) -> Self::Host;
}

/// The form that an option has where the host gives it.
pub trait Lift: Sized {
    /// What the host gives.
    type Host;
    /// From the host; the default stands in for what may be left out.
    fn lift(host: Self::Host, default: Self) -> Self;
}

/// Types that hosts have as they are.
macro_rules! as_is {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::Lower for $ty {
            type Host = Self;
            fn lower(self) -> Self { self }
        }
        impl $crate::Lift for $ty {
            type Host = Self;
            fn lift(host: Self, _: Self) -> Self { host }
        }
    )* };
}
pub(crate) use as_is;

as_is!(
    bool,
    String,
    Option<String>,
    Option<i64>,
    Option<Currency>,
    Option<ChangeSetId>,
    Option<UserId>,
    Option<LineId>,
    Option<DateTime<Utc>>,
    Vec<String>,
    Vec<Vec<String>>,
    Vec<Value>
);

impl Lower for i64 {
    type Host = i64;
    fn lower(self) -> i64 {
        self
    }
}

impl Lift for i64 {
    type Host = Option<i64>;
    fn lift(host: Option<i64>, default: Self) -> Self {
        host.unwrap_or(default)
    }
}

impl Lift for Named {
    type Host = HashMap<String, Value>;
    fn lift(host: HashMap<String, Value>, _: Self) -> Self {
        host.into_iter().collect()
    }
}

/// Declares options of a call: a record all of whose fields may be left out.
macro_rules! options {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
        pub struct $N { $( $(#[doc = $fdoc])* #[uniffi(default)] pub $f : <$ty as $crate::Lift>::Host, )* }

        impl From<$N> for crm_core::$N {
            fn from(given: $N) -> Self {
                let ($N { $($f),* }, default) = (given, Self::default());
                Self { $( $f: $crate::Lift::lift($f, default.$f), )* }
            }
        }
    };
}
pub(crate) use options;

/// Declares what a call gives back, where it has pairs in it.
macro_rules! results {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, uniffi::Record)]
        pub struct $N { $( $(#[doc = $fdoc])* pub $f : <$ty as $crate::Lower>::Host, )* }

        impl From<crm_core::$N> for $N {
            fn from(core: crm_core::$N) -> Self {
                let crm_core::$N { $($f),* } = core;
                Self { $( $f: $crate::Lower::lower($f), )* }
            }
        }
    };
}
pub(crate) use results;
