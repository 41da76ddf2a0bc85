//! Pages by key: every record once, in order.

use crate::support::*;
use crm_core::*;
use proptest::prelude::*;

const KEYS: &[&str] = &["name", "employees", "country", "annual_revenue", "founded", "score", "seen_on", "doubled", "updated_at", "id"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_visit_every_record_once_in_order(seed: u64, keys in proptest::collection::vec((0..KEYS.len(), 0u8..4), 0..4), limit in 1usize..9) {
        let crm = memory();
        crm.custom_fields().add(custom_field("organization", "score", CustomKind::Number)).unwrap();
        crm.custom_fields().add(custom_field("organization", "seen_on", CustomKind::Date)).unwrap();
        crm.custom_fields().add(CustomFieldFields { expression: Some("score * 2".into()), ..custom_field("organization", "doubled", CustomKind::Number) }).unwrap();
        let random = Random::new(seed);
        let records: Vec<OrganizationFields> = (0..30)
            .map(|_| {
                let mut fields = organization(random.pick::<&str>(&["Acme", "acme", "Ärger", "Żubr", "\"q\"", "Birch"]));
                fields.employees = random.maybe(&[1, 2, 3, 100_000_000], 60);
                fields.country = random.maybe(&["PL", "DE", "it's"], 60).map(Into::into);
                fields.founded = random.maybe(&[1900, 2000], 50);
                fields.annual_revenue = random.maybe(&[5, -5, i64::MAX], 50).map(|minor| Money::from_minor(minor, Currency::EUR));
                fields.custom.insert("score".into(), random.maybe(&[0.1, 1.0 / 3.0, 1e300, -2.0, 1e-7], 60).into());
                fields.custom.insert("seen_on".into(), random.maybe(&["2026-01-01", "1999-12-31"], 60).into());
                fields
            })
            .collect();
        crm.organizations().add_many(records).unwrap();
        let filter = || {
            keys.iter().fold(Filter::new("employees is null or employees <> ?1").bind(2), |filter, (key, way)| {
                let key = KEYS[*key];
                filter.order_by(match way { 0 => key.to_owned(), 1 => format!("-{key}"), 2 => format!("{key} desc"), _ => format!("{key} asc") })
            })
        };
        let all: Vec<i64> = crm.organizations().find(filter().limit(1000)).unwrap().into_iter().map(|one| one.id.0).collect();
        let mut visited = Vec::new();
        let mut next = None;
        for _ in 0..100 {
            let page = crm.organizations().page(next.iter().fold(filter().limit(limit), |filter, next: &String| filter.after(next.clone()))).unwrap();
            prop_assert!(page.records.len() <= limit);
            visited.extend(page.records.into_iter().map(|one| one.id.0));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        prop_assert_eq!(&visited, &all);
        prop_assert_eq!(crm.organizations().count(filter()).unwrap() as usize, all.len());
        // In an order worked out by another way: SQL of its own.
        let order: Vec<String> = keys.iter().map(|(key, way)| format!("{}{}", KEYS[*key], if matches!(way, 1 | 2) { " desc" } else { "" })).chain(["id".into()]).collect();
        let table = crm.sql(&format!("select id from organization where employees is not 2 order by {}", order.join(", ")), &[]).unwrap();
        let sorted: Vec<i64> = (0..table.len()).map(|row| table.integer(row, "id").unwrap()).collect();
        prop_assert_eq!(&all, &sorted);
    }
}

#[test]
fn positions_of_another_order_are_refused() {
    let crm = memory();
    for wrong in ["", "x", "[]", "[1,2,3]", "{}", "[[1]]x", "null"] {
        assert_refused(crm.organizations().page(Filter::new("").order_by("name").after(wrong)), "invalid", "position");
    }
    assert_refused(crm.organizations().page(Filter::new("").order_by("nam")), "invalid", "did you mean `name`");
    assert_refused(crm.organizations().page(Filter::new("").order_by("name; drop table x")), "invalid", "unknown field");
    assert_refused(crm.organizations().find(Filter::new("").limit(0)), "invalid", "between 1 and 100000");
    assert_refused(crm.organizations().find(Filter::new("").limit(100_001)), "invalid", "between 1 and 100000");
    assert_refused(crm.organizations().find(Filter::new("").order_by("id,id,id,id,id,id,id,id,id")), "invalid", "more than 8");
}
