//! Why a use case did not do what it was asked, by what the caller must do.

use std::time::Duration;

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Invalid, Problem};

use crate::store::StoreError;

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident => $text:literal,)+) => {
        /// The machine-readable reason of a failed call. Each has its page,
        /// docs/errors/<CODE>.md.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Cause {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as callers see it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

causes! {
    /// Fields of the request are wrong.
    InvalidRequest => "INVALID_REQUEST",
    /// There is no such thing, or it is not the caller's.
    NotFound => "NOT_FOUND",
    /// No token, or none that is known.
    Unauthenticated => "UNAUTHENTICATED",
    /// The quote is past its expiry.
    OfferExpired => "OFFER_EXPIRED",
    /// The price is above the caller's maximum.
    PriceChanged => "PRICE_CHANGED",
    /// No eligible offer fits the pick or the named service.
    NoEligibleOffer => "NO_ELIGIBLE_OFFER",
    /// Tax or customs rules forbid the shipment as it is told.
    RegionalBlock => "REGIONAL_BLOCK",
    /// The carrier cannot make the label in this format.
    LabelFormatNotOffered => "LABEL_FORMAT_NOT_OFFERED",
    /// The idempotency key was used for another request.
    KeyReused => "IDEMPOTENCY_KEY_REUSED",
    /// A purchase with this key is under way.
    PurchaseRunning => "PURCHASE_RUNNING",
    /// The carrier said no.
    CarrierRefused => "CARRIER_REFUSED",
    /// The shipment cannot be said in the carrier's protocol.
    ShipmentUnfit => "SHIPMENT_UNFIT",
    /// The carrier does not take the account's credentials.
    AccountRejected => "ACCOUNT_REJECTED",
    /// The carrier could not be reached or is out of order; nothing was done.
    CarrierUnavailable => "CARRIER_UNAVAILABLE",
    /// The carrier was looked through after the settling time and has no such
    /// purchase.
    NotFoundAtCarrier => "NOT_FOUND_AT_CARRIER",
    /// A document cannot be had in this format, or not joined.
    ConversionNotOffered => "CONVERSION_NOT_OFFERED",
    /// The shipment is not in a state that allows it.
    WrongState => "WRONG_STATE",
    /// The carrier has no such operation.
    NotOffered => "NOT_OFFERED_BY_CARRIER",
    /// The order has no claim or rating to decide on, or several.
    NothingToDecide => "NOTHING_TO_DECIDE",
    /// The gateway has no key to sign decisions with.
    NoSigningKey => "NO_SIGNING_KEY",
    /// A subscriber took nothing for too long.
    SlowReader => "SLOW_READER",
    /// The gateway stops, and another one, or this one again, goes on.
    GatewayStopping => "GATEWAY_STOPPING",
    /// The caller's deadline passed; a purchase goes on.
    DeadlinePassed => "DEADLINE_PASSED",
    /// The tenant has too much under way, or too many event streams open.
    TooMuchUnderWay => "TOO_MUCH_UNDER_WAY",
    /// The gateway's store cannot take writes now.
    StoreUnavailable => "STORE_UNAVAILABLE",
    /// A mistake of the gateway.
    Internal => "INTERNAL",
}

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum ShippingError {
    /// Fields are wrong; all of them.
    #[error("the request has {} bad fields", .0.len())]
    Invalid(Vec<Invalid>),
    /// There is no such thing, or it is another tenant's.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// The id as the caller wrote it.
        id: String,
    },
    /// It cannot be done as things are.
    #[error("{words}")]
    Precondition {
        /// Why, for a machine.
        cause: Cause,
        /// Why, and the way out.
        words: String,
        /// More for a machine.
        details: Vec<(&'static str, String)>,
    },
    /// The carrier, or the way to it, said no.
    #[error("{fault}")]
    Carrier {
        /// The carrier.
        carrier: String,
        /// What it said.
        fault: Box<Fault>,
        /// The shipment that shows it, when there is one.
        shipment: Option<String>,
    },
    /// A purchase with this key is under way.
    #[error("a purchase with this idempotency key is under way: ask again with the same key")]
    Running {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The store failed under a purchase or its cancellation, which is taken up again.
    #[error("cut short, and taken up again: ask again with the same key ({why})")]
    CutShort {
        /// When it is taken up again.
        retry_after: Duration,
        /// What the store said.
        why: String,
    },
    /// The caller's deadline passed.
    #[error("the deadline passed; the purchase goes on: ask again with the same key")]
    Deadline,
    /// The tenant has as many event streams open as it may have.
    #[error("{most} event streams of yours are open, which is as many as may be: end one, or share it")]
    TooManyStreams {
        /// How many that are.
        most: usize,
    },
    /// A subscriber took nothing for too long.
    #[error("no event was taken for too long: subscribe again from the cursor")]
    SlowReader {
        /// Behind the last event that was told.
        cursor: String,
    },
    /// The gateway stops.
    #[error("the gateway stops: subscribe again from the cursor")]
    Stopping {
        /// Behind the last event that was told.
        cursor: String,
    },
    /// The tenant has too much under way.
    #[error("too many purchases of yours are under way: ask again in a moment, with the same key")]
    Overloaded {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mistake of this program.
    #[error("internal error: {0}")]
    Internal(String),
}

impl ShippingError {
    /// One bad field.
    pub fn invalid(field: &str, problem: impl Into<String>) -> Self {
        Self::Invalid(vec![Invalid::new(field, Problem::new(problem))])
    }

    /// A precondition without more details.
    pub fn precondition(cause: Cause, words: impl Into<String>) -> Self {
        Self::Precondition { cause, words: words.into(), details: Vec::new() }
    }
}

/// An error in all its words, every bad field included, for a person at a
/// terminal.
pub fn told(error: ShippingError) -> anyhow::Error {
    match error {
        ShippingError::Invalid(bad) => {
            let words: Vec<_> = bad.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("{}", words.join("; "))
        }
        other => other.into(),
    }
}
