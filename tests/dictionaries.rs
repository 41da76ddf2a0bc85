//! Words of dictionaries: records hold the item, readers see the word (D5).

use crate::support::*;
use crm_core::*;
use proptest::prelude::*;

fn dictionary(crm: &Crm, name: &str) -> DictionaryId {
    match crm.dictionaries().find(("name = ?", [name])).unwrap().pop() {
        Some(known) => known.id,
        None => crm.dictionaries().add(DictionaryFields { name: name.into(), ..Default::default() }).unwrap().id,
    }
}

fn add(crm: &Crm, of: DictionaryId, word: &str) -> Result<DictionaryItem> {
    crm.dictionary_items().add(DictionaryItemFields { dictionary_id: of, name: word.into(), ..Default::default() })
}

fn item(crm: &Crm, of: DictionaryId, word: &str) -> DictionaryItemId {
    crm.dictionary_items().find(("dictionary_id = ?1 and name = ?2", [Value::from(of), word.into()])).unwrap()[0].id
}

fn rename(crm: &Crm, item: DictionaryItemId, word: &str) -> Result<DictionaryItem> {
    crm.dictionary_items().edit(item, |fields| fields.name = word.into())
}

fn in_industry(name: &str, industry: &str) -> OrganizationFields {
    OrganizationFields { industry: Some(industry.into()), ..organization(name) }
}

// Renaming a word must not write a version of every record that has it; whatever reads or was written before follows.
#[test]
fn a_renamed_word_writes_one_row_and_everything_follows() {
    let (crm, clock) = open_with_clock(":memory:");
    crm.custom_fields().add(CustomFieldFields { of: Some("industry".into()), ..custom_field("organization", "also", CustomKind::Items) }).unwrap();
    let heavy = CustomFieldFields {
        expression: Some("case when industry = 'steel' then 1 else 0 end".into()),
        ..custom_field("organization", "heavy", CustomKind::Integer)
    };
    crm.custom_fields().add(heavy).unwrap();
    crm.lists()
        .add(ListFields {
            name: "Mills".into(),
            entity: "organization".into(),
            kind: ListKind::Dynamic,
            filter: Some("industry = 'steel' or has(also, 'steel')".into()),
            ..Default::default()
        })
        .unwrap();
    let loaded = crm.organizations().add_many((0..500).map(|n| in_industry(&format!("Mill {n}"), if n % 2 == 0 { "steel" } else { "mining" }))).unwrap();
    let mixed = named([("name", "Mixed".into()), ("also", Value::Items(vec!["steel".into(), "mining".into()]))]);
    let mixed = crm.organizations().add_named(mixed).unwrap();
    let before = crm.now();
    clock.advance(chrono::TimeDelta::days(1));

    let steel = item(&crm, dictionary(&crm, "industry"), "steel");
    let renamed = rename(&crm, steel, "metal").unwrap();
    let written = crm.changes(0, 10_000).unwrap().into_iter().filter(|event| event.change_set == renamed.revision).count();
    assert_eq!(written, 1);

    let mill = loaded.first.unwrap();
    let industry = |crm: &Crm, id| crm.organizations().get(id).unwrap().industry;
    assert_eq!(industry(&crm, mill).as_deref(), Some("metal"));
    assert_eq!(crm.organizations().get(mixed.id).unwrap().custom["also"], Value::Items(vec!["metal".into(), "mining".into()]));
    // By either word, as a literal or bound, in lists and formulas, at a moment before.
    for crm in [&crm, &crm.at(before).unwrap()] {
        assert_eq!(industry(crm, mill).as_deref(), Some("metal"));
        for (filter, found) in [
            ("industry = 'metal'", 250),
            ("industry = 'steel'", 250),
            ("industry in ('steel', 'mining')", 500),
            ("has(also, 'steel')", 1),
            ("heavy = 1", 250),
            ("in_list('Mills')", 251),
        ] {
            assert_eq!(crm.organizations().count(filter).unwrap(), found, "{filter}");
        }
        assert_eq!(crm.organizations().count(("industry = ?", ["steel"])).unwrap(), 250);
        let table = crm.sql("select industry, count(*) as n from organization where industry is not null group by 1 order by 1", &[]).unwrap();
        assert_eq!((table.text(0, "industry"), table.integer(0, "n"), table.integer(1, "n")), (Some("metal".into()), Some(250), Some(250)));
    }
    // Whoever still writes the former word writes this item, and nothing where the record has it.
    let again = crm.organizations().add(in_industry("Late", "steel")).unwrap();
    assert_eq!(again.industry.as_deref(), Some("metal"));
    let revision = again.revision;
    assert_eq!(crm.organizations().edit(again.id, |fields| fields.industry = Some("steel".into())).unwrap().revision, revision);
    let edited = crm.organizations().edit(mill, |fields| fields.industry = Some("mining".into())).unwrap();
    let history = crm.organizations().history(mill).unwrap();
    assert_eq!((history[0].before["industry"].clone(), history[0].after["industry"].clone()), ("metal".into(), "mining".into()));
    crm.undo(edited.revision).unwrap();
    assert_eq!(industry(&crm, mill).as_deref(), Some("metal"));
    // A chain of names: each is understood. Undone, the word is what it was.
    let iron = rename(&crm, steel, "iron and steel").unwrap();
    for word in ["steel", "metal", "iron and steel"] {
        assert_eq!(crm.organizations().count(("industry = ?", [word])).unwrap(), 251, "{word}");
    }
    crm.undo(iron.revision).unwrap();
    crm.undo(renamed.revision).unwrap();
    assert_eq!(industry(&crm, mill).as_deref(), Some("steel"));
    assert_eq!(crm.organizations().count("industry = 'metal'").unwrap(), 0);
    assert_clean(&crm);
}

