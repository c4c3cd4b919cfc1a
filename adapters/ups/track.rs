//! Tells where parcels are, one number a call.
//!
//! Must never take "not found" for a failure, nor a failure for "not found".
//! Start with [`track`].

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use parcelgate_kit::account::Account;
use parcelgate_kit::check_digit;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{
    CountryCode, DeliveryWindow, LocalTime, Place, TrackEvent, TrackingNumber, WindowSource,
};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, TrackReport, Tracked};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::rate::day;
use crate::settings::CallId;
use crate::wire::track::{Activity, Location, TrackReply, TrackedPackage};
use crate::{refusal, status};

/// Nothing is known of the number; it is none of UPS.
pub(crate) const NOT_FOUND: &[&str] = &["TW0001", "TV1002"];

/// Whether `number` is a parcel number of UPS with a right check digit.
pub(crate) fn is_parcel_number(number: &str) -> bool {
    number.len() == 18 && number.strip_prefix("1Z").is_some_and(check_digit::alphanumeric_mod10)
}

/// Whether `number` is a waybill number with a right check digit.
pub(crate) fn is_waybill_number(number: &str) -> bool {
    number.len() == 11 && number.get(1..).is_some_and(check_digit::alphanumeric_mod10)
}

/// Asks for each number of `query`.
pub(crate) async fn track(cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
    let mut answers = Vec::new();
    for number in &query.numbers {
        let call = CallId::next(cx);
        let outcome = cx.send(&Details(call), number).await?;
        answers.push(Tracked::new(number.clone(), outcome));
    }
    Ok(answers)
}

struct Details(CallId);

impl Exchange for Details {
    type In = TrackingNumber;
    type Out = TrackOutcome;
    const NAME: &'static str = "track";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, number: &TrackingNumber) -> Result<Wire, Fault> {
        let call = HttpCall::get("/api/track/v1/details")
            .segment(number.as_str())
            .query("locale", "en_US")
            .query("returnSignature", "false")
            .query("returnMilestones", "false")
            .query("returnPOD", "false");
        Ok(self.0.sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, number: &TrackingNumber, reply: &Reply) -> Result<TrackOutcome, Fault> {
        if !reply.is_success() {
            let fault = refusal::fault(reply);
            return match fault.kind {
                FaultKind::Refused | FaultKind::NotFound => Ok(refused(number, fault)),
                _ => Err(fault),
            };
        }
        let reply: TrackReply = json::read(&reply.body)?;
        let mut shipments = reply.track_response.shipment;
        let warning = shipments.iter_mut().flat_map(|shipment| shipment.warnings.drain(..)).next();
        let mut packages: Vec<_> = shipments.into_iter().flat_map(|shipment| shipment.package).collect();
        let at = packages.iter().position(|package| package.tracking_number == number.as_str()).unwrap_or(0);
        if packages.is_empty() {
            let warning =
                warning.ok_or_else(|| Fault::unreadable("there is neither a package nor a warning"))?;
            return Ok(refused(number, Fault::refused(warning.code, warning.message)));
        }
        Ok(found(packages.swap_remove(at)))
    }
}

/// UPS does not tell a label that it has yet to hear of from a number that
/// never was: a right check digit does.
fn refused(number: &TrackingNumber, fault: Fault) -> TrackOutcome {
    match refusal::first_code(&fault) {
        "TW0001" if is_parcel_number(number.as_str()) => TrackOutcome::NoDataYet,
        code if NOT_FOUND.contains(&code) => TrackOutcome::UnknownNumber,
        _ => TrackOutcome::Failed(fault),
    }
}

pub(crate) fn found(package: TrackedPackage) -> TrackOutcome {
    let mut unknown_codes = Vec::new();
    // Newest first on the wire: turned round, events of one second keep their order.
    let events: Vec<_> =
        package.activity.iter().rev().filter_map(|activity| event(activity, &mut unknown_codes)).collect();
    let current = package.current_status.as_ref().map(status::read);
    if events.is_empty() && current.as_ref().is_none_or(|current| current.status.is_none()) {
        return TrackOutcome::NoDataYet;
    }
    let mut report = TrackReport::of(events);
    if let Some(current) = current {
        report.status = current.status;
        unknown_codes.extend(current.unknown);
    }
    unknown_codes.sort();
    unknown_codes.dedup();
    report.unknown_codes = unknown_codes;
    expect(&package, &mut report);
    let aliases = package.alternate_tracking_number.iter();
    report.aliases = aliases.filter_map(|alias| TrackingNumber::parse(&alias.number).ok()).collect();
    TrackOutcome::Found(report)
}

