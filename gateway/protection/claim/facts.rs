//! What has to be known of an order to judge a claim about it, each fact with who told it and when.
//!
//! An absent fact is not known, and is never taken for a good or a bad one. Start at [`ClaimFacts`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::deadline::ShipBy;
use super::super::told::{Origins, Told};
use crate::policy::{Claim, ClaimKind, ClaimState, Marketplace, Message, Order, Party, ScanKind, Shipped};

/// What the buyer claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimCause {
    /// It did not arrive.
    NotReceived,
    /// It came damaged.
    Damaged,
    /// It is not what was described.
    NotAsDescribed,
    /// A return was not refunded.
    Return,
    /// The payment was taken back.
    Chargeback,
    /// Something else.
    Other,
}

/// How a parcel's way ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndState {
    /// It is on its way, as far as anybody knows.
    Moving,
    /// It was delivered.
    Delivered,
    /// It came back to its sender.
    Returned,
    /// It could not be delivered.
    Undeliverable,
    /// The consignee refused it.
    Refused,
    /// The carrier lost it, and its tracking shows that.
    Lost,
}

/// A message of the buyer about the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contact {
    /// When it was written.
    pub at: Timestamp,
    /// When the seller first answered after it; absent when there is no answer.
    pub answered_at: Option<Timestamp>,
}

/// A package of the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimPackage {
    /// Its id within the order.
    pub package: String,
    /// Its label was bought for this order through the service that the marketplace protects.
    pub bought_through_service: Option<Told<bool>>,
    /// Its label was cancelled: the package does not count, and something else was sent or nothing.
    pub voided: Option<Told<bool>>,
    /// Its label was sold as protected, and not as one that may well be late.
    pub sold_as_protected: Option<Told<bool>>,
    /// Whether the order carries a tracking number for it, and the one that was bought with the label.
    pub number_as_bought: Option<Told<bool>>,
    /// The first scan by the carrier; what the carrier only announced is none.
    pub first_scan: Option<Told<Timestamp>>,
    /// How its way ended.
    pub end: Option<Told<EndState>>,
    /// The consignee signed for it, and the carrier confirms that.
    pub signed: Option<Told<bool>>,
}

/// What is known of a claim and its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimFacts {
    /// The marketplace, by a name or id that [`Marketplace::find`] knows.
    pub market: String,
    /// The instant of the decision: nothing is known after it.
    pub asked_at: Timestamp,
    /// What is claimed.
    pub cause: ClaimCause,
    /// When the claim was opened.
    pub opened_at: Timestamp,
    /// How the claim stands at the marketplace.
    #[serde(default)]
    pub state: Option<Told<ClaimState>>,
    /// The last day of the delivery promise that the buyer was shown.
    #[serde(default)]
    pub promised: Option<Told<Timestamp>>,
    /// By when the order had to be handed over.
    #[serde(default)]
    pub ship_by: Option<Told<ShipBy>>,
    /// Its packages.
    #[serde(default)]
    pub packages: Vec<ClaimPackage>,
    /// The buyer's messages about the delivery before the decision; an empty list when it was told that there are none.
    #[serde(default)]
    pub contacts: Option<Told<Vec<Contact>>>,
    /// Who has refunded the buyer; absent while nobody has.
    #[serde(default)]
    pub refunded_by: Option<Told<Party>>,
    /// The order is of a programme whose claims are settled in a way of their own.
    #[serde(default)]
    pub own_process: Option<Told<bool>>,
}

impl ClaimFacts {
    /// What an order's facts say of a claim about it. Facts of orders do not say whether somebody signed.
    pub fn of(order: &Order, claim: &Claim, asked_at: Timestamp, origins: &Origins) -> ClaimFacts {
        let placed = order.placed.as_ref();
        let refunded_by = order.refunds.iter().min_by_key(|refund| refund.at).map(|refund| refund.by);
        ClaimFacts {
            market: order.market.key.to_owned(),
            asked_at,
            cause: match claim.what {
                ClaimKind::NotReceived => ClaimCause::NotReceived,
                ClaimKind::Chargeback => ClaimCause::Chargeback,
                ClaimKind::Other => ClaimCause::Other,
            },
            opened_at: claim.at,
            state: Some(origins.told("CLAIM", "", claim.state)),
            promised: placed.and_then(|placed| placed.promised).map(|at| origins.told("PLACED", "", at)),
            ship_by: placed
                .and_then(|placed| placed.ship_by)
                .map(|at| origins.told("PLACED", "", ShipBy::At(at))),
            packages: order
                .packages
                .iter()
                .map(|(id, shipped)| package(id, shipped, claim, origins))
                .collect(),
            contacts: contacts(&order.messages).map(|contacts| origins.told("MESSAGE", "", contacts)),
            refunded_by: refunded_by.map(|by| origins.told("REFUND", "", by)),
            own_process: placed.map(|placed| origins.told("PLACED", "", placed.premium)),
        }
    }

    /// The marketplace; none when no rule is known for it.
    pub fn marketplace(&self) -> Option<&'static Marketplace> {
        Marketplace::find(&self.market)
    }
}

fn package(id: &str, shipped: &Shipped, claim: &Claim, origins: &Origins) -> ClaimPackage {
    let package = shipped.package.as_ref();
    let numbers = shipped.confirmations.iter().map(|confirmed| confirmed.tracking_number.as_str());
    let first = numbers.clone().next();
    let as_bought = first.map(|first| !first.is_empty() && numbers.clone().all(|number| number == first));
    let end = if claim.lost_by_carrier {
        origins.told("CLAIM", "", EndState::Lost)
    } else if claim.came_back {
        origins.told("CLAIM", "", EndState::Returned)
    } else if shipped.scans.iter().any(|scan| scan.kind == ScanKind::Delivered) {
        origins.told("SCANS", id, EndState::Delivered)
    } else {
        origins.told("SCANS", id, EndState::Moving)
    };
    ClaimPackage {
        package: id.to_owned(),
        bought_through_service: package
            .map(|package| origins.told("PACKAGE", id, package.bought_through_service)),
        voided: package.map(|package| origins.told("PACKAGE", id, package.voided)),
        sold_as_protected: package.map(|package| origins.told("PACKAGE", id, package.late_protected)),
        number_as_bought: as_bought.map(|is| origins.told("CONFIRMED", id, is)),
        first_scan: shipped.first_scan().map(|scan| origins.told("SCANS", id, scan.at)),
        end: Some(end),
        signed: None,
    }
}

/// The buyer's messages about the delivery with the first answer to each; nothing where no message was told at all.
fn contacts(messages: &[Message]) -> Option<Vec<Contact>> {
    let answer = |at: Timestamp| {
        messages
            .iter()
            .filter(|message| message.from == Party::Seller && message.at >= at)
            .map(|m| m.at)
            .min()
    };
    let asked = messages.iter().filter(|message| message.from == Party::Buyer && message.about_delivery);
    let contacts: Vec<_> =
        asked.map(|message| Contact { at: message.at, answered_at: answer(message.at) }).collect();
    (!messages.is_empty()).then_some(contacts)
}
