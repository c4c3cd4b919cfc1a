//! What is taken and what is refused.

use clap::CommandFactory;

use super::*;

#[test]
fn the_arguments_hold_together() {
    Cli::command().debug_assert();
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for bad in [
        "buy",
        "buy --quote q",
        "buy a.json --quote q --offer o",
        "buy a.json --pick dearest",
        "buy a.json --service acme",
        "buy a.json --max-total 12.50",
        "buy a.json --label tiff",
        "rate",
        "demo --country Germany",
        "sandbox --speed 0",
        "sandbox --speed NaN",
        "shipments --limit 0",
        "label sh_1 --joined --format pdf",
        "label sh_1 --format tiff",
        "operator resolve sh_1 --bought 1Z",
        "operator resolve sh_1 --evidence portal",
        "operator resolve sh_1 --not-bought --bought 1Z --evidence portal",
        "carriers --timeout 0",
        "carriers approved",
        "carriers approved --marketplace Germany",
        "carriers approved --marketplace DE --date 2026-02-30",
        "numbers identify",
        "numbers validate 1Z",
        "numbers validate 1Z --carrier acme --typed Acme",
        "carriers --timeout soon",
        "carriers --server nonsense",
        "carriers --server ftp://127.0.0.1",
        "carriers --tls-cert only.pem",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_people_type_is_taken() {
    for good in [
        "buy a.json --pick best-value",
        "buy - --label PDF --size a6",
        "buy a.json --service acme/03",
        "buy --quote q --offer o --key k",
        "demo --country de --out d --keep",
        "carriers acme --json --server https://gateway.example:443",
        "carriers approved --marketplace de --destination fr --date 2026-07-01 --json",
        "numbers identify 1Z 2Z --country us",
        "numbers validate 1Z --carrier acme --service 03 --shipment sh_1 --marketplace DE --origin CN",
        "numbers validate 1Z --typed Acme",
        "shipments --limit 500",
        "label sh_1 --joined --out all.pdf",
        "label doc_1 --format PDF",
        "events --from now --follow --kind shipment.* --kind x",
        "operator in-doubt --json",
        "operator resolve sh_1 --tenant acme --bought 1Z,1Y --evidence portal",
        "operator resolve sh_1 --not-bought --evidence portal",
    ] {
        assert!(parse(good).is_ok(), "{good}: {}", parse(good).unwrap_err());
    }
}

#[test]
fn an_amount_is_read_exactly() {
    let money = amount("12.50 EUR").unwrap();
    assert_eq!((money.units, money.nanos, money.currency_code.as_str()), (12, 500_000_000, "EUR"));
    for bad in ["12.50", "x EUR", "1 EUX", "1,5 EUR", "99999999999999999999999 EUR"] {
        assert!(amount(bad).is_err(), "{bad}");
    }
}

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("parcelgate").chain(line.split(' ')))
}
