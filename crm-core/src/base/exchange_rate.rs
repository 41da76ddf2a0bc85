//! What currencies are worth, from which day on.

use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::{Searched, Shapes};
use crate::engine::money::Currency;
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity! {
    /// What one unit of a currency is worth in the base currency from a day on.
    pub struct ExchangeRate(ExchangeRateFields, ExchangeRateId) in "exchange_rate" as exchange_rates, for_exchange_rate {
        /// The foreign currency.
        currency: Currency,
        /// The first day it holds.
        day: NaiveDate,
        /// Units of the base currency for one unit of the foreign one, greater than zero.
        rate: Decimal,
    }
}

impl Rules for ExchangeRate {
    const SEARCHED: Searched = Searched::Never;
    const SHAPES: Shapes = Shapes::Schema;
    const AFTER: Option<After<Self>> = Some(|change, _, _| change.reshape());

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ExchangeRateFields) -> Result<()> {
        if fields.rate <= Decimal::ZERO {
            return Err(Error::invalid("rate", "must be greater than zero"));
        }
        if fields.currency == change.schema().base_currency {
            return Err(Error::invalid("currency", "is the base currency"));
        }
        Ok(())
    }
}
