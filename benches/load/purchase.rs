//! Durable Purchase, against bare group commit through the same store's writer.
//!
//! The labels come from simulated carriers in another process, as printer text: drawing them would take the simulators
//! longer than all else. Two baselines: the two writes that no purchase can do
//! without, and as many writes as the gateway makes. Start with [`measure`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use bytes::Bytes;
use parcelgate::api::proto::v1;
use prost::Message;

use crate::commits::{Commits, Shape};
use crate::duel::{Rules, fight};
use crate::gateway;
use crate::raw::Caller;
use crate::report::{Goal, Line, progress};
use crate::session::{Session, once};
use crate::side::{Server, Side};

/// The least that the gateway must do, in group commits.
const GOAL: Goal = Goal::RateAtLeast(0.7);
/// Callers that the goal is for.
const GOAL_CALLERS: usize = 64;
/// Bytes of each of the baseline's rows.
const ROW: usize = 4096;

/// A gateway's offer that is bought again and again, each time with a new key.
pub(crate) struct Shop {
    /// Calls Purchase.
    pub(crate) caller: Caller,
    offer: v1::OfferSelection,
}

impl Shop {
    /// Rates the order once and takes the best offer.
    ///
    /// # Errors
    /// When nothing is offered.
    pub(crate) async fn open(session: &Session, gateway: SocketAddr) -> Result<Self> {
        let rated: v1::RateResponse = once(&Caller::new(gateway, "Rate")?, &session.order).await?;
        let offer = rated
            .offers
            .first()
            .context("nothing is offered for this order: choose another with `--order`")?;
        let quote_id = rated.quote.as_ref().context("there is no quote")?.id.clone();
        let offer = v1::OfferSelection { quote_id, offer_id: offer.id.clone() };
        Ok(Self { caller: Caller::new(gateway, "Purchase")?, offer })
    }

    /// Buys under this key.
    pub(crate) fn request(&self, key: &str) -> v1::PurchaseRequest {
        v1::PurchaseRequest {
            idempotency_key: key.to_owned(),
            selection: Some(v1::purchase_request::Selection::Offer(self.offer.clone())),
            label: Some(v1::LabelSpec { format: v1::DocumentFormat::Zpl.into(), size: 0, dpi: 0 }),
            ..v1::PurchaseRequest::default()
        }
    }

    /// A gateway that sells a new label for each request. `round` tells the keys of one comparison from another's.
    pub(crate) fn side(self, round: usize, pid: u32) -> Side {
        let (caller, bought) = (self.caller.clone(), AtomicU64::new(0));
        let messages = Arc::new(move || {
            let key = format!("load-{round}-{}", bought.fetch_add(1, Ordering::Relaxed));
            Bytes::from(self.request(&key).encode_to_vec())
        });
        Side::Server(Server { pid, caller, messages, check: is_purchased })
    }
}

/// Whether an answer is a bought label: one in doubt is none.
pub(crate) fn is_purchased(answer: &[u8]) -> Result<(), String> {
    let answer = v1::PurchaseResponse::decode(answer).map_err(|error| error.to_string())?;
    match answer.shipment {
        Some(shipment) if shipment.state() == v1::ShipmentState::Purchased => Ok(()),
        Some(shipment) => Err(format!("the shipment is {:?}", shipment.state())),
        None => Err("there is no shipment".to_owned()),
    }
}

/// Two lines for each number of callers.
///
/// # Errors
/// What could not be started or measured.
pub(crate) async fn measure(session: &Session) -> Result<Vec<Line>> {
    let run = &session.run;
    let sandbox = gateway::sandbox(run).await?;
    let gateway = gateway::start(run, &session.folder("purchase")?, sandbox.at, 1).await?;
    let mut lines = Vec::new();
    if let Some(before) = gateway::before(run, &session.folder("purchase-before")?, sandbox.at, 1).await? {
        for callers in &run.callers {
            progress(format_args!("  {callers} callers against the build before"));
            let mut subject = Shop::open(session, gateway.at).await?.side(lines.len(), gateway.pid);
            let mut baseline = Shop::open(session, before.at).await?.side(lines.len(), before.pid);
            let duel = fight(&mut subject, &mut baseline, Rules::of(run, *callers, *callers)).await?;
            let (case, against) = (format!("Purchase, {callers} callers"), "the build before".to_owned());
            lines.push(Line { case, against, goal: None, notes: Vec::new(), duel });
        }
        return Ok(lines);
    }
    for writes in [2, run.writes] {
        let folder = session.folder(&format!("commits-{writes}"))?;
        let mut baseline =
            Side::Commits(Box::new(Commits::start(run.store, &folder, Shape { writes, bytes: ROW })?));
        for callers in &run.callers {
            progress(format_args!("  {callers} callers against {writes} writes"));
            let mut subject = Shop::open(session, gateway.at).await?.side(lines.len(), gateway.pid);
            let duel = fight(&mut subject, &mut baseline, Rules::of(run, *callers, *callers)).await?;
            lines.push(Line {
                case: format!("Purchase, {callers} callers"),
                against: format!("{writes} writes of {ROW} bytes"),
                goal: (*callers == GOAL_CALLERS).then_some(GOAL),
                notes: Vec::new(),
                duel,
            });
        }
    }
    Ok(lines)
}
