//! `carriers`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, id: Option<String>) -> Result<()> {
    let mut client = connect::carriers(connection)?;
    if let Some(carrier) = id {
        let got = client.get_carrier(v1::GetCarrierRequest { carrier }).await?.into_inner();
        if json {
            return message::print("GetCarrierResponse", &got, false);
        }
        detail(&got.carrier.unwrap_or_default());
        return Ok(());
    }
    let listed = client.list_carriers(v1::ListCarriersRequest::default()).await?.into_inner();
    if json {
        return message::print("ListCarriersResponse", &listed, false);
    }
    let mut table = render::table(&["Carrier", "Name", "Countries", "Services", "Can", "Labels"]);
    for carrier in &listed.carriers {
        let countries =
            if carrier.countries.is_empty() { "any".to_owned() } else { carrier.countries.join(" ") };
        table.add_row([
            carrier.id.clone(),
            carrier.name.clone(),
            countries,
            carrier.services.len().to_string(),
            operations(carrier),
            labels(carrier),
        ]);
    }
    show::line(table.to_string());
    Ok(())
}

fn operations(carrier: &v1::Carrier) -> String {
    let names =
        carrier.operations().map(|one| render::bare(one.as_str_name(), "CARRIER_OPERATION_").to_lowercase());
    names.collect::<Vec<_>>().join(" ")
}

fn labels(carrier: &v1::Carrier) -> String {
    let names = carrier.label_formats().map(|one| render::bare(one.as_str_name(), "DOCUMENT_FORMAT_"));
    names.collect::<Vec<_>>().join(" ")
}

/// Every lane of a service, a line each.
fn lanes(lanes: &[v1::Lane]) -> String {
    let line = |lane: &v1::Lane| {
        let within = match (lane.domestic_only, lane.international_only) {
            (true, _) => " (domestic)",
            (_, true) => " (across a border)",
            _ => "",
        };
        format!("{} to {}{within}", places(&lane.from), places(&lane.to))
    };
    lanes.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `*` in words, and a long list by its first countries.
fn places(list: &str) -> String {
    const SHOWN: usize = 6;
    let list = list.replacen('*', "anywhere", 1);
    let countries: Vec<_> = list.split(", ").collect();
    match countries.get(..SHOWN) {
        Some(first) if countries.len() > SHOWN => {
            format!("{} and {} more", first.join(", "), countries.len() - SHOWN)
        }
        _ => list,
    }
}

fn detail(carrier: &v1::Carrier) {
    show::line(format!(
        "{} ({}): {}; labels {}",
        carrier.name,
        carrier.id,
        operations(carrier),
        labels(carrier)
    ));
    let guard = carrier.purchase_guard.unwrap_or_default();
    let kind = render::bare(guard.kind().as_str_name(), "PURCHASE_GUARD_KIND_");
    show::line(format!("Guard of a purchase: {kind}"));
    let mut table = render::table(&["Service", "Name", "Lanes", "Carries"]);
    for described in &carrier.services {
        let service = described.service.clone().unwrap_or_default();
        table.add_row([service.code, service.name, lanes(&described.lanes), described.carries.join(" ")]);
    }
    show::line(table.to_string());
    let mut table = render::table(&["Account setting", "What it is", "Secret", "Required"]);
    for field in &carrier.account_fields {
        let yes = |yes: bool| if yes { "yes".to_owned() } else { String::new() };
        table.add_row([field.name.clone(), field.label.clone(), yes(field.secret), yes(field.required)]);
    }
    show::line(table.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_short_and_none_is_left_out() {
        let lane = |from: &str, to: &str, international_only| v1::Lane {
            from: from.into(),
            to: to.into(),
            international_only,
            ..Default::default()
        };
        let shown =
            lanes(&[lane("US, PR", "* but US, PR", false), lane("DE", "A, B, C, D, E, F, G, H", true)]);
        assert_eq!(
            shown,
            "US, PR to anywhere but US, PR\nDE to A, B, C, D, E, F and 2 more (across a border)"
        );
    }
}
