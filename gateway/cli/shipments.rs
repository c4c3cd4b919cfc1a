//! `shipments` and `void`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// Shows one shipment, or lists the newest.
pub(super) async fn show(connection: &Connection, json: bool, id: Option<String>) -> Result<()> {
    let mut client = connect::shipping(connection)?;
    if let Some(shipment_id) = id {
        let got = client.get_shipment(v1::GetShipmentRequest { shipment_id }).await?.into_inner();
        if json {
            return message::print("GetShipmentResponse", &got, false);
        }
        render::shipment(&got.shipment.unwrap_or_default()).iter().for_each(show::line);
        return Ok(());
    }
    let listed = client.list_shipments(v1::ListShipmentsRequest::default()).await?.into_inner();
    if json {
        return message::print("ListShipmentsResponse", &listed, false);
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
        show::line("older ones are not shown");
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
