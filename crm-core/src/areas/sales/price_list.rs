//! Prices of products, in lists that are valid for a time.

use super::ProductId;
use crate::engine::entity::{Rules, entity};
use crate::engine::error::{Error, Result};
use crate::engine::meta::Searched;
use crate::engine::money::{Currency, Money};
use crate::engine::store::ChangeSet;
use chrono::NaiveDate;

entity! {
    /// A list of prices, valid for a time.
    pub struct PriceList(PriceListFields, PriceListId) in "price_list" as price_lists, for_price_list {
        /// Name, unique.
        name: String [title, max(200), general],
        /// Currency of its prices.
        currency: Currency [defaulted],
        /// First day it holds.
        valid_from: Option<NaiveDate>,
        /// Last day it holds.
        valid_until: Option<NaiveDate>,
        /// The one to use when nothing else is said; the first one is.
        is_standard: Option<bool> [one_of(&[])],
    }
}

entity! {
    /// The price of a product in a price list.
    pub struct Price(PriceFields, PriceId) in "price" as prices, for_price {
        /// The list.
        price_list_id: PriceListId [part_of],
        /// The product.
        product_id: ProductId [part_of],
        /// The price of one unit, in the list's currency.
        amount: Money,
    }
}

impl Rules for PriceList {
    const SEARCHED: Searched = Searched::ByName;
}

impl Rules for Price {
    const SEARCHED: Searched = Searched::Never;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut PriceFields) -> Result<()> {
        let list = change.price_lists().get(fields.price_list_id)?;
        if fields.amount.currency != list.currency {
            return Err(Error::invalid("amount", format!("the price list is in {}", list.currency)));
        }
        Ok(())
    }
}
