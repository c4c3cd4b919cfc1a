//! Messages as tables and lines for people. It decides nothing and writes
//! nothing: callers print what comes back. Start with [`table`].

mod broker;
mod confirmation;
mod customs;
mod metric;
mod offers;
mod shipment;

pub(super) use broker::{data, dues, exchange_rates, heading, numbers, open, reasons, rules, to_do};
pub(super) use confirmation::confirmations;
pub(super) use customs::decision;
pub(super) use metric::{ahead, defects, metric};
pub(super) use offers::{ineligible, offers, otherwise, reports, withheld};
pub(super) use shipment::{events, shipment};

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{ContentArrangement, Table};

use crate::api::proto::{google_type, v1};

/// A table with these headings. It fits a terminal; elsewhere each row is one line.
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

/// The same as words in a sentence: `rate card` of `PRICE_SOURCE_RATE_CARD`,
/// nothing for an enum that is not set.
pub(super) fn words(name: &str, prefix: &str) -> String {
    let words = bare(name, prefix).to_lowercase().replace('_', " ");
    if words == "unspecified" { String::new() } else { words }
}

/// `1 parcel`, `2 parcels`.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
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
    fn an_enum_reads_as_words() {
        assert_eq!(words("PRICE_SOURCE_RATE_CARD", "PRICE_SOURCE_"), "rate card");
        assert_eq!(words("PRICE_SOURCE_UNSPECIFIED", "PRICE_SOURCE_"), "");
        assert_eq!((count(1, "parcel"), count(0, "parcel")), ("1 parcel".into(), "0 parcels".into()));
    }
}
