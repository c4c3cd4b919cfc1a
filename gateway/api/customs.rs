//! CustomsService: the regional decision without buying.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1::{self, customs_service_server::CustomsService};
use super::{read, status, write};
use crate::shipping::Gateway;
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Customs {
    pub(super) gateway: Arc<Gateway>,
    pub(super) callers: Arc<Callers>,
    pub(super) limits: read::Limits,
}

#[tonic::async_trait]
impl CustomsService for Customs {
    async fn assess(
        &self,
        request: Request<v1::AssessRequest>,
    ) -> Result<Response<v1::AssessResponse>, Status> {
        tenant(&self.callers, &request)?;
        let wanted = read::assess_request(request.into_inner(), self.limits).map_err(status::of)?;
        let decision = self.gateway.decide(&wanted, self.gateway.now());
        let decision = Some(write::decision(&decision));
        Ok(Response::new(v1::AssessResponse { decision }))
    }

    async fn preview_duty(
        &self,
        request: Request<v1::PreviewDutyRequest>,
    ) -> Result<Response<v1::PreviewDutyResponse>, Status> {
        tenant(&self.callers, &request)?;
        let wanted = read::preview_request(request.into_inner(), self.limits).map_err(status::of)?;
        let decision = self.gateway.decide(&wanted, self.gateway.now());
        Ok(Response::new(write::preview(&decision, wanted.terms())))
    }
}
