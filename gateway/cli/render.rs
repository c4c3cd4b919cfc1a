//! Tables and lines for people.

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{ContentArrangement, Table};

use crate::api::proto::{google_type, v1};

/// A table with these headings.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings);
    table
}

/// `12.50 EUR`.
pub(super) fn money(money: Option<&google_type::Money>) -> String {
    let Some(money) = money else { return "-".to_owned() };
    let minor = parcelgate_kit::model::Currency::parse(&money.currency_code).map_or(2, |c| c.minor_units());
    let mut digits = format!("{:09}", money.nanos.unsigned_abs());
    while digits.len() > usize::try_from(minor).unwrap_or(2) && digits.ends_with('0') {
        digits.pop();
    }
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let point = if digits.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{digits} {}", money.units.unsigned_abs(), money.currency_code)
}

/// A local time without seconds, or an instant in UTC.
pub(super) fn time(time: Option<&v1::LocalTime>) -> String {
    let Some(time) = time else { return "-".to_owned() };
    if let Some(instant) = &time.instant {
        return instant_of(Some(instant));
    }
    time.wall_clock.get(..16).unwrap_or(&time.wall_clock).replace('T', " ")
}

/// An instant in UTC, to the minute.
pub(super) fn instant_of(instant: Option<&prost_types::Timestamp>) -> String {
    let at = instant.and_then(|at| jiff::Timestamp::new(at.seconds, at.nanos).ok());
    at.map_or_else(|| "-".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// The last part of an enum's name: `DELIVERED` of `TRACK_STATUS_DELIVERED`.
pub(super) fn bare(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

/// Offers, the best first.
pub(super) fn offers(offers: &[v1::Offer]) -> Table {
    let mut table = table(&["#", "Service", "Account", "Price", "Arrives by", "Says"]);
    for (index, offer) in offers.iter().enumerate() {
        let service = offer.service.clone().unwrap_or_default();
        let window = offer.delivery_window.as_ref();
        let late = offer.notices.iter().any(|notice| notice.code == "LATE");
        let latest = time(window.and_then(|window| window.latest.as_ref()));
        let says = window
            .map_or_else(String::new, |w| bare(w.source().as_str_name(), "WINDOW_SOURCE_").to_lowercase());
        table.add_row([
            (index + 1).to_string(),
            format!("{} ({}/{})", service.name, offer.carrier, service.code),
            offer.account.clone(),
            money(offer.total.as_ref()),
            if late { format!("{latest} LATE") } else { latest },
            says,
        ]);
    }
    table
}

/// What is not offered: a line a service and reason.
pub(super) fn ineligible(ineligible: &[v1::Ineligible]) -> Vec<String> {
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
    }
    lines
}

/// Who answered, and how fast.
pub(super) fn reports(reports: &[v1::CarrierReport]) -> Vec<String> {
    let line = |report: &v1::CarrierReport| {
        let status = bare(report.status().as_str_name(), "CARRIER_REPORT_STATUS_");
        let millis =
            report.latency.as_ref().map_or(0, |took| took.seconds * 1000 + i64::from(took.nanos) / 1_000_000);
        let fault = report.fault.as_ref().map(|fault| format!(": {}", fault.message)).unwrap_or_default();
        let account =
            if report.account.is_empty() { String::new() } else { format!(" ({})", report.account) };
        format!("{}{account}: {status}, {} offers in {millis} ms{fault}", report.carrier, report.offer_count)
    };
    reports.iter().map(line).collect()
}

/// A regional decision as a broker would explain it.
pub(super) fn decision(decision: &v1::RegionalDecision) -> Vec<String> {
    let place = |territory: &Option<v1::Territory>| {
        territory.as_ref().map(|t| format!("{} ({})", t.name, t.code)).unwrap_or_default()
    };
    let mut lines = vec![
        format!(
            "{} to {}: {} border",
            place(&decision.origin),
            place(&decision.destination),
            decision.border
        ),
        format!("Scheme {}, {}", decision.scheme, bare(decision.severity().as_str_name(), "SEVERITY_")),
    ];
    for id in &decision.attached {
        let holder = bare(id.holder().as_str_name(), "IDENTIFIER_HOLDER_").to_lowercase();
        lines.push(format!("+ {} {} of the {holder} goes with the parcel", id.type_text, id.masked_value));
    }
    for id in &decision.not_attached {
        lines
            .push(format!("- {} {} does not: {} ({})", id.type_text, id.masked_value, id.message, id.reason));
    }
    lines.extend(decision.explanation.iter().map(|line| format!("  {line}")));
    if !decision.missing_data.is_empty() {
        lines.push(format!("! missing: {}", decision.missing_data.join(", ")));
    }
    for finding in decision.findings.iter().filter(|finding| finding.severity() != v1::Severity::Ok) {
        lines.push(format!("! {}: {}", finding.code, finding.message));
    }
    lines
}

/// Events of a parcel, oldest first.
pub(super) fn events(tracking: &v1::Tracking) -> Table {
    let mut table = table(&["When", "Status", "Where", "Carrier says", "Scan"]);
    for event in &tracking.events {
        let place = event.location.clone().unwrap_or_default();
        let place: Vec<_> = [place.city, place.country].into_iter().filter(|part| !part.is_empty()).collect();
        table.add_row([
            time(event.occurred.as_ref()),
            bare(event.status().as_str_name(), "TRACK_STATUS_").replace("UNSPECIFIED", ""),
            place.join(", "),
            format!("{} ({})", event.carrier_words.trim(), event.carrier_code.trim()),
            if event.is_physical_scan { "yes".to_owned() } else { String::new() },
        ]);
    }
    table
}

/// A shipment in a few lines.
pub(super) fn shipment(shipment: &v1::Shipment) -> Vec<String> {
    let service = shipment.service.clone().unwrap_or_default();
    let mut lines = vec![
        format!("Shipment {}  {}", shipment.id, bare(shipment.state().as_str_name(), "SHIPMENT_STATE_")),
        format!("  {} {} ({}), account {}", shipment.carrier, service.name, service.code, shipment.account),
        format!("  {}, reference {}", money(shipment.total.as_ref()), shipment.reference),
    ];
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        lines.push(format!("  parcel {}: {}", index + 1, parcel.tracking_number));
    }
    for document in &shipment.documents {
        let kind = bare(document.kind().as_str_name(), "DOCUMENT_KIND_").to_lowercase();
        lines.push(format!("  {kind}: {} ({})", document.id, document.media_type));
    }
    let refund = bare(shipment.refund_state().as_str_name(), "REFUND_STATE_");
    if refund != "UNSPECIFIED" {
        lines.push(format!("  refund: {refund}"));
    }
    if let Some(fault) = &shipment.refusal {
        lines.push(format!("  {}", fault.message));
    }
    lines.extend(shipment.notices.iter().map(|notice| format!("  note {}: {}", notice.code, notice.message)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(units: i64, nanos: i32, code: &str) -> String {
        money(Some(&google_type::Money { currency_code: code.into(), units, nanos }))
    }

    #[test]
    fn money_has_its_currencys_decimals_and_no_fewer() {
        assert_eq!(shown(12, 500_000_000, "EUR"), "12.50 EUR");
        assert_eq!(shown(1200, 0, "JPY"), "1200 JPY");
        assert_eq!(shown(0, -5_000_000, "EUR"), "-0.005 EUR");
    }

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
}
