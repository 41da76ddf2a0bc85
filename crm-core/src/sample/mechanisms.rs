//! What an area gets from its declarations alone: numbers, seals, records that the library keeps, words with a meaning, stages.

use super::{AREA, SampleCaseFields, SampleLineFields, SampleLookFields, SampleOrderFields, SampleOrderId, code, order, sample};
use crate::analytics::ask;
use crate::*;
use chrono::TimeDelta;

#[test]
fn what_was_sent_stays_by_whatever_way() -> Result<()> {
    let (crm, _) = sample()?;
    let draft = crm.sample_orders().add(order("Pumps"))?;
    let line = crm.sample_lines().add(SampleLineFields { sample_order_id: draft.id, text: "Ten".into(), ..Default::default() })?;
    let edited = crm.sample_lines().edit(line.id, |fields| fields.text = "Twelve".into())?;
    let sent = crm.sample_orders().edit(draft.id, |fields| fields.sent_at = Some(crm.now()))?;

    let set = |name: &str, value: Value| code(crm.sample_orders().set(draft.id, vec![(name.into(), value)].into_iter().collect(), None).map(|_| ()));
    assert_eq!(set("subject", "Valves".into()), "sealed subject");
    assert_eq!(set("sent_at", Value::Null), "sealed sent_at");
    assert_eq!(set("mark", "seen".into()), "()");
    assert_eq!(code(crm.sample_orders().remove(draft.id)), "sealed ");
    assert_eq!(code(crm.sample_lines().edit(line.id, |fields| fields.text = "One".into()).map(|_| ())), "sealed sample_order_id");
    assert_eq!(code(crm.sample_lines().remove(line.id)), "sealed sample_order_id");
    let more = SampleLineFields { sample_order_id: draft.id, text: "More".into(), ..Default::default() };
    assert_eq!(code(crm.sample_lines().add(more.clone()).map(|_| ())), "sealed sample_order_id");
    assert_eq!(code(crm.sample_lines().add_many([more]).map(|_| ())), "sealed sample_order_id");
    // A line of another order cannot be moved into it, nor its own out of it.
    let other = crm.sample_orders().add(order("Other"))?;
    let loose = crm.sample_lines().add(SampleLineFields { sample_order_id: other.id, text: "Loose".into(), ..Default::default() })?;
    assert_eq!(code(crm.sample_lines().edit(loose.id, |fields| fields.sample_order_id = draft.id).map(|_| ())), "sealed sample_order_id");
    assert_eq!(code(crm.sample_lines().edit(line.id, |fields| fields.sample_order_id = other.id).map(|_| ())), "sealed sample_order_id");

    // Undo is no way around it, and says what stands in its way.
    for change_set in [sent.revision, edited.revision, line.revision, draft.revision] {
        let obstacles = crm.obstacles(change_set)?;
        assert!(!obstacles.is_empty());
        assert_eq!(code(crm.undo(change_set)), "conflict change_set");
    }
    assert_eq!(crm.sample_lines().get(line.id)?.text, "Twelve");

    // A revision replaces it, once; what is not sealed is changed instead.
    let replaces = |id| SampleOrderFields { replaces_id: Some(id), ..order("Pumps, revised") };
    assert_eq!(code(crm.sample_orders().add(replaces(other.id)).map(|_| ())), "invalid replaces_id");
    let revision = crm.sample_orders().add(replaces(draft.id))?;
    assert_eq!(code(crm.sample_orders().add(replaces(draft.id)).map(|_| ())), "conflict replaces_id");
    assert_eq!(revision.number.as_deref(), Some("T-2026-003"));
    crm.verify(None, &mut |_, _| {}).map(|verified| assert!(verified.findings.is_empty(), "{:?}", verified.findings))
}

