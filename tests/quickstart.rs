//! The figures of a real pipeline, loaded as the quickstart loads it, against a computation that shares no code with us
//! (tests/expected/crm_sales.py). I1, S5, S15, S21, B2.

use crate::{pipeline, support};
use crm_core::*;
use serde_json::{Map, Value as Json};
use std::process::Command;
use std::sync::Arc;

fn expected(folder: &std::path::Path) -> Map<String, Json> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/expected/crm_sales.py");
    let output = Command::new("python3").arg(script).arg(folder).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Whole dollars by name, of a report split by a dimension.
fn won_by(crm: &Crm, dimension: Dimension) -> Map<String, Json> {
    let table = crm.report(Report::Won, &ReportQuery::new().by([dimension])).unwrap();
    (0..table.len())
        .map(|row| {
            let name = table.text(row, "name").or_else(|| table.text(row, "key")).unwrap_or_default();
            let minor = table.integer(row, "amount").unwrap();
            assert_eq!(minor % 100, 0, "the data has whole dollars");
            (name, Json::from(minor / 100))
        })
        .collect()
}

#[test]
fn real_pipeline_gives_the_figures_of_an_independent_computation() {
    let Some(folder) = support::data("crm_sales") else { return };
    let expected = expected(&folder);
    let clock = Arc::new(ManualClock::at(pipeline::FIRST_EXPORT));
    let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap();
    pipeline::load(&crm, &clock, &folder).unwrap();

    let all = ReportQuery::default();
    let funnel = crm.report(Report::Funnel, &all).unwrap();
    let stages = expected["stages"].as_object().unwrap();
    assert_eq!(funnel.len(), stages.len());
    for row in 0..funnel.len() {
        assert_eq!(funnel.integer(row, "deals"), stages[&funnel.text(row, "stage").unwrap()].as_i64());
    }
    assert_eq!(crm.deals().count("").unwrap(), expected["deals"].as_i64().unwrap());
    let rate = crm.report(Report::WinRate, &all).unwrap().number(0, "win_rate").unwrap();
    assert!((rate - expected["win_rate"].as_f64().unwrap()).abs() < 1e-6);
    assert_eq!(crm.report(Report::Won, &all).unwrap().integer(0, "amount"), expected["won_total"].as_i64().map(|dollars| dollars * 100));

    let mut compared = 0;
    for (dimension, key) in [
        (Dimension::Owner, "won_by_agent"),
        (Dimension::Manager, "won_by_manager"),
        (Dimension::Team, "won_by_region"),
        (Dimension::Product, "won_by_product"),
        (Dimension::Industry, "won_by_sector"),
        (Dimension::Quarter, "won_by_quarter"),
    ] {
        let (ours, theirs) = (won_by(&crm, dimension), expected[key].as_object().unwrap());
        assert_eq!(&ours, theirs, "{key}");
        compared += theirs.len();
    }
    assert!(compared > 50);

    let cycle = crm.report(Report::SalesCycle, &all).unwrap();
    assert!((cycle.number(0, "mean_days").unwrap() - expected["cycle_mean_days"].as_f64().unwrap()).abs() < 1e-6);
    assert_eq!(cycle.number(0, "median_days"), expected["cycle_median_days"].as_f64());
    assert_eq!(cycle.integer(0, "longest_days"), expected["cycle_max_days"].as_i64());
    let open = crm.report(Report::OpenPipeline, &all).unwrap();
    assert_eq!(open.integer(0, "deals"), expected["open_deals"].as_i64());
    assert_eq!(open.integer(0, "list_value"), expected["open_list_value"].as_i64().map(|dollars| dollars * 100));
    assert_eq!(crm.deals().count("status = 'open' and organization_id is null").unwrap(), expected["open_without_account"].as_i64().unwrap());
    let ageing = crm.report(Report::Ageing, &all).unwrap();
    let beyond = (0..ageing.len()).filter(|row| ageing.integer(*row, "over_longest") == Some(1)).count();
    assert_eq!(beyond as i64, expected["open_older_than_longest_won"].as_i64().unwrap());

    // As of the first export, only what was won by then counts, although the second export was loaded over it. B2
    let earlier = crm.at(pipeline::FIRST_EXPORT).unwrap();
    let quarters = expected["won_by_quarter"].as_object().unwrap();
    let by_then: i64 = quarters.iter().filter(|(quarter, _)| quarter.as_str() < "2017-Q4").map(|(_, dollars)| dollars.as_i64().unwrap()).sum();
    assert_eq!(earlier.report(Report::Won, &all).unwrap().integer(0, "amount"), Some(by_then * 100));
    assert!(crm.verify(None, &mut |_, _| {}).unwrap().is_clean());
}
