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
    /// It has rates of a day that has not come.
    #[error(
        "the rate file holds rates of `{day}`, and it is `{today}`: check the file and this machine's clock"
    )]
    Ahead {
        /// The latest day of the file.
        day: Date,
        /// The day that the gateway's clock shows, in UTC.
        today: Date,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The first wait after a source failed; each later one is twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(30);

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
    /// in force from now on, and so are those that another gateway has read.
    ///
    /// # Errors
    /// [`KeepError`]; nothing of what was read is kept or in force.
    pub async fn refresh(&self) -> Result<(), KeepError> {
        let taken = self.take().await;
        if taken.is_err() {
            // Else a server would say that nothing changed since, and it would be lost.
            self.source.forget();
        }
        let loaded = self.load().await;
        taken.and(loaded)
    }

    /// Brings what the source has into the store.
    async fn take(&self) -> Result<(), KeepError> {
        let Some(text) = self.source.read().await? else { return Ok(()) };
        // All days since 1999 take a moment, in which others have work to do.
        let read = tokio::task::spawn_blocking(move || RateTable::parse_ecb_xml(&text));
        let read = read.await.map_err(|error| RatesError::Xml(error.to_string()))??;
        let (oldest, today) = (self.oldest(), self.today());
        if let Some(day) = read.last_day().filter(|day| today.tomorrow().is_ok_and(|last| *day > last)) {
            return Err(KeepError::Ahead { day, today });
        }
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
        Ok(())
    }

    /// Refreshes now and every so often until `stop` says so.
    pub async fn keep_up(self, every: Duration, mut stop: watch::Receiver<bool>) {
        let mut failures = 0;
        loop {
            let mut wait = every;
            match self.refresh().await {
                Ok(()) => failures = 0,
                Err(error) => {
                    self.metrics.rates_failed();
                    tracing::warn!(%error, "exchange rates could not be read; those that are known stay in force");
                    wait = retry_after(failures, every);
                    failures = failures.saturating_add(1);
                }
            }
            // Gateways that started together do not ask together.
            let wait = wait.mul_f64(fastrand::f64().mul_add(0.1, 0.95));
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

    fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.clock.now()).date()
    }

    fn tell(&self, table: &RateTable) {
        if let Some(day) = table.last_day() {
            let midnight = TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
            self.metrics.set_rates_day(midnight.map_or(0, Timestamp::as_second));
        }
    }
}

/// How long to wait after so many failures in a row before this one: never
/// longer than usual.
fn retry_after(failures: u32, every: Duration) -> Duration {
    FIRST_RETRY.saturating_mul(2_u32.saturating_pow(failures)).min(every)
}

fn written(rates: &BTreeMap<Currency, Decimal>) -> String {
    let rates: BTreeMap<_, _> =
        rates.iter().map(|(currency, rate)| (currency.as_str(), rate.to_string())).collect();
    serde_json::json!(rates).to_string()
}

fn rates_of(day: &RateDay) -> Result<BTreeMap<Currency, Decimal>, KeepError> {
    let unreadable = || RatesError::Value(format!("{} in the store", day.day));
    let read: BTreeMap<String, Decimal> = serde_json::from_str(&day.rates).map_err(|_| unreadable())?;
    let known =
        read.into_iter().filter_map(|(code, rate)| Some((Currency::parse_on(&code, day.day).ok()?, rate)));
    Ok(known.filter(|(_, rate)| *rate > Decimal::ZERO).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_fails_is_asked_sooner_and_then_ever_more_rarely() {
        let (hour, second) = (Duration::from_secs(3600), Duration::from_secs(1));
        let waits = [0, 1, 2, 6, 7, 99].map(|failures| retry_after(failures, hour).as_secs());
        assert_eq!(waits, [30, 60, 120, 1920, 3600, 3600]);
        assert_eq!(retry_after(0, second), second);
    }
}
