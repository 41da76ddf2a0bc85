//! How SQLite goes about the queries that must be quick however large the file is: by index, never by scan.

use super::sqlite::{prepared_by, storage};
use crate::*;
use chrono::TimeDelta;

/// A file with one of everything that a dossier shows, and a user for each level that shows something.
fn file() -> Result<(Crm, OrganizationId, Vec<UserId>)> {
    let crm = Crm::open(":memory:")?;
    crm.add_process("Orders", ProcessTemplate::Short)?;
    let done = crm.change("one of everything", |change| {
        let mut users = Vec::new();
        for level in &Level::ALL[1..] {
            let user = change.users().add(UserFields { name: level.to_string(), ..Default::default() })?.id;
            let role = change.roles().add(RoleFields { name: level.to_string(), ..Default::default() })?.id;
            for (target, reading) in [("*", *level), ("organization", Level::All), ("person", Level::All)] {
                change.permissions().add(PermissionFields { role_id: role, entity: target.into(), reading, ..Default::default() })?;
            }
            change.user_roles().add(UserRoleFields { user_id: user, role_id: role, ..Default::default() })?;
            users.push(user);
        }
        let parent = change.organizations().add(OrganizationFields { name: "Parent".into(), ..Default::default() })?.id;
        let fields = OrganizationFields { name: "Acme".into(), parent_id: Some(parent), ..Default::default() };
        let acme = change.organizations().add(fields)?.id;
        let ann = change.people().add(PersonFields { name: "Ann".into(), ..Default::default() })?.id;
        change.affiliations().add(AffiliationFields { person_id: ann, organization_id: acme, ..Default::default() })?;
        change.contact_points().add(ContactPointFields { person_id: Some(ann), value: "+48 601 234 567".into(), ..Default::default() })?;
        change.deals().add(DealFields { name: "Mill".into(), organization_id: Some(acme), ..Default::default() })?;
        let due_at = Some(change.at() - TimeDelta::days(1));
        change.activities().add(ActivityFields { kind: "call".into(), subject: "Intro".into(), organization_id: Some(acme), due_at, ..Default::default() })?;
        change.unwanted().add(UnwantedFields { organization_id: Some(acme), reason: "debts".into(), ..Default::default() })?;
        Ok((acme, users))
    })?;
    let (acme, users) = done.value;
    Ok((crm, acme, users))
}

/// The plans of all statements that `work` prepares, as this handle sees them.
fn plans(crm: &Crm, work: impl FnOnce(&Crm) -> Result<()>) -> Result<Vec<(String, Vec<String>)>> {
    let (done, statements) = prepared_by(|| work(crm));
    done?;
    let explain = |sql: &String| {
        let steps = crm.view(|view| {
            let mut statement = view.session.prepare(&format!("explain query plan {sql}"))?;
            let mut rows = statement.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().map_err(storage)? {
                steps.push(row.get(3).map_err(storage)?);
            }
            Ok(steps)
        })?;
        Ok((sql.clone(), steps))
    };
    let reading = |sql: &&String| ["select", "with"].iter().any(|word| sql.trim_start_matches("/* sql */ ").starts_with(word));
    statements.iter().filter(reading).map(explain).collect()
}

// D14, D13, A6
#[test]
fn what_must_be_quick_goes_by_index() -> Result<()> {
    let (crm, acme, users) = file()?;
    let mut readers = vec![crm.clone()];
    for user in users {
        readers.push(crm.acting_as(user)?);
    }
    for reader in readers {
        let plans = plans(&reader, |crm| {
            crm.dossier(acme)?;
            crm.caller_card("+48 601 234 567")?;
            crm.caller_card("0049 601 234 567")?;
            crm.timeline(acme, 50, None)?;
            crm.overdue(None).map(drop)
        })?;
        let steps: Vec<_> = plans.iter().flat_map(|(sql, plan)| plan.iter().map(move |step| (sql, step))).collect();
        // The file's own row is the only one of its table.
        let scans: Vec<_> = steps.iter().filter(|(_, step)| step.starts_with("SCAN") && *step != "SCAN main.crm_meta").collect();
        assert!(scans.is_empty(), "{reader:?} {scans:#?}");
        let searches = steps.iter().filter(|(_, step)| step.starts_with("SEARCH")).count();
        assert!(searches >= 25, "{reader:?}: only {searches} searches were looked at");
        for index in ["contact_point_normal", "contact_point_tail", "activity_organization_due"] {
            assert!(steps.iter().any(|(_, step)| step.contains(index)), "{reader:?} does without {index}");
        }
    }
    Ok(())
}

// B1
#[test]
fn what_is_counted_of_the_past_is_put_together_from_pieces() -> Result<()> {
    let (crm, ..) = file()?;
    let past = crm.at(crm.now())?;
    let plans = |sql: &str| plans(&past, |crm| crm.sql(sql, &[]).map(drop));
    for (sql, piece) in [
        ("select count(*) from deal", "$newer"),
        ("select count(name), sum(value), avg(value) from deal where stage_id = 1", "$newer"),
        ("select stage_id, count(*) n, sum(value) from deal group by stage_id having n > 1 order by sum(value) desc, n limit 5", "$newer"),
        ("select month(closes_on) as month, coalesce(sum(value), 0) as value from deal group by month order by value", "$newer"),
        ("select o.industry, count(*) from deal d join organization o on o.id = d.organization_id group by 1", "$newer"),
        ("select d.stage_id, s.name, count(*) from deal d left join stage s on s.id = d.stage_id group by d.stage_id, s.name", "$newer"),
        ("with t as (select owner_id, count(*) as n from deal group by owner_id) select max(n) from t", "$newer"),
        ("select kind, max(starts_at) from activity group by kind", "$kept"),
        ("select count(distinct organization_id), median(value) from deal", "$kept"),
        ("select owner_id, count(*), count(distinct organization_id), sum(value) from deal group by owner_id", "$newer"),
        ("select count(distinct organization_id) from activity", "$newer"),
        ("select distinct kind from activity", "$kept"),
        ("select stage_id, (select name from stage s where s.id = d.stage_id) from deal d group by stage_id", "$newer"),
    ] {
        let all = plans(sql)?;
        assert!(all.iter().any(|(sql, _)| sql.contains(piece)), "{sql}: {all:#?}");
        // What was written since is found by the log, and its records by their ids.
        let through_log =
            |(sql, plan): &(String, Vec<String>)| !sql.contains("$newer") || plan.iter().any(|step| step == "SEARCH c USING INTEGER PRIMARY KEY (rowid>?)");
        assert!(all.iter().all(through_log), "{sql}: {all:#?}");
        let scans = all.iter().flat_map(|(_, plan)| plan).filter(|step| step.starts_with("SCAN") && step.contains("_past"));
        assert_eq!(scans.count(), 0, "{sql}: {all:#?}");
    }
    Ok(())
}
