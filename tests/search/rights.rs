//! For random users and rights: whatever a restricted reader searches gives the same as over the rows that it may see (P1, P2,
//! B3). Its rows, read through the lens, are put into a file of their own, and that file is searched without any rights.

use crate::support::*;
use crm_core::*;
use std::collections::HashMap;

const WORDS: &[&str] = &["umowa", "umowy", "договор", "договором", "contract", "contracts", "pump", "steel", "acme", "raiffeisen", "насос", "offer"];
const QUERIES: &[&str] = &[
    "",
    "umowa",
    "contract pump",
    "договоры",
    "raiff",
    "raifeisen",
    "\"acme steel\"",
    "pump -steel",
    "насосами offer contract",
    "description:pump",
    "name:acme",
    "pimp",
    "example",
    "a1@steel.example",
    "601 234 5",
    "country",
    "poland",
    "text:steel",
    "u",
    "acme umowa offer",
];
const HIDEABLE: &[(&str, &str)] = &[
    ("organization", "description"),
    ("organization", "country"),
    ("organization", "owner_id"),
    ("person", "description"),
    ("activity", "description"),
    ("activity", "starts_at"),
    ("contact_point", "normal"),
];

fn text(random: &Random, most: usize) -> String {
    (0..=random.below(most)).map(|_| *random.pick(WORDS)).collect::<Vec<_>>().join(" ")
}

fn build(crm: &Crm, random: &Random) -> Vec<UserId> {
    let built = crm.change("a world", |change| {
        let teams: Vec<TeamId> =
            (0..3).map(|n| Ok(change.teams().add(TeamFields { name: format!("T{n}"), ..Default::default() })?.id)).collect::<Result<_>>()?;
        let lines: Vec<LineId> =
            (0..3).map(|n| Ok(change.lines().add(LineFields { name: format!("L{n}"), ..Default::default() })?.id)).collect::<Result<_>>()?;
        let users: Vec<UserId> = (0..6)
            .map(|n| Ok(change.users().add(UserFields { name: format!("Usr{n}"), team_id: random.maybe(&teams, 80), ..Default::default() })?.id))
            .collect::<Result<_>>()?;
        for user in &users {
            for line_id in lines.iter().filter(|_| random.chance(40)) {
                change.user_lines().add(UserLineFields { user_id: *user, line_id: *line_id, ..Default::default() })?;
            }
        }
        for n in 0..4 {
            let role = change.roles().add(RoleFields { name: format!("R{n}"), ..Default::default() })?.id;
            for (target, chance) in
                [("*", 60), ("organization", 60), ("person", 60), ("activity", 60), ("note", 15), ("contact_point", 20), ("user", 20), ("product", 20)]
            {
                if random.chance(chance) {
                    let fields = PermissionFields { role_id: role, entity: target.into(), reading: *random.pick(Level::ALL), ..Default::default() };
                    change.permissions().add(fields)?;
                }
            }
            for (target, field) in HIDEABLE.iter().filter(|_| random.chance(25)) {
                change.hidden_fields().add(HiddenFieldFields { role_id: role, entity: (*target).into(), field: (*field).into(), ..Default::default() })?;
            }
            for user in users.iter().filter(|_| random.chance(45)) {
                change.user_roles().add(UserRoleFields { user_id: *user, role_id: role, ..Default::default() })?;
            }
        }
        let mut about: Vec<(&str, i64)> = Vec::new();
        for n in 0..30 {
            let fields = OrganizationFields {
                owner_id: random.maybe(&users, 80),
                line_id: random.maybe(&lines, 50),
                country: random.maybe(&["Poland", "country"], 50).map(Into::into),
                description: random.chance(60).then(|| text(random, 5)),
                ..organization(&format!("{} o{n}", text(random, 2)))
            };
            let organization = change.organizations().add(fields)?.id;
            about.push(("organization", organization.0));
            let fields = PersonFields {
                owner_id: random.maybe(&users, 80),
                line_id: random.maybe(&lines, 50),
                description: random.chance(40).then(|| text(random, 4)),
                ..person(&format!("{} p{n}", text(random, 2)))
            };
            let person = change.people().add(fields)?.id;
            about.push(("person", person.0));
            let fields = ActivityFields {
                owner_id: random.maybe(&users, 80),
                line_id: random.maybe(&lines, 50),
                starts_at: random.chance(60).then(|| moment(&format!("2026-{:02}-10T00:00:00Z", 1 + random.below(12)))),
                description: random.chance(60).then(|| text(random, 6)),
                ..activity(&format!("{} a{n}", text(random, 3)))
            };
            about.push(("activity", change.activities().add(fields)?.id.0));
            let product = change.products().add(ProductFields { name: format!("{} x{n}", text(random, 2)), ..Default::default() })?.id;
            about.push(("product", product.0));
            if random.chance(60) {
                about.push(("contact_point", change.contact_points().add(email(organization, &format!("a{n}@{}.example", random.pick(WORDS))))?.id.0));
                let value = format!("+48 601 234 5{n:02}");
                change.contact_points().add(ContactPointFields { person_id: Some(person), value, ..Default::default() })?;
            }
            for part in 0..random.below(3) {
                let (entity, record_id) = *random.pick(&about);
                change.notes().add(NoteFields { entity: entity.into(), record_id, text: format!("{} n{n}x{part}", text(random, 4)), ..Default::default() })?;
            }
        }
        Ok(users)
    });
    built.unwrap().value
}

