//! Exchange rates for threshold tests, as an argument.
//!
//! A table of published days or a fixed one; it fetches nothing and makes no
//! rate up. Rule: the reference rate of the day the payment was accepted, or
//! of the next day of publication (VAT Directive article 91(2)). Until that one
//! is out, the one before it is taken and said to be provisional, to the end of
//! the day on which it comes out; from then on, and where the day was missed,
//! there is none: another day's would be a guess. The thresholds of the United
//! Kingdom, Norway and the others take the same rates: their authorities allow
//! the rate at the time of the sale. Pairs without the euro go by way of it.
//! Start with [`RateTable::convert`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use parcelgate_kit::model::Currency;
use rust_decimal::Decimal;

use super::decision::ExchangeUse;
use super::publication::{day_in_frankfurt, publication_before, publication_from};

/// Rates by day, in units of a currency for one euro, and quotes of single pairs.
/// A clone shares its days.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    days: Arc<BTreeMap<Date, Quotes>>,
    fixed: Option<(Date, Arc<Quotes>)>,
    pairs: Vec<Pair>,
    source: Arc<str>,
    /// The day in Frankfurt on which it is read, where that is known.
    today: Option<Date>,
}

/// Units of each currency for one euro.
type Quotes = BTreeMap<Currency, Decimal>;

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
    /// A day has no rates, so the file is damaged.
    #[error("the rate file holds no rates of `{0}`: it is damaged, get it anew")]
    EmptyDay(Date),
}

impl RateTable {
    /// The European Central Bank's reference rates of one day: units of each
    /// currency for one euro.
    pub fn ecb_reference(date: Date, rates: &[(Currency, Decimal)]) -> Self {
        let day = rates.iter().filter(|(_, rate)| *rate > Decimal::ZERO).copied().collect();
        Self { days: Arc::new(BTreeMap::from([(date, day)])), ..Self::ecb() }
    }

    /// A fixed table that answers for every day, named by its `source`.
    pub fn fixed(source: &str, date: Date, rates: &[(Currency, Decimal)]) -> Self {
        let rates = rates.iter().filter(|(_, rate)| *rate > Decimal::ZERO).copied().collect();
        Self { fixed: Some((date, Arc::new(rates))), source: source.into(), ..Self::default() }
    }

