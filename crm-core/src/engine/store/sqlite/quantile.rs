//! The aggregates `median` and `quantile`.

use rusqlite::functions::{Aggregate, Context};
use rusqlite::{Error as SqlError, Result as SqlResult, types::ValueRef};

/// The numbers of a group, and which share of them is to lie below what is given: `quantile(x, share)`, and `median(x)` for a half. Between two of them it
/// is taken in proportion (the seventh way of Hyndman and Fan, that of `percentile_cont` in SQL).
pub(super) struct Quantile;

#[derive(Default)]
pub(super) struct Group {
    numbers: Vec<f64>,
    share: Option<f64>,
}

impl std::panic::UnwindSafe for Group {}
impl std::panic::RefUnwindSafe for Group {}

impl Aggregate<Group, Option<f64>> for Quantile {
    fn init(&self, _: &mut Context<'_>) -> SqlResult<Group> {
        Ok(Group::default())
    }

    fn step(&self, context: &mut Context<'_>, group: &mut Group) -> SqlResult<()> {
        let share = if context.len() > 1 { context.get::<f64>(1)? } else { 0.5 };
        if !(0.0..=1.0).contains(&share) || group.share.is_some_and(|known| known != share) {
            return Err(SqlError::UserFunctionError("the share of quantile() is one number between 0 and 1".into()));
        }
        group.share = Some(share);
        match context.get_raw(0) {
            ValueRef::Null => {}
            ValueRef::Integer(number) => group.numbers.push(number as f64),
            ValueRef::Real(number) => group.numbers.push(number),
            _ => return Err(SqlError::UserFunctionError("median() and quantile() expect numbers".into())),
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, group: Option<Group>) -> SqlResult<Option<f64>> {
        let Some(Group { mut numbers, share }) = group else { return Ok(None) };
        let Some(last) = numbers.len().checked_sub(1) else { return Ok(None) };
        let place = share.unwrap_or(0.5) * last as f64;
        let (_, low, above) = numbers.select_nth_unstable_by(place as usize, f64::total_cmp);
        let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*low);
        Ok(Some(*low + (next - *low) * place.fract()))
    }
}
