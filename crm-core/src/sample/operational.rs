//! Records that tell only how work is going on have no past, and no change set brings it back.

use super::{SampleCaseFields, SampleCaseId, SampleLeaseFields, code, sample};
use crate::*;
use chrono::TimeDelta;

fn case(subject: &str) -> SampleCaseFields {
    SampleCaseFields { subject: subject.into(), ..Default::default() }
}

fn lease(crm: &Crm, case_id: SampleCaseId) -> SampleLeaseFields {
    SampleLeaseFields { case_id, until: crm.now(), ..Default::default() }
}

#[test]
fn what_is_operational_leaves_no_trace_and_is_still_written_whole_or_not_at_all() -> Result<()> {
    let (crm, clock) = sample()?;
    let case = crm.sample_cases().add(case("a pump"))?;
    let before = (crm.status()?, crm.changes(0, 10_000)?.len());
    let first = crm.sample_leases().add(lease(&crm, case.id))?;
    for _ in 0..3 {
        clock.advance(TimeDelta::minutes(1));
        crm.sample_leases().edit(first.id, |fields| fields.until += TimeDelta::minutes(5))?;
    }
    let (second, third) = (crm.sample_leases().add(lease(&crm, case.id))?, crm.sample_leases().add(lease(&crm, case.id))?);
    crm.sample_leases().remove(third.id)?;
    // Each write was a change set of its own, with a moment and who made it, but without entries.
    let after = (crm.status()?, crm.changes(0, 10_000)?.len());
    assert_eq!((after.0.entries, after.1), (before.0.entries, before.1));
    assert_eq!(after.0.change_sets, before.0.change_sets + 7);
    assert_eq!(after.0.entities.iter().find(|of| of.entity == "sample_lease").map(|of| (of.records, of.versions)), Some((2, 0)));
    let read = crm.sample_leases().get(first.id)?;
    assert_eq!((read.until - first.until, read.revision.0 - first.revision.0), (TimeDelta::minutes(15), 3));
    // No id is given twice, though the last one is gone and nothing tells of it.
    assert_eq!(crm.sample_leases().add(lease(&crm, case.id))?.id.0, third.id.0 + 1);
    // Whoever saw an older state is told.
    let stale = crm.sample_leases().update(first.id, lease(&crm, case.id), Some(first.revision)).map(|_| ());
    assert_eq!(code(stale), "conflict sample_lease");

    let abandoned = crm.begin("abandoned")?;
    abandoned.sample_leases().remove(second.id)?;
    abandoned.rollback();
    assert_eq!(crm.sample_leases().count("")?, 3);
    assert!(crm.verify(None, &mut |_, _| {})?.is_clean());
    Ok(())
}

#[test]
fn its_past_is_refused_rather_than_empty() -> Result<()> {
    let (crm, clock) = sample()?;
    let case = crm.sample_cases().add(case("a pump"))?;
    let lease = crm.sample_leases().add(lease(&crm, case.id))?;
    let then = crm.now();
    clock.advance(TimeDelta::hours(1));
    let past = crm.at(then)?;
    assert_eq!(past.sample_cases().get(case.id)?.subject, "a pump");
    assert_eq!(code(past.sample_leases().get(lease.id).map(|_| ())), "invalid at");
    assert_eq!(code(past.sample_leases().count("").map(|_| ())), "invalid at");
    assert_eq!(code(past.sql("select c.subject from \"case\" c join sample_lease l on l.case_id = c.id", &[]).map(|_| ())), "invalid at");
    assert_eq!(code(crm.history("sample_lease", lease.id.0).map(|_| ())), "invalid entity");
    assert_eq!(code(crm.over_time("sample_lease", &OverTime::default()).map(|_| ())), "invalid at");
    Ok(())
}

#[test]
fn undo_leaves_it_alone_or_lets_it_go_with_what_it_is_part_of() -> Result<()> {
    let (crm, _) = sample()?;
    let both = crm.change("both", |change| {
        let case = change.sample_cases().add(case("a pump"))?;
        change.sample_leases().add(lease(&crm, case.id))?;
        Ok(case.id)
    })?;
    crm.sample_leases().add(lease(&crm, both.value))?;
    let only = crm.sample_leases().add(lease(&crm, both.value))?.revision;
    assert_eq!(code(crm.undo(only).map(|_| ())), "conflict change_set");
    let undone = crm.undo(both.change_set.unwrap_or_default())?;
    assert_eq!((crm.sample_cases().count("")?, crm.sample_leases().count("")?), (0, 0));
    crm.undo(undone)?;
    assert_eq!((crm.sample_cases().count("")?, crm.sample_leases().count("")?), (1, 0), "nothing brings them back");
    // The same where it is removed, and where a whole load goes.
    crm.sample_leases().add(lease(&crm, both.value))?;
    crm.sample_cases().remove(both.value)?;
    assert_eq!(crm.sample_leases().count("")?, 0);
    crm.sample_cases().add_many((0..50).map(|number| case(&number.to_string())))?;
    let some = crm.sample_cases().find("")?;
    for case in &some {
        crm.sample_leases().add(lease(&crm, case.id))?;
    }
    let loaded = crm.sample_cases().find("")?.first().map(|case| case.revision).unwrap_or_default();
    crm.undo(loaded)?;
    assert_eq!((crm.sample_cases().count("")?, crm.sample_leases().count("")?), (0, 0));
    assert!(crm.verify(None, &mut |_, _| {})?.is_clean());
    Ok(())
}
