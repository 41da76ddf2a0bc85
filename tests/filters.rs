//! Filters, their errors, custom and computed fields in them (D5, B6), lists (D16).

use crate::support::*;
use crm_core::*;
use proptest::prelude::*;
use std::time::Duration;

fn names(crm: &Crm, filter: impl Into<Filter>) -> Vec<String> {
    crm.organizations().find(filter).unwrap().into_iter().map(|one| one.name).collect()
}

#[test]
fn mistakes_are_explained() {
    let crm = memory();
    for (filter, words) in [
        ("emploees > 1", "unknown field `emploees`, did you mean `employees`?"),
        ("employees > ", "syntax error: Expected: an expression, found: EOF"),
        ("employees > 1; drop table organization", "the expression ends before `;`"),
        ("employees > 1 order by name", "the expression ends before `order`"),
        ("select * from deal", "syntax error"),
        ("delete from deal", "the expression ends before `from`"),
        ("name = 'x", "Unterminated string literal"),
        ("lenght(name) > 1", "unknown function `lenght`, did you mean `length`?"),
        ("load_extension('x') = 1", "unknown function"),
        ("randomblob(1000000000) is null", "unknown function"),
        ("name = {x}", "bind values as parameters"),
        ("name = $1", "parameters are written ? or ?1"),
        ("name = :name", "parameters are written ? or ?1"),
        ("id in (select organization_id from deals)", "unknown entity `deals`, did you mean `deal`?"),
        ("id in (select organization_id from main.deal)", "several parts"),
        ("id in (select organization_id from sqlite_schema)", "unknown entity"),
        ("id in (select id from change)", "unknown entity"),
        ("exists (select * from deal)", "`*` in a subquery"),
        ("id in (select id from deal union select id from person)", "a union"),
        ("id in (with x as (select 1) select 1 from deal)", "WITH"),
        ("deal.name = 'x'", "unknown table `deal`"),
        ("count(*) over () > 1", "a window or clause"),
        ("name glob 'A*'", ""),
        ("name regexp 'A'", "cannot be used in a filter"),
        ("name -> 'x' = 1", "cannot be used in a filter"),
        ("cast(name as blob) = 1", "a cast to BLOB"),
        ("count(*) > 1", "misuse of aggregate"),
        ("abs(name, 1, 2) > 1", "wrong number of arguments"),
        ("in_list('Nobody')", "no list of this name"),
        ("in_list(name)", "takes the name of a list"),
        ("created_at > 'yesterday'", "expected a moment such as 2026-01-31T09:00:00Z"),
        ("in_base(1, 'USD', '2026-01-01') > 0", "no exchange rate from USD to EUR on 2026-01-01; add one to exchange_rate"),
    ] {
        let error = refused(
            crm.organizations().find(filter).and_then(|_| crm.organizations().add(organization("Acme"))).and_then(|_| crm.organizations().find(filter)),
        );
        assert_eq!(error.code(), "invalid", "{filter}: {error}");
        assert!(error.to_string().contains(words), "{filter}: `{words}` is not in `{error}`");
        assert!(!error.to_string().contains("lens_"), "{filter}: {error}");
    }
}

