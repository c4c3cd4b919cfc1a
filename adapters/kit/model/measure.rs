//! Weights and lengths, each with its unit.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::Problem;

/// A unit of weight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightUnit {
    /// Kilogram.
    Kg,
    /// Gram.
    G,
    /// Avoirdupois pound, 453.59237 g exactly.
    Lb,
    /// Avoirdupois ounce, a sixteenth of a pound.
    Oz,
}

impl WeightUnit {
    fn grams(self) -> Decimal {
        match self {
            Self::Kg => Decimal::from(1000),
            Self::G => Decimal::ONE,
            Self::Lb => Decimal::new(45_359_237, 5),
            Self::Oz => Decimal::new(28_349_523_125, 9),
        }
    }
}

/// A positive weight, kept in the unit it was given in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Weight {
    value: Decimal,
    unit: WeightUnit,
}

impl Weight {
    /// A weight above zero and below 100 tonnes.
    ///
    /// # Errors
    /// A [`Problem`] when it is zero, negative, too large, or finer than a
    /// millionth of its unit.
    pub fn new(value: Decimal, unit: WeightUnit) -> Result<Self, Problem> {
        let value = positive(value)?;
        if value.saturating_mul(unit.grams()) > Decimal::from(100_000_000) {
            return Err(Problem::new(format!("{value} {} is more than 100 tonnes", unit_name(unit))));
        }
        Ok(Self { value, unit })
    }

    /// The number, in [`Weight::unit`].
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// The unit it was given in.
    pub fn unit(&self) -> WeightUnit {
        self.unit
    }

    /// The weight in `unit`, exact to a millionth.
    pub fn in_unit(&self, unit: WeightUnit) -> Decimal {
        if unit == self.unit {
            return self.value;
        }
        self.value
            .saturating_mul(self.unit.grams())
            .checked_div(unit.grams())
            .unwrap_or(Decimal::MAX)
            .round_dp(6)
            .normalize()
    }

    /// The weight in `unit`, rounded up to `decimals`: a carrier must never be
    /// told less than the parcel weighs.
    pub fn ceil_in(&self, unit: WeightUnit, decimals: u32) -> Decimal {
        self.in_unit(unit).round_dp_with_strategy(decimals, RoundingStrategy::ToPositiveInfinity)
    }

    /// Whole grams, rounded up.
    pub fn grams(&self) -> u32 {
        u32::try_from(self.ceil_in(WeightUnit::G, 0)).unwrap_or(u32::MAX)
    }

    /// Sum, in the unit of the first; `None` of an empty list.
    pub fn total(weights: impl IntoIterator<Item = Self>) -> Option<Self> {
        weights.into_iter().reduce(|sum, next| Self {
            value: sum.value.saturating_add(next.in_unit(sum.unit)),
            unit: sum.unit,
        })
    }
}

impl PartialOrd for Weight {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.in_unit(WeightUnit::G).cmp(&other.in_unit(WeightUnit::G)))
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, unit_name(self.unit))
    }
}

impl fmt::Debug for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn unit_name(unit: WeightUnit) -> &'static str {
    match unit {
        WeightUnit::Kg => "kg",
        WeightUnit::G => "g",
        WeightUnit::Lb => "lb",
        WeightUnit::Oz => "oz",
    }
}

/// A unit of length.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LengthUnit {
    /// Centimetre.
    Cm,
    /// Millimetre.
    Mm,
    /// Inch, 25.4 mm exactly.
    In,
}

impl LengthUnit {
    fn millimetres(self) -> Decimal {
        match self {
            Self::Cm => Decimal::from(10),
            Self::Mm => Decimal::ONE,
            Self::In => Decimal::new(254, 1),
        }
    }
}

/// A positive length, kept in the unit it was given in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Length {
    value: Decimal,
    unit: LengthUnit,
}

impl Length {
    /// A length above zero and below 100 metres.
    ///
    /// # Errors
    /// A [`Problem`] when it is zero, negative or too large.
    pub fn new(value: Decimal, unit: LengthUnit) -> Result<Self, Problem> {
        let value = positive(value)?;
        if value.saturating_mul(unit.millimetres()) > Decimal::from(100_000) {
            return Err(Problem::new(format!("{value} is more than 100 metres")));
        }
        Ok(Self { value, unit })
    }