/// One scan of one second, whether it was asked for or pushed: the codes around
/// the scan code differ.
fn same(activity: &Activity, scan: &str) -> Option<String> {
    let at = gmt(activity)?;
    (!scan.is_empty()).then(|| format!("{scan} {at}"))
}

fn event(activity: &Activity, unknown_codes: &mut Vec<String>) -> Option<TrackEvent> {
    let meaning = status::read(&activity.status);
    unknown_codes.extend(meaning.unknown);
    let code = |code: &Option<String>| code.as_deref().unwrap_or_default().trim().to_owned();
    let (kind, scan, number) =
        (code(&activity.status.r#type), code(&activity.status.code), code(&activity.status.status_code));
    let parts = [&kind, &scan, &number].into_iter().filter(|part| !part.is_empty());
    Some(TrackEvent {
        status: meaning.status,
        carrier_code: parts.map(String::as_str).collect::<Vec<_>>().join("/"),
        carrier_words: activity.status.description.as_deref().unwrap_or_default().trim().to_owned(),
        occurred: occurred(activity)?,
        place: place(activity.location.as_ref()),
        is_physical_scan: meaning.is_physical && !activity.logical_scan,
        id: same(activity, &scan),
    })
}

/// A clock as `HHMMSS`, of which leading zeros are seen to be lost.
fn clock(text: &str) -> Option<Time> {
    let digits = text.trim();
    let padded = format!("{digits:0>6}");
    Time::strptime("%H%M%S", padded).ok().filter(|_| !digits.is_empty())
}

/// The instant, where UPS tells it.
fn gmt(activity: &Activity) -> Option<Timestamp> {
    let date = day(activity.gmt_date.as_deref().unwrap_or_default())?;
    let time = clock(activity.gmt_time.as_deref().unwrap_or_default())?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

/// The instant where UPS tells it, else the clock at the place of the scan.
fn occurred(activity: &Activity) -> Option<LocalTime> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let date = day(&text(&activity.date));
    let time = clock(&text(&activity.time)).unwrap_or(Time::midnight());
    gmt(activity).map(LocalTime::Instant).or_else(|| Some(LocalTime::Local(date?.to_datetime(time))))
}

fn place(location: Option<&Location>) -> Place {
    let Some(address) = location.and_then(|location| location.address.as_ref()) else {
        return Place::default();
    };
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let country = text(&address.country_code).or_else(|| text(&address.country));
    Place {
        city: text(&address.city),
        subdivision: text(&address.state_province),
        postcode: text(&address.postal_code),
        country: country.and_then(|country| CountryCode::parse(&country).ok()),
    }
}

/// The day, and the hours where UPS names some; a new appointment beats the
/// first one.
fn expect(package: &TrackedPackage, report: &mut TrackReport) {
    let dated = |kind: &str| package.delivery_date.iter().find(|date| date.r#type == kind);
    let Some(date) = dated("RDD").or_else(|| dated("SDD")).and_then(|date| day(&date.date)) else { return };
    report.expected_day = Some(date);
    let Some(hours) = &package.delivery_time else { return };
    let at = |time: &Option<String>| time.as_deref().and_then(clock).map(|time| date.to_datetime(time));
    let Some(latest) = at(&hours.end_time) else { return };
    report.expected = Some(DeliveryWindow {
        earliest: at(&hours.start_time).unwrap_or_else(|| date.at(0, 0, 0, 0)),
        latest,
        source: WindowSource::Carrier,
        guaranteed: false,
        business_days: None,
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lost_zeros_come_back() {
        assert_eq!(clock("74700"), Some(Time::constant(7, 47, 0, 0)));
        assert_eq!(clock("1500"), Some(Time::constant(0, 15, 0, 0)));
        assert_eq!(clock("0"), Some(Time::midnight()));
        for bad in ["", "250000", "1234567", "10:30"] {
            assert_eq!(clock(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_clock_panics(text in "\\PC{0,9}") {
            let _ = clock(&text);
        }
    }

    #[test]
    fn published_numbers_have_right_check_digits() {
        for number in ["1Z5R89390357567127", "1Z879E930346834440"] {
            assert!(is_parcel_number(number), "{number}");
        }
        assert!(!is_parcel_number("1Z5R89390357567128"));
    }
}
