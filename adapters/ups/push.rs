//! Reads what Track Alert pushes: one activity of one parcel at a time.
//!
//! Must never read who received the parcel, nor the photo. Start with [`read`].

use parcelgate_kit::codec::json;
use parcelgate_kit::descriptor::PushProof;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::TrackingNumber;
use parcelgate_kit::operation::{Pushed, Tracked};

use crate::track;
use crate::wire::track::{Activity, Alert, DeliveryDate, DeliveryTime, Location, Status, TrackedPackage};

/// The credential that the portal is told to send along.
pub(crate) const PROOF: PushProof =
    PushProof::Header { name: "credential", setting: "", secret: "webhook_credential" };

/// What the push says.
///
/// # Errors
/// [`Fault::unreadable`] when it is no alert.
pub(crate) fn read(push: &Pushed) -> Result<Vec<Tracked>, Fault> {
    let alert: Alert = json::read(&push.body)?;
    let number = TrackingNumber::parse(&alert.tracking_number)
        .map_err(|problem| Fault::unreadable(format!("`trackingNumber` {problem}")))?;
    Ok(vec![Tracked::new(number, track::found(package(alert)))])
}

/// The alert in the shape of an answer with one activity. Its number of the
/// description is another code space than the status code, so it is left out.
fn package(alert: Alert) -> TrackedPackage {
    let status = Status { status_code: None, ..alert.activity_status };
    let due = alert.scheduled_delivery_date.into_iter();
    TrackedPackage {
        delivery_date: due.map(|date| DeliveryDate { r#type: "SDD".to_owned(), date }).collect(),
        delivery_time: alert
            .delivery_end_time
            .map(|end| DeliveryTime { start_time: alert.delivery_start_time, end_time: Some(end) }),
        activity: vec![Activity {
            date: alert.local_activity_date,
            time: alert.local_activity_time,
            gmt_date: alert.gmt_activity_date,
            gmt_time: alert.gmt_activity_time,
            location: alert.activity_location.map(|address| Location { address: Some(address) }),
            status,
            logical_scan: false,
        }],
        tracking_number: alert.tracking_number,
        ..TrackedPackage::default()
    }
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::operation::TrackOutcome;

    use super::*;

    #[test]
    fn what_is_no_alert_is_unreadable() {
        for body in
            ["", "[]", "{}", r#"{"trackingNumber":"1"}"#, r#"{"trackingNumber":"1Z","activityStatus":7}"#]
        {
            assert!(read(&Pushed::new(Vec::new(), body)).is_err(), "{body}");
        }
    }

    #[test]
    fn a_pushed_scan_is_the_one_that_an_answer_tells() {
        let body = r#"{"trackingNumber":"1Z5R89390357567127","gmtActivityDate":"20260903","gmtActivityTime":"001500",
            "activityStatus":{"type":"I","code":"OR","description":"Origin Scan","descriptionCode":5}}"#;
        let TrackOutcome::Found(report) = read(&Pushed::new(Vec::new(), body)).unwrap().remove(0).outcome
        else {
            panic!("it tells of a scan")
        };
        assert_eq!(report.events[0].id.as_deref(), Some("OR 2026-09-03T00:15:00Z"));
        assert!(report.events[0].is_physical_scan);
    }
}