/// A file with the rows that a reader sees, hidden fields left out, and nothing else.
fn own(reader: &Crm, clock: std::sync::Arc<ManualClock>) -> Crm {
    let own = Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap();
    let rows = |sql: &str| {
        let table = reader.sql(sql, &[]).unwrap();
        (0..table.len()).map(|row| table.columns.iter().map(|column| (column.name.clone(), column.value(row))).collect::<HashMap<_, _>>()).collect::<Vec<_>>()
    };
    let take = |row: &HashMap<String, Value>, name: &str| if let Some(Value::Text(text)) = row.get(name) { Some(text.clone()) } else { None };
    let id = |row: &HashMap<String, Value>, name: &str| if let Some(Value::Integer(id)) = row.get(name) { Some(*id) } else { None };
    own.change("the rows of a reader", |change| {
        let mut users = HashMap::new();
        // Owners are told by their ids; whether a reader may see them as users is another matter.
        for n in 1..=6 {
            users.insert(n, change.users().add(UserFields { name: "-".into(), ..Default::default() })?.id);
        }
        let mut known: HashMap<(&str, i64), i64> = HashMap::new();
        let owner = |row: &HashMap<String, Value>| id(row, "owner_id").map(|id| users[&id]);
        // A name that is hidden is as good as none; the library wants one, so one that no query asks for stands in.
        let name = |row: &HashMap<String, Value>, name: &str| take(row, name).unwrap_or_else(|| "-".into());
        for row in rows("select * from organization order by id") {
            let fields = OrganizationFields {
                owner_id: owner(&row),
                country: take(&row, "country"),
                description: take(&row, "description"),
                ..organization(&name(&row, "name"))
            };
            known.insert(("organization", id(&row, "id").unwrap()), change.organizations().add(fields)?.id.0);
        }
        for row in rows("select * from person order by id") {
            let fields = PersonFields { owner_id: owner(&row), description: take(&row, "description"), ..person(&name(&row, "name")) };
            known.insert(("person", id(&row, "id").unwrap()), change.people().add(fields)?.id.0);
        }
        for row in rows("select * from activity order by id") {
            let starts_at = if let Some(Value::Moment(at)) = row.get("starts_at") { Some(*at) } else { None };
            let fields = ActivityFields { owner_id: owner(&row), starts_at, description: take(&row, "description"), ..activity(&name(&row, "subject")) };
            known.insert(("activity", id(&row, "id").unwrap()), change.activities().add(fields)?.id.0);
        }
        for row in rows("select * from product order by id") {
            known.insert(("product", id(&row, "id").unwrap()), change.products().add(ProductFields { name: name(&row, "name"), ..Default::default() })?.id.0);
        }
        for row in rows("select * from contact_point order by id") {
            let mut fields = ContactPointFields {
                kind: take(&row, "kind").unwrap().parse()?,
                organization_id: id(&row, "organization_id").map(|id| OrganizationId(known[&("organization", id)])),
                person_id: id(&row, "person_id").map(|id| PersonId(known[&("person", id)])),
                ..Default::default()
            };
            // The library keeps both spellings; where one is hidden the other is what is found.
            match (take(&row, "value"), take(&row, "normal")) {
                (Some(value), _) | (None, Some(value)) => fields.value = value,
                (None, None) => fields.value = "-".into(),
            }
            known.insert(("contact_point", id(&row, "id").unwrap()), change.contact_points().add(fields)?.id.0);
        }
        for row in rows("select * from note order by id") {
            let entity = take(&row, "entity").unwrap();
            let record_id = known.iter().find(|((of, old), _)| *of == entity && Some(*old) == id(&row, "record_id")).map(|(_, new)| *new).unwrap();
            change.notes().add(NoteFields { entity, record_id, text: take(&row, "text").unwrap_or_else(|| "-".into()), ..Default::default() })?;
        }
        Ok(())
    })
    .unwrap();
    own
}

