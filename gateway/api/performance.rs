//! PerformanceService: how sellers do.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1;
use super::proto::v1::performance_service_server::{PerformanceService, PerformanceServiceServer};
use super::{read, status, write};
use crate::shipping::{CountedCursor, Gateway, ShippingError};
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Performances {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
}

/// The service, which takes messages of at most so many bytes.
pub(super) fn server(
    gateway: &Arc<Gateway>,
    callers: &Arc<Callers>,
    longest: usize,
) -> PerformanceServiceServer<Performances> {
    let service = Performances { gateway: Arc::clone(gateway), callers: Arc::clone(callers) };
    PerformanceServiceServer::new(service).max_decoding_message_size(longest)
}

#[tonic::async_trait]
impl PerformanceService for Performances {
    async fn get_metric(
        &self,
        request: Request<v1::GetMetricRequest>,
    ) -> Result<Response<v1::GetMetricResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let metric = read::metric(raw.metric).map_err(status::of)?;
        let now = self.gateway.now();
        let as_of = as_of(raw.as_of.as_ref(), now).map_err(status::of)?;
        let report = self.gateway.performance().metric(&tenant, market, metric, as_of, now).await;
        let report = report.map_err(|error| status::of(error.into()))?;
        Ok(Response::new(write::report(&report)))
    }

    async fn list_defects(
        &self,
        request: Request<v1::ListDefectsRequest>,
    ) -> Result<Response<v1::ListDefectsResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let metric = read::metric(raw.metric).map_err(status::of)?;
        let limit = read::page_size(raw.page_size).map_err(status::of)?;
        let after = cursor(&raw.page_token).map_err(status::of)?;
        let category = raw.category.as_deref();
        let now = self.gateway.now();
        let performance = self.gateway.performance();
        let found = performance.defects(&tenant, market, metric, category, after, limit, now).await;
        let (defects, next) = found.map_err(|error| status::of(error.into()))?;
        Ok(Response::new(v1::ListDefectsResponse {
            defects: defects.into_iter().map(write::defect).collect(),
            next_page_token: next.as_ref().map(token).unwrap_or_default(),
        }))
    }

    async fn forecast(
        &self,
        request: Request<v1::ForecastRequest>,
    ) -> Result<Response<v1::ForecastResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let metric = read::metric(raw.metric).map_err(status::of)?;
        let ahead = self.gateway.performance().ahead(&tenant, market, metric, self.gateway.now()).await;
        Ok(Response::new(write::ahead(&ahead.map_err(|error| status::of(error.into()))?)))
    }
}

/// A past instant, or none for now.
fn as_of(raw: Option<&prost_types::Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, ShippingError> {
    let Some(raw) = raw else { return Ok(None) };
    let at = Timestamp::new(raw.seconds, raw.nanos)
        .map_err(|_| ShippingError::invalid("as_of", "is no instant"))?;
    if at > now {
        return Err(ShippingError::invalid("as_of", "is to come: ask Forecast about that"));
    }
    Ok(Some(at))
}

fn token(cursor: &CountedCursor) -> String {
    hex::encode(format!("{}\n{}\n{}", cursor.day, cursor.order, cursor.package))
}

fn cursor(raw: &str) -> Result<Option<CountedCursor>, ShippingError> {
    if raw.is_empty() {
        return Ok(None);
    }
    let read = || {
        let text = String::from_utf8(hex::decode(raw).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        let day: Date = parts.next()?.parse().ok()?;
        Some(CountedCursor { day, order: parts.next()?.to_owned(), package: parts.next()?.to_owned() })
    };
    read().map(Some).ok_or_else(|| ShippingError::invalid("page_token", "is none that a listing gave"))
}
