//! CarrierService: what carriers offer, and whose a tracking number may be.

use std::sync::Arc;

use parcelgate_kit::descriptor::{Check, Descriptor, NumberFormat};
use parcelgate_kit::model::TrackingNumber;
use regex::Regex;
use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1::{self, carrier_service_server::CarrierService};
use super::{read, status, write};
use crate::shipping::{Gateway, ShippingError};
use crate::tenancy::Callers;

/// The service over one gateway, with every number format compiled once.
pub(super) struct Carrier {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
    formats: Vec<(&'static Descriptor, &'static NumberFormat, Regex)>,
}

impl Carrier {
    pub(super) fn new(gateway: Arc<Gateway>, callers: Arc<Callers>) -> Self {
        let formats = gateway
            .carriers()
            .iter()
            .flat_map(|host| host.descriptor().numbers.iter().map(|format| (host.descriptor(), format)))
            .filter_map(|(descriptor, format)| Some((descriptor, format, Regex::new(format.pattern).ok()?)))
            .collect();
        Self { gateway, callers, formats }
    }

    fn descriptor(&self, id: &str) -> Result<&'static Descriptor, Status> {
        let host = self.gateway.carriers().get(id);
        host.map(|host| host.descriptor())
            .ok_or_else(|| status::of(ShippingError::NotFound { what: "carrier", id: id.to_owned() }))
    }

    /// Formats that a number has, those whose check digit fits first.
    fn candidates(
        &self,
        number: &TrackingNumber,
        carrier: Option<&str>,
    ) -> Vec<(&'static Descriptor, &'static NumberFormat)> {
        let of_carrier = |descriptor: &Descriptor| carrier.is_none_or(|id| descriptor.id == id);
        let mut found: Vec<_> = self
            .formats
            .iter()
            .filter(|(descriptor, format, pattern)| {
                // A firm check that fails says that it is no such number.
                let refuted = matches!(format.check, Check::Firm(fits) if !fits(number.as_str()));
                of_carrier(descriptor) && pattern.is_match(number.as_str()) && !refuted
            })
            .map(|(descriptor, format, _)| (*descriptor, *format))
            .collect();
        found.sort_by_key(|(_, format)| match write::check_verdict(format.check, number.as_str()) {
            v1::CheckDigitVerdict::Right => 0,
            v1::CheckDigitVerdict::Wrong => 2,
            _ => 1,
        });
        found
    }
}

#[tonic::async_trait]
impl CarrierService for Carrier {
    async fn list_carriers(
        &self,
        request: Request<v1::ListCarriersRequest>,
    ) -> Result<Response<v1::ListCarriersResponse>, Status> {
        tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let wanted = |carrier: &v1::Carrier| {
            let here = raw.country.is_empty()
                || carrier.countries.is_empty()
                || carrier.countries.iter().any(|country| country.eq_ignore_ascii_case(&raw.country));
            here && raw.operations.iter().all(|operation| carrier.operations.contains(operation))
        };
        let all = self.gateway.carriers().iter().map(|host| write::carrier(host.descriptor()));
        Ok(Response::new(v1::ListCarriersResponse { carriers: all.filter(wanted).collect() }))
    }

    async fn get_carrier(
        &self,
        request: Request<v1::GetCarrierRequest>,
    ) -> Result<Response<v1::GetCarrierResponse>, Status> {
        tenant(&self.callers, &request)?;
        let id = read::required_id("carrier", &request.get_ref().carrier, 64).map_err(status::of)?;
        let carrier = write::carrier(self.descriptor(&id)?);
        Ok(Response::new(v1::GetCarrierResponse { carrier: Some(carrier) }))
    }

    async fn identify_tracking_number(
        &self,
        request: Request<v1::IdentifyTrackingNumberRequest>,
    ) -> Result<Response<v1::IdentifyTrackingNumberResponse>, Status> {
        tenant(&self.callers, &request)?;
        let number = read::tracking_number("tracking_number", &request.get_ref().tracking_number)
            .map_err(status::of)?;
        let candidates = self
            .candidates(&number, None)
            .into_iter()
            .map(|(descriptor, format)| v1::TrackingNumberCandidate {
                carrier: descriptor.id.to_owned(),
                carrier_name: descriptor.name.to_owned(),
                format: format.name.to_owned(),
                check_digit: write::check_verdict(format.check, number.as_str()).into(),
            })
            .collect();
        let normalized = number.as_str().to_owned();
        Ok(Response::new(v1::IdentifyTrackingNumberResponse { normalized, candidates }))
    }

    async fn validate_tracking_number(
        &self,
        request: Request<v1::ValidateTrackingNumberRequest>,
    ) -> Result<Response<v1::ValidateTrackingNumberResponse>, Status> {
        tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let id = read::required_id("carrier", &raw.carrier, 64).map_err(status::of)?;
        let descriptor = self.descriptor(&id)?;
        let number = match TrackingNumber::parse(&raw.tracking_number) {
            Ok(number) => number,
            Err(problem) => {
                let message = problem.to_string();
                return Ok(Response::new(v1::ValidateTrackingNumberResponse {
                    message,
                    ..Default::default()
                }));
            }
        };
        let normalized = number.as_str().to_owned();
        let found = self.candidates(&number, Some(descriptor.id));
        let answer = match found.first() {
            Some((_, format)) => v1::ValidateTrackingNumberResponse {
                valid: true,
                format: format.name.to_owned(),
                check_digit: write::check_verdict(format.check, &normalized).into(),
                message: format!("it has the form of a number of {}", descriptor.name),
                normalized,
            },
            None => v1::ValidateTrackingNumberResponse {
                message: format!(
                    "it has none of the forms of {}, or its check digit is wrong",
                    descriptor.name
                ),
                normalized,
                ..Default::default()
            },
        };
        Ok(Response::new(answer))
    }
}
