//! Exchange rates for threshold tests, as an argument.
//!
//! A table of published days or a fixed one; it fetches nothing and makes no
//! rate up. Rule: the reference rate of the day the payment was accepted, or
//! of the next day of publication (VAT Directive article 91(2)). Until that one
//! is out, the one before it is taken and said to be provisional; an older one
//! is none. The thresholds of the United Kingdom, Norway and the others take
//! the same rates: their authorities allow the rate at the time of the sale.
//! Pairs without the euro go by way of it. Start with [`RateTable::convert`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use parcelgate_kit::model::Currency;
use rust_decimal::Decimal;

use super::decision::ExchangeUse;
use super::publication::publication_before;

/// Rates by day, in units of a currency for one euro, and quotes of single pairs.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    days: BTreeMap<Date, BTreeMap<Currency, Decimal>>,
    fixed: Option<(Date, BTreeMap<Currency, Decimal>)>,
    pairs: Vec<Pair>,
    source: String,
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    of: Currency,
    per: Currency,
    units: Decimal,
}

/// Why a rate file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatesError {
    /// It is no XML.
    #[error("the rate file is no XML: {0}")]
    Xml(String),
    /// It holds no day of rates.
    #[error("the rate file holds no `Cube` with a `time`: use the bank's daily reference file")]
    NoDay,
    /// A rate or day cannot be read.
    #[error("the rate file holds `{0}`, which is no day or no rate above zero")]
    Value(String),
}

/// Longest gap between two publications, in days: Maundy Thursday to the
/// Tuesday after Easter.
const LONGEST_GAP: i64 = 5;

impl RateTable {
    /// The European Central Bank's reference rates of one day: units of each
    /// currency for one euro.
    pub fn ecb_reference(date: Date, rates: &[(Currency, Decimal)]) -> Self {
        let day = rates.iter().filter(|(_, rate)| *rate > Decimal::ZERO).copied().collect();
        Self { days: BTreeMap::from([(date, day)]), ..Self::ecb() }
    }

    /// A fixed table that answers for every day, named by its `source`.
    pub fn fixed(source: &str, date: Date, rates: &[(Currency, Decimal)]) -> Self {
        let rates = rates.iter().filter(|(_, rate)| *rate > Decimal::ZERO).copied().collect();
        Self { fixed: Some((date, rates)), source: source.to_owned(), ..Self::default() }
    }

