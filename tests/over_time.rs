//! Curves: the same as asking day after day.

use crate::support::*;
use chrono::{Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use crm_core::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two months of selling, now and then undone or taken over by somebody else, under a clock that was put back twice.
fn traded() -> (Crm, Arc<ManualClock>, UserId) {
    let clock = manual_clock();
    let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap();
    let process = crm.add_process("Selling", ProcessTemplate::Classic).unwrap();
    let stages: Vec<_> = crm.stages().find(Filter::new("process_id = ?1").bind(process.id)).unwrap().iter().map(|stage| stage.id).collect();
    let (ann, _) = user_with(&crm, "Ann", &[("deal", Level::Own, Level::Own)]);
    crm.users().edit(ann, |user| user.time_zone = Some("America/New_York".into())).unwrap();
    crm.custom_fields().add(custom_field("deal", "colour", CustomKind::Text)).unwrap();
    let rate = ExchangeRateFields { currency: "PLN".parse().unwrap(), day: "2000-01-01".parse().unwrap(), rate: "0.25".parse().unwrap(), ..Default::default() };
    crm.exchange_rates().add(rate).unwrap();
    let (random, mut ids, mut sets) = (Random::new(11), Vec::new(), Vec::new());
    for step in 0..400 {
        clock.advance(if step % 150 == 149 { TimeDelta::days(-3) } else { TimeDelta::minutes(random.below(480) as i64) });
        let fields = DealFields {
            value: random.maybe(&[Currency::EUR, "PLN".parse().unwrap()], 80).map(|currency| Money::from_minor(random.below(100_000) as i64, currency)),
            stage_id: *random.pick(&stages[..3]),
            owner_id: random.maybe(&[ann], 60),
            probability: random.maybe(&[10, 50, 90], 60),
            ..deal(&format!("Deal {}", random.below(9)))
        };
        let id = if ids.is_empty() { DealId(1) } else { *random.pick(&ids) };
        if step % 23 == 9 {
            crm.stages().edit(*random.pick(&stages[..3]), |stage| stage.name = format!("Stage {step}")).unwrap();
            crm.users().edit(ann, |user| user.name = format!("Ann {step}")).unwrap();
        }
        match random.below(10) {
            0..3 => ids.push(crm.deals().add(fields).unwrap().id),
            3 => ids.extend(crm.deals().add_many([fields.clone(), fields]).unwrap().first.into_iter().flat_map(|first| [first, DealId(first.0 + 1)])),
            4..8 => sets.extend(
                crm.deals()
                    .edit(id, |deal| (deal.value, deal.owner_id, deal.stage_id) = (fields.value, fields.owner_id, fields.stage_id))
                    .map(|deal| deal.revision),
            ),
            8 => drop(crm.deals().remove(id)),
            _ => drop(sets.pop().map(|set: ChangeSetId| crm.undo(set))),
        }
    }
    (crm, clock, ann)
}

/// Day, key, count, sum and currency, as rows; those of nothing left out.
type Rows = BTreeSet<(NaiveDate, String, i64, i64, String)>;

fn curve(crm: &Crm, query: &OverTime) -> Rows {
    let table = crm.over_time("deal", query).unwrap();
    let text =
        |row: usize, column: &str| table.value(row, column).map_or(String::new(), |value| if value.is_null() { String::new() } else { format!("{value:?}") });
    (0..table.rows)
        .map(|row| {
            let Some(Value::Date(day)) = table.value(row, "day") else { panic!("no day") };
            (day, text(row, "key"), table.integer(row, "count").unwrap(), table.integer(row, "sum").unwrap_or(0), text(row, "currency"))
        })
        .filter(|row| row.2 != 0)
        .collect()
}

/// The same, asked as of the last moment of each of these days.
fn day_by_day(crm: &Crm, zone: Tz, days: &[NaiveDate], query: &OverTime) -> Rows {
    let money = query.sum.as_deref() == Some("value");
    let by = query.by.as_deref().unwrap_or("null");
    let key = match by.split_once('.') {
        Some(("stage", field)) => format!("(select s.{field} from stage s where s.id = deal.stage_id)"),
        Some(("owner_id", field)) => format!("(select u.{field} from user u where u.id = deal.owner_id)"),
        _ => by.to_owned(),
    };
    let (key, sum) = (key.as_str(), query.sum.as_deref().unwrap_or("null"));
    let currency = if money { "value_currency" } else { "null" };
    let filter = query.filter.as_deref().unwrap_or("true");
    let mut rows = Rows::new();
    for day in days {
        let end = day.checked_add_days(Days::new(1)).unwrap().and_hms_opt(0, 0, 0).unwrap().and_local_timezone(zone).unwrap();
        let moment = (end.with_timezone(&Utc) - TimeDelta::milliseconds(1)).min(crm.now());
        let then = crm.at(moment).unwrap();
        let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        let shown = |value: Option<Value>| value.filter(|value| !value.is_null()).map_or(String::new(), |value| format!("{value:?}"));
        let ids: BTreeSet<_> = then.deals().find((filter.to_owned(), query.params.clone())).unwrap().iter().map(|deal| deal.id.0).collect();
        let table = then.sql(&format!("select id, {key} as key, {currency} as currency, {sum} as value from deal"), &[]).unwrap();
        for row in (0..table.rows).filter(|row| ids.contains(&table.integer(*row, "id").unwrap())) {
            let of = sums.entry((shown(table.value(row, "key")), shown(table.value(row, "currency")))).or_default();
            *of = (of.0 + 1, of.1 + table.integer(row, "value").unwrap_or(0));
        }
        rows.extend(sums.into_iter().map(|((key, currency), (count, sum))| (*day, key, count, sum, currency)));
    }
    rows
}

fn days(from: NaiveDate, until: NaiveDate, last_of: impl Fn(NaiveDate, NaiveDate) -> bool) -> Vec<NaiveDate> {
    from.iter_days().take_while(|day| *day <= until).filter(|day| *day == until || last_of(*day, day.succ_opt().unwrap())).collect()
}

// B1
#[test]
fn a_curve_is_what_asking_day_after_day_gives() {
    let (crm, _, ann) = traded();
    let hers = crm.acting_as(ann).unwrap();
    let (from, until) = ("2026-03-05".parse().unwrap(), crm.now().date_naive());
    let base = OverTime::new().from(from);
    let queries = [
        base.clone(),
        base.clone().by("stage_id"),
        base.clone().sum("value"),
        base.clone().by("name").sum("value"),
        base.clone().sum("probability").by("owner_id"),
        base.clone().by("stage_id").filter("value > ? and name <> 'Deal 3'").params([30_000]),
        base.clone().by("stage.name"),
        base.clone().by("stage.position").sum("value").filter("probability is not null and id > 3"),
        base.clone().by("owner_id.name").sum("probability"),
        // What looks further than the record.
        base.clone().by("stage.name").sum("value").filter("closes_on is null and created_at > now() - days(9)"),
        base.clone().by("stage_id").filter("closes_on is null and created_at > now() - days(9)"),
        base.clone().sum("value").filter("exists (select 1 from stage s where s.id = deal.stage_id and s.name = 'Proposal')"),
    ];
    let mut compared = 0;
    for (reader, zone) in [(&crm, Tz::UTC), (&hers, "America/New_York".parse().unwrap()), (&crm.at(moment("2026-04-10T12:00:00Z")).unwrap(), Tz::UTC)] {
        let until = until.min(reader.now().with_timezone(&zone).date_naive());
        for query in &queries {
            let expected = day_by_day(reader, zone, &days(from, until, |_, _| true), query);
            assert_eq!(curve(reader, query), expected, "{query:?}");
            compared += expected.len();
        }
        let weeks = days(from, until, |day, next| day.iso_week() != next.iso_week());
        assert_eq!(curve(reader, &base.clone().every(Period::Week)), day_by_day(reader, zone, &weeks, &base));
        let months = days(from, until, |day, next| day.month() != next.month());
        assert_eq!(curve(reader, &base.clone().every(Period::Month).sum("value")), day_by_day(reader, zone, &months, &base.clone().sum("value")));
    }
    assert!(compared > 2_000, "{compared}");
}

#[test]
fn a_curve_has_a_row_for_every_point_and_key() {
    let (crm, clock, _) = traded();
    let table = crm.over_time("deal", &OverTime::new().by("stage_id")).unwrap();
    let keys: BTreeSet<_> = (0..table.rows).map(|row| table.integer(row, "key")).collect();
    let days: BTreeSet<_> = (0..table.rows).map(|row| format!("{:?}", table.value(row, "day"))).collect();
    assert_eq!(table.rows, keys.len() * days.len());
    assert_eq!(
        table.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect::<Vec<_>>(),
        [("day", "date"), ("key", "integer"), ("count", "integer")]
    );
    let empty = crm.over_time("person", &OverTime::new().from(clock.now().date_naive())).unwrap();
    assert_eq!((empty.rows, empty.integer(0, "count")), (1, Some(0)));
}

#[test]
fn what_cannot_be_a_curve_is_refused() {
    let (crm, _, ann) = traded();
    let ask = |query: OverTime| crm.over_time("deal", &query);
    assert_refused(crm.over_time("deals", &OverTime::new()), "invalid", "did you mean `deal`?");
    assert_refused(ask(OverTime::new().sum("nmae")), "invalid", "did you mean `name`?");
    assert_refused(ask(OverTime::new().sum("name")), "invalid", "whole numbers and amounts");
    assert_refused(ask(OverTime::new().by("id")), "invalid", "every record has its own");
    assert_refused(ask(OverTime::new().by("stage.nmae")), "invalid", "did you mean `name`?");
    assert_refused(ask(OverTime::new().by("name.name")), "invalid", "before the dot stands a field of `deal` that refers");
    assert_refused(ask(OverTime::new().by("nothing.name")), "invalid", "before the dot");
    assert_refused(ask(OverTime::new().filter("nmae = 1")), "invalid", "did you mean `name`?");
    assert_refused(ask(OverTime::new().filter("value > ?")), "invalid", "needs 1 value");
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    assert_refused(ask(OverTime::new().from(day("2026-05-01")).until(day("2026-04-01"))), "invalid", "after `until`");
    assert_refused(ask(OverTime::new().from(day("1999-05-01"))), "invalid", "more than 4000 points");
    assert_refused(ask(OverTime::new().from(day("1500-05-01"))), "invalid", "200 years");
    let role = crm.user_roles().find(Filter::new("user_id = ?1").bind(ann)).unwrap()[0].role_id;
    hide(&crm, role, "deal", "value");
    hide(&crm, role, "stage", "probability");
    assert_refused(crm.acting_as(ann).unwrap().over_time("deal", &OverTime::new().by("stage.probability")), "denied", "hidden");
    for query in [OverTime::new().sum("value"), OverTime::new().by("value"), OverTime::new().filter("value > 1")] {
        assert_refused(crm.acting_as(ann).unwrap().over_time("deal", &query), "denied", "hidden");
    }
}
