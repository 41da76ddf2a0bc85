//! Who one does business with: organizations, people, how they are reached and how they hang together.

mod caller;
mod contact_point;
mod custom_field;
mod dictionary;
mod dossier;
mod external_ref;
mod list;
mod organization;
mod parts;
mod person;
mod timeline;
mod unwanted;

pub use caller::CallerCard;
pub(crate) use contact_point::normal_phone;
pub use contact_point::{ContactKind, ContactPoint, ContactPointFields, ContactPointId};
pub(crate) use custom_field::load as load_custom_fields;
pub use custom_field::{CustomField, CustomFieldFields, CustomFieldId, CustomKind};
pub use dictionary::{Dictionary, DictionaryFields, DictionaryId, DictionaryItem, DictionaryItemFields, DictionaryItemId};
pub use dossier::{Dossier, DossierPerson, DossierSums};
pub use external_ref::{Alias, AliasFields, AliasId, ExternalRef, ExternalRefFields, ExternalRefId};
pub(crate) use list::list_filter;
pub use list::{List, ListFields, ListId, ListKind, ListMember, ListMemberFields, ListMemberId};
pub use organization::{Organization, OrganizationFields, OrganizationId};
pub use parts::{
    Address, AddressFields, AddressId, Affiliation, AffiliationFields, AffiliationId, BankAccount, BankAccountFields, BankAccountId, Note, NoteFields, NoteId,
    Setting, SettingFields, SettingId,
};
pub use person::{Person, PersonFields, PersonId};
pub(crate) use unwanted::check_unwanted;
pub use unwanted::{Unwanted, UnwantedFields, UnwantedId};
