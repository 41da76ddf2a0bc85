//! What goes between the host and the core, and the form that it has on either side.

use chrono::{DateTime, NaiveDate, Utc};
use crm_core::{ChangeSetId, Currency, Custom, Money, Named, Table, Value};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a call gives, in the form that it has for the host.
pub trait Lower {
    /// What the host has.
    type Host;
    /// To the host.
    fn lower(self) -> Self::Host;
}

/// An argument or an option, in the form in which the host gives it.
pub trait Lift: Sized {
    /// What the host gives.
    type Host;
    /// What the host gives where it may leave it out.
    type Optional;
    /// From the host.
    fn lift(host: Self::Host) -> Self;
    /// From the host; the default stands in for what was left out.
    fn lift_or(given: Self::Optional, default: impl FnOnce() -> Self) -> Self;
}

/// What hosts have in another form, and how that becomes the core's.
macro_rules! lifted {
    ($ty:ty as $Host:ty = |$host:ident| $lift:expr) => {
        impl $crate::Lift for $ty {
            type Host = $Host;
            type Optional = Option<$Host>;
            fn lift($host: $Host) -> Self {
                $lift
            }
            fn lift_or(given: Option<$Host>, default: impl FnOnce() -> Self) -> Self {
                given.map_or_else(default, Self::lift)
            }
        }
    };
}
pub(crate) use lifted;

/// Results that hosts have as they are.
macro_rules! lowered_as_is {
    ($($ty:ty),* $(,)?) => { $(
        impl $crate::Lower for $ty {
            type Host = Self;
            fn lower(self) -> Self { self }
        }
    )* };
}
pub(crate) use lowered_as_is;

/// Arguments, options and results that hosts have as they are.
macro_rules! as_is {
    ($($ty:ty),* $(,)?) => { $(
        $crate::crossing::lowered_as_is!($ty);
        $crate::crossing::lifted!($ty as $ty = |host| host);
    )* };
}
pub(crate) use as_is;

as_is!(bool, i64, f64, String, Decimal, NaiveDate, DateTime<Utc>, Duration, Money, Currency, Value, ChangeSetId);
lowered_as_is!((), Custom);

// Hosts have whole numbers of one kind. The core refuses a limit of nothing, and so one below it.
lifted!(usize as i64 = |host| usize::try_from(host).unwrap_or_default());
lifted!(u64 as i64 = |host| u64::try_from(host).unwrap_or_default());
lifted!(PathBuf as String = |host| host.into());
lifted!(Named as HashMap<String, Value> = |host| host.into_iter().collect());

impl<T: Lift> Lift for Option<T> {
    type Host = Option<T::Host>;
    type Optional = Option<T::Host>;
    fn lift(host: Self::Host) -> Self {
        host.map(T::lift)
    }
    fn lift_or(given: Self::Optional, default: impl FnOnce() -> Self) -> Self {
        Self::lift(given).or_else(default)
    }
}

impl<T: Lift> Lift for Vec<T> {
    type Host = Vec<T::Host>;
    type Optional = Option<Vec<T::Host>>;
    fn lift(host: Self::Host) -> Self {
        host.into_iter().map(T::lift).collect()
    }
    fn lift_or(given: Self::Optional, default: impl FnOnce() -> Self) -> Self {
        given.map_or_else(default, Self::lift)
    }
}

impl<T: Lower> Lower for Option<T> {
    type Host = Option<T::Host>;
    fn lower(self) -> Self::Host {
        self.map(T::lower)
    }
}

impl<T: Lower> Lower for Vec<T> {
    type Host = Vec<T::Host>;
    fn lower(self) -> Self::Host {
        self.into_iter().map(T::lower).collect()
    }
}

impl Lower for Table {
    type Host = Arc<crate::Table>;
    fn lower(self) -> Self::Host {
        crate::Table::new(self)
    }
}

/// Declares options of a call: a record all of whose fields may be left out.
macro_rules! options {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
        pub struct $N { $( $(#[doc = $fdoc])* #[uniffi(default)] pub $f : <$ty as $crate::Lift>::Optional, )* }

        $crate::crossing::lifted!(crm_core::$N as $N = |host| {
            let mut given = Self::default();
            $( given.$f = $crate::Lift::lift_or(host.$f, || given.$f.clone()); )*
            given
        });
    };
}
pub(crate) use options;

/// Declares what a call gives back.
macro_rules! results {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, uniffi::Record)]
        pub struct $N { $( $(#[doc = $fdoc])* pub $f : <$ty as $crate::Lower>::Host, )* }

        // Where one result is a part of another, its name means the host's.
        $crate::crossing::lowered_as_is!($N);

        impl $crate::Lower for crm_core::$N {
            type Host = $N;
            fn lower(self) -> $N {
                let Self { $($f,)* .. } = self;
                $N { $( $f: $crate::Lower::lower($f), )* }
            }
        }
    };
}
pub(crate) use results;
