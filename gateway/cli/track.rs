//! `track`.

use anyhow::{Result, bail};

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
    let progress = show::progress("the carrier is being asked");
    let tracked = connect::shipping(connection)?.track(request).await?.into_inner();
    drop(progress);
    if json {
        message::print("TrackResponse", &tracked, false)?;
    } else {
        print(&tracked);
    }
    if parcels(&tracked).any(|parcel| parcel.outcome() == v1::TrackOutcome::CarrierFailed) {
        bail!("the carrier could not be asked about every parcel: what is shown was known before");
    }
    Ok(())
}

/// Every parcel of the answer, the first included.
pub(super) fn parcels(tracked: &v1::TrackResponse) -> impl Iterator<Item = v1::ParcelTracking> {
    let first = v1::ParcelTracking {
        tracking_number: String::new(),
        tracking: tracked.tracking.clone(),
        outcome: tracked.outcome,
        fault: tracked.fault.clone(),
    };
    std::iter::once(first).chain(tracked.other_parcels.iter().cloned())
}

/// Every parcel for a person.
pub(super) fn print(tracked: &v1::TrackResponse) {
    for parcel in parcels(tracked) {
        let tracking = parcel.tracking.clone().unwrap_or_default();
        show::line(format!("{} {}: {}", tracking.carrier, tracking.tracking_number, state(&parcel)));
        if !tracking.events.is_empty() {
            show::line(render::events(&tracking).to_string());
        }
        if let Some(fault) = &parcel.fault {
            show::line(format!("  the carrier could not be asked: {}", fault.message));
        }
        let estimate = tracking.estimated_delivery.as_ref().and_then(|window| window.latest.as_ref());
        if tracking.delivered_at.is_none() && estimate.is_some() {
            show::line(format!("  expected by {}", render::time(estimate)));
        }
        show::line(format!("  as of {}", render::instant_of(tracking.as_of.as_ref())));
    }
}

/// The status of a parcel that was found, and otherwise which of the three
/// kinds of not knowing it is.
pub(super) fn state(parcel: &v1::ParcelTracking) -> String {
    let status = parcel.tracking.as_ref().map_or(v1::TrackStatus::Unspecified, v1::Tracking::status);
    let known = status != v1::TrackStatus::Unspecified && status != v1::TrackStatus::Unknown;
    let last_known = if known { format!(", last known {}", bare_status(status)) } else { String::new() };
    match parcel.outcome() {
        v1::TrackOutcome::Found | v1::TrackOutcome::Unspecified => bare_status(status),
        v1::TrackOutcome::NoDataYet => "NO DATA YET".to_owned(),
        v1::TrackOutcome::UnknownNumber => "UNKNOWN NUMBER: the carrier does not know it".to_owned(),
        v1::TrackOutcome::CarrierFailed => format!("CARRIER FAILED{last_known}"),
    }
}

fn bare_status(status: v1::TrackStatus) -> String {
    render::bare(status.as_str_name(), "TRACK_STATUS_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_of_not_knowing_read_differently() {
        let shown = |outcome: v1::TrackOutcome, status: v1::TrackStatus| {
            let tracking = v1::Tracking { status: status.into(), ..Default::default() };
            state(&v1::ParcelTracking {
                tracking: Some(tracking),
                outcome: outcome.into(),
                ..Default::default()
            })
        };
        let (moving, unknown) = (v1::TrackStatus::InTransit, v1::TrackStatus::Unknown);
        assert_eq!(shown(v1::TrackOutcome::Found, moving), "IN_TRANSIT");
        assert_eq!(shown(v1::TrackOutcome::NoDataYet, unknown), "NO DATA YET");
        assert!(shown(v1::TrackOutcome::UnknownNumber, unknown).starts_with("UNKNOWN NUMBER"));
        assert_eq!(shown(v1::TrackOutcome::CarrierFailed, moving), "CARRIER FAILED, last known IN_TRANSIT");
        assert_eq!(shown(v1::TrackOutcome::CarrierFailed, unknown), "CARRIER FAILED");
    }
}
