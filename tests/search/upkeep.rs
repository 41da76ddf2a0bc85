//! The index in step with the log, whatever is done.

use super::assert_finds;
use crate::support::*;
use crm_core::*;
use std::collections::BTreeSet;

#[test]
fn what_was_written_before_is_found() {
    let crm = memory();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    assert_finds(&crm, "acme", &["Acme"]);
    let renamed = crm.organizations().edit(acme.id, |fields| fields.name = "Birch".into()).unwrap();
    assert_finds(&crm, "acme", &[]);
    assert_finds(&crm, "birch", &["Birch"]);
    crm.undo(renamed.revision).unwrap();
    assert_finds(&crm, "acme", &["Acme"]);
    let phone = crm.contact_points().add(ContactPointFields { organization_id: Some(acme.id), value: "+48 601 234 567".into(), ..Default::default() }).unwrap();
    assert_finds(&crm, "601234567", &["Acme"]);
    // What belonged to one and now belongs to another is found with the other.
    let cedar = crm.organizations().add(organization("Cedar")).unwrap();
    crm.contact_points().edit(phone.id, |fields| fields.organization_id = Some(cedar.id)).unwrap();
    assert_finds(&crm, "601234567", &["Cedar"]);
    crm.aliases().add(AliasFields { entity: "organization".into(), record_id: acme.id.0, name: "Apex Works".into(), ..Default::default() }).unwrap();
    assert_finds(&crm, "apex", &["Acme"]);
    crm.external_refs()
        .add(ExternalRefFields { entity: "organization".into(), record_id: acme.id.0, system: "sap".into(), key: "K-4711".into(), ..Default::default() })
        .unwrap();
    assert_finds(&crm, "k4711", &["Acme"]);
    crm.organizations().remove(acme.id).unwrap();
    assert_finds(&crm, "acme", &[]);
    assert_finds(&crm, "apex", &[]);
    let many = crm.organizations().add_many((0..3_000).map(|n| organization(&format!("Company {n}")))).unwrap();
    assert_eq!(crm.search(Search::new("company").facets(true)).unwrap().facets.unwrap().total, 3_000);
    assert_finds(&crm, "\"company 2999\"", &["Company 2999"]);
    crm.undo(many.change_set.unwrap()).unwrap();
    assert_finds(&crm, "company", &[]);
}

#[test]
fn a_change_that_is_rolled_back_is_not_found() {
    let crm = memory();
    crm.search("").unwrap();
    let change = crm.begin("trial").unwrap();
    change.organizations().add(organization("Acme")).unwrap();
    assert_finds(&crm, "acme", &[]);
    change.rollback();
    assert_finds(&crm, "acme", &[]);
}

// Random work, then a comparison of the index that followed it with one made anew and with a plain look at the records.
#[test]
fn an_index_that_followed_random_work_equals_one_made_anew() {
    let words = ["umowa", "umowy", "договор", "contract", "pump", "насос", "offer", "steel"];
    for seed in 0..6 {
        let random = Random::new(seed);
        let (_folder, path) = place();
        let crm = Crm::open(&path).unwrap();
        let text = || (0..3).map(|_| *random.pick(&words)).collect::<Vec<_>>().join(" ");
        for step in 0..400 {
            let organizations = crm.organizations().find(Filter::new("").order_by("-id").limit(30)).unwrap();
            let notes = crm.notes().find(Filter::new("").order_by("-id").limit(30)).unwrap();
            match random.below(9) {
                0 => drop(crm.organizations().add(organization(&text())).unwrap()),
                1 if !organizations.is_empty() => {
                    let id = random.pick(&organizations).id;
                    crm.notes().add(NoteFields { entity: "organization".into(), record_id: id.0, text: text(), ..Default::default() }).unwrap();
                }
                2 if !organizations.is_empty() => drop(crm.organizations().edit(random.pick(&organizations).id, |fields| fields.name = text()).unwrap()),
                3 if !notes.is_empty() => drop(crm.notes().edit(random.pick(&notes).id, |fields| fields.text = text()).unwrap()),
                4 if organizations.len() > 3 => drop(crm.organizations().remove(random.pick(&organizations).id)),
                5 if !organizations.is_empty() => {
                    let fields = ContactPointFields { kind: ContactKind::Other, ..email(random.pick(&organizations).id, &text()) };
                    crm.contact_points().add(fields).unwrap();
                }
                6 => drop(crm.organizations().add_many((0..random.below(150)).map(|_| organization(&text())).collect::<Vec<_>>()).unwrap()),
                7 => {
                    let last = crm.changes(0, 10_000).unwrap().last().unwrap().change_set;
                    if last.0 > 1 && crm.obstacles(last).unwrap().is_empty() {
                        drop(crm.undo(last));
                    }
                }
                _ => drop(crm.search(*random.pick(&words)).unwrap()),
            }
            if step % 100 == 99 {
                compare(&crm, &words);
            }
        }
        crm.search_update(&mut |_, _| {}).unwrap();
        assert_eq!(crm.search_status().unwrap().pending, 0);
        compare(&crm, &words);
    }
}

