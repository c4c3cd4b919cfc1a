//! `watch`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show, track};
use crate::api::proto::v1;

/// What is watched.
pub(super) struct Asked {
    /// A shipment, or a carrier when a number follows; every parcel when absent.
    pub(super) target: Option<String>,
    /// A number of that carrier.
    pub(super) number: Option<String>,
    /// Where to go on.
    pub(super) from: Option<String>,
}

pub(super) async fn run(connection: &Connection, json: bool, asked: Asked) -> Result<()> {
    use v1::watch_tracking_request::Target;
    let target = asked.target.map(|target| match asked.number {
        None => Target::ShipmentId(target),
        Some(tracking_number) => {
            Target::Number(v1::TrackingNumberReference { carrier: target, tracking_number })
        }
    });
    let mut cursor = asked.from.unwrap_or_default();
    let request = v1::WatchTrackingRequest { target, cursor: cursor.clone() };
    let mut stream = connect::shipping(connection)?.watch_tracking(request).await?.into_inner();
    let end = loop {
        let next = tokio::select! {
            next = stream.message() => next,
            _ = tokio::signal::ctrl_c() => Ok(None),
        };
        let told = match next {
            Ok(Some(told)) => told,
            Ok(None) => break Ok(()),
            Err(status) => break Err(status.into()),
        };
        cursor.clone_from(&told.cursor);
        match &told.parcel {
            None => {}
            Some(_) if json => message::print("WatchTrackingResponse", &told, true)?,
            Some(parcel) => show::line(line(parcel)),
        }
    };
    if !cursor.is_empty() {
        show::note(format!("go on with: parcelgate watch --from {cursor}"));
    }
    end
}

/// What is known of a parcel in one line: its state, and the newest thing that
/// happened.
fn line(parcel: &v1::ParcelTracking) -> String {
    let tracking = parcel.tracking.clone().unwrap_or_default();
    let heard = render::instant_of(tracking.as_of.as_ref());
    let words = match tracking.carrier_status_words.trim() {
        "" => String::new(),
        words => format!("  \u{201c}{words}\u{201d}"),
    };
    let shipment = match tracking.shipment_id.as_str() {
        "" => String::new(),
        id => format!("  {id}"),
    };
    let state = track::state(parcel);
    format!("{heard}  {} {}{shipment}  {state}{words}", tracking.carrier, tracking.tracking_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_is_one_line() {
        let tracking = v1::Tracking {
            carrier: "acme".into(),
            tracking_number: "1Z".into(),
            shipment_id: "sh_1".into(),
            status: v1::TrackStatus::OutForDelivery.into(),
            carrier_status_words: "On the van".into(),
            as_of: Some(prost_types::Timestamp::default()),
            ..Default::default()
        };
        let parcel = v1::ParcelTracking {
            tracking: Some(tracking),
            outcome: v1::TrackOutcome::Found.into(),
            ..Default::default()
        };
        let shown = line(&parcel);
        assert_eq!(
            shown,
            "1970-01-01 00:00 UTC  acme 1Z  sh_1  OUT_FOR_DELIVERY  \u{201c}On the van\u{201d}"
        );
        let nothing =
            v1::ParcelTracking { outcome: v1::TrackOutcome::NoDataYet.into(), ..Default::default() };
        assert_eq!(line(&nothing), "-     NO DATA YET");
    }
}