    /// Reads the bank's daily, 90-day or historical reference file (the format
    /// of eurofxref: `Cube` elements with `time`, within them `currency` and
    /// `rate`). Currencies that are no longer in use are passed over.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn parse_ecb_xml(xml: &str) -> Result<Self, RatesError> {
        let document = roxmltree::Document::parse(xml).map_err(|error| RatesError::Xml(error.to_string()))?;
        let mut table = Self::ecb();
        for day in document.descendants().filter(|node| node.has_attribute("time")) {
            let written = day.attribute("time").unwrap_or_default();
            let date: Date = written.parse().map_err(|_| RatesError::Value(written.to_owned()))?;
            let mut rates = BTreeMap::new();
            for quote in day.children().filter(|node| node.has_attribute("currency")) {
                let written = quote.attribute("rate").unwrap_or_default();
                let rate = written.parse().ok().filter(|rate: &Decimal| *rate > Decimal::ZERO);
                let rate = rate.ok_or_else(|| RatesError::Value(written.to_owned()))?;
                if let Ok(currency) = Currency::parse(quote.attribute("currency").unwrap_or_default()) {
                    rates.insert(currency, rate);
                }
            }
            table.days.insert(date, rates);
        }
        if table.days.is_empty() { Err(RatesError::NoDay) } else { Ok(table) }
    }

    /// Adds a quote of one pair for every day: so many units `of` one currency
    /// for one unit of `per`. It goes before the euro rates.
    #[must_use]
    pub fn with_pair(mut self, of: Currency, per: Currency, units: Decimal) -> Self {
        if units > Decimal::ZERO {
            self.pairs.push(Pair { of, per, units });
        }
        self
    }

    /// An empty table of the bank's days.
    pub fn ecb() -> Self {
        Self { source: "ECB reference rates".to_owned(), ..Self::default() }
    }

    /// Adds the rates of a day, over those it had.
    pub fn publish(&mut self, day: Date, rates: BTreeMap<Currency, Decimal>) {
        self.days.insert(day, rates);
    }

    /// Converts an amount at the rate for `day`, unrounded, and says which
    /// rate it was; `None` where there is none.
    pub fn convert(
        &self,
        amount: Decimal,
        from: Currency,
        to: Currency,
        day: Date,
    ) -> Option<(Decimal, Option<ExchangeUse>)> {
        if from == to {
            return Some((amount, None));
        }
        if let Some(pair) = self.pairs.iter().find(|pair| pair.of == from && pair.per == to) {
            let converted = amount.checked_div(pair.units)?;
            return Some((converted, Some(self.used(from, to, pair.units, day, day))));
        }
        let (date, rates) = self.rates_for(day)?;
        let per_euro = |currency| {
            if currency == Currency::EUR { Some(Decimal::ONE) } else { rates.get(&currency).copied() }
        };
        let (from_rate, to_rate) = (per_euro(from)?, per_euro(to)?);
        let converted = amount.checked_mul(to_rate)?.checked_div(from_rate)?;
        Some((converted, Some(self.used(from, to, from_rate.checked_div(to_rate)?, date, day))))
    }

    fn used(&self, from: Currency, to: Currency, units_per: Decimal, date: Date, sale: Date) -> ExchangeUse {
        let provisional = self.fixed.is_none() && date < sale;
        ExchangeUse { from, to, units_per, date, source: self.source.clone(), provisional }
    }

    /// The published days, oldest first: units of each currency for one euro.
    pub fn published(&self) -> impl Iterator<Item = (Date, &BTreeMap<Currency, Decimal>)> {
        self.days.iter().map(|(day, rates)| (*day, rates))
    }

    /// The last published day.
    pub fn last_day(&self) -> Option<Date> {
        self.days.last_key_value().map(|(day, _)| *day)
    }

    /// Whether it answers for every day.
    pub fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    fn rates_for(&self, day: Date) -> Option<(Date, &BTreeMap<Currency, Decimal>)> {
        if let Some((date, rates)) = &self.fixed {
            return Some((*date, rates));
        }
        let gap: Span = LONGEST_GAP.days();
        let latest = day.checked_add(gap).ok()?;
        // A sale of today is tested before today's rate is out: then the last
        // one that can be out holds, and none that is older.
        let last_out = publication_before(day)?;
        let next = self.days.range(day..=latest).next();
        next.or_else(|| self.days.range(last_out..day).next_back()).map(|(date, rates)| (*date, rates))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-09-14'><Cube currency='USD' rate='1.1000'/><Cube currency='BGN' rate='1.9558'/></Cube>
<Cube time='2026-09-11'><Cube currency='USD' rate='1.2000'/></Cube></Cube></gesmes:Envelope>"#;

    fn rate(table: &RateTable, day: Date) -> Option<Decimal> {
        table.convert(Decimal::from(132), Currency::USD, Currency::EUR, day).map(|(amount, _)| amount)
    }

    #[test]
    fn a_day_without_publication_takes_the_next() {
        let table = RateTable::parse_ecb_xml(FILE).unwrap();
        assert_eq!(rate(&table, date(2026, 9, 11)), Some(Decimal::from(110)));
        assert_eq!(rate(&table, date(2026, 9, 12)), Some(Decimal::from(120)));
        assert_eq!(rate(&table, date(2026, 9, 15)), Some(Decimal::from(120)));
        assert_eq!(rate(&table, date(2026, 9, 16)), None, "the rate of the 15th is out and not here");
        assert_eq!(rate(&table, date(2026, 10, 15)), None);
        assert_eq!(rate(&table, date(2026, 9, 1)), None);
    }

    #[test]
    fn a_rate_before_the_day_of_the_sale_says_that_it_is_provisional() {
        let table = RateTable::parse_ecb_xml(FILE).unwrap();
        let used = |day| table.convert(Decimal::ONE, Currency::USD, Currency::EUR, day).unwrap().1.unwrap();
        assert!(used(date(2026, 9, 15)).provisional);
        assert_eq!(used(date(2026, 9, 15)).date, date(2026, 9, 14));
        assert!(!used(date(2026, 9, 12)).provisional, "the next publication is final");
        assert!(!used(date(2026, 9, 14)).provisional);
    }

    #[test]
    fn a_currency_without_rate_is_not_guessed() {
        let table = RateTable::parse_ecb_xml(FILE).unwrap();
        assert!(table.convert(Decimal::ONE, Currency::GBP, Currency::EUR, date(2026, 9, 14)).is_none());
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(RateTable::parse_ecb_xml("<"), Err(RatesError::Xml(_))));
        assert_eq!(RateTable::parse_ecb_xml("<a/>").unwrap_err(), RatesError::NoDay);
        let zero = FILE.replace("1.1000", "0");
        assert!(matches!(RateTable::parse_ecb_xml(&zero), Err(RatesError::Value(_))));
    }

    proptest! {
        #[test]
        fn no_file_panics(text in "\\PC*") {
            let _ = RateTable::parse_ecb_xml(&text);
        }
    }
}
