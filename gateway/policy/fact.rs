//! What is known of an order, as single facts that may come late, twice, out of order or corrected.
//!
//! A fact says what somebody told, not what it means. It holds no text of a buyer. Start at [`Fact`]; `order.rs` puts
//! the facts of an order together.

use jiff::Timestamp;
use parcelgate_kit::model::{CountryCode, Money};
use serde::{Deserialize, Serialize};

/// One thing that is known of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fact {
    /// The order's windows and what was sold.
    Placed(Placed),
    /// A package of it was made ready.
    Package(Package),
    /// A package was confirmed to the marketplace, or its confirmation edited.
    Confirmed(Confirmed),
    /// Everything that the carrier scanned of a package so far.
    Scans(Scans),
    /// Somebody wrote.
    Message(Message),
    /// The buyer claims something, or the claim goes on.
    Claim(Claim),
    /// The buyer rated the seller, or the rating changed.
    Review(Review),
    /// Money went back.
    Refund(Refund),
    /// The order was cancelled.
    Cancelled(Cancellation),
}

impl Fact {
    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Fact::Placed(_) => "PLACED",
            Fact::Package(_) => "PACKAGE",
            Fact::Confirmed(_) => "CONFIRMED",
            Fact::Scans(_) => "SCANS",
            Fact::Message(_) => "MESSAGE",
            Fact::Claim(_) => "CLAIM",
            Fact::Review(_) => "REVIEW",
            Fact::Refund(_) => "REFUND",
            Fact::Cancelled(_) => "CANCELLED",
        }
    }
}

/// The order's windows and what was sold. Absent times are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placed {
    /// When it was placed.
    pub ordered_at: Option<Timestamp>,
    /// Until when it must be handed over.
    pub ship_by: Option<Timestamp>,
    /// The delivery promise that the buyer was shown, with what the marketplace added.
    pub promised: Option<Timestamp>,
    /// The delivery promise of the seller's own settings.
    pub promised_by_seller: Option<Timestamp>,
    /// The day to which the buyer put the delivery off.
    pub rescheduled_to: Option<Timestamp>,
    /// The marketplace's product category; empty when not told.
    pub category: String,
    /// What the buyer paid for goods and transport, without tax.
    pub value: Option<Money>,
    /// Units that were ordered; 0 is taken for 1.
    pub units: u32,
    /// Goods that are not shipped.
    pub digital: bool,
    /// Goods that the buyer collects in a shop.
    pub collected_in_store: bool,
    /// The marketplace's transit times are in use.
    pub automated_transit: bool,
    /// The marketplace's handling times are in use.
    pub automated_handling: bool,
    /// Handling time of the seller's settings, in days.
    pub handling_days: Option<u8>,
    /// The seller's own premium programme.
    pub premium: bool,
    /// The free economy shipping option.
    pub free_economy: bool,
}

impl Placed {
    /// Takes over what a later fact says; what that does not say stays.
    pub(super) fn take(&mut self, later: &Placed) {
        self.ordered_at = later.ordered_at.or(self.ordered_at);
        self.ship_by = later.ship_by.or(self.ship_by);
        self.promised = later.promised.or(self.promised);
        self.promised_by_seller = later.promised_by_seller.or(self.promised_by_seller);
        self.rescheduled_to = later.rescheduled_to.or(self.rescheduled_to);
        self.value = later.value.or(self.value);
        self.handling_days = later.handling_days.or(self.handling_days);
        if !later.category.is_empty() {
            self.category.clone_from(&later.category);
        }
        if later.units > 0 {
            self.units = later.units;
        }
        self.digital |= later.digital;
        self.collected_in_store |= later.collected_in_store;
        self.automated_transit |= later.automated_transit;
        self.automated_handling |= later.automated_handling;
        self.premium |= later.premium;
        self.free_economy |= later.free_economy;
    }
}

/// A package that was made ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its id, unique within the order.
    pub package: String,
    /// Country that it starts in.
    pub origin: CountryCode,
    /// Country that it goes to.
    pub destination: CountryCode,
    /// What the buyer paid for what is in it; the order's where absent.
    #[serde(default)]
    pub value: Option<Money>,
    /// Units in it; the order's where 0.
    #[serde(default)]
    pub units: u32,
    /// Its product category; the order's where empty.
    #[serde(default)]
    pub category: String,
    /// Its label was bought through the service that the marketplace protects.
    #[serde(default)]
    pub bought_through_service: bool,
    /// Its label was marked as protected against lateness when it was bought.
    #[serde(default)]
    pub late_protected: bool,
    /// It is freight with a carrier of the marketplace's list of freight carriers.
    #[serde(default)]
    pub listed_freight: bool,
    /// Its label was cancelled: it does not count.
    #[serde(default)]
    pub voided: bool,
}

