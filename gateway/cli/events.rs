//! `events`.

use anyhow::Result;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// Which events are shown.
pub(super) struct Asked {
    /// A cursor, or `now`.
    pub(super) from: Option<String>,
    /// Whether to wait for what happens.
    pub(super) follow: bool,
    /// Only these kinds.
    pub(super) kinds: Vec<String>,
}

pub(super) async fn run(connection: &Connection, json: bool, asked: Asked) -> Result<()> {
    let from_now = asked.from.as_deref() == Some("now");
    let cursor = asked.from.filter(|_| !from_now).unwrap_or_default();
    let request = v1::SubscribeRequest { cursor: cursor.clone(), from_now, kinds: asked.kinds };
    let mut client = connect::events(connection)?;
    let mut stream = client.subscribe(request).await?.into_inner();
    let mut told = Told { cursor, json, has_head: false };
    loop {
        let next = tokio::select! {
            next = stream.message() => next,
            _ = tokio::signal::ctrl_c() => Ok(None),
        };
        match next {
            Ok(Some(message)) => {
                let idle = message.event.is_none();
                told.show(message)?;
                if idle && !asked.follow {
                    break;
                }
            }
            Ok(None) => break,
            Err(status) => {
                told.where_to_go_on();
                return Err(status.into());
            }
        }
    }
    told.where_to_go_on();
    Ok(())
}

/// What was told so far.
struct Told {
    cursor: String,
    json: bool,
    has_head: bool,
}

impl Told {
    fn show(&mut self, message: v1::SubscribeResponse) -> Result<()> {
        self.cursor.clone_from(&message.cursor);
        match &message.event {
            None => Ok(()),
            Some(_) if self.json => message::print("SubscribeResponse", &message, true),
            Some(event) => {
                if !std::mem::replace(&mut self.has_head, true) {
                    show::line(HEAD);
                }
                show::line(line(event));
                Ok(())
            }
        }
    }

    fn where_to_go_on(&self) {
        if !self.cursor.is_empty() {
            show::note(format!("go on with: parcelgate events --from {}", self.cursor));
        }
    }
}

/// The names of the columns.
const HEAD: &str =
    "When                  What                      Shipment                             More";

/// An event in one line.
fn line(event: &v1::Event) -> String {
    let more = match &event.payload {
        Some(v1::event::Payload::Shipment(changed)) => {
            let state = render::bare(changed.state().as_str_name(), "SHIPMENT_STATE_");
            format!("{} {state}", changed.carrier)
        }
        Some(v1::event::Payload::Confirmation(changed)) => {
            let state = render::bare(changed.state().as_str_name(), "CONFIRMATION_STATE_");
            format!("{} {} package {} {state}", changed.marketplace, changed.order_id, changed.package_number)
        }
        Some(v1::event::Payload::Tracking(changed)) => {
            let status = render::bare(changed.status().as_str_name(), "TRACK_STATUS_");
            format!("{} {} {status}", changed.carrier, changed.tracking_number)
        }
        Some(v1::event::Payload::Decision(made)) => {
            format!("{} {} {} {}", made.marketplace, made.order_id, made.kind, made.decision_id)
        }
        None => String::new(),
    };
    let at = render::instant_of(event.occurred_at.as_ref());
    format!("{at:<20}  {:<24}  {:<35}  {more}", event.kind, event.shipment_id).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let changed = v1::ShipmentChanged { carrier: "acme".into(), state: v1::ShipmentState::Voided.into() };
        let event = v1::Event {
            kind: "shipment.voided".into(),
            shipment_id: "sh_1".into(),
            occurred_at: Some(prost_types::Timestamp::default()),
            payload: Some(v1::event::Payload::Shipment(changed)),
            ..Default::default()
        };
        let columns = ["1970-01-01 00:00 UTC", "shipment.voided", "sh_1", "acme VOIDED"];
        let shown = line(&event);
        let found: Vec<_> = shown.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect();
        assert_eq!(found, columns);
        let changed = v1::TrackingChanged { carrier: "acme".into(), ..Default::default() };
        let tracked = v1::Event { payload: Some(v1::event::Payload::Tracking(changed)), ..event };
        let at = |text: &str, word| text.find(word);
        for shown in [shown, line(&tracked)] {
            assert_eq!(at(&shown, "acme"), at(HEAD, "More"), "columns stand under their names");
        }
        assert_eq!(
            line(&v1::Event { kind: "new".into(), ..Default::default() }),
            "-                     new"
        );
    }
}
