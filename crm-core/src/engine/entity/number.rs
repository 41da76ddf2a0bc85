//! Running numbers: given as the record is added, one after another within a series and its period, each once.

use crate::engine::error::{Error, Result};
use crate::engine::numbers::Pattern;
use crate::engine::store::ChangeSet;
use crate::engine::store::schema::{Schema, Table};
use crate::engine::value::Value;

/// How many numbers may be taken already, by records from elsewhere, before the next free one.
const MOST_TAKEN: usize = 10_000;

/// Gives a new record its numbers. One that comes from another system with a number keeps it, and the series goes on after it.
pub(super) fn give(change: &ChangeSet, schema: &Schema, index: usize, values: &mut [Value]) -> Result<()> {
    let table = &schema.tables[index];
    for (field, standard) in table.fields[..table.stored].iter().enumerate().filter_map(|(field, declared)| Some((field, declared.number?))) {
        let series = Series::of(change, table, standard, values)?;
        match &values[field] {
            Value::Text(given) if change.is_loading() => {
                if let Some(number) = series.pattern.read(given, change.today()) {
                    series.reached(change, number)?;
                }
            }
            _ => values[field] = Value::Text(series.next(change, table, field)?),
        }
    }
    Ok(())
}

/// The numbers of a record stay, whatever is given for them.
pub(super) fn keep(table: &Table, old: &[Value], new: &mut [Value]) {
    for (field, _) in table.fields[..table.stored].iter().enumerate().filter(|(_, declared)| declared.number.is_some()) {
        new[field] = old[field].clone();
    }
}

/// A series of numbers of a day.
struct Series {
    name: String,
    period: String,
    pattern: Pattern,
}

impl Series {
    fn of(change: &ChangeSet, table: &Table, standard: &str, values: &[Value]) -> Result<Self> {
        let kind = table.position("kind").and_then(|field| if let Value::Text(kind) = &values[field] { Some(kind.as_str()) } else { None });
        let sql = "select kind, pattern from {number_series} where entity = ?1 and (kind is null or kind = ?2) order by kind is null limit 1";
        let own = change.stored().first(sql, (table.name, kind), |row| Ok((row.get::<Option<String>>(0)?, row.get::<String>(1)?)))?;
        let (kind, pattern) = own.unwrap_or((None, standard.to_owned()));
        let pattern: Pattern = pattern.parse()?;
        let name = kind.map_or_else(|| table.name.to_owned(), |kind| format!("{}:{kind}", table.name));
        Ok(Self { name, period: pattern.period(change.today()), pattern })
    }

    fn next(&self, change: &ChangeSet, table: &Table, field: usize) -> Result<String> {
        let taken = format!("select 1 from {{{}}} where {} = ?1 limit 1", table.name, table.fields[field].column);
        for _ in 0..MOST_TAKEN {
            let number = change.next_number(&self.name, &self.period)?;
            let written = self.pattern.write(number, change.today());
            if !change.stored().any(&taken, [written.as_str()])? {
                return Ok(written);
            }
        }
        Err(Error::conflict(table.fields[field].name.as_ref(), "the numbers of this series are taken already: give it another pattern"))
    }

    fn reached(&self, change: &ChangeSet, number: i64) -> Result<()> {
        change.number_reached(&self.name, &self.period, number)
    }
}
