//! Looks a purchase up by the sender's reference.
//!
//! Chronopost finds a shipment only once its announcement is loaded, and gives
//! no label again. Start with [`find`].

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{Notice, TrackingNumber};
use parcelgate_kit::operation::{FindQuery, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use crate::answer;
use crate::settings::Credentials;
use crate::wire::{FoundParcels, TRACKING};

/// The purchase of `query`, without its labels; `None` when the reference is
/// not known, or not yet.
pub(crate) async fn find(cx: &mut Cx<'_>, query: &FindQuery) -> Result<Option<Purchased>, Fault> {
    let mut numbers = cx.send(&TrackWithSenderRef, query).await?;
    // The list has no stated order; numbers of one shipment follow each other.
    numbers.sort();
    numbers.dedup();
    let (sent, found) = (query.order.shipment.parcels.len(), numbers.len());
    let Some(first) = numbers.first() else { return Ok(None) };
    if found < sent {
        let words = format!("the carrier knows {found} of {sent} parcels so far");
        return Err(Fault::new(FaultKind::Unavailable, words));
    }
    if found > sent {
        return Err(Fault::unreadable(format!("the reference fits {found} parcels, {sent} were sent")));
    }
    let mut bought = Purchased::new(first.to_string(), numbers.clone(), Vec::new());
    let words = "Chronopost gives a label only in the answer to its purchase, which was lost: cancel this shipment and buy anew";
    bought.notices.push(Notice::new("LABEL_NOT_RECOVERED", words));
    Ok(Some(bought))
}

struct TrackWithSenderRef;

impl Exchange for TrackWithSenderRef {
    type In = FindQuery;
    type Out = Vec<TrackingNumber>;
    const NAME: &'static str = "track_with_sender_ref";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, query: &FindQuery) -> Result<Wire, Fault> {
        let credentials = Credentials::of(account)?;
        TRACKING.call("trackWithSenderRef", |to| {
            credentials.write(to);
            to.text("language", "fr_FR").text("sendersRef", query.order.reference.as_str());
        })
    }

    fn parse(&self, _: &Account, _: &FindQuery, reply: &Reply) -> Result<Vec<TrackingNumber>, Fault> {
        let found: FoundParcels = answer::read(reply, "trackWithSenderRefResponse")?;
        let numbers = found.parcels.iter().map(|parcel| parcel.skybill_number.trim());
        let numbers = numbers.filter(|number| !number.is_empty());
        Ok(numbers.map(TrackingNumber::parse).collect::<Result<_, _>>()?)
    }
}
