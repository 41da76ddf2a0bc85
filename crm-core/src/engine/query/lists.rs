//! The filters that stand for lists: `in_list('Name')`.

use crate::engine::error::{Error, Result};
use crate::engine::store::View;

/// The table of a list and the filter that stands for it.
pub(crate) fn list_filter(view: View<'_>, name: &str) -> Result<(usize, String)> {
    let found = view.session.first("select id, entity, filter from list where name = ?1", [name], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Option<String>>(2)?))
    })?;
    let Some((id, entity, filter)) = found else { return Err(Error::invalid("in_list", "no list of this name, or none you may see")) };
    Ok((view.schema.index(&entity)?, membership(id, &entity, filter)))
}

/// The filter that stands for a list.
pub(crate) fn membership(id: i64, entity: &str, filter: Option<String>) -> String {
    let column = format!("{entity}_id");
    let members = |excluded: &str| format!("id in (select m.{column} from list_member m where m.list_id = {id} and m.excluded = {excluded})");
    match filter {
        None => members("false"),
        Some(filter) => format!("(({filter}) or {}) and not {}", members("false"), members("true")),
    }
}
