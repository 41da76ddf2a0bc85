//! Everything that the library does, done once, for tests that look at the statements it runs.

use crate::analytics::ask;
use crate::areas::{AREAS, entities};
use crate::engine::store::schema::FIXED;
use crate::sample::{self, SampleCaseFields, SampleLineFields, SampleOrderFields};
use crate::*;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

/// Filters with every node and every function that there is, over deals.
pub(crate) const FILTERS: [&str; 30] = [
    "",
    "value >= 100 and status = 'open' or not name = 'x'",
    "value is null and owner_id is not null and (value > 1) is true and (value > 1) is not false and (value > 2) is not true and (value > 3) is false",
    "value is distinct from probability and -value < +probability and value is not distinct from probability",
    "value between 1 and 2 and value not between 3 and 4 and status in ('open', 'won') and id not in (1, 2)",
    "created_at between '2026-01-01' and '2026-02-01' and updated_at in ('2026-01-01', '2026-01-02') and created_at >= '2026-01-01'",
    "id in (select deal_id from milestone where deal.id = milestone.deal_id and name like 'a%' escape '!') or name not like 'b%'",
    "exists (select 1 from activity a join participant p on p.activity_id = a.id left join user u on u.id = p.user_id where a.deal_id = deal.id)",
    "not exists (select 1 from user where user.id = deal.owner_id and user.active)",
    "(select count(*) from stage_move m where m.entity = 'deal' and m.record_id = deal.id group by m.record_id having count(distinct m.stage_id) > 1 order by 1 desc limit 1) > 2",
    "(select name from user where id = owner_id order by name desc, id limit 1) = 'Ann'",
    "case status when 'open' then 1 else 2 end = 1 and case when value > 1 then true else false end",
    "cast(probability as integer) = 3 and cast(value as real) > 1.5 and cast(value as text) = '1' and cast('12' as integer) = 12",
    "substring(name from 1 for 2) = 'ab' and trim(name) = 'x' and substr(name, -3) = 'abc' and substr(name, 1, 2) = 'a'",
    "value / 100 > 1 and value % 7 = 1 and value * 2 - 1 + 3 > 0 and value / probability > 1 and name || ' ' || status = 'a open'",
    "abs(value) > 1 and coalesce(value, 0) > 1 and length(name) > 1 and lower(name) = 'a' and upper(name) = 'A'",
    "ltrim(name) = 'a' and rtrim(name) = 'b' and nullif(value, 0) > 1 and replace(name, 'a', 'b') = 'c' and round(1.5) = 2 and round(major(value, value_currency), 1) > 2",
    "(select avg(d.value) from deal d) > 1 and (select max(d.value) from deal d) > (select min(d.value) from deal d) and (select sum(d.value) from deal d) > 1",
    "max(value, probability) > 1 and min(value, probability) < 2",
    "owner_id = acting_user() and day(created_at) = today() and closes_on >= today(-30) and day(closes_on) = '2026-01-01' and month(closes_on) = '2026-01'",
    "created_at > now() - days(30) and days_between(opened_on, today()) > 3 and days_between(day(created_at), closes_on) > 3",
    "fold(name) = 'a' and meaning('lost_reason', lost_reason) = 'done' and has(tags, 'red') and in_base(value, value_currency, today()) > 1 and in_base(value, value_currency, created_at) > 1",
    "(select median(d.value) from deal d) > 1 and (select quantile(d.value, 0.9) from deal d) > 1",
    "moment('2026-01-01') < created_at and moment(closes_on) > now() and period_start('month', closes_on) = next_period('week', created_at)",
    "quarter(closes_on) = '2026-Q1' and week(created_at) = '2026-W01' and year(closes_on) = 2026 and whole(major(value, value_currency)) > 3",
    "good = 1 and good <> 0 and good and not good and good = true",
    "score > 1.5 and grade = 'A' and seen_at > '2026-01-01' and seen_on > '2026-01-01' and budget > 1 and budget_currency = 'EUR' and number_of = 3",
    "friend_id = 3 and margin > 1.5 and moves > 2",
    "null is null or 1 = 1 and 'a' = 'a'",
    "id = ?1 and name = ?2 and created_at < ?3 and (value > ?4 or value is null)",
];

