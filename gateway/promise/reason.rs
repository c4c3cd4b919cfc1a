//! Why a service is not offered, for a machine and for a person.

use serde::{Deserialize, Serialize};

/// One reason, with what was seen, what is allowed and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The code; a page of docs/errors explains it.
    pub code: ReasonCode,
    /// What was seen, such as `31.6 kg`; empty when there is nothing to say.
    pub observed: String,
    /// What is allowed, such as `31.5 kg`; empty when there is nothing to say.
    pub limit: String,
    /// The rule or datum that decided, such as `service.limits`.
    pub rule_id: String,
    /// Words for a person.
    pub message: String,
    /// What would make it eligible; empty when nothing would.
    pub remedy: String,
}

impl Reason {
    /// A reason of `code`, decided by `rule_id`.
    pub fn new(code: ReasonCode, rule_id: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            observed: String::new(),
            limit: String::new(),
            rule_id: rule_id.to_owned(),
            message: message.into(),
            remedy: String::new(),
        }
    }

    /// The same reason with what was seen and what is allowed.
    #[must_use]
    pub fn seen(mut self, observed: impl Into<String>, limit: impl Into<String>) -> Self {
        self.observed = observed.into();
        self.limit = limit.into();
        self
    }

    /// The same reason with a way out.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

macro_rules! reason_codes {
    ($($(#[doc = $doc:literal])+ $name:ident => $text:literal,)+) => {
        /// The code of a [`Reason`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ReasonCode {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+
        }

        impl ReasonCode {
            /// Every code.
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

reason_codes! {
    /// The carrier has no service between these places.
    LaneNotServed => "LANE_NOT_SERVED",
    /// A parcel is too heavy.
    OverWeight => "OVER_WEIGHT",
    /// A parcel's longest side is too long.
    OverLength => "OVER_LENGTH",
    /// Length and girth of a parcel are too much together.
    OverLengthAndGirth => "OVER_LENGTH_AND_GIRTH",
    /// A parcel is too wide or too high.
    OverSide => "OVER_SIDE",
    /// Too many parcels in one shipment.
    TooManyParcels => "TOO_MANY_PARCELS",
    /// The wanted proof of delivery is not offered.
    ConfirmationNotOffered => "CONFIRMATION_NOT_OFFERED",
    /// Delivery on Saturday is not offered.
    SaturdayNotOffered => "SATURDAY_NOT_OFFERED",
    /// Insurance is not offered.
    InsuranceNotOffered => "INSURANCE_NOT_OFFERED",
    /// Money is not collected at the door.
    CashOnDeliveryNotOffered => "CASH_ON_DELIVERY_NOT_OFFERED",
    /// The consignee's age is not checked at the door.
    AgeCheckNotOffered => "AGE_CHECK_NOT_OFFERED",
    /// It does not deliver to post office boxes.
    PoBoxNotServed => "PO_BOX_NOT_SERVED",
    /// The consignee's telephone number is required.
    PhoneMissing => "PHONE_MISSING",
    /// Dangerous goods are not taken.
    DangerousGoods => "DANGEROUS_GOODS",
    /// The day of shipping has passed.
    ShipDatePast => "SHIP_DATE_PAST",
    /// It is handed over after the order's last moment for that.
    ShipByMissed => "SHIP_BY_MISSED",
    /// The marketplace does not approve the carrier.
    CarrierNotApproved => "CARRIER_NOT_APPROVED",
    /// It is not likely enough to arrive in time.
    LateRisk => "LATE_RISK",
    /// It does not carry every protection of the marketplace.
    Unprotected => "UNPROTECTED",
    /// Tracking is required and the service has none.
    Untracked => "UNTRACKED",
    /// An identifier is required and the service has no place for it.
    CannotCarryId => "CANNOT_CARRY_ID",
    /// Customs or tax rules forbid the shipment with this service.
    RegionalBlock => "REGIONAL_BLOCK",
    /// The shipment needs a customs block, which the adapter cannot send.
    CustomsNotOffered => "CUSTOMS_NOT_OFFERED",
    /// The caller blocked the carrier or service.
    Blocked => "BLOCKED",
    /// The caller named the carriers or services it wants, and this is none.
    NotAllowed => "NOT_ALLOWED",
    /// It costs more than the caller's cap.
    OverPriceCap => "OVER_PRICE_CAP",
    /// It arrives after the promised time.
    Late => "LATE",
    /// The tenant has no account with the carrier.
    NoAccount => "NO_ACCOUNT",
    /// The shipment cannot be said in the carrier's protocol.
    ShipmentUnfit => "SHIPMENT_UNFIT",
    /// The carrier does not take the account, or it lacks a setting.
    AccountRejected => "ACCOUNT_REJECTED",
    /// The carrier said no, in its own words.
    CarrierRefused => "CARRIER_REFUSED",
    /// The carrier did not mention the service in its answer.
    NotOfferedByCarrier => "NOT_OFFERED_BY_CARRIER",
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
