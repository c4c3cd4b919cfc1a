//! Cancels labels until the day's list is closed.
//!
//! The carrier says 204 inside the answer for a number that it does not know: never made, cancelled before or
//! on the list already, which is not told apart. Start with [`void`].

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::{Refund, VoidOrder, Voided};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::purchase::ORDERS;
use crate::reply::{self, Deleted};
use crate::settings;

/// Cancels all parcels of an order.
pub(crate) async fn void(cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
    let numbers: Vec<String> = order.tracking.iter().map(ToString::to_string).collect();
    let deleted = cx.send(&DeleteOrders, numbers.as_slice()).await?;
    let Some(first) = deleted.left.first() else {
        // Nothing is billed before the first scan.
        return Ok(Voided::new(Refund::None));
    };
    let kept: Vec<_> = deleted.left.iter().map(|kept| format!("{}: {}", kept.number, kept.words)).collect();
    let mut words = kept.join("; ");
    if deleted.left.len() < numbers.len() {
        words.push_str("; the other parcels of the shipment were cancelled");
    }
    let fault = Fault::refused(first.code.clone(), words).at(Phase::Answered);
    let unknown = deleted.left.iter().all(|kept| kept.unknown);
    Err(fault.of_kind(if unknown { FaultKind::NotFound } else { FaultKind::Refused }))
}

/// Cancels labels by their numbers, at most 30.
pub(crate) struct DeleteOrders;

impl Exchange for DeleteOrders {
    type In = [String];
    type Out = Deleted;
    const NAME: &'static str = "delete_orders";
    const EFFECT: Effect = Effect::Idempotent;

    fn build(&self, account: &Account, numbers: &[String]) -> Result<Wire, Fault> {
        let mut call = HttpCall::delete(ORDERS).query("profile", settings::profile(account));
        for number in numbers {
            call = call.query("shipment", number.as_str());
        }
        Ok(call.header("accept-language", "en-US").auth(settings::bearer(account)?).into())
    }

    fn parse(&self, _: &Account, numbers: &[String], reply: &Reply) -> Result<Deleted, Fault> {
        reply::deleted(numbers, reply)
    }
}
