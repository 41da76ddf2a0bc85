//! A customer as a whole, above all areas: the dossier, the timeline, the card of a caller. They are made of what the areas contribute.

mod caller_card;
mod dossier;
mod life;
mod timeline;

pub use caller_card::CallerCard;
pub use dossier::{Dossier, DossierPerson, DossierSums};
pub use life::LifeEntry;

use crate::areas::directory::OrganizationId;
use crate::engine::query::Table;
use crate::engine::registry::area;
use chrono::{DateTime, Utc};

area! {
    /// A customer as a whole.
    customer after directory, sales, activity {
        outcomes: [CallerCard, Dossier, DossierPerson, DossierSums, LifeEntry];
        calls: {
            /// Everything needed before a call or meeting with an organization; for a day of the past, ask `at` that moment.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// crm.activities().add(ActivityFields::new("call", "Intro").organization_id(acme.id))?;
                /// let dossier = crm.dossier(acme.id)?;
                /// assert_eq!(dossier.activities[0].subject, "Intro");
                /// assert_eq!(dossier.sums.open_deals, 0);
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id)
                /// >>> [each.subject for each in db.dossier(acme.id).activities]
                /// ['Intro']
            }
            [view] dossier(organization_id: OrganizationId) -> Dossier = |view| dossier::dossier(view, organization_id);

            /// What happened with an organization, the newest first: activities, its deals, their way through the stages and their
            /// milestones, notes, and changes of the organization itself. Columns: `at`, `kind` (the activity's kind, `deal`, `stage`, `milestone`, `note`, or what a change
            /// did), `entity` and `record_id` (of what it is about), `title`, `detail`, `user_id`.
            ///
            /// A page holds `limit` (1 to 10,000; 100 when it is left out) entries, and further ones of the last entry's moment; that moment is `before` of
            /// the next page.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// let timeline = crm.timeline(acme.id, 100, None)?;
                /// assert_eq!(timeline.text(0, "kind").as_deref(), Some("insert"));
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> db.timeline(acme.id)["kind"]
                /// ['insert']
            }
            [view] timeline(organization_id: OrganizationId, limit: usize = 100, before: Option<DateTime<Utc>> = None) -> Table =
                |view| timeline::timeline(view, organization_id, limit, before);

            /// Who calls from a number, in whatever spelling; nothing when nobody known does.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let ann = crm.people().add(PersonFields::new().name("Ann Lee"))?;
                /// crm.contact_points().add(ContactPointFields::new(ContactKind::Phone, "+48 601 234 567").person_id(ann.id))?;
                /// let card = crm.caller_card("0048 601-234-567")?.unwrap();
                /// assert_eq!(card.people[0].name, "Ann Lee");
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> bob = db.people.add(name="Bob Stone")
                /// >>> phone = db.contact_points.add(person_id=bob.id, kind="phone", value="+48 601 234 567")
                /// >>> db.caller_card("0048 601-234-567").people[0].name
                /// 'Bob Stone'
            }
            [view] caller_card(number: String [&str]) -> Option<CallerCard> = |view| caller_card::caller_card(view, number);
        }
    }
}