/// What a search shows, ids and scores aside: they differ between files.
fn shown(crm: &Crm, query: &str, kinds: &[&str]) -> (Vec<String>, Vec<String>) {
    let hits = crm.search(Search::new(query).kinds(kinds.iter().copied()).limit(1_000).facets(true)).unwrap();
    let mut all: Vec<String> =
        hits.hits.iter().map(|hit| format!("{} {:?} {:?} {}", hit.kind, hit.title.replace('-', ""), hit.html.replace('-', ""), hit.complete)).collect();
    all.sort();
    let facets = hits.facets.unwrap();
    let count = |facet: &[FacetCount]| {
        let mut counts: Vec<_> = facet.iter().map(|one| (one.value.clone(), one.count)).collect();
        counts.sort();
        format!("{counts:?}")
    };
    let mut owners: Vec<i64> = facets.owners.iter().map(|one| one.count).collect();
    owners.sort_unstable();
    (all, vec![facets.total.to_string(), count(&facets.kinds), format!("{owners:?}"), count(&facets.months)])
}

// P1, P2, B3
#[test]
fn a_restricted_search_equals_one_over_the_rows_that_may_be_seen() {
    let kinds = ["organization", "person", "activity", "product", "note"];
    let (mut compared, mut found, mut narrowed) = (0, 0, 0);
    for seed in 0..14 {
        let random = Random::new(seed * 7 + 1);
        let (crm, clock) = open_with_clock(":memory:");
        let users = build(&crm, &random);
        for user in users {
            let reader = crm.acting_as(user).unwrap();
            let own = own(&reader, clock.clone());
            for query in QUERIES {
                let (seen, facets) = shown(&reader, query, &kinds);
                let (expected, expected_facets) = shown(&own, query, &kinds);
                assert_eq!(seen, expected, "seed {seed} {reader:?} `{query}`");
                assert_eq!(facets, expected_facets, "seed {seed} {reader:?} `{query}`");
                compared += 1;
                found += seen.len();
                narrowed += usize::from(seen.len() < shown(&crm, query, &kinds).0.len());
            }
            for typed in ["a", "acme", "u", "steel", "umowa p", "п", "дог"] {
                let names = |crm: &Crm| crm.suggest(typed, 100).unwrap().into_iter().map(|one| one.title).filter(|title| title != "-").collect::<Vec<_>>();
                assert_eq!(names(&reader), names(&own), "seed {seed} {reader:?} `{typed}`");
            }
        }
    }
    assert!(compared > 1_000 && found > 5_000 && narrowed > 500, "{compared} searches, {found} hits, {narrowed} narrowed");
}

#[test]
fn rights_that_change_count_at_once() {
    let crm = memory();
    let (user, role) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::None)]);
    let acme = crm.organizations().add(OrganizationFields { description: Some("secret alloy".into()), owner_id: Some(user), ..organization("Acme") }).unwrap();
    let note = NoteFields { entity: "organization".into(), record_id: acme.id.0, text: "alloy again".into(), ..Default::default() };
    crm.notes().add(note).unwrap();
    let ann = crm.acting_as(user).unwrap();
    let count = || ann.search("alloy").unwrap().hits.len();
    assert_eq!(count(), 2);
    hide(&crm, role, "organization", "description");
    assert_eq!(count(), 1);
    crm.organizations().edit(acme.id, |fields| fields.owner_id = None).unwrap();
    assert_eq!(count(), 0, "the note goes with its customer");
    assert_refused(ann.search_status().map(drop), "denied", "without a user");
}
