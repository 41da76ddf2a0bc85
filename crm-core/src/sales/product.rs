//! Products, price lists and exchange rates.

use crate::entity::{Rules, Searched};
use crate::store::ChangeSet;
use crate::{Currency, Error, Money, Result, entity};
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity! {
    /// Something that is sold.
    pub struct Product(ProductFields, ProductId) in "product" as products, for_product {
        /// Name.
        name: String [title, max(300)],
        /// Article number, unique.
        code: Option<String> [max(80)],
        /// Series or category.
        category: Option<String> [dictionary("product_category")],
        /// Unit it is sold in.
        unit: Option<String> [max(40)],
        /// Is still sold; yes when left out.
        active: Option<bool>,
        /// Anything else.
        description: Option<String> [max(20_000)],
    }
}

entity! {
    /// A list of prices, valid for a time.
    pub struct PriceList(PriceListFields, PriceListId) in "price_list" as price_lists, for_price_list {
        /// Name, unique.
        name: String [title, max(200)],
        /// Currency of its prices.
        currency: Currency [defaulted],
        /// First day it holds.
        valid_from: Option<NaiveDate>,
        /// Last day it holds.
        valid_until: Option<NaiveDate>,
        /// The one to use when nothing else is said; the first one is.
        is_standard: Option<bool>,
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

entity! {
    /// What one unit of a currency is worth in the base currency from a day on (B11).
    pub struct ExchangeRate(ExchangeRateFields, ExchangeRateId) in "exchange_rate" as exchange_rates, for_exchange_rate {
        /// The foreign currency.
        currency: Currency,
        /// The first day it holds.
        day: NaiveDate,
        /// Units of the base currency for one unit of the foreign one, greater than zero.
        rate: Decimal,
    }
}

impl Rules for Product {
    const SEARCHED: Searched = Searched::ByName;
    const ACTIVE: bool = true;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut ProductFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        Ok(())
    }
}

impl Rules for PriceList {
    const SEARCHED: Searched = Searched::ByName;
    const ACTIVE: bool = true;
    const AFTER: bool = true;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut PriceListFields) -> Result<()> {
        if before.is_none() && fields.is_standard.is_none() {
            fields.is_standard = Some(change.session().first("select 1 from main.price_list where is_standard = 1", [], |_| Ok(()))?.is_none());
        }
        Ok(())
    }

    fn after(change: &ChangeSet, before: Option<&Self>, now: &Self) -> Result<()> {
        if now.is_standard == Some(true) && before.is_none_or(|before| before.is_standard != Some(true)) {
            for other in change.price_lists().find(("is_standard and id <> ?1", [now.id]))? {
                change.price_lists().edit(other.id, |fields| fields.is_standard = Some(false))?;
            }
        }
        Ok(())
    }
}

impl Rules for Price {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut PriceFields) -> Result<()> {
        let list = change.price_lists().get(fields.price_list_id)?;
        if fields.amount.currency != list.currency {
            return Err(Error::invalid("amount", format!("the price list is in {}", list.currency)));
        }
        Ok(())
    }
}

impl Rules for ExchangeRate {
    const SEARCHED: Searched = Searched::Never;
    const ACTIVE: bool = true;
    const AFTER: bool = true;

    fn check(change: &ChangeSet, _before: Option<&Self>, fields: &mut ExchangeRateFields) -> Result<()> {
        if fields.rate <= Decimal::ZERO {
            return Err(Error::invalid("rate", "must be greater than zero"));
        }
        if fields.currency == change.schema().base_currency {
            return Err(Error::invalid("currency", "is the base currency"));
        }
        Ok(())
    }

    fn after(change: &ChangeSet, _before: Option<&Self>, _now: &Self) -> Result<()> {
        change.reshape()
    }
}
