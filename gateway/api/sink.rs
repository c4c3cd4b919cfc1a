//! A marketplace that serves `MarketplaceSinkService`, as a connector.
//!
//! It only carries values over; when it is called is the marketplace room's matter. Start at [`GrpcSink`].

use std::time::Duration;

use async_trait::async_trait;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::proto::v1::{self, marketplace_sink_service_client::MarketplaceSinkServiceClient};
use super::write;
use crate::marketplace::{Exchange, MarketplaceSink, Offers, Outcome, Telling};

/// Its name in the configuration.
pub const NAME: &str = "grpc";
/// Longest time for one call.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest words of theirs that are kept.
const MAX_WORDS: usize = 500;

/// The connector.
#[derive(Clone, Debug)]
pub struct GrpcSink {
    client: MarketplaceSinkServiceClient<Channel>,
    endpoint: Endpoint,
}

impl GrpcSink {
    /// A connector to this address. It connects when it is first needed, and again when the connection breaks.
    ///
    /// # Errors
    /// When the address or the certificates are none.
    pub fn new(url: &str, tls: Option<ClientTlsConfig>) -> Result<Self, tonic::transport::Error> {
        let mut endpoint = Endpoint::from_shared(url.to_owned())?
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .http2_keep_alive_interval(Duration::from_secs(30));
        if let Some(tls) = tls {
            endpoint = endpoint.tls_config(tls)?;
        }
        Ok(Self { client: MarketplaceSinkServiceClient::new(endpoint.connect_lazy()), endpoint })
    }
}

fn request(telling: &Telling) -> v1::ConfirmShipmentRequest {
    let content = &telling.content;
    let line = |line: &crate::marketplace::OrderLine| v1::OrderLine {
        order_line_id: line.id.clone(),
        quantity: line.quantity,
        parcel_index: None,
    };
    v1::ConfirmShipmentRequest {
        idempotency_key: telling.id.clone(),
        marketplace_id: content.marketplace.clone(),
        marketplace_country: content.country.map(|country| country.as_str().to_owned()).unwrap_or_default(),
        order_id: content.order.clone(),
        seller_id: content.seller.clone().unwrap_or_default(),
        package_number: telling.package,
        replaces_earlier: telling.edits,
        carrier: Some(v1::SinkCarrier {
            id: content.carrier.clone(),
            name: content.carrier_name.clone(),
            service_code: content.service.clone(),
            service_name: content.service_name.clone(),
        }),
        tracking_number: content.number.clone(),
        shipped_at: Some(write::instant(telling.shipped_at)),
        lines: content.lines.iter().map(line).collect(),
    }
}

/// What an error means.
fn outcome(status: &Status) -> Outcome {
    let code = format!("{:?}", status.code());
    let words: String = status.message().chars().take(MAX_WORDS).collect();
    let words = if words.is_empty() { format!("the marketplace answers {code}") } else { words };
    match status.code() {
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Internal
        | Code::Unknown
        | Code::Unauthenticated
        | Code::PermissionDenied => {
            let after = status.get_details_retry_info().and_then(|info| info.retry_delay);
            Outcome::Later { code, words, after }
        }
        _ => Outcome::Refused { code, words },
    }
}

fn shown(status: &Status) -> String {
    format!("{:?}: {}", status.code(), status.message())
}

#[async_trait]
impl MarketplaceSink for GrpcSink {
    fn offers(&self) -> Offers {
        Offers { withdraw: true, read_back: None }
    }

    async fn confirm(&self, telling: &Telling) -> Exchange {
        let message = request(telling);
        let shown_request = format!("ConfirmShipment\n{message:?}");
        let mut client = self.client.clone();
        let (response, outcome) = match client.confirm_shipment(Request::new(message)).await {
            Ok(answer) => (format!("{:?}", answer.into_inner()), Outcome::Kept),
            Err(status) => (shown(&status), outcome(&status)),
        };
        Exchange { request: shown_request, response, outcome }
    }

    async fn withdraw(&self, telling: &Telling) -> Exchange {
        let message = v1::WithdrawShipmentRequest {
            idempotency_key: telling.id.clone(),
            marketplace_id: telling.content.marketplace.clone(),
            order_id: telling.content.order.clone(),
            package_number: telling.package,
            tracking_number: telling.content.number.clone(),
        };
        let shown_request = format!("WithdrawShipment\n{message:?}");
        let mut client = self.client.clone();
        let (response, outcome) = match client.withdraw_shipment(Request::new(message)).await {
            Ok(answer) => (format!("{:?}", answer.into_inner()), Outcome::Absent),
            // It never had it: that is as good.
            Err(status) if status.code() == Code::NotFound => (shown(&status), Outcome::Absent),
            Err(status) => (shown(&status), outcome(&status)),
        };
        Exchange { request: shown_request, response, outcome }
    }

    async fn read_back(&self, _telling: &Telling) -> Exchange {
        Exchange::none(Outcome::refused("NOT_OFFERED", "what was confirmed cannot be looked up here"))
    }

    async fn check(&self) -> Result<(), String> {
        self.endpoint.connect().await.map(drop).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}{}", cause.map(|cause| format!(": {cause}")).unwrap_or_default())
        })
    }
}

#[cfg(test)]
#[path = "sink_tests.rs"]
mod tests;
