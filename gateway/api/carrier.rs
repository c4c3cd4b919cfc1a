//! CarrierService: what carriers offer, whose a tracking number may be, and which
//! carriers a marketplace follows.

use std::sync::Arc;

use parcelgate_kit::descriptor::Descriptor;
use parcelgate_kit::model::{CountryCode, TrackingNumber};
use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1::{self, carrier_service_server::CarrierService};
use super::{read, status, write};
use crate::numbers::{Approved, Catalog, Claim, Courier, Listing, TableError, validate};
use crate::shipping::{Gateway, ShippingError};
use crate::tenancy::Callers;

/// The service over one gateway, with every number format compiled once.
pub(super) struct Carrier {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
    catalog: Catalog,
    approved: Approved,
}

impl Carrier {
    /// The service.
    ///
    /// # Errors
    /// [`TableError`] when a table of tracking numbers cannot be read.
    pub(super) fn new(gateway: Arc<Gateway>, callers: Arc<Callers>) -> Result<Self, TableError> {
        let adapters: Vec<_> = gateway.carriers().iter().map(|host| host.descriptor()).collect();
        let approved = Approved::new()?;
        let catalog = Catalog::new(&adapters)?.with_listed(&approved);
        Ok(Self { gateway, callers, catalog, approved })
    }

    fn descriptor(&self, id: &str) -> Result<&'static Descriptor, Status> {
        let host = self.gateway.carriers().get(id);
        host.map(|host| host.descriptor())
            .ok_or_else(|| status::of(ShippingError::NotFound { what: "carrier", id: id.to_owned() }))
    }

    /// A carrier whose numbers are known, also one that this gateway does not speak to.
    fn courier(&self, id: &str) -> Result<&Courier, Status> {
        let courier = self.catalog.courier(id);
        courier.ok_or_else(|| status::of(ShippingError::NotFound { what: "carrier", id: id.to_owned() }))
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
        let raw = request.into_inner();
        let number = read::tracking_number("tracking_number", &raw.tracking_number).map_err(status::of)?;
        let country = read::optional_country("country", &raw.country).map_err(status::of)?;
        let found = self.catalog.identify(&number, country.as_ref().map(CountryCode::as_str));
        let normalized = number.as_str().to_owned();
        let candidates = found.iter().map(write::candidate).collect();
        Ok(Response::new(v1::IdentifyTrackingNumberResponse { normalized, candidates }))
    }

    async fn validate_tracking_number(
        &self,
        request: Request<v1::ValidateTrackingNumberRequest>,
    ) -> Result<Response<v1::ValidateTrackingNumberResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let asked = read::number_claim(request.into_inner(), &self.approved, self.gateway.now())
            .map_err(status::of)?;
        let (courier, typed) = match &asked.whose {
            read::Whose::Id(id) => (Some(self.courier(id)?), None),
            read::Whose::Typed(name) => (None, Some(name.as_str())),
        };
        let used_by = match (courier, TrackingNumber::parse(&asked.number)) {
            (Some(courier), Ok(number)) => {
                let own = asked.shipment.as_deref();
                let other = self.gateway.other_with_number(&tenant, &courier.id, &number, own).await;
                other.map_err(status::of)?
            }
            _ => None,
        };
        let claim = Claim {
            number: &asked.number,
            courier,
            typed_name: typed,
            service: asked.service.as_deref(),
            listing: asked.query.map(|query| Listing { approved: &self.approved, query }),
            used_by: used_by.as_deref(),
        };
        Ok(Response::new(write::validation(&validate(&self.catalog, &claim))))
    }

    async fn list_approved_carriers(
        &self,
        request: Request<v1::ListApprovedCarriersRequest>,
    ) -> Result<Response<v1::ListApprovedCarriersResponse>, Status> {
        tenant(&self.callers, &request)?;
        let query =
            read::list_approved(request.get_ref(), &self.approved, self.gateway.now()).map_err(status::of)?;
        let listed = self.approved.list(&query);
        let requirement = self.approved.requirement(&query);
        Ok(Response::new(v1::ListApprovedCarriersResponse {
            carriers: listed.iter().map(|row| write::approved(row, &self.catalog)).collect(),
            date: Some(write::date(query.date)),
            requirement: requirement.map(|rule| rule.words.clone()).unwrap_or_default(),
        }))
    }
}