#[test]
fn limits_of_filters_are_kept() {
    let crm = memory();
    let find = |text: String| refused(crm.organizations().find(text));
    assert!(find(format!("name = '{}'", "x".repeat(20_000))).reason().contains("longer than 20000"));
    assert!(find(format!("{}1{} = 1", "(".repeat(60), ")".repeat(60))).code() == "invalid");
    assert!(find(format!("{}1", "not ".repeat(4000))).code() == "invalid");
    assert!(find(vec!["employees = 1"; 1000].join(" or ")).code() == "invalid");
    let mut nested = "1 = 1".to_owned();
    for _ in 0..10 {
        nested = format!("id in (select id from organization where {nested})");
    }
    assert!(find(nested).reason().contains("nest"));
    assert_refused(crm.organizations().find("employees = ?1 and founded = ?3"), "invalid", "needs 3 value(s), 0 given");
    assert_refused(crm.organizations().find(("employees = ?", [1, 2])), "invalid", "needs 1 value(s), 2 given");
    assert_refused(crm.organizations().find(Filter::new("annual_revenue > ?").bind(Value::Money("1 EUR".parse().unwrap()))), "invalid", "minor units");
    assert_refused(crm.sql("select ?1 + ?2", &[Value::Integer(1)]), "invalid", "");
    assert_refused(crm.sql(&format!("select '{}'", "x".repeat(100_001)), &[]), "invalid", "longer than 100000");
    crm.organizations().add_many((0..3000).map(|n| organization(&format!("{n}"))).collect::<Vec<_>>()).unwrap();
    let slow = "exists (select 1 from organization a join organization b on a.name || b.name = 'x')";
    assert_refused(crm.time_limit(Duration::from_millis(30)).organizations().count(slow), "timed_out", "time limit");
    assert_eq!(crm.organizations().count("").unwrap(), 3000);
}

#[test]
fn moments_and_days_are_compared_as_they_are_written() {
    let (crm, clock) = open_with_clock(":memory:");
    let warsaw = crm.users().add(UserFields { name: "Ann".into(), time_zone: Some("Europe/Warsaw".into()), ..Default::default() }).unwrap().id;
    let role = crm.roles().add(RoleFields { name: "all".into(), admin: Some(true), ..Default::default() }).unwrap().id;
    crm.user_roles().add(UserRoleFields { user_id: warsaw, role_id: role, ..Default::default() }).unwrap();
    clock.set(moment("2026-03-02T23:30:00Z"));
    crm.organizations().add(organization("Late")).unwrap();
    clock.set(moment("2026-03-03T00:30:00Z"));
    crm.organizations().add(organization("Early")).unwrap();
    for (filter, expected) in [
        ("created_at >= '2026-03-03'", vec!["Early"]),
        ("created_at < '2026-03-03'", vec!["Late"]),
        ("created_at between '2026-03-02' and '2026-03-02T23:59:59Z'", vec!["Late"]),
        ("created_at = '2026-03-03T01:30:00+01:00'", vec!["Early"]),
        ("created_at in ('2026-03-02T23:30:00Z', '2026-03-02T23:31:00Z')", vec!["Late"]),
        ("'2026-03-03' <= created_at", vec!["Early"]),
        ("day(created_at) = '2026-03-02'", vec!["Late"]),
        (
            "created_at > now() - days(1) and month(created_at) = '2026-03' and quarter(created_at) = '2026-Q1' and year(created_at) = 2026",
            vec!["Late", "Early"],
        ),
        ("days_between(day(created_at), today()) = 1", vec!["Late"]),
    ] {
        assert_eq!(names(&crm, Filter::new(filter).order_by("id")), expected, "{filter}");
    }
    assert_eq!(names(&crm, ("created_at >= ?1", ["2026-03-03"])), ["Early"]);
    assert_eq!(names(&crm, Filter::new("created_at >= ?1").bind(moment("2026-03-03T00:00:00Z"))), ["Early"]);
    // For somebody in Warsaw both are of the third of March.
    let ann = crm.acting_as(warsaw).unwrap();
    assert_eq!(names(&ann, Filter::new("created_at >= '2026-03-03'").order_by("id")), ["Late", "Early"]);
    assert_eq!(names(&ann, "day(created_at) = '2026-03-02'"), Vec::<String>::new());
    // No moment is too far away to be told.
    for far in ["9223372036854775807", "-9223372036854775808", "8210266876799999", "-8334601228800000"] {
        let told = ann.sql(&format!("select day({far}), month({far}), days_between({far}, 0), days(1e300), moment('9999-12-31')"), &[]);
        assert!(told.is_ok() || told.as_ref().unwrap_err().code() == "invalid", "{told:?}");
    }
}

