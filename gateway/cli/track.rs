//! `track`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

pub(super) async fn run(
    connection: &Connection,
    json: bool,
    target: String,
    number: Option<String>,
) -> Result<()> {
    use v1::track_request::Target;
    let target = match number {
        None => Target::ShipmentId(target),
        Some(tracking_number) => {
            Target::Number(v1::TrackingNumberReference { carrier: target, tracking_number })
        }
    };
    let request = v1::TrackRequest { target: Some(target) };
    let tracked = connect::shipping(connection)?.track(request).await?.into_inner();
    if json {
        return message::print("TrackResponse", &tracked, false);
    }
    print(&tracked);
    Ok(())
}

/// Every parcel for a person.
pub(super) fn print(tracked: &v1::TrackResponse) {
    let first = v1::ParcelTracking {
        tracking_number: String::new(),
        tracking: tracked.tracking.clone(),
        outcome: tracked.outcome,
        fault: tracked.fault.clone(),
    };
    for parcel in std::iter::once(&first).chain(&tracked.other_parcels) {
        let tracking = parcel.tracking.clone().unwrap_or_default();
        let status = render::bare(tracking.status().as_str_name(), "TRACK_STATUS_");
        let outcome = render::bare(parcel.outcome().as_str_name(), "TRACK_OUTCOME_");
        let state =
            if parcel.outcome() == v1::TrackOutcome::Found { status } else { outcome.replace('_', " ") };
        show::line(format!("{} {}: {state}", tracking.carrier, tracking.tracking_number));
        if !tracking.events.is_empty() {
            show::line(render::events(&tracking).to_string());
        }
        if let Some(fault) = &parcel.fault {
            show::line(format!("  the carrier could not be asked: {}", fault.message));
        }
        show::line(format!("  as of {}", render::instant_of(tracking.as_of.as_ref())));
    }
}