// D23: full text finds the word that is shown.
#[cfg(feature = "search")]
#[test]
fn search_finds_a_renamed_word() {
    let crm = memory();
    let of = dictionary(&crm, "industry");
    for n in 0..200 {
        crm.organizations().add(in_industry(&format!("Mill {n}"), "steel")).unwrap();
    }
    let contact = crm.people().add(person("Ann")).unwrap();
    let role = dictionary(&crm, "role");
    add(&crm, role, "buyer").unwrap();
    let link = AffiliationFields { person_id: contact.id, organization_id: OrganizationId(1), role: Some("buyer".into()), ..Default::default() };
    crm.affiliations().add(link).unwrap();
    let total = |word: &str| crm.search(Search::new(word)).unwrap().hits.len();
    assert_eq!((total("steel") > 0, total("Blechwalzwerk")), (true, 0));
    rename(&crm, item(&crm, of, "steel"), "Blechwalzwerk").unwrap();
    assert_eq!((total("steel"), total("Blechwalzwerk") > 0), (0, true));
}

#[test]
fn a_word_may_take_the_place_of_another() {
    let crm = memory();
    let of = dictionary(&crm, "industry");
    let acme = crm.organizations().add(in_industry("Acme", "steel")).unwrap().id;
    let steel = item(&crm, of, "steel");
    rename(&crm, steel, "metal").unwrap();
    // The word is free again, for another item: records keep theirs apart.
    let second = add(&crm, of, "steel").unwrap();
    let birch = crm.organizations().add(in_industry("Birch", "steel")).unwrap().id;
    let shown = |id| crm.organizations().get(id).unwrap().industry.unwrap();
    assert_eq!((shown(acme), shown(birch)), ("metal".to_owned(), "steel".to_owned()));
    assert_eq!(crm.organizations().count("industry = 'steel'").unwrap(), 1);
    rename(&crm, second.id, "steel works").unwrap();
    rename(&crm, steel, "steel").unwrap();
    assert_eq!((shown(acme), shown(birch)), ("steel".to_owned(), "steel works".to_owned()));
    // Within one change set, too.
    crm.change("both", |change| {
        change.dictionary_items().edit(steel, |fields| fields.name = "iron".into())?;
        assert_eq!(change.organizations().get(acme)?.industry.as_deref(), Some("iron"));
        change.organizations().edit(birch, |fields| fields.industry = Some("iron".into())).map(drop)
    })
    .unwrap();
    assert_eq!((shown(acme), shown(birch)), ("iron".to_owned(), "iron".to_owned()));
    // One that records have cannot go, or they would show what it was before. One that was never renamed can: the word is theirs.
    assert_refused(crm.dictionary_items().remove(steel), "conflict", "dictionary_item");
    crm.dictionary_items().remove(second.id).unwrap();
    assert_refused(crm.dictionaries().edit(of, |fields| fields.name = "trade".into()).map(drop), "invalid", "name");
    assert_refused(rename(&crm, steel, "iron; steel").map(drop), "invalid", "name");
    assert_clean(&crm);
}

