//! MarketplaceService: what marketplaces were told.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1;
use super::proto::v1::marketplace_service_server::{MarketplaceService, MarketplaceServiceServer};
use super::{read, status, write};
use crate::performance::{Outcome, ToldFact};
use crate::shipping::{ConfirmationsOf, Gateway, ShippingError};
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Marketplaces {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
}

/// The service, which takes messages of at most so many bytes.
pub(super) fn server(
    gateway: &Arc<Gateway>,
    callers: &Arc<Callers>,
    longest: usize,
) -> MarketplaceServiceServer<Marketplaces> {
    let service = Marketplaces { gateway: Arc::clone(gateway), callers: Arc::clone(callers) };
    MarketplaceServiceServer::new(service).max_decoding_message_size(longest)
}

#[tonic::async_trait]
impl MarketplaceService for Marketplaces {
    async fn get_confirmation(
        &self,
        request: Request<v1::GetConfirmationRequest>,
    ) -> Result<Response<v1::GetConfirmationResponse>, Status> {
        use v1::get_confirmation_request::Target;
        let tenant = tenant(&self.callers, &request)?;
        let of = match request.into_inner().target {
            Some(Target::ShipmentId(id)) => {
                read::required_id("shipment_id", &id, 64).map(ConfirmationsOf::Shipment)
            }
            Some(Target::OrderId(id)) => read::required_id("order_id", &id, 64).map(ConfirmationsOf::Order),
            None => Err(ShippingError::invalid("target", "is required: `shipment_id` or `order_id`")),
        };
        let found = self.gateway.confirmations(&tenant, of.map_err(status::of)?).await.map_err(status::of)?;
        let confirmations = found.iter().map(write::confirmation).collect();
        Ok(Response::new(v1::GetConfirmationResponse { confirmations }))
    }

    async fn retry_confirmation(
        &self,
        request: Request<v1::RetryConfirmationRequest>,
    ) -> Result<Response<v1::RetryConfirmationResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let id = read::required_id("confirmation_id", &request.get_ref().confirmation_id, 64);
        let id = id.map_err(status::of)?;
        let retried = self.gateway.retry_confirmation(&tenant, &id).await.map_err(status::of)?;
        let confirmation = Some(write::confirmation(&retried));
        Ok(Response::new(v1::RetryConfirmationResponse { confirmation }))
    }

    async fn report_order_facts(
        &self,
        request: Request<v1::ReportOrderFactsRequest>,
    ) -> Result<Response<v1::ReportOrderFactsResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let facts = read::order_facts(raw.facts).map_err(status::of)?;
        let told = self.gateway.performance().tell_all(&tenant, market, &facts, self.gateway.now()).await;
        let outcomes = told.map_err(|error| status::of(error.into()))?;
        let receipt = |((order, fact), outcome): (&(String, ToldFact), Outcome)| v1::FactReceipt {
            order_id: order.clone(),
            fact_id: fact.id.clone(),
            version: fact.version,
            outcome: write::fact_outcome(outcome).into(),
        };
        let receipts = facts.iter().zip(outcomes).map(receipt).collect();
        Ok(Response::new(v1::ReportOrderFactsResponse { receipts }))
    }
}
