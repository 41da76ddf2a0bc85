//! How a report is asked.

use crate::engine::store::schema::Schema;

/// A report: its query over plain table names, so that rights and moments apply as to any other reading, and what its records are.
///
/// What the query is asked for is put into these places of it. A report can be asked only for what it has a place for.
///
/// | place | what is put there |
/// |---|---|
/// | `{scope}` | the condition that narrows the records of the base |
/// | `{stages}` | the condition that narrows the stages, known as `s`, to those of a process |
/// | `{keys}`, `{join}`, `{group}` | what the records are split by (`... as key`), the joins this needs, and `group by 1`: for the inner query |
/// | `{names}` | the keys and their names as columns: for the outer query, over the inner one as `g` |
/// | `{order}` | what the rows are ordered by before what the report orders them by: time |
/// | `{keys,}`, `{names,}`, `{order,}` | the same, a comma behind each, for a report with more rows than one for a key: nothing where it is not split |
/// | `{group,}`, `{key,}` | `group by` the keys and the column that follows them; the keys alone, from a query that has them |
/// | `{every}`, `{same}` | for rows with every key that is in `total`: joins them as `g`, and the condition that `total t` is of the same |
/// | `{share}` | `partition by` the keys |
/// | `{base}`, `{title}`, ... | of a report `over staged`: what the records have, as `analytics/base.rs` puts it; `{if name}...{end}` where they have a field |
/// | `{period}`, `{filled}` | `day`, `week`, `month`, `quarter` or `year`: the function that gives the one of a day; how many are filled in at most |
/// | `{weighted}` | the sum of amounts by their probability, from the columns `whole` and `rest` |
#[derive(Debug)]
pub(crate) struct DeclaredReport {
    pub name: &'static str,
    pub sql: &'static str,
    /// The entity it is about, and what the query knows its records as. Which fields it has decides what they can be narrowed to and split by.
    pub base: Option<(&'static str, &'static str)>,
    /// The first and the last day that a record is about, in SQL: the same for most.
    pub days: Option<(&'static str, &'static str)>,
    /// The columns that are amounts, in minor units of the base currency.
    pub amounts: &'static [&'static str],
    /// A place of its own, and what is put there.
    pub fills: Option<(&'static str, Fill)>,
}

/// Makes what is put into a place from the tables as they are in the file.
pub(crate) type Fill = fn(&Schema) -> String;

impl DeclaredReport {
    /// Whether its query has a place, such as `key`.
    pub fn has(&self, place: &str) -> bool {
        self.sql.contains(&format!("{{{place}}}"))
    }

    /// Whether it can be split by whatever its records have.
    pub fn is_split(&self) -> bool {
        self.has("keys") || self.has("keys,")
    }
}

/// Parts of a report's declaration.
macro_rules! report {
    (@days) => {
        None
    };
    (@days $day:literal) => {
        Some(($day, $day))
    };
    (@days $first:literal $last:literal) => {
        Some(($first, $last))
    };
    (@base) => {
        None
    };
    (@base $entity:ident $alias:ident) => {
        Some((stringify!($entity), stringify!($alias)))
    };
    (@fills) => {
        None
    };
    (@fills $place:ident $fill:expr) => {
        Some((concat!("{", stringify!($place), "}"), $fill))
    };
}
pub(crate) use report;
