//! Where parcels are: up to twenty numbers in one call, the question as XML in the query.
//!
//! The service answers 200 whatever happens, with a code of its own. Must never ask for the receiver's data:
//! the postcode that unlocks it is not sent. Start with [`track`].

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parcelgate_kit::account::Account;
use parcelgate_kit::check_digit;
use parcelgate_kit::codec::xml;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{CountryCode, LocalTime, Place, TrackEvent, TrackingNumber};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, TrackReport, Tracked};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::wire::Data;
use crate::{reply, settings, status};

/// Numbers in one call.
pub(crate) const BATCH: u16 = 20;
/// One number of the call is none: the whole call is refused for it.
const MALFORMED: &str = "41";

/// Tells where the parcels of `query` are.
pub(crate) async fn track(cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
    match cx.send(&PieceDetail, query.numbers.as_slice()).await {
        Err(fault) if fault.carrier_code.as_deref() == Some(MALFORMED) => one_by_one(cx, query).await,
        answered => answered,
    }
}

/// Finds out which number it was that the whole call was refused for.
async fn one_by_one(cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
    if let [number] = query.numbers.as_slice() {
        return Ok(vec![Tracked::new(number.clone(), TrackOutcome::UnknownNumber)]);
    }
    let mut all = Vec::new();
    for number in &query.numbers {
        match cx.send(&PieceDetail, std::slice::from_ref(number)).await {
            Ok(answers) => all.extend(answers),
            Err(fault) if fault.carrier_code.as_deref() == Some(MALFORMED) => {
                all.push(Tracked::new(number.clone(), TrackOutcome::UnknownNumber));
            }
            Err(fault) => all.push(Tracked::new(number.clone(), TrackOutcome::Failed(fault))),
        }
    }
    Ok(all)
}

struct PieceDetail;

impl Exchange for PieceDetail {
    type In = [TrackingNumber];
    type Out = Vec<Tracked>;
    const NAME: &'static str = "piece_detail";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, numbers: &[TrackingNumber]) -> Result<Wire, Fault> {
        let (user, password) = settings::tracking_user(account)?;
        let codes: Vec<&str> = numbers.iter().map(TrackingNumber::as_str).collect();
        let mut question = xml::Writer::new();
        question.empty(
            "data",
            &[
                ("appname", user),
                ("language-code", "en"),
                ("password", &password.inside_xml().to_string()),
                ("piece-code", &codes.join(";")),
                ("request", "d-get-piece-detail"),
            ],
        );
        Ok(HttpCall::get("/parcel/de/tracking/v0/shipments")
            .query("xml", question.finish()?)
            .auth(settings::application(account)?)
            .into())
    }

    fn parse(&self, _: &Account, numbers: &[TrackingNumber], reply: &Reply) -> Result<Vec<Tracked>, Fault> {
        if !reply.is_success() {
            return Err(reply::fault(reply));
        }
        let list: Data = xml::read(&reply.body)?;
        if list.name != "piece-shipment-list" {
            return Err(Fault::unreadable("the answer is no `piece-shipment-list`"));
        }
        match outcome_of_code(&list) {
            Code::Fine => numbers.iter().map(|number| one(number, &list)).collect(),
            Code::Nothing => Ok(numbers.iter().map(nothing).collect()),
            Code::Failed(fault) => Err(fault),
        }
    }
}

enum Code {
    Fine,
    Nothing,
    Failed(Fault),
}

/// What the code of the whole answer, or of one piece, says.
fn outcome_of_code(data: &Data) -> Code {
    let code = if data.name == "piece-shipment" { &data.error_status } else { &data.code };
    let failed = |kind| Code::Failed(Fault::refused(code.as_str(), data.error.as_str()).of_kind(kind));
    match code.as_str() {
        "0" => Code::Fine,
        "" if data.name == "piece-shipment" => Code::Fine,
        "" => Code::Failed(Fault::unreadable("the answer has no code")),
        "100" | "200" => Code::Nothing,
        // Login failed, too many failed logins, not authorised.
        "5" | "6" | "62" => failed(FaultKind::Account),
        // Technical errors and databases that are out of order.
        "-1" | "-2" | "-1000" => match failed(FaultKind::Unavailable) {
            Code::Failed(fault) => Code::Failed(fault.later(None)),
            other => other,
        },
        _ => failed(FaultKind::Refused),
    }
}

/// "No data" says the same of a label that nobody scanned and of a number that never was. A number whose form
/// and check digit are right may be the first.
fn nothing(number: &TrackingNumber) -> Tracked {
    let text = number.as_str();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let may_be = match text.len() {
        20 => digits && text.starts_with("00340434") && check_digit::gs1(text),
        12 => digits && check_digit::identcode(text),
        13 => text.ends_with("DE") && check_digit::s10(text),
        _ => text.starts_with("JJD") || text.starts_with("JVGL"),
    };
    let outcome = if may_be { TrackOutcome::NoDataYet } else { TrackOutcome::UnknownNumber };
    Tracked::new(number.clone(), outcome)
}

