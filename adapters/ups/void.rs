//! Cancels a shipment before UPS has it.
//!
//! Voiding a shipment twice is an error at UPS, voiding its packages twice is
//! not; so a refusal is checked package by package before it is believed.
//! Start with [`void`].

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::TrackingNumber;
use parcelgate_kit::operation::{Refund, VoidOrder, Voided};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::refusal;
use crate::settings::CallId;
use crate::wire::void::{Outcome, VoidReply, VoidResponse};

/// Handed over, too old or never made: final.
const TOO_LATE: &str = "190102";
/// Packages that one call takes.
const MOST_PACKAGES: usize = 20;

/// Cancels the shipment of `order`.
pub(crate) async fn void(cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
    let call = CallId::next(cx);
    let refusal = match cx.send(&VoidShipment(call), order).await {
        Ok(response) if response.summary_result.as_ref().is_some_and(Outcome::is_voided) => {
            return Ok(voided());
        }
        Ok(_) => Fault::refused("NOT_VOIDED", "UPS answered without having voided the shipment"),
        Err(fault) => fault,
    };
    let is_final = refusal.kind != FaultKind::Refused || refusal::first_code(&refusal) == TOO_LATE;
    if is_final || order.tracking.is_empty() {
        return Err(refusal);
    }
    for packages in order.tracking.chunks(MOST_PACKAGES) {
        let call = CallId::next(cx);
        let void = VoidPackages { call, id: &order.carrier_shipment_id };
        let all = cx.send(&void, packages).await.is_ok_and(|outcomes| {
            outcomes.len() == packages.len() && outcomes.iter().all(Outcome::is_voided)
        });
        if !all {
            return Err(refusal);
        }
    }
    Ok(voided())
}

/// UPS takes what it had already put on the account off the next invoice.
fn voided() -> Voided {
    Voided::new(Refund::Pending)
}

fn call_for(id: &str) -> HttpCall {
    HttpCall::delete("/api/shipments/v2409/void/cancel").segment(&id.to_ascii_uppercase())
}

fn read(reply: &Reply) -> Result<VoidResponse, Fault> {
    if !reply.is_success() {
        return Err(refusal::fault(reply));
    }
    Ok(json::read::<VoidReply>(&reply.body)?.void_shipment_response)
}

struct VoidShipment(CallId);

impl Exchange for VoidShipment {
    type In = VoidOrder;
    type Out = VoidResponse;
    const NAME: &'static str = "void";
    const EFFECT: Effect = Effect::Idempotent;

    fn build(&self, account: &Account, order: &VoidOrder) -> Result<Wire, Fault> {
        Ok(self.0.sign(call_for(&order.carrier_shipment_id), account)?.into())
    }

    fn parse(&self, _: &Account, _: &VoidOrder, reply: &Reply) -> Result<VoidResponse, Fault> {
        read(reply)
    }
}

/// Cancels packages of a shipment; one that is cancelled already counts.
struct VoidPackages<'a> {
    call: CallId,
    id: &'a str,
}

impl Exchange for VoidPackages<'_> {
    type In = [TrackingNumber];
    type Out = Vec<Outcome>;
    const NAME: &'static str = "void_packages";
    const EFFECT: Effect = Effect::Idempotent;

    fn build(&self, account: &Account, packages: &[TrackingNumber]) -> Result<Wire, Fault> {
        let list = match packages {
            [only] => only.to_string(),
            several => {
                let quoted: Vec<_> = several.iter().map(|number| format!("\"{number}\"")).collect();
                format!("[{}]", quoted.join(","))
            }
        };
        let call = call_for(self.id).query("trackingnumber", list);
        Ok(self.call.sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, _: &[TrackingNumber], reply: &Reply) -> Result<Vec<Outcome>, Fault> {
        Ok(read(reply)?.package_level_results)
    }
}
