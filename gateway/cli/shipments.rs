//! `shipments` and `void`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// Most shipments that a gateway tells at a time.
const MOST_OF_PAGE: u32 = 200;

/// Shows one shipment.
pub(super) async fn show(connection: &Connection, json: bool, shipment_id: String) -> Result<()> {
    let mut client = connect::shipping(connection)?;
    let got = client.get_shipment(v1::GetShipmentRequest { shipment_id }).await?.into_inner();
    if json {
        return message::print("GetShipmentResponse", &got, false);
    }
    render::shipment(&got.shipment.unwrap_or_default()).iter().for_each(show::line);
    if !got.confirmations.is_empty() {
        show::line(render::confirmations(&got.confirmations).to_string());
    }
    Ok(())
}

/// Lists the newest shipments.
pub(super) async fn list(connection: &Connection, json: bool, limit: u32) -> Result<()> {
    let mut client = connect::shipping(connection)?;
    let mut listed = v1::ListShipmentsResponse::default();
    loop {
        let open = limit.saturating_sub(u32::try_from(listed.shipments.len()).unwrap_or(limit));
        let request = v1::ListShipmentsRequest {
            page_size: i32::try_from(open.min(MOST_OF_PAGE))?,
            page_token: listed.next_page_token.clone(),
            ..Default::default()
        };
        let page = client.list_shipments(request).await?.into_inner();
        listed.shipments.extend(page.shipments);
        listed.next_page_token = page.next_page_token;
        let enough = u32::try_from(listed.shipments.len()).is_ok_and(|count| count >= limit);
        if enough || listed.next_page_token.is_empty() {
            break;
        }
    }
    if json {
        return message::print("ListShipmentsResponse", &listed, false);
    }
    if listed.shipments.is_empty() {
        show::line("No shipments yet.");
        return Ok(());
    }
    let mut table = render::table(&["Shipment", "State", "Carrier", "Price", "Tracking number", "Bought"]);
    for shipment in &listed.shipments {
        table.add_row([
            shipment.id.clone(),
            render::bare(shipment.state().as_str_name(), "SHIPMENT_STATE_"),
            shipment.carrier.clone(),
            render::money(shipment.total.as_ref()),
            shipment.parcels.first().map(|parcel| parcel.tracking_number.clone()).unwrap_or_default(),
            render::instant_of(shipment.bought_at.as_ref()),
        ]);
    }
    show::line(table.to_string());
    if !listed.next_page_token.is_empty() {
        show::line(format!("There are older ones; --limit {} shows more.", limit.saturating_mul(2)));
    }
    Ok(())
}

/// Cancels a label.
pub(super) async fn void(connection: &Connection, json: bool, shipment_id: String) -> Result<()> {
    let voided = connect::shipping(connection)?.void(v1::VoidRequest { shipment_id }).await?.into_inner();
    if json {
        return message::print("VoidResponse", &voided, false);
    }
    render::shipment(&voided.shipment.unwrap_or_default()).iter().for_each(show::line);
    Ok(())
}
