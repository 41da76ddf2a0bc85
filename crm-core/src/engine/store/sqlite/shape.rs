//! What a file consists of: columns of tables, indexes, triggers, views.

use super::error::storage;
use super::library::{Library, Shape};
use super::migrate::migrate;
use crate::engine::error::Result;
use rusqlite::Connection;

pub(in crate::engine::store) fn shape_of(conn: &Connection) -> Result<Shape> {
    let columns = "select m.name, p.name, p.type || ' ' || p.\"notnull\" || ' ' || coalesce(p.dflt_value, '') || ' ' || p.pk || ' ' || p.hidden || ' ' || \
                   coalesce((select f.\"table\" || f.on_update || f.on_delete from pragma_foreign_key_list(m.name, 'main') f where f.\"from\" = p.name), '') \
                   from main.sqlite_schema m join pragma_table_xinfo(m.name, 'main') p where m.type = 'table' and m.name not in ('sqlite_stat1', 'sqlite_stat4')";
    let mut shape = Shape::default();
    let mut statement = conn.prepare(columns).map_err(storage)?;
    let mut rows = statement.query([]).map_err(storage)?;
    while let Some(row) = rows.next().map_err(storage)? {
        let text = |at: usize| row.get::<_, String>(at).map_err(storage);
        shape.columns.insert((text(0)?, text(1)?), text(2)?);
    }
    let others = "select name, type, coalesce(sql, '') from main.sqlite_schema where type <> 'table' and not (name like 'sqlite\\_autoindex\\_%' escape '\\' and sql is null)";
    let mut statement = conn.prepare(others).map_err(storage)?;
    let mut rows = statement.query([]).map_err(storage)?;
    while let Some(row) = rows.next().map_err(storage)? {
        let text = |at: usize| row.get::<_, String>(at).map_err(storage);
        // Where an index was made anew after a load, its text is written otherwise.
        let sql = text(2)?.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        shape.others.insert(text(0)?, (text(1)?, sql));
    }
    Ok(shape)
}

/// What a fresh file of a library consists of.
pub(in crate::engine::store) fn fresh(library: &Library) -> Result<&Shape> {
    if let Some(shape) = library.fresh.get() {
        return Ok(shape);
    }
    let mut conn = Connection::open_in_memory().map_err(storage)?;
    migrate(&mut conn, library, || Ok(()))?;
    let shape = shape_of(&conn)?;
    Ok(library.fresh.get_or_init(|| shape))
}