    /// The number, in [`Length::unit`].
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// The unit it was given in.
    pub fn unit(&self) -> LengthUnit {
        self.unit
    }

    /// The length in `unit`, exact to a millionth.
    pub fn in_unit(&self, unit: LengthUnit) -> Decimal {
        if unit == self.unit {
            return self.value;
        }
        self.value
            .saturating_mul(self.unit.millimetres())
            .checked_div(unit.millimetres())
            .unwrap_or(Decimal::MAX)
            .round_dp(6)
            .normalize()
    }

    /// The length in `unit`, rounded up to `decimals`.
    pub fn ceil_in(&self, unit: LengthUnit, decimals: u32) -> Decimal {
        self.in_unit(unit).round_dp_with_strategy(decimals, RoundingStrategy::ToPositiveInfinity)
    }

    /// Whole millimetres, rounded up.
    pub fn millimetres(&self) -> u32 {
        u32::try_from(self.ceil_in(LengthUnit::Mm, 0)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            LengthUnit::Cm => "cm",
            LengthUnit::Mm => "mm",
            LengthUnit::In => "in",
        };
        write!(f, "{} {unit}", self.value)
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The box: its three sides, the longest first whatever order they came in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Dimensions {
    /// Longest side.
    pub length: Length,
    /// Middle side.
    pub width: Length,
    /// Shortest side.
    pub height: Length,
}

impl Dimensions {
    /// Sorts three sides into length, width and height.
    pub fn new(a: Length, b: Length, c: Length) -> Self {
        let mut sides = [a, b, c];
        sides.sort_by_key(|side| std::cmp::Reverse(side.in_unit(LengthUnit::Mm)));
        let [length, width, height] = sides;
        Self { length, width, height }
    }

    /// Girth in millimetres: twice the two shorter sides.
    pub fn girth_mm(&self) -> u32 {
        self.width.millimetres().saturating_add(self.height.millimetres()).saturating_mul(2)
    }

    /// Length plus girth in millimetres, the measure most carriers limit.
    pub fn length_and_girth_mm(&self) -> u32 {
        self.length.millimetres().saturating_add(self.girth_mm())
    }

    /// Volume in cubic centimetres, rounded up.
    pub fn volume_cm3(&self) -> Decimal {
        let [l, w, h] = [self.length, self.width, self.height].map(|side| side.in_unit(LengthUnit::Cm));
        l.saturating_mul(w).saturating_mul(h).ceil()
    }
}

fn positive(value: Decimal) -> Result<Decimal, Problem> {
    let value = value.normalize();
    if value <= Decimal::ZERO {
        return Err(Problem::new(format!("{value} is not above zero")));
    }
    if value.scale() > 6 {
        return Err(Problem::new(format!("{value} has more than 6 decimals")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pounds_and_ounces_are_exact() {
        let pound = Weight::new(Decimal::ONE, WeightUnit::Lb).unwrap();
        assert_eq!(pound.in_unit(WeightUnit::Oz), Decimal::from(16));
        assert_eq!(pound.in_unit(WeightUnit::Kg), Decimal::new(453_592, 6));
        assert_eq!(pound.grams(), 454);
    }

    #[test]
    fn the_longest_side_is_the_length() {
        let side = |n| Length::new(Decimal::from(n), LengthUnit::Cm).unwrap();
        let inch = Length::new(Decimal::from(10), LengthUnit::In).unwrap();
        let sides = Dimensions::new(side(10), side(20), inch);
        assert_eq!(sides.length, inch);
        assert_eq!(sides.girth_mm(), 600);
        assert_eq!(sides.length_and_girth_mm(), 854);
    }

    #[test]
    fn nothing_and_less_than_nothing_are_refused() {
        for bad in [Decimal::ZERO, Decimal::NEGATIVE_ONE, Decimal::new(1, 7)] {
            assert!(Weight::new(bad, WeightUnit::Kg).is_err(), "{bad}");
            assert!(Length::new(bad, LengthUnit::Cm).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn rounding_up_never_tells_less(grams in 1u32..100_000_000) {
            let weight = Weight::new(Decimal::from(grams), WeightUnit::G).unwrap();
            prop_assert!(weight.ceil_in(WeightUnit::Kg, 1) * Decimal::from(1000) >= Decimal::from(grams));
        }
    }
}
