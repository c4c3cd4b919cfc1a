//! Cancels a shipment, parcel by parcel, before Chronopost has it.
//!
//! Start with [`void`].

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::TrackingNumber;
use parcelgate_kit::operation::{Refund, VoidOrder, Voided};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use crate::answer;
use crate::settings::Credentials;
use crate::wire::{Cancelled, TRACKING};

/// Not a parcel of this contract, or not yet registered, which is normal in the
/// first minutes.
const NOT_KNOWN: &str = "2";

/// Cancels every parcel of `order`.
pub(crate) async fn void(cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
    for (done, number) in order.tracking.iter().enumerate() {
        if let Err(mut fault) = cx.send(&CancelSkybill, number).await {
            if done > 0 {
                let all = order.tracking.len();
                fault.message =
                    format!("{done} of {all} parcels are cancelled, {number} is not: {}", fault.message);
            }
            return Err(fault);
        }
    }
    if order.tracking.is_empty() {
        return Err(Fault::unfit("tracking", "is empty: Chronopost cancels by tracking number"));
    }
    // What is never handed over is never invoiced.
    Ok(Voided::new(Refund::None))
}

struct CancelSkybill;

impl Exchange for CancelSkybill {
    type In = TrackingNumber;
    type Out = ();
    const NAME: &'static str = "cancel_skybill";
    const EFFECT: Effect = Effect::Idempotent;

    fn build(&self, account: &Account, number: &TrackingNumber) -> Result<Wire, Fault> {
        let credentials = Credentials::of(account)?;
        TRACKING.call("cancelSkybill", |to| {
            credentials.write(to);
            to.text("language", "en_GB").text("skybillNumber", number.as_str());
        })
    }

    fn parse(&self, _: &Account, _: &TrackingNumber, reply: &Reply) -> Result<(), Fault> {
        let cancelled: Cancelled = answer::read(reply, "cancelSkybillResponse").map_err(retry)?;
        match cancelled.status_code.trim() {
            "" | "0" => Ok(()),
            code => Err(retry(answer::refusal(code, ""))),
        }
    }
}

fn retry(fault: Fault) -> Fault {
    if fault.carrier_code.as_deref() == Some(NOT_KNOWN) {
        fault.of_kind(FaultKind::NotFound).later(None)
    } else {
        fault
    }
}