#[test]
fn what_the_library_keeps_nobody_else_writes() -> Result<()> {
    let (crm, _) = sample()?;
    let id = crm.sample_orders().add(order("Pumps"))?.id;
    let look = SampleLookFields { sample_order_id: id, count: 1, ..Default::default() };
    assert_eq!(code(crm.sample_looks().add(look.clone()).map(|_| ())), "denied sample_look");
    // Rules write it, in a sealed order, too.
    crm.sample_orders().edit(id, |fields| fields.sent_at = Some(crm.now()))?;
    let kept = crm.change("look", |change| change.keeping(|| change.sample_looks().insert(look)))?.value;
    assert_eq!(code(crm.sample_looks().edit(kept.into(), |fields| fields.count = 2).map(|_| ())), "denied sample_look");
    assert_eq!(code(crm.sample_looks().remove(kept.into())), "denied sample_look");
    crm.change("look", |change| change.keeping(|| change.sample_looks().keep(kept.into(), |fields| fields.count = 2)))?;
    assert_eq!(crm.sample_looks().get(kept.into())?.count, 2);
    Ok(())
}

#[test]
fn an_operation_that_fails_half_way_spoils_its_change_set() -> Result<()> {
    let (crm, _) = sample()?;
    let change = crm.begin("half")?;
    assert_eq!(code(change.sample_orders().add(order("breaks")).map(|_| ())), "invalid subject");
    assert_eq!(code(change.commit().map(|_| ())), "conflict change_set");
    assert_eq!(crm.sample_orders().count("")?, 0);
    // With less than all rights, an operation is taken back by itself, and the rest goes on.
    let role = crm.roles().add(RoleFields { name: "seller".into(), ..Default::default() })?.id;
    let ann = crm.users().add(UserFields { name: "Ann".into(), ..Default::default() })?.id;
    crm.user_roles().add(UserRoleFields { user_id: ann, role_id: role, ..Default::default() })?;
    let permission = PermissionFields { role_id: role, entity: "sample_order".into(), reading: Level::Own, writing: Level::All, ..Default::default() };
    crm.permissions().add(permission)?;
    let kept = crm.acting_as(ann)?.change("hand over", |change| {
        assert_eq!(code(change.sample_orders().add(order("nobody's")).map(|_| ())), "denied sample_order");
        change.sample_orders().add(SampleOrderFields { owner_id: Some(ann), ..order("own") })
    })?;
    assert_eq!((kept.value.subject.as_str(), crm.sample_orders().count("")?), ("own", 1));
    Ok(())
}

#[test]
fn numbers_run_without_gaps_and_none_comes_again() -> Result<()> {
    let (crm, clock) = sample()?;
    let number = |fields: SampleOrderFields| crm.sample_orders().add(fields).map(|order| order.number.unwrap_or_default());
    assert_eq!(number(order("a"))?, "T-2026-001");
    assert_eq!(number(SampleOrderFields { number: Some("mine".into()), ..order("b") })?, "T-2026-002");
    // Neither removal nor undo nor a change gives a number back; what was never kept has none.
    let third = crm.sample_orders().add(order("c"))?;
    crm.undo(third.revision)?;
    assert_eq!(number(order("d"))?, "T-2026-004");
    crm.dry_run(|change| change.sample_orders().add(order("never")))?;
    let broken = crm.change("broken", |change| change.sample_orders().add(order("never")).and(Err::<(), _>(Error::storage("", "breaks off"))));
    assert!(broken.is_err());
    assert_eq!(number(order("e"))?, "T-2026-005");
    let named = |name: &str, value: &str| vec![(name.to_owned(), Value::from(value))].into_iter().collect();
    assert_eq!(code(crm.sample_orders().set(SampleOrderId(1), named("number", "T-1"), None).map(|_| ())), "invalid number");
    assert_eq!(crm.sample_orders().edit(SampleOrderId(1), |fields| fields.number = Some("T-1".into()))?.number.as_deref(), Some("T-2026-001"));

    // A kind of its own; the next year begins with 1; a pattern changed goes on counting.
    let series = NumberSeriesFields { entity: "sample_order".into(), kind: Some("rush".into()), pattern: "R{number}".into(), ..Default::default() };
    let rush = || number(SampleOrderFields { kind: Some("rush".into()), ..order("f") });
    let series = crm.number_series().add(series)?;
    assert_eq!((rush()?, rush()?), ("R1".into(), "R2".into()));
    crm.number_series().edit(series.id, |fields| fields.pattern = "Rush-{number:2}".into())?;
    assert_eq!(rush()?, "Rush-03");
    clock.advance(TimeDelta::days(365));
    assert_eq!(number(order("g"))?, "T-2027-001");

    // From another system with its number: it stays, and the series goes on after it.
    let loaded = crm.change("load", |change| {
        change.loading(|| {
            let fields = [("subject", "h"), ("number", "T-2027-010")].map(|(name, value)| (name.to_owned(), Value::from(value)));
            change.sample_orders().insert_named(fields.into_iter().collect())
        })
    })?;
    assert_eq!(crm.sample_orders().get(loaded.value.into())?.number.as_deref(), Some("T-2027-010"));
    assert_eq!(number(order("i"))?, "T-2027-011");
    for (entity, kind, pattern, refused) in
        [("deal", None, "{number}", "entity"), ("sample_order", None, "N", "pattern"), ("sample_order", Some("rush"), "{number}", "entity")]
    {
        let fields = NumberSeriesFields { entity: entity.into(), kind: kind.map(str::to_owned), pattern: pattern.into(), ..Default::default() };
        assert!(code(crm.number_series().add(fields).map(|_| ())).contains(refused), "{entity} {pattern}");
    }
    Ok(())
}

