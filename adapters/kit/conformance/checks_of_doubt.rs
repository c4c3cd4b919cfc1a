//! Behaviour of buying when it is not clear what happened.
//!
//! The ledger must never hold two live labels for one purchase, and what it
//! holds must be known to the gateway or be in doubt there.

use super::behaviour::{Check, Crash, Ending, Rig, RigMaker, ensure};
use super::checks_of_purchase::buys;
use super::orders::Orders;
use crate::exchange::Guard;
use crate::sim::{FaultRule, SimFault};

pub(super) fn all() -> Vec<Check> {
    vec![
        Check { name: "purchase::resumes_after_crash", applies: buys, run: |m, o| Box::pin(crashes(m, o)) },
        Check {
            name: "purchase::resumes_after_two_crashes",
            applies: buys,
            run: |m, o| Box::pin(crashes_twice(m, o)),
        },
        Check {
            name: "purchase::lost_answer_ends_as_guarded",
            applies: buys,
            run: |m, o| Box::pin(lost_answer(m, o)),
        },
        Check {
            name: "purchase::lost_request_ends_as_guarded",
            applies: buys,
            run: |m, o| Box::pin(lost_request(m, o)),
        },
    ]
}

/// Holds the gateway's word against the ledger.
fn truth(rig: &dyn Rig, at: &str, ending: &Ending, guard: Guard) -> Result<(), String> {
    let world = rig.world();
    let live: Vec<_> = world.shipments.values().filter(|shipment| !shipment.voided).collect();
    ensure!(live.len() <= 1, "{at}: {} live labels were made", live.len());
    match ending {
        Ending::Purchased(purchased) => {
            let made = live.first().map(|shipment| shipment.tracking.clone()).unwrap_or_default();
            let told: Vec<_> = purchased.tracking.iter().map(|number| number.as_str().to_owned()).collect();
            ensure!(made == told, "{at}: the gateway says {told:?}, the carrier made {made:?}");
        }
        Ending::Refused(fault) => {
            ensure!(live.is_empty(), "{at}: told as refused ({fault}), but a label was made");
        }
        Ending::InDoubt => {
            ensure!(guard == Guard::None, "{at}: stays in doubt although {guard:?} could settle it");
        }
        Ending::Crashed => return Err(format!("{at}: nobody finished it")),
    }
    Ok(())
}

async fn crash_once(maker: &dyn RigMaker, orders: &Orders, second: Option<Crash>) -> Result<(), String> {
    let guard = maker.descriptor().purchase_guard;
    for place in Crash::PLACES {
        for passing in 1..=3 {
            let rig = maker.make().await;
            let crash = Crash { place, passing };
            let at = format!("crash at {place}, passing {passing}, then {second:?}");
            let ending = rig.purchase("crash", orders.purchase()?, Some(crash)).await;
            if !matches!(ending, Ending::Crashed) {
                // The plan is shorter than that: the place was not passed so often.
                truth(rig.as_ref(), &at, &ending, guard)?;
                break;
            }
            let mut ending = rig.take_over("crash", second).await;
            if matches!(ending, Ending::Crashed) {
                ending = rig.take_over("crash", None).await;
            }
            truth(rig.as_ref(), &at, &ending, guard)?;
        }
    }
    Ok(())
}

async fn crashes(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    crash_once(maker, orders, None).await
}

async fn crashes_twice(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for place in Crash::PLACES {
        crash_once(maker, orders, Some(Crash { place, passing: 1 })).await?;
    }
    Ok(())
}

async fn ends_as_guarded(maker: &dyn RigMaker, orders: &Orders, fault: SimFault) -> Result<(), String> {
    let guard = maker.descriptor().purchase_guard;
    let order = orders.purchase()?;
    let rig = maker.make().await;
    // Only requests that carry the reference are the purchase itself.
    rig.world().inject(FaultRule::once(order.reference.as_str(), fault.clone()));
    let mut ending = rig.purchase("lost", order, None).await;
    let at = format!("{fault:?}");
    if matches!(ending, Ending::InDoubt) {
        ending = rig.take_over("lost", None).await;
    }
    truth(rig.as_ref(), &at, &ending, guard)?;
    let again = rig.purchase("lost", order, None).await;
    truth(rig.as_ref(), &format!("{at}, asked again"), &again, guard)
}

async fn lost_answer(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for fault in [
        SimFault::HangAfter,
        SimFault::ErrorAfter(500),
        SimFault::ErrorAfter(503),
        SimFault::ResetAfter,
        SimFault::Malformed,
        SimFault::Truncated,
    ] {
        ends_as_guarded(maker, orders, fault).await?;
    }
    Ok(())
}

async fn lost_request(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for fault in [SimFault::HangBefore, SimFault::ErrorBefore(500), SimFault::ResetBefore] {
        ends_as_guarded(maker, orders, fault).await?;
    }
    Ok(())
}
