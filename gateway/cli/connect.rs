//! The way to a running gateway.

use anyhow::{Context, Result, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

use super::arguments::Connection;
use crate::api::proto::v1::carrier_service_client::CarrierServiceClient;
use crate::api::proto::v1::customs_service_client::CustomsServiceClient;
use crate::api::proto::v1::event_service_client::EventServiceClient;
use crate::api::proto::v1::marketplace_service_client::MarketplaceServiceClient;
use crate::api::proto::v1::operator_service_client::OperatorServiceClient;
use crate::api::proto::v1::performance_service_client::PerformanceServiceClient;
use crate::api::proto::v1::protection_service_client::ProtectionServiceClient;
use crate::api::proto::v1::shipping_service_client::ShippingServiceClient;

/// Adds the caller's token and deadline.
#[derive(Clone)]
pub(super) struct Caller {
    token: Option<MetadataValue<Ascii>>,
    timeout: std::time::Duration,
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request.set_timeout(self.timeout);
        Ok(request)
    }
}

pub(super) type Service = InterceptedService<Channel, Caller>;

/// Labels of many parcels come in one answer.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

fn service(connection: &Connection) -> Result<Service> {
    let endpoint = Endpoint::from_shared(connection.server.clone()).with_context(|| {
        format!("--server `{}` is no address such as http://127.0.0.1:50051", connection.server)
    })?;
    let token = connection.token.as_deref().filter(|token| !token.is_empty());
    let endpoint = match connection.server.starts_with("https://") {
        true => endpoint.tls_config(tls(connection)?).context("the TLS files cannot be used")?,
        false => {
            allow_plaintext(connection, &endpoint, token.is_some())?;
            endpoint
        }
    };
    let mut bearer = token
        .map(|token| format!("Bearer {token}").parse::<MetadataValue<Ascii>>())
        .transpose()
        .context("--token holds characters that no token has")?;
    if let Some(bearer) = &mut bearer {
        bearer.set_sensitive(true);
    }
    let caller = Caller { token: bearer, timeout: connection.timeout };
    Ok(InterceptedService::new(endpoint.connect_lazy(), caller))
}

/// TLS to the gateway: its certificate must come from `--tls-ca`, or from a
/// public authority when that is not given.
fn tls(connection: &Connection) -> Result<ClientTlsConfig> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
    };
    let tls = ClientTlsConfig::new();
    let tls = match &connection.tls_ca {
        Some(ca) => {
            let pem = read(ca)?;
            if !CertificateDer::pem_slice_iter(&pem).any(|found| found.is_ok()) {
                bail!("--tls-ca `{}` holds no certificate in PEM", ca.display());
            }
            tls.ca_certificate(Certificate::from_pem(pem))
        }
        None => tls.trust_anchors(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    };
    Ok(match (&connection.tls_cert, &connection.tls_key) {
        (Some(certificate), Some(key)) => tls.identity(Identity::from_pem(read(certificate)?, read(key)?)),
        _ => tls,
    })
}

/// Plain HTTP is fine on this machine. Over a network it would give the token
/// away, and TLS files that nobody uses would give a false sense of safety.
fn allow_plaintext(connection: &Connection, endpoint: &Endpoint, token: bool) -> Result<()> {
    if connection.tls_ca.is_some() || connection.tls_cert.is_some() {
        bail!("--server `{}` is not https://, so the TLS files would not be used", connection.server);
    }
    let host = endpoint.uri().host().unwrap_or_default();
    if token && !is_loopback(host) {
        bail!("a token does not go to `{host}` in the clear: give --server as https://{host}:PORT");
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |ip| ip.to_canonical().is_loopback())
}

/// A client of ShippingService.
pub(super) fn shipping(connection: &Connection) -> Result<ShippingServiceClient<Service>> {
    Ok(ShippingServiceClient::new(service(connection)?).max_decoding_message_size(LONGEST_ANSWER))
}

/// A client of CarrierService.
pub(super) fn carriers(connection: &Connection) -> Result<CarrierServiceClient<Service>> {
    Ok(CarrierServiceClient::new(service(connection)?))
}

/// A client of CustomsService.
pub(super) fn customs(connection: &Connection) -> Result<CustomsServiceClient<Service>> {
    Ok(CustomsServiceClient::new(service(connection)?))
}

/// A client of EventService.
pub(super) fn events(connection: &Connection) -> Result<EventServiceClient<Service>> {
    Ok(EventServiceClient::new(service(connection)?))
}

/// A client of MarketplaceService.
pub(super) fn marketplaces(connection: &Connection) -> Result<MarketplaceServiceClient<Service>> {
    Ok(MarketplaceServiceClient::new(service(connection)?).max_decoding_message_size(LONGEST_ANSWER))
}

/// A client of PerformanceService.
pub(super) fn performance(connection: &Connection) -> Result<PerformanceServiceClient<Service>> {
    Ok(PerformanceServiceClient::new(service(connection)?))
}

/// A client of ProtectionService.
pub(super) fn protection(connection: &Connection) -> Result<ProtectionServiceClient<Service>> {
    Ok(ProtectionServiceClient::new(service(connection)?))
}

/// The operators' service.
pub(super) fn operator(connection: &Connection) -> Result<OperatorServiceClient<Service>> {
    Ok(OperatorServiceClient::new(service(connection)?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn to(server: &str, token: Option<&str>) -> Connection {
        Connection {
            server: server.to_owned(),
            token: token.map(str::to_owned),
            tls_ca: None,
            tls_cert: None,
            tls_key: None,
            timeout: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn a_token_never_leaves_the_machine_in_the_clear() {
        for safe in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"] {
            assert!(service(&to(safe, Some("secret"))).is_ok(), "{safe}");
        }
        let refused = service(&to("http://gateway.example:1", Some("secret"))).unwrap_err();
        assert!(refused.to_string().contains("https://gateway.example"), "{refused}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
        assert!(service(&to("http://gateway.example:1", None)).is_ok());
        assert!(service(&to("http://gateway.example:1", Some(""))).is_ok(), "an empty variable is no token");
    }

    #[tokio::test]
    async fn tls_files_that_would_not_be_used_are_refused() {
        let mut plain = to("http://127.0.0.1:1", None);
        plain.tls_ca = Some("ca.pem".into());
        assert!(service(&plain).is_err());
    }

    #[tokio::test]
    async fn an_authority_that_is_none_is_told_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let mut safe = to("https://127.0.0.1:1", None);
        safe.tls_ca = Some(file);
        let refused = service(&safe).unwrap_err().to_string();
        assert!(refused.contains("ca.pem") && refused.contains("holds no certificate"), "{refused}");
    }
}
