//! The calls that the areas of the library declare, on a handle and within a change set.

use crate::{ChangeSet, Crm, Lift, Lower, Progress, Result, teller};
use chrono::{DateTime, Utc};
use crm_core::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Expands one declared call into a method of the objects that have it.
macro_rules! call {
    // Who has it. `begins` and `long` say more about it; only the latter matters here.
    ([$kind:ident begins $($long:ident)?] $($call:tt)*) => { call! { [$kind $($long)?] $($call)* } };
    ([crm $($long:ident)?] $($call:tt)*) => { call! { @named Crm [$($long)?] $($call)* } };
    ([$both:ident $($long:ident)?] $($call:tt)*) => {
        call! { @named Crm [$($long)?] $($call)* }
        call! { @named ChangeSet [$($long)?] $($call)* }
    };

    // What it is called.
    (@named $Object:ident $long:tt $docs:tt $name:ident [] $($rest:tt)*) => { call! { @named $Object $long $docs $name [$name] $($rest)* } };
    (@named $Object:ident $long:tt $docs:tt $name:ident [$host:ident] ($($arguments:tt)*) $pass:tt -> $result:ty) => {
        call! { @take { $Object $long $docs $name $host $pass $result } [$($arguments)*] [] [] () }
    };

    // Takes argument by argument into: those that may be left out, the parameters, what the core is given.
    (@take $call:tt [{ $arg:ident : $ty:ty [$($lent:ty)?] [] } $($rest:tt)*] $optional:tt [$($params:tt)*] ($($given:tt)*)) => {
        call! { @take $call [$($rest)*] $optional [$($params)* { $arg : <$ty as Lift>::Host = <$ty as Lift>::lift($arg) }] ($($given)* { $arg $($lent)? }) }
    };
    (@take $call:tt [{ $arg:ident : $ty:ty [$($lent:ty)?] [$default:expr] } $($rest:tt)*] [$($optional:ident)*] [$($params:tt)*] ($($given:tt)*)) => {
        call! {
            @take $call [$($rest)*] [$($optional)* $arg]
            [$($params)* { $arg : <$ty as Lift>::Optional = <$ty as Lift>::lift_or($arg, || $default) }] ($($given)* { $arg $($lent)? })
        }
    };
    (@take { $Object:ident $long:tt $docs:tt $name:ident $host:ident [] $result:ty } [] $optional:tt $params:tt ($({ $arg:ident $($lent:ty)? })*)) => {
        call! { @long { $Object $docs $name $host $result } $long $optional $params ($( call!(@lend $arg $($lent)?) ),*) }
    };
    (@take { $Object:ident $long:tt $docs:tt $name:ident $host:ident [$pass:tt] $result:ty } [] $optional:tt $params:tt $given:tt) => {
        call! { @long { $Object $docs $name $host $result } $long $optional $params $pass }
    };
    (@lend $arg:ident) => { $arg };
    (@lend $arg:ident $lent:ty) => { &$arg };

    // A long one tells its progress.
    (@long $call:tt [] $($rest:tt)*) => { call! { @method $call $($rest)* } };
    (@long $call:tt [long] [$($optional:ident)*] [$($params:tt)*] ($($given:expr),*)) => {
        call! {
            @method $call [$($optional)* progress] [$($params)* { progress : Option<Arc<dyn Progress>> }] ($($given,)* &mut teller(progress))
        }
    };

    (@method { $Object:ident [$($doc:literal)*] $name:ident $host:ident $result:ty }
        [$($optional:ident)*] [$( { $arg:ident : $Host:ty $(= $lift:expr)? } )*] ($($given:expr),*)) => {
        #[uniffi::export]
        impl $Object {
            $(#[doc = $doc])*
            #[uniffi::method(default($($optional = None),*))]
            pub fn $host(&self $(, $arg: $Host)*) -> Result<<$result as Lower>::Host> {
                $( $( let $arg = $lift; )? )*
                self.with(|core| core.$name($($given),*).map(Lower::lower))
            }
        }
    };
}

macro_rules! every_call {
    ($( {
        $docs:tt $example:tt $kind:tt $name:ident $host:tt $arguments:tt $pass:tt -> $result:ty
    } )*) => {
        $( call! { $kind $docs $name $host $arguments $pass -> $result } )*
    };
}

crm_core::for_every_call!(every_call);
