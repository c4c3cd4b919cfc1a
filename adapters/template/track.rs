//! Where parcels are.
//!
//! "Nothing yet", "no such number" and "the carrier failed" are three answers; this file must never mix
//! them up. Start with [`track`].
// file only with track

use parcelgate_kit::account::Account;
use parcelgate_kit::check_digit;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CountryCode, LocalTime, Place, TrackEvent, TrackingNumber};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, TrackReport, Tracked};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::wire::{Scan, TrackReply, TrackedParcel};
use crate::{fault, settings, status};

/// Whether the check digit of a number is right: Luhn over its digits.
pub(crate) fn is_number(number: &str) -> bool {
    number.strip_prefix("TP").is_some_and(check_digit::luhn)
}

/// Tells where the parcels of `query` are.
pub(crate) async fn track(cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
    cx.send(&Follow, query).await
}

struct Follow;

impl Exchange for Follow {
    type In = TrackQuery;
    type Out = Vec<Tracked>;
    const NAME: &'static str = "track";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, query: &TrackQuery) -> Result<Wire, Fault> {
        let numbers: Vec<_> = query.numbers.iter().map(TrackingNumber::as_str).collect();
        let call = HttpCall::get("/v1/parcels").query("numbers", numbers.join(","));
        Ok(settings::sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, query: &TrackQuery, reply: &Reply) -> Result<Vec<Tracked>, Fault> {
        if !reply.is_success() {
            return Err(fault::of(reply));
        }
        let told: TrackReply = json::read(&reply.body)?;
        // One answer for each number asked for, in that order, whatever the carrier left out.
        let answer = |number: &TrackingNumber| {
            let parcel = told.parcels.iter().find(|parcel| parcel.number == number.as_str());
            let outcome = match parcel {
                Some(parcel) => outcome(parcel),
                None => TrackOutcome::Failed(Fault::unreadable("the number is not in the answer")),
            };
            Tracked::new(number.clone(), outcome)
        };
        Ok(query.numbers.iter().map(answer).collect())
    }
}

fn outcome(parcel: &TrackedParcel) -> TrackOutcome {
    if !parcel.found {
        return TrackOutcome::UnknownNumber;
    }
    if parcel.events.is_empty() {
        return TrackOutcome::NoDataYet;
    }
    let mut report = TrackReport::of(parcel.events.iter().map(event).collect());
    report.unknown_codes = parcel
        .events
        .iter()
        .filter(|scan| !status::TABLE.look_up(&scan.code, "").known)
        .map(|scan| scan.code.clone())
        .collect();
    report.expected_day = parcel.expected_on;
    TrackOutcome::Found(report)
}

fn event(scan: &Scan) -> TrackEvent {
    let meaning = status::TABLE.look_up(&scan.code, "");
    TrackEvent {
        status: meaning.status,
        carrier_code: scan.code.clone(),
        carrier_words: scan.text.clone(),
        // `Instant` where the carrier tells the offset; `Local` where its clock is the place's own.
        occurred: LocalTime::Instant(scan.at),
        place: Place {
            city: scan.city.clone(),
            country: scan.country.as_deref().and_then(|country| CountryCode::parse(country).ok()),
            ..Place::default()
        },
        is_physical_scan: meaning.physical,
        id: None,
    }
}
