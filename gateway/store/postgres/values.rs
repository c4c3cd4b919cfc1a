//! Values between Rust and PostgreSQL: times, counts, states and hashes.
//!
//! It never shows a stored value in an error. Start at [`Columns`].

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::FromSqlOwned;

use super::failure::Failure;
use crate::store::{MAX_ROWS, PurchaseState, StoreError};

/// The time as it is stored: whole microseconds since 1970.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The count as it is stored. One that PostgreSQL cannot hold becomes its largest, which no row ever has.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The limit that a call may ask for.
pub(super) fn limited(limit: u32) -> i64 {
    i64::from(limit.min(MAX_ROWS))
}

/// The states' names.
pub(super) fn names(states: impl IntoIterator<Item = PurchaseState>) -> Vec<&'static str> {
    states.into_iter().map(PurchaseState::name).collect()
}

/// How a column of a row is read.
pub(super) trait Columns {
    /// A value that PostgreSQL and Rust both have.
    fn value<T: FromSqlOwned>(&self, column: &str) -> Result<T, Failure>;
    /// A time.
    fn time(&self, column: &str) -> Result<Timestamp, Failure>;
    /// A time that may be absent.
    fn time_opt(&self, column: &str) -> Result<Option<Timestamp>, Failure>;
    /// A count.
    fn count(&self, column: &str) -> Result<u64, Failure>;
    /// A state.
    fn state(&self, column: &str) -> Result<PurchaseState, Failure>;
    /// A SHA-256.
    fn hash(&self, column: &str) -> Result<[u8; 32], Failure>;
}

impl Columns for Row {
    fn value<T: FromSqlOwned>(&self, column: &str) -> Result<T, Failure> {
        self.try_get(column).map_err(|_| unreadable(column))
    }

    fn time(&self, column: &str) -> Result<Timestamp, Failure> {
        Timestamp::from_microsecond(self.value(column)?).map_err(|_| unreadable(column))
    }

    fn time_opt(&self, column: &str) -> Result<Option<Timestamp>, Failure> {
        let micros: Option<i64> = self.value(column)?;
        micros.map(Timestamp::from_microsecond).transpose().map_err(|_| unreadable(column))
    }

    fn count(&self, column: &str) -> Result<u64, Failure> {
        u64::try_from(self.value::<i64>(column)?).map_err(|_| unreadable(column))
    }

    fn state(&self, column: &str) -> Result<PurchaseState, Failure> {
        PurchaseState::from_name(&self.value::<String>(column)?).ok_or_else(|| unreadable(column))
    }

    fn hash(&self, column: &str) -> Result<[u8; 32], Failure> {
        self.value::<Vec<u8>>(column)?.try_into().map_err(|_| unreadable(column))
    }
}

fn unreadable(column: &str) -> Failure {
    Failure::Undo(StoreError::damaged(format!("a stored `{column}` is none that this program writes")))
}
