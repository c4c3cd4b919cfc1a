//! The way to a running gateway.

use anyhow::{Context, Result};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

use super::arguments::Connection;
use crate::api::proto::v1::carrier_service_client::CarrierServiceClient;
use crate::api::proto::v1::customs_service_client::CustomsServiceClient;
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
    let mut endpoint = Endpoint::from_shared(connection.server.clone()).with_context(|| {
        format!("--server `{}` is no address such as http://127.0.0.1:50051", connection.server)
    })?;
    let read = |path: &std::path::Path| {
        std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
    };
    if connection.server.starts_with("https://") {
        let mut tls = ClientTlsConfig::new();
        if let Some(ca) = &connection.tls_ca {
            tls = tls.ca_certificate(Certificate::from_pem(read(ca)?));
        }
        if let (Some(certificate), Some(key)) = (&connection.tls_cert, &connection.tls_key) {
            tls = tls.identity(Identity::from_pem(read(certificate)?, read(key)?));
        }
        endpoint = endpoint.tls_config(tls).context("the TLS files cannot be used")?;
    }
    let token = connection
        .token
        .as_deref()
        .map(|token| format!("Bearer {token}").parse().context("--token holds characters that no token has"))
        .transpose()?;
    Ok(InterceptedService::new(endpoint.connect_lazy(), Caller { token, timeout: connection.timeout }))
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
