//! ShippingService: reads, calls a use case, writes.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use super::caller::{Deadline, Deadlines, tenant};
use super::proto::v1::{self, shipping_service_server::ShippingService};
use super::{read, status, write};
use crate::shipping::{Gateway, RateEvent, TrackTarget, Watching};
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Shipping {
    pub(super) gateway: Arc<Gateway>,
    pub(super) callers: Arc<Callers>,
    pub(super) deadlines: Deadlines,
    pub(super) limits: read::Limits,
    /// How long a watcher is told nothing before a sign of life.
    pub(super) heartbeat: Duration,
    /// Holds true once the server stops.
    pub(super) stopped: watch::Receiver<bool>,
}

#[tonic::async_trait]
impl ShippingService for Shipping {
    async fn rate(&self, request: Request<v1::RateRequest>) -> Result<Response<v1::RateResponse>, Status> {
        let deadline = Deadline::of(&request, self.deadlines);
        let tenant = tenant(&self.callers, &request)?;
        let wanted = read::rate_request(request.get_ref(), self.limits).map_err(status::of)?;
        let quote = self.gateway.rate(&tenant, wanted, deadline.left()).await.map_err(status::of)?;
        Ok(Response::new(write::rate_response(&quote)))
    }

    type StreamRatesStream = Pin<Box<dyn Stream<Item = Result<v1::StreamRatesResponse, Status>> + Send>>;

    async fn stream_rates(
        &self,
        request: Request<v1::StreamRatesRequest>,
    ) -> Result<Response<Self::StreamRatesStream>, Status> {
        let deadline = Deadline::of(&request, self.deadlines);
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner().rate_request.unwrap_or_default();
        let wanted = read::rate_request(&raw, self.limits).map_err(status::of)?;
        let events = self.gateway.stream_rates(&tenant, wanted, deadline.left()).await.map_err(status::of)?;
        let pieces = events.map(move |event| event.map(piece).map_err(status::of));
        Ok(Response::new(Box::pin(pieces)))
    }

    async fn purchase(
        &self,
        request: Request<v1::PurchaseRequest>,
    ) -> Result<Response<v1::PurchaseResponse>, Status> {
        let deadline = Deadline::of(&request, self.deadlines);
        let tenant = tenant(&self.callers, &request)?;
        let wanted = read::purchase_request(request.into_inner(), self.limits).map_err(status::of)?;
        let view = self.gateway.purchase(&tenant, wanted, deadline.left()).await.map_err(status::of)?;
        Ok(Response::new(v1::PurchaseResponse { shipment: Some(write::shipment(&view)) }))
    }

    async fn track(&self, request: Request<v1::TrackRequest>) -> Result<Response<v1::TrackResponse>, Status> {
        let deadline = Deadline::of(&request, self.deadlines);
        let tenant = tenant(&self.callers, &request)?;
        let target = read::track_target(request.into_inner()).map_err(status::of)?;
        let shipment = match &target {
            TrackTarget::Shipment(id) => id.clone(),
            TrackTarget::Number { .. } => String::new(),
        };
        let followed = self.gateway.track(&tenant, target, deadline.left()).await.map_err(status::of)?;
        Ok(Response::new(write::track_response(&shipment, &followed)))
    }

    type WatchTrackingStream = Pin<Box<dyn Stream<Item = Result<v1::WatchTrackingResponse, Status>> + Send>>;

    async fn watch_tracking(
        &self,
        request: Request<v1::WatchTrackingRequest>,
    ) -> Result<Response<Self::WatchTrackingStream>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let (target, cursor) = read::watch_target(request.into_inner()).map_err(status::of)?;
        let (gateway, stopped) = (&self.gateway, self.stopped.clone());
        let watching = gateway.watch_tracking(&tenant, target, cursor, self.heartbeat, stopped).await;
        let watching = watching.map_err(status::of)?;
        Ok(Response::new(Box::pin(stream::unfold(Some(watching), news))))
    }

    async fn void(&self, request: Request<v1::VoidRequest>) -> Result<Response<v1::VoidResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let id = read::required_id("shipment_id", &request.get_ref().shipment_id, 64).map_err(status::of)?;
        let view = self.gateway.void(&tenant, &id).await.map_err(status::of)?;
        Ok(Response::new(v1::VoidResponse { shipment: Some(write::shipment(&view)) }))
    }

    async fn get_shipment(
        &self,
        request: Request<v1::GetShipmentRequest>,
    ) -> Result<Response<v1::GetShipmentResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let id = read::required_id("shipment_id", &request.get_ref().shipment_id, 64).map_err(status::of)?;
        let view = self.gateway.shipment(&tenant, &id).await.map_err(status::of)?;
        let told = self.gateway.confirmation_rows(&tenant, &id).await.map_err(status::of)?;
        Ok(Response::new(v1::GetShipmentResponse {
            shipment: Some(write::shipment(&view)),
            confirmations: told.iter().map(write::standing).collect(),
        }))
    }

    async fn list_shipments(
        &self,
        request: Request<v1::ListShipmentsRequest>,
    ) -> Result<Response<v1::ListShipmentsResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let limit = read::page_size(raw.page_size).map_err(status::of)?;
        let state = read::shipment_state(raw.state).map_err(status::of)?;
        let after = read::page_token(&raw.page_token).map_err(status::of)?;
        let (views, next) = self.gateway.shipments(&tenant, state, after, limit).await.map_err(status::of)?;
        Ok(Response::new(v1::ListShipmentsResponse {
            shipments: views.iter().map(write::shipment).collect(),
            next_page_token: next.as_ref().map(read::write_page_token).unwrap_or_default(),
        }))
    }

    async fn get_document(
        &self,
        request: Request<v1::GetDocumentRequest>,
    ) -> Result<Response<v1::GetDocumentResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let wanted = read::wanted_document(request.get_ref()).map_err(status::of)?;
        let out = self.gateway.document(&tenant, &wanted).await.map_err(status::of)?;
        Ok(Response::new(v1::GetDocumentResponse {
            document: Some(write::document(&out)),
            content: out.bytes.into(),
        }))
    }
}

/// The next message, or the status that it ends with.
async fn news(
    watching: Option<Watching>,
) -> Option<(Result<v1::WatchTrackingResponse, Status>, Option<Watching>)> {
    let mut watching = watching?;
    match watching.next().await {
        Ok(message) => Some((Ok(write::watch_response(&message)), Some(watching))),
        Err(error) => Some((Err(status::of(error)), None)),
    }
}

fn piece(event: RateEvent) -> v1::StreamRatesResponse {
    use v1::stream_rates_response::Piece;
    let piece = match event {
        RateEvent::Offer(offer) => Piece::Offer(Box::new(write::offer(&offer))),
        RateEvent::Ineligible(ineligible) => Piece::Ineligible(write::ineligible(&ineligible)),
        RateEvent::Report(report) => Piece::CarrierReport(write::carrier_report(&report)),
        RateEvent::Summary(quote) => Piece::Summary(Box::new(v1::RateSummary {
            quote: Some(write::quote(&quote)),
            ranked_offer_ids: quote.offers.iter().map(|offer| offer.id.clone()).collect(),
        })),
    };
    v1::StreamRatesResponse { piece: Some(piece) }
}
