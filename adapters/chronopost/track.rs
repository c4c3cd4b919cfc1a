//! Tells where parcels are, one number a call.
//!
//! Must never take an empty list for a failure: it is all that Chronopost says
//! of a number that it does not know, or does not know yet. Start with [`track`].

use jiff::Timestamp;

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{LocalTime, Place, TrackEvent, TrackStatus, TrackingNumber};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, TrackReport, Tracked};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use crate::answer;
use crate::status::{RETURNING, TABLE};
use crate::wire::{Event, TRACKING, TrackedParcel};

/// Where announcements come from; no place.
const NO_OFFICE: &str = "Web Services";
/// What a partner's number starts with.
const PARTNER: &str = "GEO/";

/// Asks for each number of `query`.
pub(crate) async fn track(cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
    let mut answers = Vec::new();
    for number in &query.numbers {
        let outcome = cx.send(&TrackSkybill, number).await?;
        answers.push(Tracked::new(number.clone(), outcome));
    }
    Ok(answers)
}

struct TrackSkybill;

impl Exchange for TrackSkybill {
    type In = TrackingNumber;
    type Out = TrackOutcome;
    const NAME: &'static str = "track_skybill";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, _: &Account, number: &TrackingNumber) -> Result<Wire, Fault> {
        // Anybody may ask. In French: one code can have two meanings, which only the words tell.
        TRACKING.call("trackSkybillV2", |to| {
            to.text("language", "fr_FR").text("skybillNumber", number.as_str());
        })
    }

    fn parse(&self, _: &Account, number: &TrackingNumber, reply: &Reply) -> Result<TrackOutcome, Fault> {
        let parcel: TrackedParcel = answer::read(reply, "trackSkybillV2Response")?;
        let events = parcel.list.map(|list| list.events).unwrap_or_default();
        Ok(report(number, &events))
    }
}

fn report(number: &TrackingNumber, told: &[Event]) -> TrackOutcome {
    let mut report = TrackReport::of(told.iter().filter_map(event).collect());
    if report.events.is_empty() {
        return TrackOutcome::NoDataYet;
    }
    // What is delivered on the way back is back with the sender.
    let mut is_returning = false;
    for event in &mut report.events {
        is_returning |= event.carrier_code == RETURNING;
        if is_returning && event.status == Some(TrackStatus::Delivered) {
            event.status = Some(TrackStatus::Returned);
        }
    }
    let unknown = report.events.iter().filter(|event| !TABLE.look_up(&event.carrier_code, "").known);
    let mut unknown: Vec<_> = unknown.map(|event| event.carrier_code.clone()).collect();
    unknown.sort();
    unknown.dedup();
    report.unknown_codes = unknown;
    let remarks = told.iter().flat_map(|event| &event.remarks);
    let partners = remarks.filter_map(|remark| remark.value.trim().strip_prefix(PARTNER));
    for partner in partners.filter_map(|partner| TrackingNumber::parse(partner).ok()) {
        if partner != *number && !report.aliases.contains(&partner) {
            report.aliases.push(partner);
        }
    }
    TrackOutcome::Found(report)
}

/// Codes come with a blank behind them at times.
fn event(told: &Event) -> Option<TrackEvent> {
    let occurred: Timestamp = told.event_date.trim().parse().ok()?;
    let code = told.code.trim();
    let meaning = TABLE.look_up(code, "");
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Some(TrackEvent {
        status: meaning.status,
        carrier_code: code.to_owned(),
        carrier_words: told.event_label.trim().to_owned(),
        occurred: LocalTime::Instant(occurred),
        place: Place {
            city: text(&told.office_label).filter(|office| office != NO_OFFICE),
            postcode: text(&told.zip_code),
            ..Place::default()
        },
        is_physical_scan: meaning.physical,
        id: None,
    })
}
