//! The log's chain: every change set in order, none missing, none altered.

use super::verified::Verified;
use crate::engine::chain::{Chain, Hash, Said, in_hex};
use crate::engine::error::Result;
use crate::engine::store::prune::PRUNE;
use crate::engine::store::view::View;

/// A change set as it stands in the log.
const SETS: &str = "select s.id, s.at, s.actor_id, s.label, s.undoes, s.cause, s.first_change, s.hash, s.since, \
    coalesce((select first_change from main.change_set n where n.id = s.id + 1), (select max(id) + 1 from main.change)) from main.change_set s order by s.id";
const ENTRIES: &str = "select change_set_id, entity, record_id, last_id, operation, digest from main.change where id >= ?1 and id < ?2 order by id";

pub(super) fn check(view: View<'_>, expected: Option<Vec<u8>>, verified: &mut Verified) -> Result<()> {
    // A file whose chain was over other things once goes on from the hash that it had then.
    let former = view.session.first("select former_head from main.crm_meta", [], |row| row.get::<Option<Vec<u8>>>(0))?.flatten();
    let mut former = former.unwrap_or_default();
    let (mut expected_change, mut expected_set, mut known) = (1, 1, expected.is_none());
    let same = |hash: &[u8]| expected.as_deref().is_some_and(|expected| expected == hash);
    if same(&former) {
        known = true;
        verified.find("log: the head that was expected is of an earlier format of the file: what the records said then cannot be checked by it");
    }
    let (mut moments, mut last_at) = (Vec::new(), None);
    view.session.each(SETS, [], |row| {
        let number = |at: usize| row.get::<Option<i64>>(at);
        let (id, at, first, next) = (number(0)?.unwrap_or(0), number(1)?.unwrap_or(0), number(6)?.unwrap_or(0), number(9)?.unwrap_or(0));
        if id != expected_set || first != expected_change {
            verified.find(format!("log: change set {id} is out of order"));
        }
        moments.push((at, number(8)?));
        last_at = Some(at);
        (expected_set, expected_change) = (id + 1, next);
        let mut chain = Chain::default();
        view.session.each(ENTRIES, [first, next], |entry| {
            if entry.get::<i64>(0)? != id {
                verified.find(format!("log: an entry of change set {id} names another"));
            }
            let digest: Option<Hash> = entry.get(5)?;
            chain.entry(entry.text(1)?.unwrap_or_default(), (entry.get(2)?, entry.get(3)?), entry.text(4)?.unwrap_or_default(), digest);
            Ok(())
        })?;
        view.session.each("select entity, up_to from main.pruning where change_set = ?1 order by rowid", [id], |pruned| {
            let up_to: i64 = pruned.get(1)?;
            chain.entry(pruned.text(0)?.unwrap_or_default(), (up_to, up_to), PRUNE, None);
            Ok(())
        })?;
        let (label, cause): (Option<String>, Option<String>) = (row.get(3)?, row.get(5)?);
        let said = Said { id, at, actor: number(2)?, undoes: number(4)?, label: label.as_deref(), cause: cause.as_deref() };
        let hash: Vec<u8> = row.get(7)?;
        if chain.finish(&said, &former).as_slice() != hash {
            verified.find(format!("log: change set {id} was altered"));
        }
        known |= same(&hash);
        former = hash;
        verified.change_sets += 1;
        Ok(())
    })?;
    check_moments(&moments, verified);
    check_pruned(view, verified)?;
    let left = view.session.number("select count(*) from main.change where id < 1 or id >= ?1", [expected_change])?.unwrap_or(0);
    if left > 0 {
        verified.find(format!("log: {left} entries belong to no change set"));
    }
    let head = view.session.first("select head_set, head_change, head_hash, head_at from main.crm_meta", [], |row| {
        Ok((row.get::<Option<i64>>(0)?, row.get::<Option<i64>>(1)?, row.get::<Option<Vec<u8>>>(2)?.unwrap_or_default(), row.get::<Option<i64>>(3)?))
    })?;
    if head != Some((Some(expected_set - 1), Some(expected_change - 1), former.clone(), last_at)) {
        verified.find("log: the file's own row tells of another end of it");
    }
    if !known {
        verified.find("log: the head that was expected is none of this file's: what was there then was altered or cut off");
    }
    verified.head = in_hex(&former);
    Ok(())
}

/// What a change set is looked up by is the least moment of it and of those after it.
fn check_moments(moments: &[(i64, Option<i64>)], verified: &mut Verified) {
    let mut least = i64::MAX;
    for (before, (at, since)) in moments.iter().enumerate().rev() {
        least = least.min(*at);
        if *since != Some(least) {
            verified.find(format!("log: change set {} stands at a wrong moment", before + 1));
            return;
        }
    }
}

/// How far the past of an entity is gone is what change sets say that took it away.
fn check_pruned(view: View<'_>, verified: &mut Verified) -> Result<()> {
    let all = |sql: &str| view.session.all(sql, [], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)));
    if all("select entity, change_set from main.pruned order by entity")? != all("select entity, max(up_to) from main.pruning group by entity order by entity")?
    {
        verified.find("log: what is said to be pruned is not what was");
    }
    Ok(())
}
