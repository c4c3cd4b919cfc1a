//! A caller: what it asks for, and what it takes an answer to mean.
//!
//! It never guesses: an answer that does not come says nothing. Start with
//! [`Deal::buy`].

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use parcelgate::api::proto::{DESCRIPTOR_SET, v1};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::carriers::Carriers;
use crate::gateway::{Gateway, shipping};

/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Which sample order each carrier takes, once it is known.
static FITTING: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/orders");

/// One purchase that somebody wants, whatever it takes.
#[derive(Clone, Debug)]
pub(crate) struct Deal {
    /// The carrier it goes to.
    pub(crate) carrier: &'static str,
    /// The request, the same at each try.
    pub(crate) request: v1::PurchaseRequest,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// It is over, in these very words.
    Final(Final),
    /// The gateway has it and does not know yet.
    InDoubt {
        /// The shipment.
        shipment: String,
    },
    /// The gateway is at it.
    Running,
    /// The request was turned down before there was a purchase.
    NotBegun(String),
    /// Nothing was said about the purchase.
    Nothing(String),
}

/// The last word on a purchase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Final {
    /// The shipment.
    pub(crate) shipment: String,
    /// Whether there is a label.
    pub(crate) bought: bool,
    /// Every byte of the answer, or code and words of the refusal.
    pub(crate) words: Vec<u8>,
}

impl Deal {
    /// A deal on an offer that was rated before.
    pub(crate) fn new(carrier: &'static str, offer: &v1::OfferSelection, key: String) -> Self {
        let request = v1::PurchaseRequest {
            idempotency_key: key,
            selection: Some(v1::purchase_request::Selection::Offer(offer.clone())),
            ..v1::PurchaseRequest::default()
        };
        Self { carrier, request }
    }

    /// Its idempotency key.
    pub(crate) fn key(&self) -> &str {
        &self.request.idempotency_key
    }

    /// Asks a gateway once.
    pub(crate) async fn buy(&self, channel: Channel) -> Told {
        let mut request = Request::new(self.request.clone());
        request.set_timeout(PATIENCE);
        match shipping(channel).purchase(request).await {
            Ok(answer) => bought(&answer.into_inner()),
            Err(status) => refused(&status),
        }
    }
}

fn bought(answer: &v1::PurchaseResponse) -> Told {
    let Some(shipment) = &answer.shipment else { return Told::Nothing("an empty answer".to_owned()) };
    match shipment.state() {
        v1::ShipmentState::Purchased => {
            Told::Final(Final { shipment: shipment.id.clone(), bought: true, words: answer.encode_to_vec() })
        }
        v1::ShipmentState::InDoubt => Told::InDoubt { shipment: shipment.id.clone() },
        state => Told::Nothing(format!("a shipment in the state {}", state.as_str_name())),
    }
}

/// A refusal names its shipment; what names none says nothing about one.
fn refused(status: &Status) -> Told {
    let details = status.get_error_details();
    let info = details.error_info();
    if status.code() == Code::Aborted {
        return Told::Running;
    }
    match info.and_then(|info| info.metadata.get("shipment_id")) {
        Some(shipment) => Told::Final(Final {
            shipment: shipment.clone(),
            bought: false,
            words: format!("{:?}: {}", status.code(), status.message()).into_bytes(),
        }),
        None => {
            let reason = info.map_or("", |info| info.reason.as_str());
            let words = format!("{:?} {reason}: {}", status.code(), status.message());
            match status.code() {
                Code::FailedPrecondition | Code::NotFound | Code::InvalidArgument => Told::NotBegun(words),
                _ => Told::Nothing(words),
            }
        }
    }
}

/// An offer of each carrier.
pub(crate) async fn offers(
    gateway: &Gateway,
    carriers: &Carriers,
) -> Result<BTreeMap<&'static str, v1::OfferSelection>> {
    let mut chosen = BTreeMap::new();
    for carrier in carriers.ids() {
        chosen.insert(carrier, offer(gateway, carriers, carrier).await?);
    }
    Ok(chosen)
}

/// An offer of one carrier, on the first sample order that it takes.
pub(crate) async fn offer(
    gateway: &Gateway,
    carriers: &Carriers,
    carrier: &str,
) -> Result<v1::OfferSelection> {
    let at = carriers.ship_at().await?;
    let time = prost_types::Timestamp { seconds: at.as_second(), nanos: 0 };
    let mut reasons = Vec::new();
    let mut orders = orders()?;
    // The order that fitted before fits again.
    let first = FITTING.lock().unwrap().get(carrier).copied().unwrap_or_default();
    orders.rotate_left(first);
    for (at, mut order) in orders.into_iter().enumerate() {
        order.requirements.get_or_insert_default().allowed_carriers = vec![carrier.to_owned()];
        order.ship_at = Some(v1::ShipAt { time: Some(time), ..v1::ShipAt::default() });
        match gateway.shipping().rate(order).await {
            Ok(rated) => {
                let rated = rated.into_inner();
                if let (Some(quote), Some(offer)) = (&rated.quote, rated.offers.first()) {
                    FITTING.lock().unwrap().entry(carrier.to_owned()).or_insert(at);
                    return Ok(v1::OfferSelection { quote_id: quote.id.clone(), offer_id: offer.id.clone() });
                }
                let why = |one: &v1::Ineligible| one.reasons.first().map(|reason| reason.message.clone());
                reasons.extend(rated.ineligible.iter().find_map(why));
            }
            Err(status) => reasons.push(status.message().to_owned()),
        }
    }
    bail!("{carrier} offers nothing for any sample order: {}", reasons.join("; "))
}

/// The sample orders, in the order of their names.
fn orders() -> Result<Vec<v1::RateRequest>> {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET)?;
    let kind = pool.get_message_by_name("parcelgate.v1.RateRequest").context("no RateRequest")?;
    let mut paths: Vec<_> = std::fs::read_dir(ORDERS)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path)?;
        let message =
            DynamicMessage::deserialize(kind.clone(), &mut serde_json::Deserializer::from_str(&text))?;
        Ok(message.transcode_to()?)
    };
    paths.iter().map(read).collect()
}