/// A confirmation of a package, or an edit of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The package.
    pub package: String,
    /// When the marketplace was told.
    pub at: Timestamp,
    /// The carrier's code or name as the marketplace was told.
    #[serde(default)]
    pub carrier: String,
    /// The service's name as the marketplace was told.
    #[serde(default)]
    pub service: String,
    /// The tracking number; empty when none was told.
    #[serde(default)]
    pub tracking_number: String,
    /// What is known of carrier, service and number.
    #[serde(default)]
    pub checks: NumberChecks,
}

/// What is known of a confirmation's carrier, service and number. What nobody looked at does not count against it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberChecks {
    /// Whether the number is one of the carrier's.
    pub format: NumberFormat,
    /// A carrier of the marketplace's list was typed in as another one.
    pub listed_as_other: bool,
    /// Whether carrier, service and number are of one carrier.
    pub of_one_carrier: Option<bool>,
    /// Whether the marketplace follows the carrier.
    pub integrated: Option<bool>,
    /// The service proves delivery and tells nothing on the way.
    pub proof_only: bool,
    /// The number was used on another order.
    pub used_before: bool,
    /// The service is one of the marketplace's list of untracked ones.
    pub listed_untracked: bool,
    /// The service is a letter.
    pub letter: bool,
}

/// Whether a number is one of the carrier's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NumberFormat {
    /// Nobody looked.
    #[default]
    Unchecked,
    /// It is.
    Fits,
    /// It has characters that no number has.
    BadCharacters,
    /// It is not.
    Mismatch,
}

/// Everything that the carrier scanned of a package so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scans {
    /// The package.
    pub package: String,
    /// The scans, in any order; what the carrier only announced is none.
    pub scans: Vec<Scan>,
}

/// A scan by the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// When.
    pub at: Timestamp,
    /// What it shows.
    pub kind: ScanKind,
}

/// What a scan shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScanKind {
    /// The carrier has it, or it passed through the network.
    Network,
    /// Delivery was tried, or it waits at a pick-up point.
    Attempt,
    /// It was delivered.
    Delivered,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Party {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The marketplace.
    Marketplace,
}

impl Party {
    /// Breaks ties between facts of one instant, whatever order they came in.
    pub(super) fn rank(self) -> u8 {
        match self {
            Party::Buyer => 0,
            Party::Seller => 1,
            Party::Marketplace => 2,
        }
    }
}

/// Somebody wrote. What they wrote is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub from: Party,
    /// Whether it is about the delivery.
    pub about_delivery: bool,
}

/// A buyer's claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// When it was opened.
    pub at: Timestamp,
    /// What is claimed.
    pub what: ClaimKind,
    /// How it stands.
    pub state: ClaimState,
    /// Who bears a granted claim; absent while it is not known.
    #[serde(default)]
    pub borne_by: Option<Party>,
    /// It was granted since the parcel came back, could not be delivered or was refused.
    #[serde(default)]
    pub came_back: bool,
    /// The carrier lost the parcel, and its tracking shows that.
    #[serde(default)]
    pub lost_by_carrier: bool,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimKind {
    /// It did not arrive.
    NotReceived,
    /// Something else.
    Other,
    /// The payment was taken back.
    Chargeback,
}

/// How a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimState {
    /// Nobody has decided.
    Open,
    /// The buyer was right.
    Granted,
    /// The buyer was not right.
    Denied,
    /// The buyer took it back.
    Withdrawn,
}

/// A rating of the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// When it was left.
    pub at: Timestamp,
    /// Stars, 1 to 5.
    pub stars: u8,
    /// It was taken back, removed or struck through.
    #[serde(default)]
    pub struck: bool,
}

/// Money that went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// When.
    pub at: Timestamp,
    /// Who paid it.
    pub by: Party,
    /// How much; absent when not told.
    #[serde(default)]
    pub amount: Option<Money>,
}

/// The end of an order before it was shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// Who wanted it: a buyer who used the marketplace's way to ask, the seller, or the marketplace for silence.
    pub by: Party,
}
