//! What the gateway tells its operators: log lines on stderr and metrics.
//! It must never take a caller's or a parcel's text as a metric's label.
//! Start at [`init`] and [`Metrics`].

mod following;
mod labels;
mod metrics;

pub use following::Following;
pub use labels::{ExchangeOutcome, HookOutcome, PollOutcome, PurchaseState, RpcCode, SubscriptionEnd};
pub use metrics::Metrics;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat};

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The filter is none.
    #[error("`{filter}` is no log filter: {reason}; give a level, as in `info` or `parcelgate=debug,info`")]
    BadFilter {
        /// The filter.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Logging was set up before.
    #[error("logging is set up already")]
    AlreadySet,
}

/// Sends log lines to stderr from here on, for the whole process. The variable
/// `PARCELGATE_LOG` is part of `log` already: the configuration reads it.
///
/// # Errors
/// [`TelemetryError`].
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&log.level).map_err(|error| TelemetryError::BadFilter {
        filter: log.level.clone(),
        reason: error.to_string(),
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let done = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
    };
    done.map_err(|_| TelemetryError::AlreadySet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};

    #[test]
    fn a_wrong_filter_is_named_and_logging_is_set_up_once() {
        let mut log = Config::load(Sources::new(&[])).unwrap().config.log;
        log.level = "parcelgate=loud".to_owned();
        let error = init(&log).unwrap_err();
        assert!(error.to_string().contains("parcelgate=loud"), "{error}");
        log.level = "off".to_owned();
        init(&log).unwrap();
        assert!(matches!(init(&log), Err(TelemetryError::AlreadySet)));
    }
}