// A list that is named within a subquery is asked about the record of the whole filter, whatever ids the records of the subquery have.
#[test]
fn lists_within_subqueries_speak_of_the_outer_record() {
    let crm = memory();
    let way = crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id;
    crm.add_process("Sales", ProcessTemplate::Short).unwrap();
    for (name, employees) in [("Acme", 10), ("Birch", 20), ("Cedar", 30), ("Durum", 40)] {
        crm.organizations().add(OrganizationFields { employees: Some(employees), process_id: Some(way), ..organization(name) }).unwrap();
    }
    let list = |name: &str, kind, filter: Option<&str>| {
        crm.lists().add(ListFields { name: name.into(), entity: "organization".into(), kind, filter: filter.map(Into::into), ..Default::default() }).unwrap().id
    };
    let hand = list("By hand", ListKind::Static, None);
    for id in [1, 4] {
        crm.list_members().add(ListMemberFields { list_id: hand, organization_id: Some(OrganizationId(id)), ..Default::default() }).unwrap();
    }
    list("C", ListKind::Dynamic, Some("name = 'Cedar' or organization.employees = 20"));
    // Deals 1 and 2 are Birch's, 3 is Durum's, 4 is Cedar's.
    for id in [2, 2, 4, 3] {
        crm.deals().add(DealFields { organization_id: Some(OrganizationId(id)), ..deal("Mill") }).unwrap();
    }
    let served = |condition: &str| format!("exists (select 1 from deal d where d.organization_id = organization.id and {condition})");
    list("Served by hand", ListKind::Dynamic, Some(&served("in_list('By hand')")));
    let expected: [(String, &[&str]); 8] = [
        (served("in_list('By hand')"), &["Durum"]),
        (served("not in_list('By hand')"), &["Birch", "Cedar"]),
        (served("in_list('C')"), &["Birch", "Cedar"]),
        (served("not (in_list('C') or in_list('By hand'))"), &[]),
        ("in_list('Served by hand')".into(), &["Durum"]),
        (served("in_list('Served by hand')"), &["Durum"]),
        ("id in (select o.id from organization o where o.employees > 10 and in_list('By hand'))".into(), &["Durum"]),
        (served("(exists (select 1 from note n where n.id = d.id) or in_list('C') and d.id < 3)"), &["Birch"]),
    ];
    for (filter, who) in expected {
        assert_eq!(names(&crm, Filter::new(&*filter).order_by("name")), who, "{filter}");
        assert_eq!(crm.organizations().count(&*filter).unwrap(), who.len() as i64, "{filter}");
        let funnel = crm.report(Report::Funnel, &ReportQuery::new().process_id(way).filter(&*filter)).unwrap();
        assert_eq!((0..funnel.len()).map(|row| funnel.integer(row, "records").unwrap()).sum::<i64>(), who.len() as i64, "{filter}");
    }
    // Where the outer record cannot be named, the way out is told.
    let hidden = "exists (select 1 from organization where employees > 30 and in_list('By hand'))";
    assert_refused(crm.organizations().find(hidden), "invalid", "as in `from organization other`");
}

