//! Values between Rust and SQLite: times, counts, states, and SQLite's errors as the store's.
//!
//! It never shows a stored value in an error. Start at the `From` for [`StoreError`].

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, ErrorCode, Row};

use crate::store::{MAX_ROWS, PurchaseState, StoreError};

/// The time as it is stored: whole microseconds since 1970.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The count as it is stored. One that SQLite cannot hold becomes its largest, which no row ever has.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The limit that a call may ask for.
pub(super) fn limited(limit: u32) -> i64 {
    i64::from(limit.min(MAX_ROWS))
}

/// A time of a row.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    read_time(row.get(column)?)
}

/// A time of a row that may have none.
pub(super) fn time_opt(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(read_time).transpose()
}

/// A count of a row.
pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|error| unreadable(Type::Integer, error))
}

/// A state of a row.
pub(super) fn state(row: &Row<'_>, column: &str) -> rusqlite::Result<PurchaseState> {
    let name: String = row.get(column)?;
    PurchaseState::from_name(&name).ok_or_else(|| unreadable(Type::Text, UnknownState))
}

fn read_time(micros: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| unreadable(Type::Integer, error))
}

fn unreadable(kind: Type, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(0, kind, Box::new(error))
}

#[derive(Debug, thiserror::Error)]
#[error("no such state")]
struct UnknownState;

impl From<Error> for StoreError {
    fn from(error: Error) -> StoreError {
        let code = match &error {
            Error::SqliteFailure(failure, _) => failure.code,
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..) => {
                return StoreError::damaged("a stored value is none that this program writes");
            }
            // Its words alone: its `Display` shows the whole statement.
            Error::SqlInputError { msg, .. } => return StoreError::io("sqlite", msg),
            _ => return StoreError::io("sqlite", &error),
        };
        match code {
            ErrorCode::DiskFull => StoreError::Full,
            ErrorCode::ReadOnly => StoreError::ReadOnly,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::damaged(error.to_string()),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                StoreError::Busy { what: error.to_string() }
            }
            ErrorCode::ConstraintViolation => StoreError::conflict(error.to_string()),
            _ => StoreError::io("sqlite", &error),
        }
    }
}
