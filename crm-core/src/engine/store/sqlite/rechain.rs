//! Files whose chain was over other things than it is over today: every record gets a salt, every entry of the log a digest, and the chain is made
//! anew over them, from the hash that it ended with before on.

use super::entries::{Entries, each_version};
use super::error::storage;
use super::past;
use crate::engine::chain::{Chain, Said};
use crate::engine::error::Result;
use crate::engine::meta::Meta;
use crate::engine::store::schema::{digested, past as past_of, quoted};
use rusqlite::Connection;

/// The end of the log, in the file's own row.
const HEAD: &str = "update crm_meta set identity = randomblob(16), head_set = coalesce((select max(id) from change_set), 0), head_change = coalesce((select max(id) from change), 0), \
    (head_at, head_hash) = (select at, hash from change_set order by id desc limit 1), head_former = former_head";

/// Gives the tables of entities a column for salts, all at once: what `alter table ... add column` would write for each of them, which reads the whole schema
/// anew every time.
pub(super) fn add_salts(conn: &Connection, entities: &[&'static Meta]) -> rusqlite::Result<()> {
    let mut lacking = Vec::new();
    for meta in entities.iter().filter(|meta| !meta.operational) {
        if !past::columns(conn, meta.name)?.iter().any(|(name, _)| name == "salt") {
            lacking.push(format!("'{}'", meta.name));
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let version: i64 = conn.pragma_query_value(None, "schema_version", |row| row.get(0))?;
    conn.execute_batch(&format!(
        "pragma writable_schema = on; \
         update sqlite_schema set sql = rtrim(substr(sql, 1, length(rtrim(sql)) - length(') strict')), char(10, 32)) || ', salt blob) strict' \
         where type = 'table' and name in ({}) and lower(rtrim(sql)) like '%) strict'; \
         pragma schema_version = {}; pragma writable_schema = reset;",
        lacking.join(", "),
        version + 1
    ))
}

pub(super) fn rechain(conn: &Connection, entities: &[&'static Meta]) -> Result<()> {
    for meta in entities.iter().filter(|meta| !meta.operational) {
        give_salts(conn, meta).map_err(storage)?;
        give_digests(conn, meta)?;
    }
    let head = "update crm_meta set former_head = coalesce((select hash from change_set order by id desc limit 1), former_head)";
    conn.execute_batch(head).map_err(storage)?;
    chain_anew(conn).map_err(storage)?;
    conn.execute_batch(HEAD).map_err(storage)
}

/// A record has one salt for all its versions.
fn give_salts(conn: &Connection, meta: &Meta) -> rusqlite::Result<()> {
    let (table, past) = (quoted(meta.name), quoted(&past_of(meta.name)));
    conn.execute_batch(&format!(
        "update {table} set salt = randomblob(16) where salt is null; \
         update {past} set salt = (select t.salt from {table} t where t.id = {past}.id) where salt is null;"
    ))?;
    let mut keep = conn.prepare(&format!("update {past} set salt = randomblob(16) where rowid = (select min(rowid) from {past} where id = ?1)"))?;
    let mut spread =
        conn.prepare(&format!("update {past} set salt = (select p.salt from {past} p where p.id = ?1 and p.salt is not null limit 1) where id = ?1"))?;
    let gone: Vec<i64> =
        conn.prepare(&format!("select distinct id from {past} where salt is null"))?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in gone {
        keep.execute([id])?;
        spread.execute([id])?;
    }
    Ok(())
}

fn give_digests(conn: &Connection, meta: &Meta) -> Result<()> {
    let names = past::columns(conn, meta.name).map_err(storage)?;
    let columns = digested(meta, names.iter().map(|(name, _)| name.as_str()));
    let mut entries = Entries::read(conn, meta.name)?;
    each_version(conn, meta.name, &columns, |version| {
        entries.take(version.id, version.revision, version.halves(&columns)?.whole());
        Ok(())
    })?;
    let mut keep = conn.prepare("update change set digest = ?2 where id = ?1").map_err(storage)?;
    for (at, digest) in entries.finish().into_iter().enumerate() {
        keep.execute((entries.all[at].id, digest)).map_err(storage)?;
    }
    Ok(())
}

fn chain_anew(conn: &Connection) -> rusqlite::Result<()> {
    let mut former: Vec<u8> = conn.query_row("select former_head from crm_meta", [], |row| row.get::<_, Option<Vec<u8>>>(0))?.unwrap_or_default();
    let mut sets = conn.prepare("select id, at, actor_id, label, undoes, cause from change_set order by id")?;
    let mut entries = conn.prepare("select entity, record_id, last_id, operation, digest from change where change_set_id = ?1 order by id")?;
    let mut keep = conn.prepare("update change_set set hash = ?2 where id = ?1")?;
    // The log has no index by set, and needs none but for this.
    conn.execute_batch("create index change_of_set on change (change_set_id);")?;
    let mut rows = sets.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let mut chain = Chain::default();
        let mut entries = entries.query([id])?;
        while let Some(entry) = entries.next()? {
            let (entity, operation): (String, String) = (entry.get(0)?, entry.get(3)?);
            chain.entry(&entity, (entry.get(1)?, entry.get(2)?), &operation, entry.get(4)?);
        }
        let (label, cause): (Option<String>, Option<String>) = (row.get(3)?, row.get(5)?);
        let said = Said { id, at: row.get(1)?, actor: row.get(2)?, undoes: row.get(4)?, label: label.as_deref(), cause: cause.as_deref() };
        let hash = chain.finish(&said, &former);
        keep.execute((id, hash.as_slice()))?;
        former = hash.to_vec();
    }
    conn.execute_batch("drop index change_of_set;")
}