// D16
#[test]
fn lists_combine() {
    let crm = memory();
    for (name, employees) in [("Acme", 10), ("Birch", 20), ("Cedar", 30), ("Durum", 40)] {
        crm.organizations().add(OrganizationFields { employees: Some(employees), ..organization(name) }).unwrap();
    }
    let list = |name: &str, kind, filter: Option<&str>| {
        crm.lists().add(ListFields { name: name.into(), entity: "organization".into(), kind, filter: filter.map(Into::into), ..Default::default() }).unwrap().id
    };
    let member = |list, organization, excluded| {
        let fields = ListMemberFields { list_id: list, organization_id: Some(OrganizationId(organization)), excluded: Some(excluded), ..Default::default() };
        crm.list_members().add(fields).unwrap();
    };
    let hand = list("By hand", ListKind::Static, None);
    member(hand, 1, false);
    member(hand, 4, false);
    let large = list("Large", ListKind::Dynamic, Some("employees >= 20"));
    member(large, 1, false);
    member(large, 4, true);
    list("Both's", ListKind::Dynamic, Some("in_list('By hand') or in_list('Large')"));
    let find = |filter: &str| names(&crm, Filter::new(filter).order_by("name"));
    assert_eq!(find("in_list('By hand')"), ["Acme", "Durum"]);
    assert_eq!(find("in_list('Large')"), ["Acme", "Birch", "Cedar"]);
    assert_eq!(find("in_list('Both''s') and not in_list('By hand')"), ["Birch", "Cedar"]);
    assert_eq!(find("in_list('By hand') or employees = 30"), ["Acme", "Cedar", "Durum"]);
    assert_refused(crm.people().find("in_list('Large')"), "invalid", "another entity");
    // A list that comes to name itself ends in an error, not in a crash.
    crm.lists().set(large, named([("filter", "in_list('Both''s')".into())]), None).unwrap_or_else(|_| crm.lists().get(large).unwrap());
    let _ = crm.organizations().find("in_list('Large')");
    assert_refused(
        crm.lists().add_named(named([("name", "x".into()), ("entity", "organization".into()), ("kind", "dynamic".into()), ("filter", "emploees > 1".into())])),
        "invalid",
        "employees",
    );
    assert_refused(crm.lists().add_named(named([("name", "x".into()), ("entity", "deal".into())])), "invalid", "entity of a list");
}

// D5
#[test]
fn custom_fields_of_every_type_are_found_sorted_and_tabled() {
    let crm = memory();
    crm.people().add(person("Ann")).unwrap();
    crm.people().add(person("Bob")).unwrap();
    let kinds = [
        (CustomKind::Text, None, Value::from("a"), Value::from("b"), "my_text = 'b'"),
        (CustomKind::Integer, None, 1.into(), 20.into(), "my_integer >= 20"),
        (CustomKind::Number, None, 0.5.into(), 1.5.into(), "my_number * 2 = 3"),
        (CustomKind::Money, None, "1 EUR".into(), "2.50 EUR".into(), "my_money = 250 and my_money_currency = 'EUR'"),
        (CustomKind::Date, None, "2026-01-31".into(), "2026-02-01".into(), "my_date > '2026-01-31'"),
        (CustomKind::Moment, None, "2026-01-31T09:00:00Z".into(), "2026-02-01T09:00:00Z".into(), "my_moment > '2026-02-01'"),
        (CustomKind::Bool, None, false.into(), true.into(), "my_bool"),
        (CustomKind::Item, Some("shade"), "blue".into(), "red".into(), "my_item in ('red')"),
        (CustomKind::Items, Some("shade"), "blue".into(), "red;white".into(), "has(my_items, 'white')"),
        (CustomKind::Reference, Some("person"), 1.into(), 2.into(), "my_reference in (select id from person where name = 'Bob')"),
    ];
    assert_eq!(kinds.len(), CustomKind::ALL.len());
    for (kind, of, ..) in &kinds {
        crm.custom_fields()
            .add(CustomFieldFields { of: of.map(Into::into), indexed: Some(true), ..custom_field("organization", &format!("my_{kind}"), *kind) })
            .unwrap();
    }
    let add = |name: &str, value: &dyn Fn(usize) -> Value| {
        let mut fields: Named = kinds.iter().enumerate().map(|(at, (kind, ..))| (format!("my_{kind}"), value(at))).collect();
        fields.push(("name".into(), name.into()));
        crm.organizations().add_named(fields).unwrap()
    };
    let high = add("High", &|at| kinds[at].3.clone());
    let low = add("Low", &|at| kinds[at].2.clone());
    add("None", &|_| Value::Null);
    for (kind, _, _, _, filter) in &kinds {
        let field = format!("my_{kind}");
        assert_eq!(names(&crm, *filter), ["High"], "{filter}");
        assert_eq!(names(&crm, format!("{field} is null")), ["None"]);
        assert_eq!(names(&crm, Filter::new("").order_by(&field)), ["None", "Low", "High"]);
        assert_eq!(names(&crm, Filter::new("").order_by(format!("-{field}"))), ["High", "Low", "None"]);
        assert_ne!(high.custom[&field], low.custom[&field]);
        let table = crm.organizations().table(Filter::new("").order_by("id")).unwrap();
        let by_sql = crm.sql(&format!("select {field} from organization order by id"), &[]).unwrap();
        for row in 0..3 {
            assert_eq!(table.value(row, &field), by_sql.value(row, &field), "{field}");
        }
        assert_eq!(table.value(2, &field), Some(Value::Null));
    }
    let table = crm.organizations().table("name = 'High'").unwrap();
    assert_eq!(table.value(0, "my_date"), Some(Value::Date("2026-02-01".parse().unwrap())));
    assert_eq!(table.value(0, "my_moment"), Some(Value::Moment(moment("2026-02-01T09:00:00Z"))));
    assert_eq!(table.value(0, "my_bool"), Some(Value::Bool(true)));
    // What is referred to by a custom field stays.
    assert_refused(crm.people().remove(PersonId(2)), "conflict", "my_reference");
    assert_clean(&crm);
}

