//! What every area uses: who works with the file and may see what, dictionaries, settings, exchange rates, fields of one's own, keys of other
//! systems, notes; and the calls that are about the file as a whole.

mod custom_field;
mod dictionary;
mod exchange_rate;
mod export;
mod external_ref;
mod load_schema;
mod note;
mod number_series;
mod retention;
mod role;
mod setting;
mod user;

#[cfg(test)]
pub(crate) use custom_field::is_reserved;
pub use custom_field::{CustomField, CustomFieldFields, CustomFieldId, CustomKind};
#[cfg(test)]
pub(crate) use dictionary::meaning;
pub use dictionary::{Dictionary, DictionaryFields, DictionaryId, DictionaryItem, DictionaryItemFields, DictionaryItemId, Meaning};
pub(crate) use dictionary::{add_words, held_words};
pub use exchange_rate::{ExchangeRate, ExchangeRateFields, ExchangeRateId};
pub use external_ref::{Alias, AliasFields, AliasId, ExternalRef, ExternalRefFields, ExternalRefId};
pub(crate) use external_ref::{link, linked, upsert};
pub(crate) use load_schema::load_schema;
pub use note::{Note, NoteFields, NoteId};
pub use number_series::{NumberSeries, NumberSeriesFields, NumberSeriesId};
pub use retention::{Retention, RetentionFields, RetentionId};
pub use role::{
    HiddenField, HiddenFieldFields, HiddenFieldId, Permission, PermissionFields, PermissionId, Role, RoleFields, RoleId, UserRole, UserRoleFields, UserRoleId,
};
pub use setting::{Setting, SettingFields, SettingId};
pub use user::{Line, LineFields, LineId, Team, TeamFields, TeamId, User, UserFields, UserLine, UserLineFields, UserLineId};

use crate::engine::declare::ChangeSetId;
use crate::engine::error::Error;
use crate::engine::money::Currency;
use crate::engine::query::Table;
use crate::engine::registry::area;
use crate::engine::store::{Change, ChangeEvent, Erased, Obstacle, Pruned, Restored, Status, Verified};
use crate::engine::value::Value;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

