//! OperatorService: what only a person can settle.

use std::sync::Arc;

use parcelgate_kit::model::{Problem, Text, TrackingNumber};
use tonic::{Request, Response, Status};

use super::caller::operator;
use super::proto::v1::{self, operator_service_server::OperatorService};
use super::read::{self, Reading};
use super::{status, write};
use crate::shipping::{AlarmRow, Gateway, InDoubt, Outcome, Resolve, ShippingError};
use crate::tenancy::{Callers, TenantId};

/// Longest evidence, in characters.
const MAX_EVIDENCE: usize = 2000;
/// Most parcels of a shipment that is settled by hand.
const MAX_NUMBERS: usize = 200;

/// The service over one gateway.
pub(super) struct Operators {
    pub(super) gateway: Arc<Gateway>,
    pub(super) callers: Arc<Callers>,
}

#[tonic::async_trait]
impl OperatorService for Operators {
    async fn list_in_doubt(
        &self,
        request: Request<v1::ListInDoubtRequest>,
    ) -> Result<Response<v1::ListInDoubtResponse>, Status> {
        operator(&self.callers, &request)?;
        let raw = request.into_inner();
        let limit = read::page_size(raw.page_size).map_err(status::of)?;
        let after = read::page_token(&raw.page_token).map_err(status::of)?;
        let (found, next) = self.gateway.in_doubt_of_all(after, limit).await.map_err(status::of)?;
        Ok(Response::new(v1::ListInDoubtResponse {
            purchases: found.iter().map(doubtful).collect(),
            next_page_token: next.as_ref().map(read::write_page_token).unwrap_or_default(),
        }))
    }

    async fn resolve_purchase(
        &self,
        request: Request<v1::ResolvePurchaseRequest>,
    ) -> Result<Response<v1::ResolvePurchaseResponse>, Status> {
        let by = operator(&self.callers, &request)?.to_owned();
        let resolve = resolve(by, request.into_inner()).map_err(status::of)?;
        let view = self.gateway.resolve(resolve).await.map_err(status::of)?;
        Ok(Response::new(v1::ResolvePurchaseResponse { shipment: Some(write::shipment(&view)) }))
    }

    async fn list_alarms(
        &self,
        request: Request<v1::ListAlarmsRequest>,
    ) -> Result<Response<v1::ListAlarmsResponse>, Status> {
        operator(&self.callers, &request)?;
        let raw = request.into_inner();
        let limit = read::page_size(raw.page_size).map_err(status::of)?;
        let after = match raw.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| {
                status::of(ShippingError::invalid("page_token", "is none that a listing gave"))
            })?,
        };
        let found = self.gateway.alarms(after, limit).await.map_err(status::of)?;
        let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next = found.last().filter(|_| full).map(|alarm| alarm.id.to_string());
        Ok(Response::new(v1::ListAlarmsResponse {
            alarms: found.into_iter().map(alarm).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn close_alarm(
        &self,
        request: Request<v1::CloseAlarmRequest>,
    ) -> Result<Response<v1::CloseAlarmResponse>, Status> {
        let by = operator(&self.callers, &request)?.to_owned();
        let id = read::required_id("alarm_id", &request.get_ref().alarm_id, 20).map_err(status::of)?;
        let number = id.parse().map_err(|_| {
            status::of(ShippingError::invalid("alarm_id", format!("is `{id}`, which is no alarm's id")))
        })?;
        self.gateway.close_alarm(number, &by).await.map_err(status::of)?;
        Ok(Response::new(v1::CloseAlarmResponse {}))
    }
}

/// A decision, with every bad field told at once.
fn resolve(by: String, raw: v1::ResolvePurchaseRequest) -> Result<Resolve, ShippingError> {
    use v1::resolve_purchase_request::Outcome as Raw;
    let mut reading = Reading::default();
    let tenant =
        reading.take("tenant", TenantId::parse(&raw.tenant).map_err(|bad| Problem::new(bad.to_string())));
    let shipment = reading.take("shipment_id", Text::parse(&raw.shipment_id, 64));
    let evidence = reading.take("evidence", Text::parse(&raw.evidence, MAX_EVIDENCE));
    let outcome = match raw.outcome {
        Some(Raw::NotBought(_)) => Some(Outcome::NotBought),
        Some(Raw::Bought(found)) => bought(&mut reading, found),
        None => {
            reading.note("outcome", "is required: `bought` or `not_bought`");
            None
        }
    };
    let whole = tenant.zip(shipment).zip(evidence).zip(outcome);
    reading.finish(whole.map(|(((tenant, shipment), evidence), outcome)| Resolve {
        tenant,
        shipment: shipment.as_str().to_owned(),
        outcome,
        by,
        evidence: evidence.as_str().to_owned(),
    }))
}

fn bought(reading: &mut Reading, found: v1::LabelFound) -> Option<Outcome> {
    if found.tracking_numbers.is_empty() || found.tracking_numbers.len() > MAX_NUMBERS {
        let words = format!("has {} numbers, 1 to {MAX_NUMBERS} are allowed", found.tracking_numbers.len());
        reading.note("bought.tracking_numbers", words);
        return None;
    }
    let numbers: Option<Vec<_>> = (0_usize..)
        .zip(&found.tracking_numbers)
        .map(|(at, raw)| reading.take(format!("bought.tracking_numbers[{at}]"), TrackingNumber::parse(raw)))
        .collect();
    let id = match found.carrier_shipment_id.as_str() {
        "" => Some(String::new()),
        raw => {
            let text = reading.take("bought.carrier_shipment_id", Text::parse(raw, 100));
            text.map(|text| text.as_str().to_owned())
        }
    };
    numbers.zip(id).map(|(tracking, carrier_shipment_id)| Outcome::Bought { carrier_shipment_id, tracking })
}

fn doubtful(found: &InDoubt) -> v1::DoubtfulPurchase {
    let (sent, answered) = found.exchanges;
    v1::DoubtfulPurchase {
        tenant: found.tenant.clone(),
        shipment: Some(write::shipment(&found.shipment)),
        age: Some(write::duration(found.age.unsigned_abs())),
        next_look_at: found.next_look_at.map(write::instant),
        exchanges: u32::try_from(sent).unwrap_or(u32::MAX),
        exchanges_answered: u32::try_from(answered).unwrap_or(u32::MAX),
    }
}

fn alarm(row: AlarmRow) -> v1::Alarm {
    v1::Alarm {
        id: row.id.to_string(),
        code: row.code,
        message: row.words,
        tenant: row.tenant,
        shipment_id: row.purchase,
        carrier: row.carrier,
        raised_at: Some(write::instant(row.raised_at)),
    }
}