fn compare(crm: &Crm, words: &[&str]) {
    let found = |word: &str| -> BTreeSet<(String, i64)> {
        let mut all = BTreeSet::new();
        let mut after: Option<String> = None;
        loop {
            let mut search = Search::new(word).limit(1_000);
            search = match after.take() {
                Some(next) => search.after(next),
                None => search,
            };
            let hits = crm.search(search).unwrap();
            for hit in hits.hits {
                assert!(all.insert((hit.kind, hit.id)), "a hit comes twice");
            }
            match hits.next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    };
    // Each word is found with the other forms of it only.
    let same: &[&[&str]] = &[&["umowa", "umowy"]];
    for word in words {
        let forms: Vec<&str> = same.iter().find(|forms| forms.contains(word)).map_or_else(|| vec![*word], |forms| forms.to_vec());
        let like = |column: &str| forms.iter().map(|form| format!("' ' || {column} || ' ' like '% {form} %'")).collect::<Vec<_>>().join(" or ");
        let sql = format!(
            "select 'organization' as kind, id from organization where {} or id in (select organization_id from contact_point where {}) union all select 'note', id from note where {}",
            like("name"),
            like("value"),
            like("text")
        );
        let table = crm.sql(&sql, &[]).unwrap();
        let expected: BTreeSet<(String, i64)> = (0..table.len()).map(|row| (table.text(row, "kind").unwrap(), table.integer(row, "id").unwrap())).collect();
        assert_eq!(found(word), expected, "{word}");
    }
    let before: Vec<_> = words.iter().map(|word| found(word)).collect();
    let mut told = Vec::new();
    crm.search_rebuild(&mut |done, all| told.push((done, all))).unwrap();
    assert!(told.last().is_some_and(|(done, all)| Some(*done) == *all), "progress ends with everything: {told:?}");
    for (word, before) in words.iter().zip(before) {
        assert!(found(word) == before, "{word}");
    }
}

// Small writes do not make the index fall to pieces.
#[test]
fn segments_stay_few() {
    let (_folder, path) = place();
    let crm = Crm::open(&path).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    for n in 0..WRITES {
        crm.activities().add(ActivityFields { organization_id: Some(acme), ..activity(&format!("Call {n}")) }).unwrap();
        if n % 40 == 0 {
            assert_eq!(crm.search(Search::new(format!("\"call {n}\"")).limit(1)).unwrap().hits.len(), 1);
        }
    }
    crm.search_update(&mut |_, _| {}).unwrap();
    // Merging goes on in the background for a moment.
    let started = std::time::Instant::now();
    loop {
        let status = crm.search_status().unwrap();
        if status.segments <= 24 {
            assert_eq!((status.documents, status.pending, status.kept), (WRITES + 1, 0, true));
            break;
        }
        assert!(started.elapsed().as_secs() < 20, "{status:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

const WRITES: i64 = 100_000;