area! {
    /// What the engine needs of entities, and the calls that are about the file as a whole.
    base {
        entities: [
            User, Team, Line, Role, Permission, HiddenField, UserRole, UserLine, Setting, Dictionary, DictionaryItem, CustomField, ExternalRef, Alias, Note,
            ExchangeRate, NumberSeries, Retention,
        ];
        choices: [Level, CustomKind, Meaning, Operation, ChangeCause, Synchronous, Upgrade];
        outcomes: [Change, ChangeEvent, Obstacle, Verified, Pruned, PrunedEntity, Erased, Mention, Restored, Status, EntityStatus, CommitEvent];
        options: [Options];
        steps: ["steps/0001_base.sql", "steps/0002_number_series.sql", "steps/0003_entity.sql", "steps/0004_words.sql", "steps/0005_pruning.sql", "steps/0006_retention.sql",
            "steps/0007_cause.sql",
            "steps/0008_digests.sql",
            "steps/0009_erasure.sql",
            "steps/0010_head.sql",
        ];
        settings: {
            base_currency = setting::currency;
        }
        life: {
            Note {
                at: "created_at", kind: "'note'", title: "text", detail: "null", user: "author_id", of: "entity = 'organization' and record_id",
                in_dossier: false
            }
        }
        reports: {
            /// Words in dictionary fields that their dictionary does not hold, the most frequent first; of all records there are, whenever they came.
            /// Columns: `entity`, `field`, `value`, `count` (records), `nearest` (the item that may be meant; empty where none is near). Left out: words
            /// that are in their dictionary. Only the limit applies: it has no period and is not split.
            DictionarySuspects = "dictionary_suspects" {
                sql: "reports/dictionary_suspects.sql"; words = dictionary::every_word
            }
        }
        calls: {
            /// Runs any reading SQL over the entities, seen as this handle sees them, and gives a table.
            @rust {
                ///
                /// It is SQLite's SQL: selects of every kind, with common table expressions, windows and JSON. Tables are called as the entities are; a name
                /// that there is not is an error with the nearest one. It may call these [functions](crate::functions).
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let table = crm.sql("select count(*) as n from deal where value > ?", &[Value::from(100_000)])?;
                /// assert_eq!(table.integer(0, "n"), Some(0));
                /// assert_eq!(crm.sql("delete from deal", &[]).unwrap_err().code(), "denied");
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> loaded = db.organizations.add_many([{"name": "Acme", "employees": 120}, {"name": "Birch", "employees": 40}])
                /// >>> db.sql("select name from organization where employees > ?", [100])["name"]
                /// ['Acme']
            }
            [view] sql(sql: String [&str], params: Vec<Value> [&[Value]] = Vec::new()) -> Table = |view| view.sql(sql, params);

            /// Everything that happened to a record of the named entity, the newest first. Of what `prune` took away it tells that it happened, when and by whom,
            /// without the values.
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> ajax = db.organizations.update(acme.id, name="Ajax")
                /// >>> [dict(change.before) for change in db.history("organization", acme.id)]
                /// [{'name': 'Acme'}, {}]
            }
            [view] history(entity: String [&str], id: i64) -> Vec<Change> = |view| view.history(view.schema.index(entity)?, id);

            /// The currency that reports and sums are in, as the setting `base_currency` says.
            @rust {
                ///
                /// ```
                /// assert_eq!(crm_core::Crm::open(":memory:")?.base_currency()?.code(), "EUR");
                /// # Ok::<(), crm_core::Error>(())
                /// ```
            }
            @python {
                /// >>> crm.open(":memory:").base_currency()
                /// 'EUR'
            }
            [view] base_currency() -> Currency = |view| Ok(view.schema.base_currency);

            /// Takes back a change set, by a new one whose id it gives, so that an undo can be undone. When later changes
            /// stand in the way it is a conflict that names them, and nothing changes; see `obstacles`.
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> redo = db.undo(acme.revision)
                /// >>> db.organizations.count()
                /// 0
                /// >>> undone = db.undo(redo)
                /// >>> db.organizations.count()
                /// 1
            }
            [crm begins] undo(change_set: ChangeSetId) -> ChangeSetId = |crm| {
                let done = crm.change(&format!("undo of change set {change_set}"), |change| change.take_back(change_set))?;
                done.change_set.ok_or_else(|| Error::conflict("change_set", "nothing is left of this change set to undo"))
            };

            /// What stands in the way of undoing a change set; empty when nothing does.
            [crm begins] obstacles(change_set: ChangeSetId) -> Vec<Obstacle> = |crm| crm.obstacles_of(change_set);

            /// The changes after a position of the feed (0 for the first), oldest first: at most `limit` (1,000 when it is left out, 10,000 at
            /// most). Positions only grow, and no entry appears before an earlier one: none is lost, none comes twice.
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> acme = db.organizations.add(name="Acme")
                /// >>> db.changes()[-1].entity
                /// 'organization'
            }
            [crm] changes(since: i64 = 0, limit: usize = 1_000) -> Vec<ChangeEvent> = |crm| crm.view(|view| view.changes(since, limit));

            /// Checks the whole file: the storage's own integrity, its tables beside those of a new file, every reference, the chain of hashes over the log, and
            /// that all that records say and said can be read and is what the log's digests hold of it. What is wrong is a finding, and none hides the rest.
            /// `expected_head` is a head that an earlier call gave and that was kept elsewhere: then even whoever could make the whole chain anew is found out.
            /// Reads everything, so it takes seconds per million records; progress is told in steps, the last of them one for each entity.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let head = crm.verify(None, &mut |_, _| {})?.head;
                /// crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// assert!(crm.verify(Some(head), &mut |_, _| {})?.is_clean());
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> db.verify().is_clean
                /// True
                /// >>> db.verify("00" * 32).findings[0]
                /// "log: the head that was expected is none of this file's: what was there then was altered or cut off"
            }
            [crm long] verify(expected_head: Option<String> = None) -> Verified = |crm, progress| crm.verified(expected_head.as_deref(), progress);

            /// Takes away what records were before: the former versions, of the entities named or of all, that had ended by the moment `before`, which may not lie in
            /// the future; when it is left out, of those that have a `retention`, each by its days. What they were at that moment and later stays, and so does the log; `verify` checks its chain of hashes as before. Nothing brings the
            /// versions back: reading an entity at a moment before what went is refused as `invalid` for `at`, its entries in histories say that they are
            /// `pruned`, and change sets that ended such versions cannot be undone. Nothing else ever takes away what was. For handles without a user only; it
            /// happens whole or not at all, as a change set of its own that has no entries in the feed. The file keeps its size: the room is used again.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// # use std::sync::Arc;
                /// # let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
                /// # let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone()))?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// let then = crm.now();
                /// # clock.advance(chrono::TimeDelta::days(1));
                /// crm.organizations().edit(acme.id, |fields| fields.name = "Acme Group".into())?;
                /// # clock.advance(chrono::TimeDelta::days(1));
                /// let pruned = crm.prune(Some(crm.now()), &["organization".into()])?;
                /// assert_eq!(pruned.entities[0].versions, 1);
                /// assert_eq!(crm.at(then)?.organizations().get(acme.id).unwrap_err().field(), "at");
                /// assert_eq!(crm.at(crm.now())?.organizations().get(acme.id)?.name, "Acme Group");
                /// # Ok::<(), Error>(())
                /// ```
            }
            [crm begins] prune(before: Option<DateTime<Utc>> = None, entities: Vec<String> [&[String]] = Vec::new()) -> Pruned = |crm| retention::prune(crm, before, entities);

            /// All that the file holds of a record, as JSON: for a person who asks what is known of him. A list of objects with `entity`, `id`, `relation` (`itself`, `part` for what
            /// belongs to it or is about it, `refers to it` for what only names it), `record` (its fields now; null where it is gone) and `history` (what happened to it, the newest
            /// first). As far as the reader sees it; at most 100,000 records.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let jan = crm.people().add(PersonFields::new().last_name("Kowalski"))?;
                /// crm.notes().add(NoteFields::new("person", jan.id.0, "Likes trains"))?;
                /// let told = crm.export_of("person", jan.id.0)?;
                /// assert!(told.contains("Kowalski") && told.contains("Likes trains"));
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> import json
                /// >>> db = crm.open(":memory:")
                /// >>> jan = db.people.add(last_name="Kowalski")
                /// >>> [(part["relation"], part["record"]["last_name"]) for part in json.loads(db.export_of("person", jan.id))]
                /// [('itself', 'Kowalski')]
            }
            [view] export_of(entity: String [&str], id: i64) -> String = |view| export::export_of(view, entity, id);

            /// Erases what a record tells of a person, for good: what is personal in it, in its parts (contact points, addresses, notes on it ...), also in those that were its
            /// when they were removed, and in all former versions of these; what was its for a while and belongs to somebody else now stays. Parts that say nothing else are removed. The record itself stays, empty, and so do its links and all
            /// that is not personal (country, source, owner), so that figures stay what they were, of past days too, unless they filter or group by what was erased. Nothing
            /// brings it back: an undo that would is refused, and the log's chain holds a half of a digest that no guess can be compared with. The entry `erase` in the feed
            /// tells others to follow. `reason` becomes the change set's label; it should not name the person. It gives back where others still name who was erased. What is erased is
            /// out of the file's free pages after `vacuum`. Backups made before still hold it. For handles without a user only; sealed records are refused.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let jan = crm.people().add(PersonFields::new().first_name("Jan").last_name("Kowalski"))?;
                /// crm.organizations().add(OrganizationFields::new("Acme").description("Ask Jan Kowalski"))?;
                /// let erased = crm.erase("person", jan.id.0, "asked to", &mut |_, _| {})?;
                /// assert_eq!(crm.people().get(jan.id)?.name, "");
                /// assert_eq!(crm.history("person", jan.id.0)?[1].after.get("last_name"), Some(&Value::Null));
                /// assert_eq!((erased.mentions[0].entity.as_str(), erased.mentions[0].field.as_str()), ("organization", "description"));
                /// # Ok::<(), Error>(())
                /// ```
            }
            @python {
                /// >>> db = crm.open(":memory:")
                /// >>> jan = db.people.add(first_name="Jan", last_name="Kowalski")
                /// >>> db.erase("person", jan.id, "asked to").versions
                /// 1
                /// >>> db.people.get(jan.id).last_name is None
                /// True
            }
            [crm begins long] erase(entity: String [&str], id: i64, reason: String [&str] = String::new()) -> Erased = |crm, progress| crm.erased(entity, id, reason, progress);

            /// Brings a backup back: everything that it holds takes the place of what the file holds now, in one step, while others have the file open; they read what it was
            /// until they are done, and then what was brought back. What was erased in the file since is erased again, so that nobody comes back who asked to be forgotten. The
            /// backup may be of an earlier version of the library; it is only read, and first of all verified: one that is damaged or was altered is refused. It needs room for the backup twice meanwhile. Where the file cannot be opened any more, a copy of the
            /// backup takes its place instead; remove what is beside the file (`-wal`, `-shm`) then. For handles without a user only.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// # let folder = std::env::temp_dir().join(format!("crm-restore-doc-{}", std::process::id()));
                /// # std::fs::create_dir_all(&folder).unwrap();
                /// let crm = Crm::open(folder.join("acme.crm"))?;
                /// crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// crm.backup_to(folder.join("copy.crm"), &mut |_done, _all| {})?;
                /// crm.organizations().add(OrganizationFields::new("Birch"))?;
                /// let restored = crm.restore(folder.join("copy.crm"), &mut |_done, _all| {})?;
                /// assert_eq!((restored.lost, crm.organizations().count("")?), (1, 1));
                /// # std::fs::remove_dir_all(&folder).unwrap();
                /// # Ok::<(), Error>(())
                /// ```
            }
            [crm begins long] restore(backup: PathBuf [impl AsRef<Path>]) -> Restored = |crm, progress| crm.brought_back(backup.as_ref(), progress);

            /// Writes the file anew without the room of what went, empties the log beside it (`-wal`), and makes the search index anew: afterwards nothing of what was erased is in
            /// any of them. It takes as long as copying the file, needs as much room again meanwhile, and makes writers wait; while somebody reads, it is `Busy`.
            /// For handles without a user only.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// crm.vacuum(&mut |_, _| {})?;
                /// # Ok::<(), Error>(())
                /// ```
            }
            [crm begins long] vacuum() -> () = |crm, progress| crm.written_anew(progress);

            /// How large the file is, and what in it takes the room: records, former versions and their sizes, entity by entity. Looks at every page, so it takes
            /// a second or so per gigabyte. For handles without a user only.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// let crm = Crm::open(":memory:")?;
                /// let acme = crm.organizations().add(OrganizationFields::new("Acme"))?;
                /// crm.organizations().edit(acme.id, |fields| fields.name = "Acme Group".into())?;
                /// let status = crm.status()?;
                /// let organizations = status.entities.iter().find(|entity| entity.entity == "organization").unwrap();
                /// assert_eq!((organizations.records, organizations.versions), (1, 1));
                /// # Ok::<(), Error>(())
                /// ```
            }
            [crm] status() -> Status = |crm| crm.measured();

            /// Copies the file while others read and write it; progress is told in pages. The copy is complete and consistent, or is
            /// not there; an existing file is never overwritten.
            @rust {
                ///
                /// ```
                /// # use crm_core::*;
                /// # let folder = std::env::temp_dir().join(format!("crm-backup-doc-{}", std::process::id()));
                /// # std::fs::create_dir_all(&folder).unwrap();
                /// let crm = Crm::open(":memory:")?;
                /// crm.backup_to(folder.join("copy.crm"), &mut |_done, _all| {})?;
                /// assert!(Crm::open(folder.join("copy.crm"))?.verify(None, &mut |_, _| {})?.is_clean());
                /// # std::fs::remove_dir_all(&folder).unwrap();
                /// # Ok::<(), Error>(())
                /// ```
            }
            [crm long] backup_to(path: PathBuf [impl AsRef<Path>]) -> () = |crm, progress| crm.back_up(path.as_ref(), progress);
        }
    }
}
