//! ProtectionService: whether complaints count against their sellers, with the proof.

use std::pin::Pin;
use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1;
use super::proto::v1::protection_service_server::{ProtectionService, ProtectionServiceServer};
use super::{read, status, write};
use crate::casebook::{CasebookError, Replay};
use crate::proof::{Bundle, KeySet, ProofError, Verified, canonical, verify};
use crate::shipping::{Gateway, ShippingError};
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Protections {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
}

/// The service, which takes messages of at most so many bytes.
pub(super) fn server(
    gateway: &Arc<Gateway>,
    callers: &Arc<Callers>,
    longest: usize,
) -> ProtectionServiceServer<Protections> {
    let service = Protections { gateway: Arc::clone(gateway), callers: Arc::clone(callers) };
    ProtectionServiceServer::new(service).max_decoding_message_size(longest)
}

fn failed(error: CasebookError) -> Status {
    status::of(ShippingError::from(error))
}

type Replayed = Pin<Box<dyn Stream<Item = Result<v1::SimulateRulesResponse, Status>> + Send>>;

#[tonic::async_trait]
impl ProtectionService for Protections {
    type SimulateRulesStream = Replayed;

    async fn evaluate_claim(
        &self,
        request: Request<v1::EvaluateClaimRequest>,
    ) -> Result<Response<v1::EvaluateClaimResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let order = read::required_id("order_id", &raw.order_id, 64).map_err(status::of)?;
        let claim = read::optional_id("claim_id", &raw.claim_id, 64).map_err(status::of)?;
        let (casebook, now) = (self.gateway.casebook(), self.gateway.now());
        let decided = casebook.decide_claim(&tenant, market, &order, claim.as_deref(), now).await;
        let decision = Some(write::decision_of(&decided.map_err(failed)?));
        Ok(Response::new(v1::EvaluateClaimResponse { decision }))
    }

    async fn evaluate_review(
        &self,
        request: Request<v1::EvaluateReviewRequest>,
    ) -> Result<Response<v1::EvaluateReviewResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let now = self.gateway.now();
        let asked = read::asked_review(request.into_inner(), now).map_err(status::of)?;
        let (market, order, asked) = asked;
        let decided = self.gateway.casebook().decide_review(&tenant, market, &order, &asked, now).await;
        let decision = Some(write::decision_of(&decided.map_err(failed)?));
        Ok(Response::new(v1::EvaluateReviewResponse { decision }))
    }

    async fn get_decision(
        &self,
        request: Request<v1::GetDecisionRequest>,
    ) -> Result<Response<v1::GetDecisionResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let id = read::required_id("decision_id", &request.get_ref().decision_id, 64).map_err(status::of)?;
        let decided = self.gateway.casebook().decision(&tenant, &id).await.map_err(failed)?;
        Ok(Response::new(v1::GetDecisionResponse { decision: Some(write::decision_of(&decided)) }))
    }

    async fn verify_decision(
        &self,
        request: Request<v1::VerifyDecisionRequest>,
    ) -> Result<Response<v1::VerifyDecisionResponse>, Status> {
        tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        if raw.document.is_empty() {
            return Err(status::of(ShippingError::invalid("document", "is required")));
        }
        let keys = if raw.keys.is_empty() {
            self.gateway.casebook().keys().await.map_err(failed)?
        } else {
            let bad = |error: ProofError| status::of(ShippingError::invalid("keys", error.to_string()));
            KeySet::parse(&raw.keys).map_err(bad)?
        };
        Ok(Response::new(verified(&raw.document, &keys)))
    }

    async fn export_bundle(
        &self,
        request: Request<v1::ExportBundleRequest>,
    ) -> Result<Response<v1::ExportBundleResponse>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let order = read::required_id("order_id", &raw.order_id, 64).map_err(status::of)?;
        let bundle = self.gateway.casebook().bundle(&tenant, market, &order, raw.hashes_only).await;
        let bundle = canonical(&bundle.map_err(failed)?).map_err(|error| failed(error.into()))?;
        Ok(Response::new(v1::ExportBundleResponse { bundle: bundle.into() }))
    }

    async fn simulate_rules(
        &self,
        request: Request<v1::SimulateRulesRequest>,
    ) -> Result<Response<Replayed>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let raw = request.into_inner();
        let market = read::marketplace(&raw.marketplace_id).map_err(status::of)?;
        let rules = read::rules(&raw.rules).map_err(status::of)?;
        let replay = self.gateway.casebook().replay(&tenant, market, rules, self.gateway.now());
        let replay = replay.map_err(failed)?;
        let pages = stream::unfold(Some((replay, write::progress(Default::default(), true))), next_page);
        Ok(Response::new(Box::pin(pages.flat_map(stream::iter))))
    }

    async fn list_keys(
        &self,
        request: Request<v1::ListKeysRequest>,
    ) -> Result<Response<v1::ListKeysResponse>, Status> {
        tenant(&self.callers, &request)?;
        let keys = self.gateway.casebook().keys().await.map_err(failed)?;
        let keys = canonical(&keys).map_err(|error| failed(error.into()))?;
        Ok(Response::new(v1::ListKeysResponse { keys: keys.into() }))
    }
}

type Page = Vec<Result<v1::SimulateRulesResponse, Status>>;

/// One page of a replay, and the message that ends it.
async fn next_page(
    state: Option<(Replay, v1::SimulateRulesResponse)>,
) -> Option<(Page, Option<(Replay, v1::SimulateRulesResponse)>)> {
    let (mut replay, last) = state?;
    match replay.next().await {
        Ok(Some((flips, totals))) => {
            let mut page: Page = flips.iter().map(|flip| Ok(write::flip(flip))).collect();
            page.push(Ok(write::progress(totals, false)));
            Some((page, Some((replay, write::progress(totals, true)))))
        }
        Ok(None) => Some((vec![Ok(last)], None)),
        Err(error) => Some((vec![Err(failed(error))], None)),
    }
}

/// Whether a decision or a bundle holds by these keys.
fn verified(document: &[u8], keys: &KeySet) -> v1::VerifyDecisionResponse {
    match checked(document, keys) {
        Ok(found) => found,
        Err(error) => v1::VerifyDecisionResponse { problem: error.to_string(), ..Default::default() },
    }
}

fn checked(document: &[u8], keys: &KeySet) -> Result<v1::VerifyDecisionResponse, ProofError> {
    let text = std::str::from_utf8(document).map_err(|_| ProofError::NotSigned("it is no text"))?;
    let (decisions, shown, hashes_only): (Vec<Verified>, usize, usize) = if text.trim_start().starts_with('{')
    {
        let checked = Bundle::parse(document)?.verify(Some(keys))?;
        (checked.decisions, checked.shown, checked.hashes_only)
    } else {
        let one = verify(text, keys)?;
        let hashes = one.statement.evidence.len();
        (vec![one], 0, hashes)
    };
    let statement =
        |one: &Verified| canonical(&one.statement).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(v1::VerifyDecisionResponse {
        valid: true,
        problem: String::new(),
        statements: decisions.iter().map(statement).collect::<Result<_, _>>()?,
        key_ids: decisions.iter().map(|one| one.key.kid.clone()).collect(),
        evidence_shown: count(shown),
        evidence_hashes_only: count(hashes_only),
    })
}
