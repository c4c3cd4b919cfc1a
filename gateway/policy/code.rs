//! Why a package or an order counts against its seller, for a machine, in words, and what can be done.
//!
//! Start at [`Code`].

macro_rules! codes {
    ($($name:ident $text:literal $words:literal, $remedy:literal;)+) => {
        /// Why something counts against the seller, or is worth a warning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Code {
            $(
                #[doc = $words]
                #[serde(rename = $text)]
                $name,
            )+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// As callers see it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)+ }
            }

            /// What it means.
            pub fn words(self) -> &'static str {
                match self { $(Code::$name => $words,)+ }
            }

            /// What can be done, for this package or for the next ones.
            pub fn remedy(self) -> &'static str {
                match self { $(Code::$name => $remedy,)+ }
            }
        }
    };
}

codes! {
    NoTrackingId "NO_TRACKING_ID" "confirmed without a tracking number",
        "edit the confirmation and give the number, before the parcel is delivered";
    BadCharacters "BAD_CHARACTERS" "the tracking number has characters that no number has",
        "edit the confirmation: letters and digits only";
    FormatMismatch "FORMAT_MISMATCH" "the tracking number is none of the named carrier's",
        "edit the confirmation: name the carrier that the number is of";
    CarrierViaOther "CARRIER_VIA_OTHER" "a listed carrier was typed in as another one",
        "edit the confirmation and choose the carrier by its code";
    CarrierServiceMismatch "CARRIER_SERVICE_MISMATCH" "carrier, service and number are not of one carrier",
        "edit the confirmation so that all three are of one carrier";
    EnteredAfterDelivery "ENTERED_AFTER_DELIVERY" "the number was entered or edited after the parcel was delivered",
        "cannot be mended for this package: confirm when the label is bought";
    EditTooLate "EDIT_TOO_LATE" "the confirmation was edited after the time in which that counts",
        "cannot be mended for this package: mend a confirmation within a day";
    ConfirmSlow "CONFIRM_SLOW" "confirmed later than advised after the parcel was handed over",
        "a warning: confirm when the label is bought";
    NoScan "NO_SCAN" "the carrier never scanned the parcel",
        "hand it over so that it is scanned, or ask the carrier where it is";
    TooFewScans "TOO_FEW_SCANS" "there are fewer scans than such a package needs",
        "ask the carrier for the missing scan, or choose a service that is scanned all the way";
    TooLate "DELIVERED_TOO_LATE" "not delivered within the days after the promise in which it still counts",
        "choose a faster service, or promise later";
    NotIntegrated "NOT_INTEGRATED" "the carrier is none that the marketplace follows where that is needed",
        "choose a carrier of the marketplace's list";
    ProofOnly "POD_ONLY" "the service proves delivery and tells nothing on the way",
        "choose a service that is scanned on the way";
    DuplicateId "DUPLICATE_ID" "the tracking number was used on another order",
        "edit the confirmation and give the number of this parcel";
    NotHandedOver "CONFIRMED_NOT_HANDED_OVER" "confirmed and not scanned for a day and more",
        "a warning: hand the parcel over, or confirm later";
    ConfirmedLate "CONFIRMED_LATE" "confirmed after the time by which it had to be shipped",
        "cannot be mended for this order: confirm when the label is bought, or take more handling time";
    DeliveredLate "DELIVERED_LATE" "the first attempt to deliver came after the promised day",
        "choose a faster service, or promise later; protected labels are not counted";
    CancelledBySeller "CANCELLED_BY_SELLER" "the seller cancelled the order",
        "keep stock and handling time true";
    CancelledForSilence "CANCELLED_BY_MARKETPLACE" "the marketplace cancelled it since it was never confirmed",
        "confirm orders in time";
    BadReview "NEGATIVE_FEEDBACK" "the buyer left one or two stars",
        "ask for its removal where it is only about a protected delivery";
    GuaranteeClaim "CLAIM_AGAINST_SELLER" "a claim of the buyer was not denied",
        "appeal it with the tracking, within the days that the marketplace gives";
    Chargeback "CHARGEBACK" "the buyer had the payment taken back",
        "answer it with proof of delivery";
}