#[test]
fn one_of_a_kind_is_the_current_one() -> Result<()> {
    let (crm, _) = sample()?;
    let add = |kind: Option<&str>, current: Option<bool>| {
        crm.sample_orders().add(SampleOrderFields { kind: kind.map(str::to_owned), current, ..order("o") }).map(|order| order.id)
    };
    let (a, b, c, d) = (add(None, None)?, add(None, None)?, add(Some("x"), None)?, add(Some("x"), Some(true))?);
    let current = || crm.sample_orders().find(Filter::new("current").order_by("id")).map(|orders| orders.iter().map(|order| order.id).collect::<Vec<_>>());
    assert_eq!(current()?, [a, d]);
    // Moved into another group it takes the place there.
    crm.sample_orders().edit(d, |fields| fields.kind = None)?;
    assert_eq!(current()?, [d]);
    crm.sample_orders().edit(c, |fields| fields.current = Some(true))?;
    crm.sample_orders().edit(b, |fields| fields.current = Some(true))?;
    assert_eq!(current()?, [b, c]);
    Ok(())
}

#[test]
fn a_report_needs_its_declaration_alone() -> Result<()> {
    let (crm, clock) = sample()?;
    for kind in ["x", "y", "x"] {
        crm.sample_orders().add(SampleOrderFields { kind: Some(kind.into()), ..order("o") })?;
        clock.advance(TimeDelta::days(40));
    }
    let ask = |query: &ReportQuery| crm.view(|view| ask(view, &AREA.reports[0], query));
    let table = ask(&ReportQuery::new().by(["kind"]))?;
    assert_eq!((table.text(0, "name"), table.integer(0, "orders")), (Some("x".into()), Some(2)));
    let table = ask(&ReportQuery::new().by(["month", "kind"]))?;
    assert_eq!((0..3).map(|row| table.text(row, "key2")).collect::<Vec<_>>(), [Some("x".into()), Some("y".into()), Some("x".into())]);
    let filtered = ReportQuery { filter: Some("kind = ?".into()), params: vec!["y".into()], ..ReportQuery::default() };
    assert_eq!(ask(&filtered)?.integer(0, "orders"), Some(1));
    Ok(())
}

