//! Exact money: whole minor units and an ISO 4217 currency, never a float.

use super::error::{Error, Result};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use std::{fmt, str::FromStr};

/// An ISO 4217 currency.
///
/// ```
/// use crm_core::Currency;
/// assert_eq!("JPY".parse::<Currency>()?.digits(), 0);
/// assert!("XYZ".parse::<Currency>().is_err());
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The euro, the base currency of a file until another is set.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 2 for the euro, 0 for the yen.
    pub fn digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self> {
        let code = code.trim();
        iso_currency::Currency::from_code(code)
            .or_else(|| iso_currency::Currency::from_code(&code.to_ascii_uppercase()))
            .map(Self)
            .ok_or_else(|| Error::invalid("currency", "not an ISO 4217 currency code"))
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::EUR
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// An exact amount in one currency.
///
/// ```
/// use crm_core::Money;
/// let price: Money = "1234.50 EUR".parse()?;
/// assert_eq!(price.minor, 123_450);
/// assert_eq!(price.to_string(), "1234.50 EUR");
/// assert!("0.001 EUR".parse::<Money>().is_err(), "a cent is the smallest amount");
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in minor units (cents), negative for a debt.
    pub minor: i64,
    /// The currency it is counted in.
    pub currency: Currency,
}

impl Money {
    /// An amount given in minor units (cents).
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// An amount given as a decimal number; refused when it has more digits than the currency.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Result<Self> {
        let scaled = scale_up(amount, currency)?;
        if scaled.fract().is_zero() {
            return Ok(Self { minor: minor(scaled)?, currency });
        }
        Err(Error::invalid("amount", format!("{currency} has only {} digits after the point", currency.digits())))
    }

    /// The amount as a decimal number.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.digits())
    }

    /// The same worth in another currency at `rate` (how many units of `to` one unit of this is worth),
    /// rounded half to even to the minor unit.
    pub fn convert(self, rate: Decimal, to: Currency) -> Result<Self> {
        let worth = self.amount().checked_mul(rate).ok_or_else(too_large)?;
        let scaled = scale_up(worth, to)?.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        Ok(Self { minor: minor(scaled)?, currency: to })
    }

    /// The sum; amounts in different currencies are refused, never silently added.
    pub fn plus(self, other: Self) -> Result<Self> {
        if self.currency != other.currency {
            return Err(Error::invalid("currency", format!("{} and {} cannot be added without a rate", self.currency, other.currency)));
        }
        Ok(Self { minor: self.minor.checked_add(other.minor).ok_or_else(too_large)?, ..self })
    }
}

fn too_large() -> Error {
    Error::invalid("amount", "the amount is too large")
}

fn scale_up(amount: Decimal, currency: Currency) -> Result<Decimal> {
    amount.checked_mul(Decimal::from(10_i64.pow(currency.digits()))).ok_or_else(too_large)
}

fn minor(scaled: Decimal) -> Result<i64> {
    scaled.to_i64().ok_or_else(too_large)
}

impl FromStr for Money {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (amount, currency) =
            text.trim().rsplit_once(' ').ok_or_else(|| Error::invalid("amount", "expected an amount and a currency, such as `12.50 EUR`"))?;
        let amount = Decimal::from_str_exact(amount.trim()).map_err(|_| Error::invalid("amount", "not a decimal number"))?;
        Self::from_decimal(amount, currency.parse()?)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.amount(), self.currency)
    }
}