/// Whoever speaks JSON, and what he has called.
pub(crate) struct Host {
    calls: JsonCalls,
    pub called: RefCell<BTreeSet<String>>,
    pub failed: RefCell<Vec<String>>,
}

impl Host {
    pub fn new(crm: Crm) -> Self {
        Self { calls: JsonCalls::new(crm), called: RefCell::default(), failed: RefCell::default() }
    }

    fn try_call(&self, request: &Json) -> Result<Json> {
        self.called.borrow_mut().insert(request["call"].as_str().unwrap_or_default().to_owned());
        self.calls.call(&request.to_string()).map(|answer| serde_json::from_str(&answer).unwrap_or_default())
    }

    /// A call that must do what it is asked; what does not is told at the end, all at once.
    pub fn call(&self, request: Json) -> Json {
        self.try_call(&request).unwrap_or_else(|error| {
            self.failed.borrow_mut().push(format!("{request}: {error}"));
            Json::Null
        })
    }

    fn crm(&self) -> &Crm {
        self.calls.crm()
    }

    fn add(&self, entity: &str, fields: Json) -> i64 {
        self.call(json!({"call": "add", "entity": entity, "fields": fields}))["id"].as_i64().unwrap_or_default()
    }
}

/// One record of every entity, in an order in which each finds what it refers to.
pub(crate) fn fill(host: &Host) {
    for (entity, fields) in [
        ("team", json!({"name": "North"})),
        ("line", json!({"name": "Pumps"})),
        ("user", json!({"name": "Ann", "team_id": 1})),
        ("role", json!({"name": "seller"})),
        ("permission", json!({"role_id": 1, "entity": "*", "reading": "team", "writing": "team"})),
        ("hidden_field", json!({"role_id": 1, "entity": "deal", "field": "description"})),
        ("user_role", json!({"user_id": 1, "role_id": 1})),
        ("user_line", json!({"user_id": 1, "line_id": 1})),
        ("setting", json!({"name": "phone_region", "value": "PL"})),
        ("retention", json!({"entity": "deal", "days": 3650})),
        ("exchange_rate", json!({"currency": "USD", "day": "2020-01-01", "rate": "0.9"})),
        ("dictionary", json!({"name": "colours"})),
        ("dictionary_item", json!({"dictionary_id": 1, "name": "of my own"})),
    ] {
        host.add(entity, fields);
    }
    for (name, kind, more) in [
        ("tags", "items", json!({"of": "colours"})),
        ("grade", "item", json!({"of": "colours", "indexed": true})),
        ("good", "bool", json!({})),
        ("score", "number", json!({})),
        ("number_of", "integer", json!({})),
        ("budget", "money", json!({})),
        ("seen_on", "date", json!({})),
        ("seen_at", "moment", json!({})),
        ("remark", "text", json!({})),
        ("friend_id", "reference", json!({"of": "person"})),
        ("margin", "number", json!({"expression": "major(value, value_currency) * 0.19"})),
        ("moves", "integer", json!({"expression": "(select count(*) from stage_move where record_id = deal.id)"})),
    ] {
        let mut fields = json!({"entity": "deal", "name": name, "kind": kind});
        if let (Some(fields), Some(more)) = (fields.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        host.add("custom_field", fields);
    }
    host.call(json!({"call": "add_process", "name": "Orders", "template": "short"}));
    host.call(json!({"call": "add_process_for", "entity": "organization", "name": "Customers", "template": "short"}));
    for (entity, fields) in [
        ("process", json!({"name": "Spare"})),
        ("stage", json!({"process_id": 3, "name": "Begun"})),
        ("organization", json!({"name": "Acme", "industry": "steal", "owner_id": 1})),
        ("organization", json!({"name": "Works", "parent_id": 1, "process_id": 2})),
        ("person", json!({"name": "Bob"})),
        ("affiliation", json!({"person_id": 1, "organization_id": 1, "role": "chief"})),
        ("contact_point", json!({"person_id": 1, "kind": "phone", "value": "+48 601 234 567"})),
        ("address", json!({"organization_id": 1, "city": "Berlin"})),
        ("bank_account", json!({"organization_id": 1, "number": "PL1"})),
        ("list", json!({"name": "Hand", "entity": "organization"})),
        ("list", json!({"name": "Big", "entity": "organization", "kind": "dynamic", "filter": "employees > 100"})),
        ("list_member", json!({"list_id": 1, "organization_id": 1})),
        ("unwanted", json!({"organization_id": 1, "reason": "late", "blocks": false})),
        ("product", json!({"name": "Press", "category": "presses"})),
        ("price_list", json!({"name": "EU"})),
        ("price", json!({"price_list_id": 1, "product_id": 1, "amount": "10 EUR"})),
        (
            "deal",
            json!({"name": "Mill", "organization_id": 1, "person_id": 1, "value": "5 USD", "tags": ["red"], "good": true, "owner_id": 1, "product_id": 1}),
        ),
        ("deal_contact", json!({"deal_id": 1, "person_id": 1})),
        ("stage_plan", json!({"entity": "deal", "record_id": 1, "stage_id": 2, "planned_on": "2026-05-01"})),
        ("stage_transition", json!({"to_stage_id": 2})),
        ("stage_transition", json!({"from_stage_id": 1, "to_stage_id": 3, "role_id": 1})),
        ("required_field", json!({"stage_id": 2, "field": "value"})),
        ("required_field", json!({"stage_id": 3, "field": "grade"})),
        ("milestone", json!({"deal_id": 1, "name": "Signed", "planned_on": "2026-04-01"})),
        ("activity", json!({"kind": "call", "subject": "Intro", "organization_id": 1, "deal_id": 1, "due_at": "2020-01-01", "starts_at": "2020-01-01"})),
        ("activity", json!({"kind": "visit", "subject": "Demo", "previous_id": 1})),
        ("participant", json!({"activity_id": 1, "user_id": 1})),
        ("note", json!({"entity": "organization", "record_id": 1, "text": "Prefers mornings"})),
        ("external_ref", json!({"entity": "organization", "record_id": 1, "system": "erp", "key": "7"})),
        ("alias", json!({"entity": "organization", "record_id": 1, "name": "ACM"})),
    ] {
        host.add(entity, fields);
    }
    let read = host.call(json!({"call": "get", "entity": "deal", "id": 1}))["revision"].clone();
    host.call(json!({"call": "set", "entity": "deal", "id": 1, "fields": {"stage_id": 2, "name": "Mill 2"}}));
    host.call(json!({"call": "set", "entity": "organization", "id": 1, "fields": {"employees": 7}}));
    for (stage, reason) in [(8, json!("price")), (8, json!("service")), (6, Json::Null)] {
        host.call(json!({"call": "set", "entity": "organization", "id": 2, "fields": {"stage_id": stage, "lost_reason": reason}}));
    }
    host.call(json!({"call": "set", "entity": "custom_field", "id": 2, "fields": {"name": "degree"}}));
    host.call(json!({"call": "set", "entity": "custom_field", "id": 2, "fields": {"name": "grade"}}));
    host.call(json!({"call": "set", "entity": "deal", "id": 1, "fields": {"probability": 7}, "revision": read}));
}

/// What only an area for tests has as yet: numbers, sealed records, a table named by a word of SQL.
pub(crate) fn fill_sample(crm: &Crm) -> Result<()> {
    let order = |replaces_id| SampleOrderFields { subject: "Pumps".into(), kind: Some("rush".into()), replaces_id, ..Default::default() };
    let first = crm.sample_orders().add(order(None))?.id;
    crm.sample_lines().add(SampleLineFields { sample_order_id: first, text: "Ten".into(), ..Default::default() })?;
    crm.sample_orders().edit(first, |fields| fields.sent_at = Some(crm.now()))?;
    crm.sample_orders().add(order(Some(first)))?;
    let case = crm.sample_cases().add(SampleCaseFields { subject: "Leak".into(), ..Default::default() })?.id;
    crm.sample_cases().find("id in (select previous_id from \"case\" where \"case\".id > 1)")?;
    crm.sample_cases().page(Filter::new("").order_by("subject").limit(1))?;
    crm.sample_cases().remove(case)
}

/// Reads every entity in every way, in every order.
pub(crate) fn read(host: &Host, narrowed: &Json) {
    let with = |mut request: Json| {
        if let (Some(request), Some(narrowed)) = (request.as_object_mut(), narrowed.as_object()) {
            request.extend(narrowed.clone());
        }
        // Some of it may not be seen by everybody.
        let _ = host.try_call(&request);
    };
    for meta in entities() {
        let entity = meta.name;
        for call in ["find", "page", "count", "table"] {
            with(json!({"call": call, "entity": entity, "filter": "id > 0"}));
        }
        for call in ["get", "history"] {
            with(json!({"call": call, "entity": entity, "id": 1}));
        }
        for field in meta.fields.iter().map(|field| field.name.as_ref()).chain(FIXED.iter().map(|(name, _)| *name)) {
            for order in [field.to_owned(), format!("-{field}")] {
                let first = host.try_call(&json!({"call": "page", "entity": entity, "filter": {"order_by": order, "limit": 1}}));
                let after = first.map(|page| page["next"].clone()).unwrap_or_default();
                with(json!({"call": "page", "entity": entity, "filter": {"order_by": order, "limit": 1, "after": after}}));
            }
        }
    }
    for filter in FILTERS {
        let params: &[Json] = if filter.contains("?4") { &[json!(1), json!("a"), json!("2026-01-01"), json!(5)] } else { &[] };
        let request = json!({"call": "find", "entity": "deal", "filter": {"expression": filter, "params": params}});
        if narrowed["acting_as"].is_null() {
            host.call(request.clone());
        }
        with(request);
    }
    for request in [
        json!({"call": "find", "entity": "organization", "filter": "in_list('Big') and not in_list('Hand')"}),
        json!({"call": "dossier", "organization_id": 1}),
        json!({"call": "timeline", "organization_id": 1, "limit": 1}),
        json!({"call": "timeline", "organization_id": 1, "before": "2026-01-01"}),
        json!({"call": "caller_card", "number": "+48 601 234 567"}),
        json!({"call": "caller_card", "number": "0049 601 234 567"}),
        json!({"call": "overdue"}),
        json!({"call": "overdue", "user_id": 1}),
        json!({"call": "activity_chain", "activity_id": 2}),
        json!({"call": "next_stages", "entity": "deal", "record_id": 1}),
        json!({"call": "members_of", "list_id": 1}),
        json!({"call": "members_of", "list_id": 2}),
        json!({"call": "changes"}),
        json!({"call": "base_currency"}),
        json!({"call": "report", "report": "dictionary_suspects"}),
        json!({"call": "sql", "sql": "select 1 as n"}),
        json!({"call": "over_time", "entity": "organization", "query": {"from": "2025-12-20"}}),
        json!({"call": "over_time", "entity": "deal", "query": {"from": "2025-12-20", "every": "week", "sum": "value", "by": "owner_id", "filter": "id > ?1", "params": [0]}}),
        json!({"call": "over_time", "entity": "deal", "query": {"from": "2025-12-20", "every": "month", "sum": "probability", "filter": "created_at < now()"}}),
        json!({"call": "over_time", "entity": "deal", "query": {"from": "2025-12-20", "every": "month", "sum": "value", "by": "stage_id", "filter": "created_at < now()"}}),
    ] {
        with(request);
    }
    if cfg!(feature = "search") {
        for request in [
            json!({"call": "search", "text": "acme"}),
            json!({"call": "search", "text": "mill", "options": {"kinds": ["deal"], "filter": "value > ?1", "params": [1], "facets": true, "by_time": true}}),
            json!({"call": "suggest", "text": "ac"}),
            json!({"call": "explain_hit", "text": "acme", "kind": "organization", "id": 1}),
            json!({"call": "search_status"}),
            json!({"call": "search_update"}),
            json!({"call": "search_rebuild"}),
        ] {
            with(request);
        }
    }
}

/// Asks every report, narrowed by everything it has and split by everything its records have, alone and in pairs.
pub(crate) fn report(crm: &Crm) {
    let asked = RefCell::new(0);
    for declared in AREAS.iter().chain(&[&sample::AREA]).flat_map(|area| area.reports) {
        let asks = |query: &ReportQuery| match crm.view(|view| ask(view, declared, query)) {
            Ok(_) => {
                *asked.borrow_mut() += 1;
                true
            }
            Err(error) => {
                assert_eq!(error.code(), "invalid", "{}: {query:?}: {error}", declared.name);
                false
            }
        };
        let none = ReportQuery::default();
        let day = Some(chrono::NaiveDate::MIN);
        let narrower = [
            none.clone(),
            ReportQuery { process_id: Some(ProcessId(1)), ..none.clone() },
            ReportQuery { process_id: Some(ProcessId(2)), from: day, until: day, ..none.clone() },
            ReportQuery { process_id: Some(ProcessId(2)), owner_id: Some(UserId(1)), filter: Some("id > 0".into()), ..none.clone() },
            ReportQuery { from: day, until: day, ..none.clone() },
            ReportQuery { owner_id: Some(UserId(1)), ..none.clone() },
            ReportQuery { team_id: Some(TeamId(1)), ..none.clone() },
            ReportQuery { line_id: Some(LineId(1)), ..none.clone() },
            ReportQuery { filter: Some("id > ?".into()), params: vec![0.into()], ..none.clone() },
            ReportQuery { list: Some("Hand".into()), limit: Some(3), ..none.clone() },
        ];
        let fields = declared.base.and_then(|(entity, _)| entities().find(|meta| meta.name == entity)).map(|meta| &meta.fields);
        let fields = fields
            .into_iter()
            .flatten()
            .map(|field| field.name.to_string())
            .chain(["good", "grade", "score", "seen_at", "organization.size"].map(String::from));
        let by: Vec<String> = Dimension::ALL.iter().map(|by| by.as_str().to_owned()).chain(fields).collect();
        let by: Vec<_> = by.into_iter().filter(|by| asks(&ReportQuery::new().by([by.as_str()]))).collect();
        for narrow in &narrower {
            asks(narrow);
            for by in &by {
                asks(&ReportQuery { by: vec![by.clone()], ..narrow.clone() });
            }
        }
        for (one, other) in by.iter().flat_map(|one| by.iter().map(move |other| (one, other))) {
            asks(&ReportQuery::new().by([one, other]));
        }
    }
    assert!(*asked.borrow() > 1_000, "{} reports were asked", asked.borrow());
}

/// Writes in the ways that `fill` does not, and takes everything away again.
pub(crate) fn write(host: &Host, folder: &Path) {
    let csv = folder.join("people.csv");
    std::fs::write(&csv, "name,organization_id\nCarl,Acme\nDora,ACM\n").unwrap_or_default();
    for call in ["preview_csv", "import_csv"] {
        let import = json!({"mapping": [["name", "name"], ["organization_id", "organization_id"]], "key": ["name"]});
        host.call(json!({"call": call, "entity": "deal", "path": csv, "import": import}));
    }
    let many: Vec<_> = (0..6_000).map(|number| json!({"reason": format!("because of {number}"), "person_id": 1})).collect();
    host.call(json!({"call": "remove", "entity": "unwanted", "id": 1}));
    host.call(json!({"call": "add_many", "entity": "unwanted", "records": many}));
    host.call(json!({"call": "upsert", "entity": "organization", "system": "erp", "key": "7", "fields": {"employees": 8}}));
    let last = host.call(json!({"call": "upsert", "entity": "organization", "system": "erp", "key": "8", "fields": {"name": "New"}}));
    let last = last["record"]["revision"].clone();
    host.call(json!({"call": "obstacles", "change_set": last}));
    host.call(json!({"call": "undo", "change_set": last}));
    host.call(json!({"call": "verify"}));
    host.call(json!({"call": "status"}));
    for entity in ["person", "organization", "deal"] {
        host.call(json!({"call": "export_of", "entity": entity, "id": 1}));
        host.call(json!({"call": "erase", "entity": entity, "id": 1, "reason": "asked to"}));
    }
    host.call(json!({"call": "vacuum"}));
    host.call(json!({"call": "backup_to", "path": folder.join("restored.crm")}));
    host.call(json!({"call": "restore", "backup": folder.join("restored.crm")}));
    host.call(json!({"call": "prune"}));
    host.call(json!({"call": "prune", "before": host.crm().now().to_rfc3339()}));
    let open = host.call(json!({"call": "begin", "label": "within"}))["change_set"].clone();
    host.call(json!({"call": "preview", "within": open}));
    host.call(json!({"call": "rollback", "within": open}));
    // What others refer to stays until they are gone.
    for _ in 0..3 {
        for meta in entities().filter(|meta| meta.name != "custom_field") {
            for id in 1..3 {
                let _ = host.try_call(&json!({"call": "remove", "entity": meta.name, "id": id}));
            }
        }
    }
}
