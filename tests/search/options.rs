//! Narrowing, ordering, paging, counting, type-ahead.

use super::{assert_finds, titles};
use crate::support::*;
use crm_core::*;
use std::collections::BTreeMap;

/// Activities of two users over several months, with deals in stages.
fn year() -> (Crm, Vec<UserId>, Vec<StageId>) {
    let (crm, clock) = open_with_clock(":memory:");
    let users: Vec<UserId> = ["Ann", "Bob"].map(|name| crm.users().add(UserFields { name: name.into(), ..Default::default() }).unwrap().id).to_vec();
    let process = crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let stages: Vec<StageId> = crm.stages().find(("process_id = ?", [process.id])).unwrap().into_iter().map(|stage| stage.id).collect();
    for n in 0..120usize {
        let fields = ActivityFields {
            starts_at: Some(moment(&format!("2026-{:02}-15T10:00:00Z", 1 + n % 12))),
            owner_id: Some(users[n % 2]),
            ..activity(&format!("Pump visit {n}"))
        };
        crm.activities().add(fields).unwrap();
        clock.advance(chrono::TimeDelta::seconds(1));
    }
    for n in 0..10usize {
        let fields = DealFields {
            stage_id: stages[n % 2],
            owner_id: Some(users[0]),
            value: Some(Money::from_minor(n as i64 * 100, Currency::EUR)),
            ..deal(&format!("Pump order {n}"))
        };
        crm.deals().add(fields).unwrap();
    }
    (crm, users, stages)
}

#[test]
fn hits_are_narrowed() {
    let (crm, users, _) = year();
    let count = |search: Search| crm.search(search.facets(true)).unwrap().facets.unwrap().total;
    let pump = || Search::new("pumps");
    assert_eq!(count(pump()), 130);
    assert_eq!(count(pump().kinds(["deal"])), 10);
    assert_eq!(count(pump().owner(users[1])), 60);
    assert_eq!(count(pump().kinds(["activity"]).owner(users[0])), 60);
    assert_eq!(count(pump().since(moment("2026-03-01T00:00:00Z")).until(moment("2026-05-01T00:00:00Z")).kinds(["activity"])), 20);
    assert_eq!(count(pump().kinds(["deal"]).filter("value >= 500")), 5);
    assert_eq!(count(pump().kinds(["activity"]).filter("owner_id = ?1").params([users[1]])), 60);
    assert_eq!(count(Search::new("").kinds(["deal"])), 10, "without words everything is a hit");
    assert_eq!(count(Search::new("visit -pump")), 0);
    assert_finds(&crm, Search::new("order").kinds(["deal"]).filter("value = 300"), &["Pump order 3"]);
    assert_refused(crm.search(pump().kinds(["dael"])), "invalid", "did you mean `deal`");
    assert_refused(crm.search(pump().filter("value > 1")), "invalid", "the only kind");
    assert_refused(crm.search(pump().kinds(["deal"]).filter("nofield = 1")), "invalid", "unknown field");
    assert_refused(crm.search(pump().limit(0)), "invalid", "between 1 and 1000");
    assert_refused(crm.search(pump().after("x")), "invalid", "position");
    assert_refused(crm.at(crm.now()).unwrap().search(pump()), "invalid", "the past cannot be searched");
}

#[test]
fn facets_count_what_is_there() {
    let (crm, users, stages) = year();
    let facets = crm.search(Search::new("pump").limit(1).facets(true)).unwrap().facets.unwrap();
    let counts = |facet: &[FacetCount]| facet.iter().map(|one| (one.value.clone(), one.id, one.count)).collect::<Vec<_>>();
    assert_eq!(counts(&facets.kinds), [("activity".to_owned(), None, 120), ("deal".to_owned(), None, 10)]);
    assert_eq!(counts(&facets.owners), [("Ann".to_owned(), Some(users[0].0), 70), ("Bob".to_owned(), Some(users[1].0), 60)]);
    assert_eq!(facets.stages.iter().map(|one| (one.id, one.count)).collect::<BTreeMap<_, _>>(), [(Some(stages[0].0), 5), (Some(stages[1].0), 5)].into());
    assert_eq!((facets.months.len(), facets.months[0].value.as_str(), facets.months[9].count), (12, "2026-12", 20), "deals were added in March");
    assert_eq!(facets.months.iter().map(|one| one.count).sum::<i64>(), facets.total);
}

#[test]
fn pages_follow_each_other() {
    let (crm, _, _) = year();
    for search in [Search::new("pump visit"), Search::new("pump visit").by_time(true), Search::new("pump elephant"), Search::new("pimp visit"), Search::new("")]
    {
        let mut all: Vec<(String, i64)> = Vec::new();
        let mut after = None;
        loop {
            let mut page = search.clone().limit(17);
            if let Some(next) = after {
                page = page.after(next);
            }
            let found = crm.search(page).unwrap();
            all.extend(found.hits.iter().map(|hit| (hit.kind.clone(), hit.id)));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        let whole = crm.search(search.clone().limit(1_000)).unwrap();
        assert_eq!(whole.next, None);
        assert_eq!(all, whole.hits.iter().map(|hit| (hit.kind.clone(), hit.id)).collect::<Vec<_>>(), "{search:?}");
        assert!(all.len() >= 120, "{search:?} {}", all.len());
    }
    let hits = crm.search(Search::new("visit").by_time(true).limit(1_000)).unwrap().hits;
    assert!(hits.windows(2).all(|pair| pair[0].time >= pair[1].time), "the newest first");
    assert_eq!(hits.len(), 120);
}

#[test]
fn names_are_suggested_as_one_types() {
    let crm = memory();
    for name in ["Acme", "Acmeon", "Big Acme", "Ółtarz", "Anna Nowak"] {
        crm.organizations().add(organization(name)).unwrap();
    }
    crm.people().add(person("Anna Nowak")).unwrap();
    crm.activities().add(activity("Acme call")).unwrap();
    let names = |typed: &str| crm.suggest(typed, 10).unwrap().into_iter().map(|one| one.title).collect::<Vec<_>>();
    assert_eq!(names("acm"), ["Acme", "Acmeon", "Big Acme"]);
    assert_eq!(names("ACME "), ["Acme", "Acmeon", "Big Acme"]);
    assert_eq!(names("nowak an"), ["Anna Nowak", "Anna Nowak"]);
    assert_eq!(names("olt"), ["Ółtarz"]);
    assert_eq!(names(""), Vec::<String>::new());
    assert_eq!(crm.suggest("a", 2).unwrap().len(), 2);
    let acme = crm.organizations().find("name = 'Acme'").unwrap().remove(0);
    crm.organizations().edit(acme.id, |fields| fields.name = "Zebra".into()).unwrap();
    assert_eq!(names("acm"), ["Acmeon", "Big Acme"]);
    assert_eq!(names("zeb"), ["Zebra"]);
    assert_eq!(titles(&crm, "zebra"), ["Zebra"]);
    assert_refused(crm.suggest("a", 0), "invalid", "limit");
}