// B6
#[test]
fn formulas_and_roll_ups_are_fields() {
    let (crm, clock) = open_with_clock(":memory:");
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let formula = |entity: &str, name: &str, kind, expression: &str| {
        crm.custom_fields().add(CustomFieldFields { expression: Some(expression.into()), ..custom_field(entity, name, kind) })
    };
    crm.custom_fields().add(custom_field("organization", "sites", CustomKind::Integer)).unwrap();
    formula("organization", "per_site", CustomKind::Number, "employees * 1.0 / nullif(sites, 0)").unwrap();
    formula("organization", "open_deals", CustomKind::Integer, "(select count(*) from deal where organization_id = organization.id and status = 'open')")
        .unwrap();
    formula("organization", "last_deal", CustomKind::Text, "(select max(d.name) from deal d where d.organization_id = organization.id)").unwrap();
    formula("organization", "size", CustomKind::Text, "case when employees > 100 then 'large' when employees is null then null else 'small' end").unwrap();
    formula("deal", "customer", CustomKind::Text, "(select o.name from organization as o where o.id = deal.organization_id)").unwrap();
    let acme = crm.organizations().add_named(named([("name", "Acme".into()), ("employees", 300.into()), ("sites", 4.into())])).unwrap();
    let birch = crm.organizations().add_named(named([("name", "Birch".into()), ("employees", 30.into())])).unwrap();
    for n in 0..3 {
        crm.deals().add(DealFields { organization_id: Some(acme.id), ..deal(&format!("Deal {n}")) }).unwrap();
    }
    let now = crm.organizations().get(acme.id).unwrap();
    assert_eq!(now.custom["per_site"], Value::Number(75.0));
    assert_eq!((&now.custom["open_deals"], &now.custom["last_deal"], &now.custom["size"]), (&Value::Integer(3), &"Deal 2".into(), &"large".into()));
    assert_eq!(crm.deals().find("customer = 'Acme'").unwrap().len(), 3);
    assert_eq!(names(&crm, "open_deals = 0 and size = 'small'"), ["Birch"]);
    assert_eq!(names(&crm, Filter::new("").order_by("-open_deals, name")), ["Acme", "Birch"]);
    assert_eq!(count(&crm, "select sum(open_deals) from organization"), 3);
    // They are seen as of the moment asked for.
    let then = crm.now();
    clock.advance(chrono::TimeDelta::days(1));
    crm.deals().remove(DealId(3)).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().custom["open_deals"], Value::Integer(2));
    assert_eq!(crm.at(then).unwrap().organizations().get(acme.id).unwrap().custom["open_deals"], Value::Integer(3));
    // An edit of such a record leaves them alone; they cannot be given.
    crm.organizations().edit(birch.id, |fields| fields.employees = Some(500)).unwrap();
    assert_eq!(crm.organizations().get(birch.id).unwrap().custom["size"], "large".into());
    assert_refused(crm.organizations().set(acme.id, named([("size", "huge".into())]), None), "invalid", "computed");
    // What cannot be a formula.
    assert_refused(formula("organization", "x", CustomKind::Integer, "per_site * 2"), "invalid", "cannot build on another computed field");
    assert_refused(formula("organization", "x", CustomKind::Integer, "emploees * 2"), "invalid", "did you mean `employees`");
    assert_refused(formula("organization", "x", CustomKind::Integer, "employees * ?"), "invalid", "binds no values");
    assert_refused(formula("organization", "x", CustomKind::Money, "employees"), "invalid", "no currency");
    assert_refused(formula("organization", "x", CustomKind::Integer, "in_list('x')"), "invalid", "in_list");
    assert_refused(formula("organization", "x", CustomKind::Integer, "1; drop table organization"), "invalid", "ends before");
    // A formula that fails for a record says so, and nothing else is hurt.
    formula("organization", "euros", CustomKind::Integer, "in_base(100, 'USD', '2026-01-01')").unwrap();
    assert_refused(crm.organizations().find(""), "invalid", "no exchange rate");
    crm.custom_fields().remove(crm.custom_fields().find("name = 'euros'").unwrap()[0].id).unwrap();
    // The field a formula builds on goes: the formula gives nothing.
    crm.custom_fields().remove(crm.custom_fields().find("name = 'sites'").unwrap()[0].id).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().custom["per_site"], Value::Null);
    assert_clean(&crm);
}