#[test]
fn rules_ask_what_a_word_means_whatever_it_is_called() -> Result<()> {
    let (crm, _) = sample()?;
    let over = |status: &str| {
        crm.sample_cases()
            .add(SampleCaseFields { subject: status.into(), status: Some(status.into()), ..Default::default() })
            .map(|case| case.over == Some(true))
    };
    let all = |words: [&str; 5]| words.into_iter().map(over).collect::<Result<Vec<_>>>();
    assert_eq!(all(["new", "solved", "dropped", "odd", "else"])?, [false, true, true, false, false]);
    let solved = crm.dictionary_items().find("name = 'solved'")?[0].id;
    crm.dictionary_items().edit(solved, |fields| fields.name = "done and paid".into())?;
    assert_eq!(all(["new", "done and paid", "dropped", "odd", "solved"])?, [false, true, true, false, true]);
    crm.sample_cases().count("over and meaning('sample_status', status) = 'done'").map(|over| assert_eq!(over, 3))
}

#[test]
fn a_table_may_be_named_by_a_word_of_sql() -> Result<()> {
    let (crm, clock) = sample()?;
    let case = |subject: &str| SampleCaseFields { subject: subject.into(), ..Default::default() };
    let first = crm.sample_cases().add(case("Leak"))?;
    let then = clock.now();
    clock.advance(TimeDelta::days(1));
    let second = crm.sample_cases().add(SampleCaseFields { previous_id: Some(first.id), ..case("Leak again") })?;
    crm.sample_cases().edit(first.id, |fields| fields.subject = "Leaks".into())?;
    let follows = "exists (select 1 from \"case\" as \"order\" where \"order\".previous_id = \"case\".id)";
    assert_eq!(crm.sample_cases().find(follows)?[0].subject, "Leaks");
    assert_eq!(crm.at(then)?.sample_cases().find("")?[0].subject, "Leak");
    assert_eq!(crm.sql("select count(*) as n from \"case\"", &[])?.integer(0, "n"), Some(2));

    let field = |name: &str, kind| CustomFieldFields { entity: "case".into(), name: name.into(), kind, ..Default::default() };
    crm.custom_fields().add(CustomFieldFields { indexed: Some(true), ..field("weight", CustomKind::Money) })?;
    crm.custom_fields().add(CustomFieldFields { of: Some("case".into()), ..field("like_id", CustomKind::Reference) })?;
    let counted = Some("(select count(*) from \"case\" c where c.previous_id = \"case\".id)".to_owned());
    crm.custom_fields().add(CustomFieldFields { expression: counted, ..field("followers", CustomKind::Integer) })?;
    assert_eq!(crm.sample_cases().count("followers = 1 and weight is null")?, 1);
    let page = crm.sample_cases().page(Filter::new("").order_by("-weight, subject").limit(1))?;
    assert_eq!(crm.sample_cases().page(Filter::new("").order_by("-weight, subject").after(page.next.unwrap_or_default()))?.records.len(), 1);

    assert_eq!(code(crm.sample_cases().remove(first.id)), "conflict case");
    let removed = crm.change("remove", |change| change.sample_cases().remove(second.id))?;
    removed.change_set.map(|change_set| crm.undo(change_set)).transpose()?;
    crm.sample_cases().add_many((0..5_000).map(|number| case(&number.to_string())))?;
    assert_eq!(crm.sample_cases().count("")?, 5_002);
    assert!(crm.verify(None, &mut |_, _| {})?.is_clean());
    Ok(())
}

