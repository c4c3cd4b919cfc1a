//! Who calls, and how long they wait.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::{Request, Status};

use super::status;
use crate::tenancy::{Callers, TenantId};

/// Deadlines of calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// For a caller that sets none.
    pub(super) usual: Duration,
    /// The longest that a caller may set.
    pub(super) longest: Duration,
}

/// The tenant that a call's token names.
pub(super) fn tenant<T>(callers: &Callers, request: &Request<T>) -> Result<TenantId, Status> {
    let header = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
    callers.authenticate(header, is_loopback(request)).map_err(|_| status::unauthenticated())
}

/// The operator whom a call's token names.
pub(super) fn operator<'a, T>(callers: &'a Callers, request: &Request<T>) -> Result<&'a str, Status> {
    let header = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
    callers.authenticate_operator(header, is_loopback(request)).map_err(|_| status::unauthenticated())
}

fn is_loopback<T>(request: &Request<T>) -> bool {
    let extensions = request.extensions();
    let plain = extensions.get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
    let over_tls =
        || extensions.get::<TlsConnectInfo<TcpConnectInfo>>().and_then(|info| info.get_ref().remote_addr());
    plain.or_else(over_tls).as_ref().map(SocketAddr::ip).is_some_and(|ip| ip.is_loopback())
}

/// When the caller stops waiting, by its `grpc-timeout`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a call that has just come in.
    pub(super) fn of<T>(request: &Request<T>, deadlines: Deadlines) -> Self {
        let header = request.metadata().get("grpc-timeout").and_then(|value| value.to_str().ok());
        let asked = header.and_then(timeout).unwrap_or(deadlines.usual).min(deadlines.longest);
        Self(Instant::now() + asked)
    }

    /// What is left of it.
    pub(super) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// A `grpc-timeout`: at most eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count.saturating_mul(3600)),
        "M" => Duration::from_secs(count.saturating_mul(60)),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_in_every_unit() {
        assert_eq!(timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(timeout("3S"), Some(Duration::from_secs(3)));
        assert_eq!(timeout("1H"), Some(Duration::from_secs(3600)));
        for bad in ["", "S", "-1S", "1", "1x", "123456789S", "é"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }
}