/// Tokens out of which nonsense is made.
const TOKENS: &[&str] = &[
    "name",
    "employees",
    "annual_revenue",
    "created_at",
    "organization",
    "deal",
    "id",
    "owner_id",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "like",
    "between",
    "case",
    "when",
    "then",
    "else",
    "end",
    "exists",
    "(",
    ")",
    "(select",
    "from",
    "where",
    "group by",
    "order by",
    "limit",
    "join",
    "on",
    "count(*)",
    "sum(",
    "abs(",
    "replace(",
    "substr(",
    "moment(",
    "day(",
    "days(",
    "has(",
    "in_base(",
    "in_list(",
    "major(",
    "fold(",
    "cast(",
    "as text",
    "as integer",
    "escape",
    "'x'",
    "''",
    "'2026-01-01'",
    "'%'",
    "'[1]'",
    "'EUR'",
    "1",
    "0",
    "-1",
    "1.5",
    "1e400",
    "9223372036854775807",
    "99999999999999999999",
    "?",
    "?1",
    "?999",
    ",",
    "=",
    "<>",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    ".",
    ";",
    "--",
    "/*",
    "*/",
    "\"",
    "`",
    "[",
    "]",
    "{",
    "}",
    "\0",
    "é",
    "distinct",
    "over",
    "union",
    "true",
    "false",
    "collate",
    "nocase",
    "x'00'",
    "::",
    "->",
    "@",
    "#",
    "!",
];

/// A filled file whose queries answer.
fn fuzzed() -> &'static Crm {
    static CRM: std::sync::OnceLock<Crm> = std::sync::OnceLock::new();
    CRM.get_or_init(|| {
        let crm = memory();
        crm.add_process("Selling", ProcessTemplate::Short).unwrap();
        for n in 0..4 {
            let acme = crm.organizations().add(OrganizationFields { employees: Some(n), ..organization(&format!("Acme {n}")) }).unwrap();
            crm.deals().add(DealFields { organization_id: Some(acme.id), ..deal("Mill") }).unwrap();
        }
        crm
    })
}

