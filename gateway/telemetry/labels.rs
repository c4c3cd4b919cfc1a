//! The labels that metrics may have. It must hold no label that a caller's text can become:
//! each is one of a fixed set, a name from the program's own text, or a bounded code.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

/// A closed set of label values.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it stands in the metrics.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
                EncodeLabelValue::encode(&self.as_str(), encoder)
            }
        }
    };
}

label! {
    /// How an exchange with a carrier ended.
    ExchangeOutcome {
        /// Answered with what was asked for.
        Ok = "ok",
        /// Answered with a refusal.
        Refused = "refused",
        /// Answered that the account may not do this.
        Denied = "denied",
        /// Answered that it was asked too often.
        RateLimited = "rate_limited",
        /// Answered with a failure of its own.
        CarrierFailed = "carrier_failed",
        /// Answered with something that cannot be read.
        Unreadable = "unreadable",
        /// Not answered in time.
        TimedOut = "timed_out",
        /// Not sent: no connection.
        NotSent = "not_sent",
        /// Sent, and nobody knows what became of it.
        InDoubt = "in_doubt",
        /// Not sent: the breaker is open.
        BreakerOpen = "breaker_open",
        /// Given up by the caller.
        Cancelled = "cancelled",
    }
}

label! {
    /// How an event stream ended.
    SubscriptionEnd {
        /// The subscriber went away.
        Left = "left",
        /// The subscriber took nothing for too long.
        Slow = "slow",
        /// The gateway stopped.
        Stopping = "stopping",
        /// The store failed.
        Failed = "failed",
    }
}

label! {
    /// How a number's turn to be asked for ended.
    PollOutcome {
        /// The carrier told of the parcel.
        Found = "found",
        /// The carrier had nothing to tell yet.
        NothingYet = "nothing_yet",
        /// The carrier knows no such number.
        UnknownNumber = "unknown_number",
        /// The carrier, or the way to it, failed.
        Failed = "failed",
        /// Not asked: the account's budget, or the carrier's, was used up.
        PutOff = "put_off",
        /// Not asked: there is no account with the carrier any more.
        NoAccount = "no_account",
    }
}

label! {
    /// What became of something that a carrier pushed.
    HookOutcome {
        /// Kept, to be looked at.
        Kept = "kept",
        /// Told before: not kept again.
        Replayed = "replayed",
        /// Turned away: too many came.
        Limited = "limited",
        /// Its proof is right, and what it says is merged.
        Merged = "merged",
        /// Its proof is wrong or missing: it was not read.
        Refused = "refused",
        /// Its proof is right, and it cannot be read.
        Unreadable = "unreadable",
    }
}

label! {
    /// A state that a purchase entered.
    PurchaseState {
        /// Written down, nothing sent.
        Intent = "intent",
        /// Being sent.
        Sending = "sending",
        /// Bought.
        Purchased = "purchased",
        /// Refused by the carrier, or not found there.
        Refused = "refused",
        /// Sent, and nobody knows what became of it.
        InDoubt = "in_doubt",
        /// Its void was asked for.
        VoidRequested = "void_requested",
        /// Voided.
        Voided = "voided",
    }
}

/// The status code of a finished call, by its gRPC number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RpcCode(tonic::Code);

impl From<tonic::Code> for RpcCode {
    fn from(code: tonic::Code) -> Self {
        Self(code)
    }
}

impl RpcCode {
    /// The name of the gRPC specification.
    pub fn as_str(self) -> &'static str {
        match self.0 {
            tonic::Code::Ok => "OK",
            tonic::Code::Cancelled => "CANCELLED",
            tonic::Code::Unknown => "UNKNOWN",
            tonic::Code::InvalidArgument => "INVALID_ARGUMENT",
            tonic::Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            tonic::Code::NotFound => "NOT_FOUND",
            tonic::Code::AlreadyExists => "ALREADY_EXISTS",
            tonic::Code::PermissionDenied => "PERMISSION_DENIED",
            tonic::Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            tonic::Code::FailedPrecondition => "FAILED_PRECONDITION",
            tonic::Code::Aborted => "ABORTED",
            tonic::Code::OutOfRange => "OUT_OF_RANGE",
            tonic::Code::Unimplemented => "UNIMPLEMENTED",
            tonic::Code::Internal => "INTERNAL",
            tonic::Code::Unavailable => "UNAVAILABLE",
            tonic::Code::DataLoss => "DATA_LOSS",
            tonic::Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}

impl EncodeLabelValue for RpcCode {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

/// A carrier's code that is safe as a label, or the word for all others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct CodeLabel(String);

/// Longest code that is a label, in characters.
const MAX_CODE: usize = 24;
/// Most digits in such a code: a phone or tracking number has more.
const MAX_DIGITS: usize = 5;

impl CodeLabel {
    /// The label of codes that are not counted by name.
    pub(super) fn other() -> Self {
        Self("other".to_owned())
    }

    /// The code, if it looks like one and like nothing personal: up to 24
    /// letters, digits and `_.-`, up to five of them digits.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-');
        let digits = raw.bytes().filter(u8::is_ascii_digit).count();
        let fits = (1..=MAX_CODE).contains(&raw.len()) && raw.bytes().all(plain) && digits <= MAX_DIGITS;
        fits.then(|| Self(raw.to_owned()))
    }
}

impl EncodeLabelValue for CodeLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        EncodeLabelValue::encode(&self.0.as_str(), encoder)
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct RpcLabels {
    pub(super) method: &'static str,
    pub(super) code: RpcCode,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct ExchangeLabels {
    pub(super) carrier: &'static str,
    pub(super) exchange: &'static str,
    pub(super) outcome: ExchangeOutcome,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct PurchaseLabels {
    pub(super) carrier: &'static str,
    pub(super) state: PurchaseState,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct EndLabels {
    pub(super) end: SubscriptionEnd,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct AlarmLabels {
    pub(super) code: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
pub(super) struct CodeLabels {
    pub(super) carrier: &'static str,
    pub(super) code: CodeLabel,
}
