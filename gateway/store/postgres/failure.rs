//! What can fail between the store and the server, by what may be done about it.
//!
//! It never shows a stored value: the server's words alone, not its details. Start at [`Failure`].

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// What went wrong with one call.
#[derive(Debug)]
pub(super) enum Failure {
    /// The call is refused, and has changed nothing.
    Refused(StoreError),
    /// The call is refused after it has changed something, which must be taken back.
    Undo(StoreError),
    /// The server may do it when it is asked once more: it took two calls for a knot and undid this one.
    Again(String),
    /// An earlier statement of the same transaction failed, and this one was not run.
    Behind,
    /// There is no connection, or it broke. What was sent before may have been done.
    Lost(String),
}

impl Failure {
    /// As the caller sees it, when nothing of the call can have been stored.
    pub(super) fn unstored(self) -> StoreError {
        match self {
            Failure::Refused(error) | Failure::Undo(error) => error,
            Failure::Again(what) | Failure::Lost(what) => StoreError::Busy { what },
            Failure::Behind => StoreError::Busy { what: "its transaction was taken back".to_owned() },
        }
    }

    /// What the server or the way to it said, alone.
    pub(super) fn said(self) -> String {
        match self {
            Failure::Again(what) | Failure::Lost(what) => what,
            other => match other.unstored() {
                StoreError::Io { what } | StoreError::Busy { what } => what,
                error => error.to_string(),
            },
        }
    }

    /// As the caller sees it, when the call may have been stored.
    pub(super) fn unknown(self) -> StoreError {
        match self {
            Failure::Lost(what) => unknown(&what),
            other => other.unstored(),
        }
    }
}

/// The error for a call that may have been stored or not.
pub(super) fn unknown(what: &str) -> StoreError {
    StoreError::io("the connection to postgresql broke before it had answered", &what)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Refused(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Failure {
        let Some(told) = error.as_db_error() else {
            return if error.is_closed() || std::error::Error::source(&error).is_some_and(is_transport) {
                Failure::Lost(words(&error))
            } else {
                // A row that does not read as it should, or a value that cannot be sent.
                Failure::Undo(StoreError::damaged(format!("postgresql: {}", words(&error))))
            };
        };
        let code = told.code();
        let what = format!("postgresql: {} ({})", told.message(), code.code());
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => Failure::Again(what),
            SqlState::IN_FAILED_SQL_TRANSACTION => Failure::Behind,
            SqlState::DISK_FULL => Failure::Undo(StoreError::Full),
            SqlState::READ_ONLY_SQL_TRANSACTION => Failure::Undo(StoreError::ReadOnly),
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Failure::Undo(StoreError::damaged(what)),
            SqlState::QUERY_CANCELED => Failure::Undo(StoreError::Busy { what }),
            _ => match code.code().get(..2) {
                // 08: connection; 57: an operator stops or starts the server; 53: it has no room for us.
                Some("08" | "57" | "53") => Failure::Lost(what),
                // 22: a value that it cannot hold; 23: a rule of the schema.
                Some("22" | "23") => Failure::Undo(StoreError::conflict(what)),
                _ => Failure::Undo(StoreError::Io { what }),
            },
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Failure {
        match error {
            PoolError::Backend(error) => Failure::from(error),
            PoolError::Closed => Failure::Refused(StoreError::Closed),
            PoolError::Timeout(_) => Failure::Refused(StoreError::Busy {
                what: "every connection to postgresql is in use".to_owned(),
            }),
            other => Failure::Lost(other.to_string()),
        }
    }
}

/// Whether an error's cause is the way to the server and not what was said on it.
fn is_transport(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<std::io::Error>() || cause.is::<tokio::time::error::Elapsed>()
}

/// The error's words with those of its causes.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    words
}