#[test]
fn a_process_needs_a_few_fields_and_three_lines() -> Result<()> {
    let (crm, clock) = sample()?;
    let way = crm.add_process_for("sample_order", "Orders", ProcessTemplate::Short)?;
    let stages: Vec<_> = crm.stages().find(Filter::new("process_id = ?1").bind(way.id).order_by("position"))?.iter().map(|stage| stage.id).collect();
    let fields = SampleOrderFields { process_id: Some(way.id), value: Some("30 EUR".parse()?), ..order("Pumps") };
    let id = crm.sample_orders().add(fields)?.id;
    let other = crm.sample_orders().add(SampleOrderFields { process_id: Some(way.id), value: Some("7 EUR".parse()?), ..order("Valves") })?.id;
    let plan =
        StagePlanFields { entity: "sample_order".into(), record_id: id.0, stage_id: stages[2], planned_on: crm.now().date_naive(), ..Default::default() };
    crm.stage_plans().add(plan)?;
    clock.advance(TimeDelta::days(5));
    let go = |id: SampleOrderId, stage: usize| crm.sample_orders().edit(id, |fields| fields.stage_id = Some(stages[stage]));
    go(id, 1)?;
    let query = ReportQuery { process_id: Some(way.id), ..Default::default() };
    let report = |report: Report| crm.report(report, &query);
    // 30 at 50 per cent, 7 at 20.
    let funnel = report(Report::Funnel)?;
    let column = |name: &str| (0..4).map(|row| funnel.integer(row, name)).collect::<Vec<_>>();
    assert_eq!(column("records"), [Some(1), Some(1), Some(0), Some(0)]);
    assert_eq!((column("value"), column("weighted")), ([700, 3_000, 0, 0].map(Some).to_vec(), [140, 1_500, 0, 0].map(Some).to_vec()));
    assert_eq!(funnel.about.map(|about| about.amounts), Some(vec!["value", "weighted"]));
    let times = report(Report::StageTimes)?;
    assert_eq!((times.integer(0, "ended"), times.number(0, "mean_days"), times.integer(0, "over_norm")), (Some(1), Some(5.0), Some(1)));
    assert_eq!((report(Report::Conversion)?.integer(0, "moved_on"), report(Report::Conversion)?.integer(0, "entered")), (Some(1), Some(2)));
    clock.advance(TimeDelta::days(16));
    assert_eq!(report(Report::Ageing)?.text(0, "name").as_deref(), Some("T-2026-001"));
    // 21 days where 3 are the norm, and 16 where 14 are.
    let stuck = report(Report::Bottlenecks)?;
    let told = (0..2).map(|row| (stuck.text(row, "stage"), stuck.integer(row, "waiting"), stuck.number(row, "mean_days"), stuck.number(row, "norms")));
    let expected =
        [("Enquiry", 21.0, 7.0), ("Quoted", 16.0, 16.0 / 14.0)].map(|(stage, days, norms)| (Some(stage.to_owned()), Some(1), Some(days), Some(norms)));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert_eq!(report(Report::StagePlans)?.integer(0, "days_late"), Some(21));

    crm.required_fields().add(RequiredFieldFields { stage_id: stages[2], field: "mark".into(), ..Default::default() })?;
    for (from, to) in [(Some(stages[1]), stages[2]), (None, stages[3])] {
        crm.stage_transitions().add(StageTransitionFields { from_stage_id: from, to_stage_id: to, ..Default::default() })?;
    }
    let next = |id: SampleOrderId| crm.next_stages("sample_order", id.0).map(|next| next.into_iter().map(|next| (next.name, next.missing)).collect::<Vec<_>>());
    let [won, lost] = [("Won", "mark"), ("Lost", "lost_reason")].map(|(name, missing)| (name.to_owned(), vec![missing.to_owned()]));
    assert_eq!((next(id)?, next(other)?), (vec![won, lost.clone()], vec![lost]));
    assert_eq!(
        (code(go(id, 2).map(|_| ())), code(go(other, 1).map(|_| ())), code(go(other, 3).map(|_| ()))),
        ("invalid mark".to_owned(), "invalid stage_id".to_owned(), "invalid lost_reason".to_owned())
    );
    crm.sample_orders().edit(other, |fields| (fields.stage_id, fields.lost_reason) = (Some(stages[3]), Some("late".into())))?;
    let reasons = report(Report::LostReasons)?;
    assert_eq!((reasons.text(0, "lost_reason").as_deref(), reasons.integer(0, "records"), reasons.integer(0, "amount")), (Some("late"), Some(1), Some(700)));
    assert_eq!(crm.stage_moves().count("entity = 'sample_order' and reason = 'late'")?, 1);
    Ok(())
}