fn one(number: &TrackingNumber, list: &Data) -> Result<Tracked, Fault> {
    let wanted = number.as_str();
    let is_it = |piece: &&Data| {
        [&piece.searched_piece_code, &piece.piece_code, &piece.upu]
            .into_iter()
            .any(|code| code.trim() == wanted)
    };
    let Some(piece) = list.parts.iter().filter(|part| part.name == "piece-shipment").find(is_it) else {
        return Ok(nothing(number));
    };
    let outcome = match outcome_of_code(piece) {
        Code::Nothing => return Ok(nothing(number)),
        Code::Failed(fault) => TrackOutcome::Failed(fault),
        Code::Fine => {
            let report = report(number, piece)?;
            if report.events.is_empty() { TrackOutcome::NoDataYet } else { TrackOutcome::Found(report) }
        }
    };
    Ok(Tracked::new(number.clone(), outcome))
}

fn report(number: &TrackingNumber, piece: &Data) -> Result<TrackReport, Fault> {
    let lists = piece.parts.iter().filter(|part| part.name == "piece-event-list");
    let (mut events, mut unknown): (Vec<TrackEvent>, Vec<String>) = (Vec::new(), Vec::new());
    for list in lists {
        // The nearest one that says so decides whether it was the way back.
        let returns = |event: &Data| {
            let told = [&event.ruecksendung, &list.ruecksendung, &piece.ruecksendung];
            told.into_iter().find(|text| !text.is_empty()).is_some_and(|text| text == "true")
        };
        for told in list.parts.iter().filter(|part| part.name == "piece-event") {
            let (event, known) = event(told, returns(told))?;
            if !known {
                unknown.push(event.carrier_code.clone());
            }
            if status::retracts(&told.ice) {
                // What the driver took back stays in the list and says nothing of the parcel's state.
                events.iter_mut().rev().find(|event| event.status.is_some()).into_iter().for_each(|taken| {
                    taken.status = None;
                });
            }
            events.push(event);
        }
    }
    let mut report = TrackReport::of(events);
    report.unknown_codes = unknown;
    report.aliases = [&piece.piece_code, &piece.upu]
        .into_iter()
        .filter_map(|code| TrackingNumber::parse(code).ok())
        .filter(|alias| alias != number)
        .collect();
    Ok(report)
}

/// One event, and whether its code is known.
fn event(told: &Data, is_return: bool) -> Result<(TrackEvent, bool), Fault> {
    let meaning = status::meaning(&told.standard_event_code, &told.ice, &told.ric, is_return);
    let codes = [&told.standard_event_code, &told.ice, &told.ric];
    let codes: Vec<&str> =
        codes.into_iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    let words = if told.event_status.is_empty() { &told.event_short_status } else { &told.event_status };
    let country = country(&told.event_country);
    let event = TrackEvent {
        status: meaning.status,
        carrier_code: codes.join(" "),
        carrier_words: words.clone(),
        occurred: time(&told.event_timestamp, country)?,
        place: Place {
            city: Some(told.event_location.trim().to_owned()).filter(|city| !city.is_empty()),
            country,
            ..Place::default()
        },
        is_physical_scan: meaning.physical,
        id: None,
    };
    Ok((event, meaning.known))
}

/// `31.08.2026 14:05`, without a zone: German time for what happened in Germany, local elsewhere.
fn time(text: &str, country: Option<CountryCode>) -> Result<LocalTime, Fault> {
    let clock = DateTime::strptime("%d.%m.%Y %H:%M", text.trim())
        .map_err(|_| Fault::unreadable("`event-timestamp` is no time"))?;
    if country.is_some_and(|country| country == "DE") {
        let instant = TimeZone::get("Europe/Berlin").ok().and_then(|berlin| berlin.to_timestamp(clock).ok());
        return Ok(instant.map_or(LocalTime::Local(clock), LocalTime::Instant));
    }
    Ok(LocalTime::Local(clock))
}

/// The country, told as a code or by its German or English name.
fn country(text: &str) -> Option<CountryCode> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("deutschland") {
        return CountryCode::parse("DE").ok();
    }
    CountryCode::parse(text)
        .ok()
        .or_else(|| CountryCode::from_alpha3(text))
        .or_else(|| CountryCode::all().find(|country| country.name().eq_ignore_ascii_case(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_german_times_have_a_zone() {
        let at = |text, place| time(text, country(place)).unwrap();
        let instant = |text: &str| LocalTime::Instant(text.parse().unwrap());
        assert_eq!(at("31.08.2026 14:05", "Germany"), instant("2026-08-31T12:05:00Z"));
        assert_eq!(at("31.12.2026 14:05", "DE"), instant("2026-12-31T13:05:00Z"));
        let local = LocalTime::Local("2026-08-31T14:05:00".parse().unwrap());
        assert_eq!(at("31.08.2026 14:05", "Austria"), local);
        assert_eq!(at("31.08.2026 14:05", ""), local);
        assert!(time("2026-08-31", None).is_err());
    }

    #[test]
    fn a_number_of_wrong_form_is_unknown_and_another_may_come() {
        let outcome = |text: &str| nothing(&TrackingNumber::parse(text).unwrap()).outcome;
        assert_eq!(outcome("00340434161094015902"), TrackOutcome::NoDataYet);
        assert_eq!(outcome("00340434161094015903"), TrackOutcome::UnknownNumber);
        assert_eq!(outcome("201298452277"), TrackOutcome::NoDataYet);
        assert_eq!(outcome("ABC123"), TrackOutcome::UnknownNumber);
    }
}
