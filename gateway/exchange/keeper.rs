//! Keeps the table of rates up to date: from the store at the start, from the
//! source again and again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::Currency;
use rust_decimal::Decimal;
use tokio::sync::watch;

use super::{ExchangeRates, RateSource, SourceError};
use crate::carriers::Clock;
use crate::regional::{RateTable, RatesError};
use crate::store::{RateDay, Store, StoreError};
use crate::telemetry::Metrics;

/// Under which name the bank's days are kept.
const BANK: &str = "ECB";

/// Why rates could not be brought up to date. What was there stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It is no file of reference rates.
    #[error(transparent)]
    Rates(#[from] RatesError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps the table of rates up to date.
pub struct Keeper {
    rates: Arc<ExchangeRates>,
    store: Arc<dyn Store>,
    source: Box<dyn RateSource>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    keep: SignedDuration,
}

impl Keeper {
    /// Brings what `source` publishes into `store` and `rates`, and lets days go
    /// that are older than `keep`.
    pub fn new(
        rates: Arc<ExchangeRates>,
        store: Arc<dyn Store>,
        source: Box<dyn RateSource>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        keep: Duration,
    ) -> Self {
        let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX);
        Self { rates, store, source, clock, metrics, keep }
    }

    /// Takes over what the store has: once, before the first call is served.
    ///
    /// # Errors
    /// When the store fails or holds rates that are none.
    pub async fn load(&self) -> Result<(), KeepError> {
        let days = self.store.rate_days(BANK, self.oldest()).await?;
        let mut table = RateTable::ecb();
        for day in days {
            table.publish(day.day, rates_of(&day)?);
        }
        self.tell(&table);
        self.rates.replace(table);
        Ok(())
    }

    /// Reads the source once. Days that are new or were corrected are kept and
    /// in force from now on.
    ///
    /// # Errors
    /// [`KeepError`]; the table is as it was.
    pub async fn refresh(&self) -> Result<(), KeepError> {
        let Some(text) = self.source.read().await? else { return Ok(()) };
        let oldest = self.oldest();
        let read = RateTable::parse_ecb_xml(&text)?;
        let before = self.rates.current();
        let known: BTreeMap<Date, _> = before.published().collect();
        let new: Vec<_> = read
            .published()
            .filter(|(day, rates)| *day >= oldest && known.get(day).is_none_or(|known| known != rates))
            .map(|(day, rates)| RateDay { source: BANK.to_owned(), day, rates: written(rates) })
            .collect();
        if !new.is_empty() {
            self.store.put_rate_days(new).await?;
            self.store.purge_rate_days(oldest).await?;
        }
        // Another gateway may have read what this one has not.
        self.load().await
    }

    /// Refreshes now and every so often until `stop` says so.
    pub async fn keep_up(self, every: Duration, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.refresh().await {
                self.metrics.rates_failed();
                tracing::warn!(%error, "exchange rates could not be read; those that are known stay in force");
            }
            // Gateways that started together do not ask together.
            let wait = every.mul_f64(fastrand::f64().mul_add(0.1, 0.95));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    fn oldest(&self) -> Date {
        let at = self.clock.now().checked_sub(self.keep).unwrap_or(Timestamp::UNIX_EPOCH);
        TimeZone::UTC.to_datetime(at).date()
    }

    fn tell(&self, table: &RateTable) {
        if let Some(day) = table.last_day() {
            let midnight = TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
            self.metrics.set_rates_day(midnight.map_or(0, Timestamp::as_second));
        }
    }
}

fn written(rates: &BTreeMap<Currency, Decimal>) -> String {
    let rates: BTreeMap<_, _> =
        rates.iter().map(|(currency, rate)| (currency.as_str(), rate.to_string())).collect();
    serde_json::json!(rates).to_string()
}

fn rates_of(day: &RateDay) -> Result<BTreeMap<Currency, Decimal>, KeepError> {
    let unreadable = || RatesError::Value(format!("{} in the store", day.day));
    let read: BTreeMap<String, Decimal> = serde_json::from_str(&day.rates).map_err(|_| unreadable())?;
    let known = read.into_iter().filter_map(|(code, rate)| Some((Currency::parse(&code).ok()?, rate)));
    Ok(known.filter(|(_, rate)| *rate > Decimal::ZERO).collect())
}
