//! What can be done with the records of every entity, on a handle and within a change set.

use crate::{ChangeSet, Crm, Filter, Result};
use crm_core::*;
use std::collections::HashMap;

/// The methods of one entity on one of the two objects; `with` runs work on its core.
macro_rules! methods {
    ($Object:ident: $N:ident, $Fields:ident, $Id:ident, $table:literal, $plural:ident) => { pastey::paste! {
        #[uniffi::export]
        impl $Object {
            #[doc = "Adds a record of `" $table "`."]
            pub fn [<add_ $table>](&self, fields: $crate::$Fields) -> Result<$N> {
                self.with(|core| core.$plural().add(fields.into()))
            }

            #[doc = "The record of `" $table "` of this id."]
            pub fn [<get_ $table>](&self, id: $Id) -> Result<$N> {
                self.with(|core| core.$plural().get(id))
            }

            #[doc = "All records of `" $table "` that a filter finds, in its order."]
            #[uniffi::method(default(filter = None))]
            pub fn [<find_ $plural>](&self, filter: Option<Filter>) -> Result<Vec<$N>> {
                let filter = Filter::of(filter)?;
                self.with(|core| core.$plural().find(filter))
            }

            #[doc = "How many records of `" $table "` a filter finds."]
            #[uniffi::method(default(filter = None))]
            pub fn [<count_ $plural>](&self, filter: Option<Filter>) -> Result<i64> {
                let filter = Filter::of(filter)?;
                self.with(|core| core.$plural().count(filter))
            }

            #[doc = "Gives a record of `" $table "` these fields, all of them. With the revision they were read at, what others changed "
                "meanwhile is merged in where the fields differ, and is a conflict where both changed the same field."]
            #[uniffi::method(default(revision = None))]
            pub fn [<update_ $table>](&self, id: $Id, fields: $crate::$Fields, revision: Option<ChangeSetId>) -> Result<$N> {
                self.with(|core| core.$plural().update(id, fields.into(), revision))
            }

            #[doc = "Changes the named fields of a record of `" $table "`, and no others."]
            #[uniffi::method(default(revision = None))]
            pub fn [<set_ $table>](&self, id: $Id, fields: HashMap<String, Value>, revision: Option<ChangeSetId>) -> Result<$N> {
                self.with(|core| core.$plural().set(id, fields.into_iter().collect(), revision))
            }

            #[doc = "Removes a record of `" $table "` and what is part of it; refused while other records refer to it."]
            pub fn [<remove_ $table>](&self, id: $Id) -> Result<()> {
                self.with(|core| core.$plural().remove(id))
            }
        }
    } };
}

macro_rules! both {
    ($(#[doc = $doc:literal])* $N:ident, $Fields:ident, $Id:ident, $table:literal, $plural:ident { $($rest:tt)* }) => {
        methods!(Crm: $N, $Fields, $Id, $table, $plural);
        methods!(ChangeSet: $N, $Fields, $Id, $table, $plural);
    };
}

macro_rules! every_entity {
    ($($N:ident $each:ident,)*) => {
        $( crm_core::$each!(both); )*
    };
}

crm_core::for_every_entity!(every_entity);