fn check_fuzz(text: &str) -> std::result::Result<(), TestCaseError> {
    let crm = fuzzed().time_limit(Duration::from_secs(2));
    let needed = text.matches('?').count();
    for params in [0, needed] {
        let filter = (0..params.min(10)).fold(Filter::new(text), |filter, _| filter.bind(1));
        let sql: Vec<Value> = vec![1.into(); params.min(10)];
        let results = [
            crm.organizations().find(filter.clone()).map(drop),
            crm.organizations().count(filter).map(drop),
            crm.sql(text, &sql).map(drop),
            crm.sql(&format!("select {text} from organization"), &sql).map(drop),
        ];
        for result in results {
            if let Err(error) = result {
                prop_assert!(["invalid", "denied", "timed_out"].contains(&error.code()), "{:?}: {} {}", text, error.code(), error);
                prop_assert!(!error.to_string().contains("lens_"), "{:?}: {}", text, error);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nonsense_is_refused_and_never_worse(tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 1..14)) {
        check_fuzz(&tokens.join(" "))?;
    }

    #[test]
    fn random_bytes_are_refused_and_never_worse(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        check_fuzz(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn nearly_right_filters_are_refused_or_right(left in proptest::sample::select(TOKENS), op in proptest::sample::select(TOKENS), right in proptest::sample::select(TOKENS), more in proptest::sample::select(TOKENS)) {
        check_fuzz(&format!("employees {op} {right} and ({left} {op} {more})"))?;
        check_fuzz(&format!("{left} {right}) {op} {more}"))?;
    }
}

/// What engines take differently without a word is decided once for all of them.
#[test]
fn what_engines_differ_in_is_decided() {
    let crm = memory();
    crm.custom_fields().add(custom_field("organization", "good", CustomKind::Bool)).unwrap();
    crm.custom_fields().add(custom_field("organization", "score", CustomKind::Number)).unwrap();
    for (name, employees, good, score) in [("Acme", Some(7), Some(true), 2.5), ("birch", Some(0), Some(false), -2.5), ("Cedar", None, None, 2.9)] {
        let custom = named([("good", good.into()), ("score", score.into())]).into_iter().collect();
        crm.organizations().add(OrganizationFields { employees, custom, ..organization(name) }).unwrap();
    }
    for (filter, expected) in [
        ("100 / employees is null", vec!["birch", "Cedar"]),
        ("7 % employees = 0", vec!["Acme"]),
        ("employees / 2 = 3", vec!["Acme"]),
        ("cast(score as integer) = 2", vec!["Acme", "Cedar"]),
        ("cast(score as integer) = -2", vec!["birch"]),
        ("cast('12 rooms' as integer) = 12 and cast('-3.7' as integer) = -3 and cast('none' as integer) = 0", vec!["Acme", "birch", "Cedar"]),
        ("round(score) = 3", vec!["Acme", "Cedar"]),
        ("round(score) = -3", vec!["birch"]),
        ("name like 'ACME' or name like 'B%'", vec!["Acme", "birch"]),
        ("substr(name, -2) = 'me'", vec!["Acme"]),
        ("good = 1", vec!["Acme"]),
        ("good <> 1", vec!["birch"]),
        ("id = (select o.id from organization o order by o.employees limit 1)", vec!["Cedar"]),
        ("id = (select o.id from organization o order by o.employees nulls last limit 1)", vec!["birch"]),
        ("id = (select o.id from organization o order by o.employees desc limit 1)", vec!["Acme"]),
        ("id = (select o.id from organization o order by o.employees desc nulls first limit 1)", vec!["Cedar"]),
    ] {
        assert_eq!(names(&crm, Filter::new(filter).order_by("id")), expected, "{filter}");
    }
    assert_eq!(names(&crm, Filter::new("").order_by("employees")), ["Cedar", "birch", "Acme"]);
    assert_eq!(names(&crm, Filter::new("").order_by("-employees")), ["Acme", "birch", "Cedar"]);
    // A name is a word of SQL where any engine keeps it for itself.
    for name in ["user", "order", "analyse", "window", "lateral", "index", "between"] {
        assert_refused(crm.custom_fields().add(custom_field("deal", name, CustomKind::Text)), "invalid", "no word of SQL");
    }
}
