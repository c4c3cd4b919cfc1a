//! Amounts of money. Never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::{Currency, Problem};

/// An exact amount in one currency.
///
/// Amounts keep the decimals they came with (carriers quote unit prices with
/// up to six); [`Money::to_minor`] is the one place that rounds, and says how.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// Why two amounts could not be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are in different currencies.
    #[error("{left} and {right} cannot be added: the currencies differ")]
    Currency {
        /// Currency of the left amount.
        left: Currency,
        /// Currency of the right amount.
        right: Currency,
    },
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// Most decimals an amount may have: google.type.Money counts in nanos.
    pub const MAX_SCALE: u32 = 9;

    /// An amount of at most nine decimals and at most 10^15 units.
    ///
    /// # Errors
    /// A [`Problem`] when it has more decimals or is larger.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, Problem> {
        let amount = amount.normalize();
        if amount.scale() > Self::MAX_SCALE {
            return Err(Problem::new(format!("{amount} has more than {} decimals", Self::MAX_SCALE)));
        }
        if amount.abs() > Decimal::from(1_000_000_000_000_000_i64) {
            return Err(Problem::new(format!("{amount} is larger than 10^15")));
        }
        Ok(Self { amount, currency })
    }

    /// Parses a decimal such as `12.50`, with a point and no group signs.
    ///
    /// # Errors
    /// A [`Problem`] when `raw` is not such a number.
    pub fn parse(raw: &str, currency: Currency) -> Result<Self, Problem> {
        let amount = Decimal::from_str(raw.trim())
            .map_err(|_| Problem::new(format!("`{raw}` is not a decimal amount such as 12.50")))?;
        Self::new(amount, currency)
    }

    /// Nothing, in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The amount.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether the amount is below zero.
    pub fn is_negative(&self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// Sum of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency })
    }

    /// Difference of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the difference does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_sub(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency })
    }

    /// The amount `count` times.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(Decimal::from(count)).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency })
    }

    /// Sum of many amounts; `None` of an empty list.
    ///
    /// # Errors
    /// As [`Money::checked_add`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Option<Self>, MoneyError> {
        let mut total: Option<Self> = None;
        for amount in amounts {
            total = Some(match total {
                None => amount,
                Some(so_far) => so_far.checked_add(amount)?,
            });
        }
        Ok(total)
    }

    /// The amount rounded half up to the currency's own decimals, the form in
    /// which it is compared with a threshold or printed for a person.
    pub fn to_minor(self) -> Self {
        let amount = self
            .amount
            .round_dp_with_strategy(self.currency.minor_units(), RoundingStrategy::MidpointAwayFromZero);
        Self { amount, currency: self.currency }
    }

    /// The bare number with exactly the currency's decimals (`12.50`, `1200`),
    /// or with more where the amount has more. Nothing is rounded.
    pub fn plain(&self) -> String {
        let decimals = self.amount.scale().max(self.currency.minor_units());
        let mut amount = self.amount;
        amount.rescale(decimals);
        amount.to_string()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currency { left: self.currency, right: other.currency })
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(raw: &str) -> Money {
        Money::parse(raw, Currency::parse("USD").unwrap()).unwrap()
    }

    #[test]
    fn decimals_are_kept_and_padded_never_cut() {
        assert_eq!(usd("12.5").to_string(), "12.50 USD");
        assert_eq!(usd("0.123456").to_string(), "0.123456 USD");
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Money::parse("1200", yen).unwrap().to_string(), "1200 JPY");
    }

    #[test]
    fn not_numbers_are_refused() {
        for bad in ["", "NaN", "1,50", "1e400", "inf", "12.0000000001"] {
            assert!(Money::parse(bad, Currency::parse("USD").unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn currencies_do_not_mix() {
        let eur = Money::parse("1", Currency::parse("EUR").unwrap()).unwrap();
        assert!(matches!(usd("1").checked_add(eur), Err(MoneyError::Currency { .. })));
    }

    proptest! {
        #[test]
        fn addition_then_subtraction_is_identity(a in -1_000_000_000i64..1_000_000_000, b in -1_000_000_000i64..1_000_000_000, scale in 0u32..7) {
            let currency = Currency::parse("EUR").unwrap();
            let left = Money::new(Decimal::new(a, scale), currency).unwrap();
            let right = Money::new(Decimal::new(b, scale), currency).unwrap();
            prop_assert_eq!(left.checked_add(right).unwrap().checked_sub(right).unwrap(), left);
        }

        #[test]
        fn printing_then_parsing_is_identity(a in any::<i32>(), scale in 0u32..9) {
            let currency = Currency::parse("EUR").unwrap();
            let money = Money::new(Decimal::new(i64::from(a), scale), currency).unwrap();
            prop_assert_eq!(Money::parse(&money.plain(), currency).unwrap(), money);
        }
    }
}
