//! Records of every entity, words of every closed set, and what the library tells about changes.

use crate::Given;
use crate::crossing::{as_is, lowered_as_is, options, results};
use crate::values::given;
use chrono::{DateTime, NaiveDate, Utc};
use crm_core::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::time::Duration;

/// Declares the words of a closed set.
macro_rules! choice {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $(#[doc = $doc])*
        #[uniffi::remote(Enum)]
        #[non_exhaustive] // The list is the library's own, so that none is ever missing.
        pub enum $N { $( $(#[doc = $vdoc])* $variant, )* }
        given!($N);
        as_is!($N);
    };
}

/// Declares an entity: its id, its record, the fields a caller gives, and the way from a record to those.
macro_rules! record {
    ($(#[doc = $doc:literal])* $N:ident, $Fields:ident, $Id:ident, $table:literal, $plural:ident { $( $(#[doc = $fdoc:literal])* $f:ident : $ty:ty, )* }) => {
        uniffi::custom_type!($Id, i64, { remote, lower: |id| id.0, try_lift: |id| Ok($Id(id)) });
        given!($Id);
        as_is!($Id);

        $(#[doc = $doc])*
        #[uniffi::remote(Record)]
        pub struct $N {
            /// Identity, given once and never reused.
            pub id: $Id,
            /// The change set that last touched the record; give it to `update` to be told of conflicts.
            pub revision: ChangeSetId,
            /// When the record was added.
            pub created_at: DateTime<Utc>,
            /// When the record was last changed.
            pub updated_at: DateTime<Utc>,
            $( $(#[doc = $fdoc])* pub $f : $ty, )*
            /// User-defined fields by name, formula and roll-up fields included.
            pub custom: Custom,
        }
        lowered_as_is!($N);

        impl From<$Fields> for crm_core::$Fields {
            fn from(given: $Fields) -> Self {
                let $Fields { $($f,)* custom } = given;
                Self { $( $f: <$ty as Given>::take($f), )* custom: custom.into_iter().collect() }
            }
        }

        impl From<crm_core::$Fields> for $Fields {
            fn from(fields: crm_core::$Fields) -> Self {
                let crm_core::$Fields { $($f,)* custom } = fields;
                Self { $( $f: Given::give($f), )* custom: custom.into_iter().collect() }
            }
        }

        pastey::paste! {
            #[doc = "The fields of a record of `" $table "` as a caller gives them."]
            #[derive(Clone, Debug, PartialEq, uniffi::Record)]
            pub struct $Fields {
                $( $(#[doc = $fdoc])* #[uniffi(default)] pub $f : <$ty as Given>::Host, )*
                /// User-defined fields by name.
                #[uniffi(default)]
                pub custom: HashMap<String, Value>,
            }

            #[doc = "The fields of a record of `" $table "`, ready to be changed and given to `update_" $table "`."]
            #[uniffi::export]
            pub fn [<$table _fields>](record: $N) -> $Fields { crm_core::entity::Entity::fields(&record).into() }
        }
    };
}

macro_rules! every_record {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(record); )* };
}

macro_rules! every_choice {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(choice); )* };
}

crm_core::for_every_choice!(every_choice);
crm_core::for_every_entity!(every_record);

macro_rules! every_outcome {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(results); )* };
}

macro_rules! every_options {
    ($($N:ident $each:ident,)*) => { $( crm_core::$each!(options); )* };
}

crm_core::for_every_outcome!(every_outcome);
crm_core::for_every_options!(every_options);
