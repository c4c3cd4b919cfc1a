//! Cancelling labels.
//!
//! Must never say that a label is cancelled when it is not: it would be handed over unpaid.
//! Start with [`void`].
// file only with void

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::operation::{Refund, VoidOrder, Voided};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::{fault, settings};

/// Cancels the shipment of `order`.
pub(crate) async fn void(cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
    cx.send(&Cancel, order).await
}

struct Cancel;

impl Exchange for Cancel {
    type In = VoidOrder;
    type Out = Voided;
    const NAME: &'static str = "void";
    // The carrier answers a second cancellation like the first. Where it does not, its words for "cancelled
    // already" must be read as a success in `parse`.
    const EFFECT: Effect = Effect::Idempotent;

    fn build(&self, account: &Account, order: &VoidOrder) -> Result<Wire, Fault> {
        // Ids go into a path by `segment`, which encodes them.
        let call = HttpCall::delete("/v1/shipments").segment(&order.carrier_shipment_id);
        Ok(settings::sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, _: &VoidOrder, reply: &Reply) -> Result<Voided, Fault> {
        if reply.status != 200 {
            return Err(fault::of(reply));
        }
        // `None`: the carrier charges what is handed over. `Pending`: it was charged and comes back.
        Ok(Voided::new(Refund::None))
    }
}
