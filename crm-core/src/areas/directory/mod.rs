//! Who one does business with: organizations, people, how they are reached and how they hang together.

mod address;
mod affiliation;
mod bank_account;
mod contact_point;
mod list;
mod organization;
mod owner;
mod person;
mod unwanted;

pub use address::{Address, AddressFields, AddressId};
pub use affiliation::{Affiliation, AffiliationFields, AffiliationId};
pub use bank_account::{BankAccount, BankAccountFields, BankAccountId};
pub(crate) use contact_point::normal_phone;
pub use contact_point::{ContactKind, ContactPoint, ContactPointFields, ContactPointId};
pub use list::{List, ListFields, ListId, ListKind, ListMember, ListMemberFields, ListMemberId};
pub use organization::{Organization, OrganizationFields, OrganizationId};
pub use person::{Person, PersonFields, PersonId};
pub(crate) use unwanted::check_unwanted;
pub use unwanted::{Unwanted, UnwantedFields, UnwantedId};

use crate::engine::registry::area;

area! {
    /// Organizations and people.
    directory after stages {
        entities: [Organization, Person, Affiliation, ContactPoint, Address, BankAccount, Unwanted, List, ListMember];
        choices: [ContactKind, ListKind];
        steps: ["steps/0001_directory.sql", "steps/0002_stages.sql", "steps/0003_lost_reason.sql"] work [organization::more_words];
        words: {
            "organization_kind" ("Kinds of customer") = ["prospect", "customer", "former customer", "supplier", "partner", "competitor", "other"];
            "organization_category" ("Categories of organization") = ["A", "B", "C"];
            "industry" ("Industries") = [
                "agriculture", "automotive", "banking", "chemicals", "construction", "consulting", "education", "electronics", "employment", "energy",
                "entertainment", "finance", "food", "government", "healthcare", "hospitality", "insurance", "logistics", "machinery", "marketing", "media",
                "medical", "mining", "pharmaceuticals", "real estate", "retail", "services", "software", "steel", "technology", "telecommunications",
                "textiles", "tourism", "transport", "utilities", "wholesale",
            ];
            "source" ("Where customers and deals come from") = [
                "referral", "web site", "exhibition", "advertising", "cold call", "mailing", "partner", "tender",
            ];
            "delivery_terms" ("Incoterms 2020") = ["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"];
            "affiliation_role" ("Roles of people in organizations") = [
                "owner", "managing director", "purchasing", "sales", "engineering", "accounting", "assistant",
            ];
            "address_label" ("What addresses are for") = ["office", "billing", "delivery", "private"];
            "contact_label" ("What contact points are for") = ["work", "mobile", "private", "central"];
        }
        settings: {
            phone_region = contact_point::region;
        }
        reports: {
            /// Who works where and as what, one affiliation a row, by the name of the person. The period is that in which an affiliation holds, `since`
            /// to `until`: any that holds on a day of it. Columns: `person_id`, `person`, `organization_id`, `organization`, `role`, `department`,
            /// `since`, `until` (days), `active`, `organizations` (how many the person works in at present). Left out: people without any. The owner and
            /// the line are the person's. It lists affiliations and is not split.
            Affiliations = "affiliations" over person as p {
                sql: "reports/affiliations.sql", day: "coalesce(a.since, '0000')" to "coalesce(a.until, '9999')"
            }
        }
        calls: {
            /// The ids of the organizations or people in a list, whatever its kind, in order; only those that may be seen.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme").employees(120))?;
                /// let large = ListFields::new("Large", "organization").kind(ListKind::Dynamic).filter("employees >= 100");
                /// let large = crm.lists().add(large)?;
                /// assert_eq!(crm.members_of(large.id)?, [acme.id.0]);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme", employees=120)
                /// >>> large = db.lists.add(name="Large", entity="organization", kind="dynamic", filter="employees >= 100")
                /// >>> db.members_of(large.id) == [acme.id]
                /// True
            }
            [view] members_of(list_id: ListId) -> Vec<i64> = |view| list::members(view, list_id);
        }
    }
}
