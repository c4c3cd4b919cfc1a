//! What was offered, what was not, and who answered.

use comfy_table::{ColumnConstraint, Table};

use super::{bare, count, money, table, time, words};
use crate::api::proto::v1;

/// The columns that are shown where an offer has something to say there.
const IN_TIME: usize = 7;
const PROTECTS: usize = 8;

/// Offers, the best first.
pub(in crate::cli) fn offers(offers: &[v1::Offer]) -> Table {
    let mut table =
        table(&["#", "Service", "Account", "Price", "Price is", "Arrives by", "Says", "In time", "Protects"]);
    for (index, offer) in offers.iter().enumerate() {
        let service = offer.service.clone().unwrap_or_default();
        table.add_row([
            (index + 1).to_string(),
            format!("{} ({}/{})", service.name, offer.carrier, service.code),
            offer.account.clone(),
            money(offer.total.as_ref()),
            words(offer.price_source().as_str_name(), "PRICE_SOURCE_"),
            arrival(offer),
            source(offer),
            in_time(offer),
            protects(offer),
        ]);
    }
    if offers.iter().all(|offer| in_time(offer).is_empty()) {
        hide(&mut table, IN_TIME);
    }
    if offers.iter().all(|offer| protects(offer).is_empty()) {
        hide(&mut table, PROTECTS);
    }
    table
}

fn hide(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_constraint(ColumnConstraint::Hidden);
    }
}

/// The end of the delivery window, and whether that is late or guaranteed.
fn arrival(offer: &v1::Offer) -> String {
    let Some(window) = &offer.delivery_window else { return "not told".to_owned() };
    let mut arrival = match (&window.latest, window.business_days) {
        (Some(latest), _) => time(Some(latest)),
        (None, 0) => "not told".to_owned(),
        (None, days) => format!("{} from pick-up", count(usize::try_from(days).unwrap_or(0), "business day")),
    };
    if window.guaranteed {
        arrival.push_str(" guaranteed");
    }
    if offer.notices.iter().any(|notice| notice.code == "LATE") {
        arrival.push_str(" LATE");
    }
    arrival
}

/// Whether it comes in time, and how likely.
fn in_time(offer: &v1::Offer) -> String {
    let told = offer.on_time.clone().unwrap_or_default();
    let status = match told.status() {
        v1::OnTimeStatus::OnTime => "yes",
        v1::OnTimeStatus::AtRisk => "at risk",
        v1::OnTimeStatus::Late => "no",
        v1::OnTimeStatus::Unknown | v1::OnTimeStatus::Unspecified => return String::new(),
    };
    match told.probability {
        Some(probability) => format!("{status} ({:.0} %)", probability * 100.0),
        None => status.to_owned(),
    }
}

/// How many protections it carries, of how many there are.
fn protects(offer: &v1::Offer) -> String {
    match (offer.benefits.len(), offer.withheld_benefits.len()) {
        (0, 0) => String::new(),
        (carried, withheld) => format!("{carried} of {}", carried + withheld),
    }
}

/// Protections that the offers do not carry, a line for each and why, with the numbers of the offers that it is so for.
pub(in crate::cli) fn withheld(offers: &[v1::Offer]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for (index, offer) in offers.iter().enumerate() {
        let number = format!("#{}", index + 1);
        for one in &offer.withheld_benefits {
            let remedy = if one.remedy.is_empty() { String::new() } else { format!(" -> {}", one.remedy) };
            let line = format!("{}: {}{remedy}", one.benefit, one.reason);
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, numbers)) => numbers.push(number.clone()),
                None => lines.push((line, vec![number.clone()])),
            }
        }
    }
    let named = |(line, numbers): (String, Vec<String>)| match numbers.len() {
        every if every > 1 && every == offers.len() => format!("all {line}"),
        _ => format!("{} {line}", numbers.join(", ")),
    };
    lines.into_iter().map(named).collect()
}

/// Who says when it arrives.
fn source(offer: &v1::Offer) -> String {
    let window = offer.delivery_window.as_ref();
    let source = window.map(|window| words(window.source().as_str_name(), "WINDOW_SOURCE_"));
    source.filter(|source| source != "none").unwrap_or_default()
}

/// Offers whose service the border treats otherwise than the request as a whole.
pub(in crate::cli) fn otherwise(offers: &[v1::Offer]) -> Vec<String> {
    let own = offers.iter().filter_map(|offer| Some((offer, offer.regional_decision.as_deref()?)));
    own.map(|(offer, decision)| {
        let service = offer.service.clone().unwrap_or_default();
        let severity = bare(decision.severity().as_str_name(), "SEVERITY_");
        let codes: Vec<_> = decision.findings.iter().map(|one| one.code.as_str()).collect();
        format!("{}: scheme {}, {severity}: {}", service.name, decision.scheme, codes.join(", "))
    })
    .collect()
}

/// What is not offered: a line a service and reason.
pub(in crate::cli) fn ineligible(ineligible: &[v1::Ineligible]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in ineligible {
        let service = match &one.service {
            Some(service) => format!("{}/{} {}", one.carrier, service.code, service.name),
            None => one.carrier.clone(),
        };
        for reason in &one.reasons {
            let seen = match (reason.observed.as_str(), reason.limit.as_str()) {
                ("", _) => String::new(),
                (observed, "") => format!(" [{observed}]"),
                (observed, limit) => format!(" [{observed}, at most {limit}]"),
            };
            let remedy =
                if reason.remedy.is_empty() { String::new() } else { format!(" -> {}", reason.remedy) };
            lines.push(format!("{service}: {} {}{seen}{remedy}", reason.code, reason.message));
        }
        if let Some(change) = &one.smallest_change {
            lines.push(format!("{service}: one change is enough: {}", change.message));
        }
    }
    lines
}

