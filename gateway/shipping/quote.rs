//! A quote: what was offered, what was not and why, and who answered.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use parcelgate_kit::descriptor::ServiceLevel;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CarrierOffer, Money, Notice, Shipment};
use serde::{Deserialize, Serialize};

use super::customs::CustomsFacts;
use super::promising::Prospect;
use crate::marketplace::OrderReference;
use crate::promise::{Mend, Rankable, Ranking, Reason};
use crate::regional::Decision;

/// An offer that can be bought until its quote expires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id, unique within the quote.
    pub id: String,
    /// The carrier.
    pub carrier: String,
    /// The account it would be bought with.
    pub account: String,
    /// The service's name.
    pub service_name: String,
    /// How fast the service is; absent for a service that is not in the
    /// adapter's table.
    #[serde(skip)]
    pub level: Option<ServiceLevel>,
    /// What the carrier answered.
    pub offer: CarrierOffer,
    /// Whether it comes after the promised time.
    pub late: bool,
    /// When it arrives, how likely in time, and what it protects.
    #[serde(default)]
    pub prospect: Prospect,
    /// The regional decision for this service, where it is not the quote's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<Decision>>,
}

impl Rankable for Offer {
    fn total(&self) -> Money {
        self.offer.total
    }

    fn latest(&self) -> Option<DateTime> {
        self.offer.delivery.map(|window| window.latest)
    }

    fn is_behind(&self) -> bool {
        self.late
    }

    fn name(&self) -> (&str, &str, &str) {
        (&self.carrier, &self.account, &self.offer.service)
    }
}

/// A service that is not offered, with every reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ineligible {
    /// The carrier.
    pub carrier: String,
    /// The account; empty when it is not about one.
    pub account: String,
    /// The service's code; empty when it is about all of them.
    pub service: String,
    /// The service's name.
    pub service_name: String,
    /// Every reason.
    pub reasons: Vec<Reason>,
    /// The smallest single change that makes it eligible.
    #[serde(default)]
    pub mend: Option<Mend>,
}

/// What came of asking one carrier account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierReport {
    /// The carrier.
    pub carrier: String,
    /// The account; empty when the tenant has none.
    pub account: String,
    /// What came.
    pub outcome: ReportOutcome,
    /// How long it took.
    pub took: Duration,
    /// How many offers it brought.
    pub offers: usize,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
    /// What was remarked.
    pub notices: Vec<Notice>,
}

/// What came of asking a carrier account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReportOutcome {
    /// It answered.
    Answered,
    /// It answered for some services and refused others.
    Partial,
    /// It did not answer in time.
    TimedOut,
    /// It failed.
    Failed,
    /// It was not asked: nothing of it can carry the shipment.
    Skipped,
    /// It keeps failing and was left alone.
    BreakerOpen,
}

/// Everything that an answer to a rate request says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when its offers can be bought.
    pub expires_at: Timestamp,
    /// SHA-256 of the request, so that callers can tell quotes apart.
    pub fingerprint: [u8; 32],
    /// The shipment as it would be bought.
    pub shipment: Shipment,
    /// The regional decision for the request as a whole.
    pub decision: Decision,
    /// What that and the services' decisions were made from.
    #[serde(default)]
    pub facts: Option<CustomsFacts>,
    /// The order, as its marketplace knows it; absent without one.
    #[serde(default)]
    pub order: Option<OrderReference>,
    /// In which order they stand.
    #[serde(default)]
    pub ranking: Ranking,
    /// Offers, ranked.
    pub offers: Vec<Offer>,
    /// What is not offered.
    pub ineligible: Vec<Ineligible>,
    /// Who answered.
    pub reports: Vec<CarrierReport>,
}

/// One piece of a quote, as it comes.
#[derive(Clone, Debug)]
pub enum RateEvent {
    /// An offer.
    Offer(Box<Offer>),
    /// A service that is not offered.
    Ineligible(Box<Ineligible>),
    /// A carrier account is done.
    Report(Box<CarrierReport>),
    /// All are done: the whole, ranked and stored.
    Summary(Box<Quote>),
}