    /// Reads the bank's daily, 90-day or historical reference file (the format
    /// of eurofxref: `Cube` elements with `time`, within them `currency` and
    /// `rate`). Currencies that were not in use on the day are passed over.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn parse_ecb_xml(xml: &str) -> Result<Self, RatesError> {
        let document = roxmltree::Document::parse(xml).map_err(|error| RatesError::Xml(error.to_string()))?;
        let mut days = BTreeMap::new();
        for day in document.descendants().filter(|node| node.has_attribute("time")) {
            let written = day.attribute("time").unwrap_or_default();
            let date: Date = written.parse().map_err(|_| RatesError::Value(written.to_owned()))?;
            let mut rates = BTreeMap::new();
            for quote in day.children().filter(|node| node.has_attribute("currency")) {
                let written = quote.attribute("rate").unwrap_or_default();
                let rate = written.parse().ok().filter(|rate: &Decimal| *rate > Decimal::ZERO);
                let rate = rate.ok_or_else(|| RatesError::Value(written.to_owned()))?;
                if let Ok(currency) =
                    Currency::parse_on(quote.attribute("currency").unwrap_or_default(), date)
                {
                    rates.insert(currency, rate);
                }
            }
            if rates.is_empty() {
                return Err(RatesError::EmptyDay(date));
            }
            days.insert(date, rates);
        }
        if days.is_empty() {
            Err(RatesError::NoDay)
        } else {
            Ok(Self { days: Arc::new(days), ..Self::ecb() })
        }
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
        Self { source: "ECB reference rates".into(), ..Self::default() }
    }

    /// Adds the rates of a day, over those it had.
    pub fn publish(&mut self, day: Date, rates: BTreeMap<Currency, Decimal>) {
        Arc::make_mut(&mut self.days).insert(day, rates);
    }

    /// The same table as it is read at `now`: a rate that must be out by then
    /// and is not in it is missing, and no earlier one stands in for it.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { today: Some(day_in_frankfurt(now)), ..self.clone() }
    }

    /// The last day whose rates must be out at `now`, whatever the hour at which
    /// they came out.
    pub fn last_due(now: Timestamp) -> Option<Date> {
        publication_before(day_in_frankfurt(now))
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
        ExchangeUse { from, to, units_per, date, source: self.source.to_string(), provisional }
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

    fn rates_for(&self, sale: Date) -> Option<(Date, &Quotes)> {
        if let Some((date, rates)) = &self.fixed {
            return Some((*date, rates));
        }
        let due = publication_from(sale)?;
        let own = self.days.range(sale..=due).next();
        let out =
            self.last_day().is_some_and(|last| last > due) || self.today.is_some_and(|today| today > due);
        // A sale of today is tested before today's rate is out: then the last one that can be out holds.
        let before = || if out { None } else { self.days.range(publication_before(sale)?..sale).next_back() };
        own.or_else(before).map(|(date, rates)| (*date, rates))
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
    fn a_day_that_was_missed_has_no_rate() {
        let mut table = RateTable::parse_ecb_xml(FILE).unwrap();
        table.publish(date(2026, 9, 16), BTreeMap::from([(Currency::USD, Decimal::TWO)]));
        assert_eq!(rate(&table, date(2026, 9, 15)), None, "neither of Monday nor of Wednesday");
        assert_eq!(rate(&table, date(2026, 9, 16)), Some(Decimal::from(66)));
    }

    #[test]
    fn a_provisional_rate_ends_with_the_day_of_publication() {
        let table = RateTable::parse_ecb_xml(FILE).unwrap();
        let tuesday = date(2026, 9, 15);
        let at = |now: &str, sale| rate(&table.at(now.parse().unwrap()), sale);
        assert_eq!(at("2026-09-15T08:00:00Z", tuesday), Some(Decimal::from(120)));
        assert_eq!(at("2026-09-15T21:59:59Z", tuesday), Some(Decimal::from(120)));
        assert_eq!(at("2026-09-15T22:00:00Z", tuesday), None, "it is Wednesday in Frankfurt");
        let (friday, saturday) = (date(2026, 9, 11), date(2026, 9, 12));
        let short = RateTable::ecb_reference(friday, &[(Currency::USD, Decimal::TWO)]);
        let at = |now: &str| rate(&short.at(now.parse().unwrap()), saturday);
        assert_eq!(at("2026-09-14T12:00:00Z"), Some(Decimal::from(66)), "Monday's is not out yet");
        assert_eq!(at("2026-09-15T12:00:00Z"), None);
        assert_eq!(RateTable::last_due("2026-09-14T12:00:00Z".parse().unwrap()), Some(friday));
    }

    #[test]
    fn rates_of_a_currency_that_has_ended_are_those_of_its_days() {
        let now = RateTable::parse_ecb_xml(FILE).unwrap();
        assert!(
            now.published().flat_map(|(_, rates)| rates.keys()).all(|currency| currency.as_str() != "BGN")
        );
        let old = RateTable::parse_ecb_xml(&FILE.replace("2026-09-14", "2025-12-31")).unwrap();
        let leva = Currency::parse_on("BGN", date(2025, 12, 31)).unwrap();
        let euros = old.convert(Decimal::new(19_558, 4), leva, Currency::EUR, date(2025, 12, 31)).unwrap().0;
        assert_eq!(euros, Decimal::ONE);
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
        let empty = "<a><Cube time='2026-09-14'/></a>";
        assert_eq!(RateTable::parse_ecb_xml(empty).unwrap_err(), RatesError::EmptyDay(date(2026, 9, 14)));
    }

    proptest! {
        #[test]
        fn no_file_panics(text in "\\PC*") {
            let _ = RateTable::parse_ecb_xml(&text);
        }
    }
}