// A word that records have without an item becomes the item's that is first to be called so, and goes with it.
#[test]
fn an_item_takes_over_the_word_that_records_have() {
    let crm = memory();
    let of = dictionary(&crm, "industry");
    let acme = crm.organizations().add(in_industry("Acme", "Drahtwerk")).unwrap().id;
    crm.dictionary_items().remove(add(&crm, of, "Drahtwerk").unwrap().id).unwrap();
    let item = add(&crm, of, "Kabelwerk").unwrap().id;
    rename(&crm, item, "Drahtwerk").unwrap();
    let unchanged = crm.organizations().edit(acme, |fields| fields.industry = Some("Drahtwerk".into())).unwrap().revision;
    assert_eq!(unchanged, crm.organizations().get(acme).unwrap().revision);
    #[cfg(feature = "search")]
    assert_eq!(crm.search("Drahtwerk").unwrap().hits.len(), 1);
    rename(&crm, item, "Seilwerk").unwrap();
    assert_eq!(crm.organizations().get(acme).unwrap().industry.as_deref(), Some("Seilwerk"));
    #[cfg(feature = "search")]
    assert_eq!(["Drahtwerk", "Seilwerk"].map(|word| crm.search(word).unwrap().hits.len()), [0, 1]);
    assert_refused(crm.dictionary_items().remove(item), "conflict", "dictionary_item");
    assert_clean(&crm);
}

#[test]
fn a_closed_dictionary_knows_former_words() {
    let crm = memory();
    let of = dictionary(&crm, "industry");
    rename(&crm, item(&crm, of, "steel"), "metal").unwrap();
    crm.dictionaries().edit(of, |fields| fields.closed = Some(true)).unwrap();
    assert_eq!(crm.organizations().add(in_industry("Acme", "steel")).unwrap().industry.as_deref(), Some("metal"));
    assert_refused(crm.organizations().add(in_industry("Birch", "stele")).map(drop), "invalid", "industry");
    let done = crm.import_csv_from("organization", "name,industry\nCedar,steel\nElm,metal\n".as_bytes(), &Import::default(), &mut |_, _| {}).unwrap();
    assert_eq!((done.added, done.failed), (2, 0));
    assert_eq!(crm.organizations().count("industry = 'metal'").unwrap(), 3);
}

#[test]
fn filters_ask_what_a_word_means() {
    let crm = memory();
    let of = dictionary(&crm, "outcome");
    crm.dictionary_items().edit(item(&crm, of, "agreed"), |fields| fields.meaning = Some(Meaning::Done)).unwrap();
    for outcome in ["agreed", "reached"] {
        crm.activities().add(ActivityFields { outcome: Some(outcome.into()), ..activity(outcome) }).unwrap();
    }
    let done = || crm.activities().count("meaning('outcome', outcome) = 'done'").unwrap();
    assert_eq!(done(), 1);
    rename(&crm, item(&crm, of, "agreed"), "concluded").unwrap();
    assert_eq!(done(), 1);
}

/// What a record holds: an item, or a word that is none.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Item(usize),
    Free(String),
}

#[derive(Clone, Debug)]
enum Act {
    Add(usize),
    Rename(usize, usize),
    Remove(usize),
    Set(usize, usize),
}

const WORDS: [&str; 5] = ["a", "b", "c", "d", "e"];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..5usize).prop_map(Act::Add),
        (0..6usize, 0..5usize).prop_map(|(item, word)| Act::Rename(item, word)),
        (0..6usize).prop_map(Act::Remove),
        (0..3usize, 0..5usize).prop_map(|(record, word)| Act::Set(record, word)),
    ]
}

