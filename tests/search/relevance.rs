//! Quality, measured: short texts of a CRM in three languages, queries, and what a user would want to find.

use crate::support::*;
use crm_core::*;
use std::collections::{BTreeMap, HashMap};

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.split('\t').collect())
}

/// The texts as records, and their keys.
fn world() -> (Crm, HashMap<(String, i64), String>) {
    let crm = memory();
    crm.settings().add(SettingFields { name: "phone_region".into(), value: "RU".into(), ..Default::default() }).unwrap();
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let mut keys = HashMap::new();
    let done = crm.change("texts", |change| {
        let anchor = change.products().add(ProductFields { name: "-".into(), ..Default::default() })?.id;
        for row in rows(include_str!("texts.tsv")) {
            let [key, kind, title, body, extra] = row[..] else { panic!("{row:?}") };
            let body = Some(body.to_owned()).filter(|body| !body.is_empty());
            let id = match kind {
                "organization" => change.organizations().add(OrganizationFields { description: body, ..organization(title) })?.id.0,
                "person" => change.people().add(PersonFields { description: body, ..person(title) })?.id.0,
                "deal" => change.deals().add(DealFields { description: body, ..deal(title) })?.id.0,
                "activity" => change.activities().add(ActivityFields { description: body, ..activity(title) })?.id.0,
                "note" => change.notes().add(NoteFields { entity: "product".into(), record_id: anchor.0, text: body.unwrap(), ..Default::default() })?.id.0,
                other => panic!("{other}"),
            };
            for part in extra.split(';').filter(|part| !part.is_empty()) {
                let (how, value) = part.split_once('=').unwrap();
                let fields = ContactPointFields {
                    organization_id: (kind == "organization").then_some(OrganizationId(id)),
                    person_id: (kind == "person").then_some(PersonId(id)),
                    kind: how.trim().parse().unwrap_or(ContactKind::Other),
                    value: value.into(),
                    ..Default::default()
                };
                change.contact_points().add(fields)?;
            }
            keys.insert((kind.to_owned(), id), key.to_owned());
        }
        Ok(())
    });
    done.unwrap();
    (crm, keys)
}

#[derive(Default)]
struct Score {
    queries: f64,
    recall: f64,
    rank: f64,
}

// D23
#[test]
fn users_find_what_they_mean() {
    let (crm, keys) = world();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for row in rows(include_str!("queries.tsv")) {
        let [query, language, group, expected, best] = row[..] else { panic!("{row:?}") };
        let hits = crm.search(Search::new(query).kinds(["organization", "person", "deal", "activity", "note"])).unwrap().hits;
        let found: Vec<&str> = hits.iter().map(|hit| keys[&(hit.kind.clone(), hit.id)].as_str()).collect();
        let expected: Vec<&str> = expected.split(',').map(str::trim).collect();
        let recall = expected.iter().filter(|key| found.contains(key)).count() as f64 / expected.len() as f64;
        let rank = found.iter().position(|key| best.split('|').any(|one| one.trim() == *key)).map_or(0.0, |at| 1.0 / (at + 1) as f64);
        if recall < 1.0 || rank < 1.0 {
            println!("{group} {language} `{query}`: recall {recall:.2}, rank {rank:.2}, wanted {expected:?} (best {best}), found {found:?}");
        }
        let groups = ["all".to_owned(), group.to_owned(), format!("{group} {language}")];
        for name in groups {
            let score = scores.entry(name).or_default();
            score.queries += 1.0;
            score.recall += recall;
            score.rank += rank;
        }
    }
    for (name, score) in &scores {
        println!("{name:14} {:4} queries, recall@10 {:.3}, MRR {:.3}", score.queries, score.recall / score.queries, score.rank / score.queries);
    }
    let all = &scores["all"];
    assert!(all.queries >= 60.0);
    assert!(all.recall / all.queries >= 0.95, "recall");
    assert!(all.rank / all.queries >= 0.85, "MRR");
    for language in ["en", "ru", "pl"] {
        let forms = &scores[&format!("form {language}")];
        assert!(forms.queries >= 10.0 && forms.recall / forms.queries >= 0.9, "word forms, {language}");
    }
}