/// Who answered, and how fast; those that were not asked stand in one line.
pub(in crate::cli) fn reports(reports: &[v1::CarrierReport]) -> Vec<String> {
    let skipped = |report: &&v1::CarrierReport| {
        report.status() == v1::CarrierReportStatus::Skipped
            && report.fault.is_none()
            && report.notices.is_empty()
    };
    let line = |report: &v1::CarrierReport| {
        let status = bare(report.status().as_str_name(), "CARRIER_REPORT_STATUS_");
        let millis =
            report.latency.as_ref().map_or(0, |took| took.seconds * 1000 + i64::from(took.nanos) / 1_000_000);
        let account =
            if report.account.is_empty() { String::new() } else { format!(" ({})", report.account) };
        let offers = count(usize::try_from(report.offer_count).unwrap_or(0), "offer");
        let fault = report.fault.as_ref().map(|fault| format!(": {}", fault.message)).unwrap_or_default();
        let notices: String = report.notices.iter().map(|notice| format!("; {}", notice.message)).collect();
        format!("{}{account}: {status}, {offers} in {millis} ms{fault}{notices}", report.carrier)
    };
    let mut lines: Vec<_> = reports.iter().filter(|report| !skipped(report)).map(line).collect();
    let names: Vec<_> = reports.iter().filter(skipped).map(|report| report.carrier.as_str()).collect();
    if !names.is_empty() {
        lines.push(format!("not asked: {}", names.join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::proto::google_type;

    #[test]
    fn a_reason_shows_what_was_seen_and_the_way_out() {
        let reason = v1::IneligibleReason {
            code: "OVER_WEIGHT".into(),
            observed: "32 kg".into(),
            limit: "31.5 kg".into(),
            message: "parcel 1 is too heavy".into(),
            remedy: "split the parcel".into(),
            ..Default::default()
        };
        let one = v1::Ineligible { carrier: "c".into(), reasons: vec![reason], ..Default::default() };
        let lines = ineligible(&[one]);
        assert_eq!(
            lines,
            ["c: OVER_WEIGHT parcel 1 is too heavy [32 kg, at most 31.5 kg] -> split the parcel"]
        );
    }

    #[test]
    fn a_protection_that_several_offers_lack_is_told_once() {
        let lacks = |reasons: &[&str]| {
            let withheld = reasons.iter().map(|reason| v1::WithheldBenefit {
                benefit: "B".into(),
                reason: (*reason).into(),
                remedy: "ship earlier".into(),
            });
            v1::Offer { withheld_benefits: withheld.collect(), ..Default::default() }
        };
        let offers = [lacks(&["LATE", "OFF"]), lacks(&["OFF"]), lacks(&["LATE", "OFF"])];
        assert_eq!(withheld(&offers), ["#1, #3 B: LATE -> ship earlier", "all B: OFF -> ship earlier"]);
        assert_eq!(withheld(&offers[1..2]), ["#1 B: OFF -> ship earlier"]);
    }

    #[test]
    fn an_offer_says_what_it_costs_whose_price_that_is_and_when_it_comes() {
        let late = v1::Notice { code: "LATE".into(), message: String::new() };
        let latest = v1::LocalTime { wall_clock: "2026-11-30T23:30:00".into(), ..Default::default() };
        let window = v1::DeliveryWindow {
            latest: Some(latest),
            source: v1::WindowSource::Carrier.into(),
            ..Default::default()
        };
        let dated = v1::Offer {
            carrier: "acme".into(),
            account: "main".into(),
            total: Some(google_type::Money { currency_code: "USD".into(), units: 16, nanos: 940_000_000 }),
            price_source: v1::PriceSource::Negotiated.into(),
            delivery_window: Some(window),
            notices: vec![late],
            ..Default::default()
        };
        let shown = offers(&[dated.clone(), v1::Offer::default()]).to_string();
        for words in ["16.94 USD", "negotiated", "2026-11-30 23:30 LATE", "carrier", "not told"] {
            assert!(shown.contains(words), "{words} is not in\n{shown}");
        }
        assert!(
            !shown.contains("In time") && !shown.contains("Protects"),
            "there is nothing to tell\n{shown}"
        );
        let on_time = v1::OnTime { status: v1::OnTimeStatus::AtRisk.into(), ..Default::default() };
        let promised = v1::Offer { on_time: Some(on_time), ..dated };
        let shown = offers(&[promised, v1::Offer::default()]).to_string();
        assert!(
            shown.contains("In time") && shown.contains("at risk") && !shown.contains("Protects"),
            "{shown}"
        );
    }

    #[test]
    fn a_failure_keeps_its_words_and_the_skipped_share_a_line() {
        let report = |carrier: &str, status: v1::CarrierReportStatus| v1::CarrierReport {
            carrier: carrier.into(),
            status: status.into(),
            ..Default::default()
        };
        let mut failed = report("a", v1::CarrierReportStatus::Failed);
        failed.fault = Some(v1::Fault { message: "no connection".into(), ..Default::default() });
        let skipped = v1::CarrierReportStatus::Skipped;
        let lines = reports(&[report("b", skipped), failed, report("c", skipped)]);
        assert_eq!(lines, ["a: FAILED, 0 offers in 0 ms: no connection", "not asked: b, c"]);
    }
}