/// An item of the model: what it is called, and the words that it was the first to be called.
struct Word {
    id: DictionaryItemId,
    now: String,
    first: Vec<String>,
    there: bool,
}

fn bearer(items: &[Word], word: &str) -> Option<usize> {
    items.iter().position(|item| item.there && item.now == word)
}

fn first_bearer(items: &[Word], word: &str) -> Option<usize> {
    items.iter().position(|item| item.there && item.first.iter().any(|first| first == word))
}

/// An item takes a word: what records have of it without an item becomes the item's, unless it was another's first.
fn take(items: &mut [Word], held: &mut [Option<Held>], item: usize, word: &str) {
    items[item].now = word.to_owned();
    if first_bearer(items, word).is_none() {
        items[item].first.push(word.to_owned());
        held.iter_mut().filter(|held| **held == Some(Held::Free(word.to_owned()))).for_each(|held| *held = Some(Held::Item(item)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    // Records follow the item, whatever it is called, however names wander between items.
    #[test]
    fn records_keep_their_item(acts in proptest::collection::vec(act(), 1..30)) {
        let crm = memory();
        let of = dictionary(&crm, "letters");
        crm.custom_fields().add(CustomFieldFields { of: Some("letters".into()), ..custom_field("organization", "letter", CustomKind::Item) }).unwrap();
        let records: Vec<_> = (0..3).map(|n| crm.organizations().add(organization(&format!("R{n}"))).unwrap().id).collect();
        let mut items: Vec<Word> = Vec::new();
        let mut held: Vec<Option<Held>> = vec![None; 3];
        let shown = |items: &[Word], held: &Option<Held>| match held {
            None => Value::Null,
            Some(Held::Item(item)) => items[*item].now.as_str().into(),
            Some(Held::Free(word)) => word.as_str().into(),
        };
        for act in acts {
            match act {
                Act::Add(word) => {
                    let word = WORDS[word];
                    let added = add(&crm, of, word);
                    prop_assert_eq!(added.is_ok(), bearer(&items, word).is_none());
                    let Ok(added) = added else { continue };
                    items.push(Word { id: added.id, now: String::new(), first: Vec::new(), there: true });
                    let item = items.len() - 1;
                    take(&mut items, &mut held, item, word);
                }
                Act::Rename(item, word) => {
                    let word = WORDS[word];
                    if !items.get(item).is_some_and(|item| item.there) { continue }
                    let renamed = rename(&crm, items[item].id, word);
                    prop_assert_eq!(renamed.is_ok(), bearer(&items, word).is_none_or(|bearer| bearer == item));
                    if renamed.is_ok() {
                        take(&mut items, &mut held, item, word);
                    }
                }
                Act::Remove(item) => {
                    if !items.get(item).is_some_and(|item| item.there) { continue }
                    let has = held.contains(&Some(Held::Item(item)));
                    let removed = crm.dictionary_items().remove(items[item].id);
                    // Of one that had several words, records may hold any.
                    prop_assert!(removed.is_ok() || has);
                    if removed.is_ok() {
                        items[item].there = false;
                        let word = items[item].now.clone();
                        held.iter_mut().filter(|held| **held == Some(Held::Item(item))).for_each(|held| *held = Some(Held::Free(word.clone())));
                    }
                }
                Act::Set(record, word) => {
                    let word = WORDS[word];
                    let meant = bearer(&items, word).or_else(|| first_bearer(&items, word)).map_or_else(|| Held::Free(word.to_owned()), Held::Item);
                    crm.organizations().set(records[record], named([("letter", word.into())]), None).unwrap();
                    // What shows the word already is left alone.
                    if shown(&items, &held[record]) != shown(&items, &Some(meant.clone())) {
                        held[record] = Some(meant);
                    }
                }
            }
            for (record, held) in records.iter().zip(&held) {
                prop_assert_eq!(&crm.organizations().get(*record).unwrap().custom["letter"], &shown(&items, held));
            }
        }
    }
}
