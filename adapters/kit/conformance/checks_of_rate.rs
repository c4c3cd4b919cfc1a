//! Behaviour of rating.

use super::behaviour::{Check, RigMaker, ensure};
use super::orders::Orders;
use crate::descriptor::Descriptor;
use crate::fault::{FaultKind, Retry};
use crate::model::Money;
use crate::operation::Rates;
use crate::sim::{FaultRule, SimFault};

pub(super) fn all() -> Vec<Check> {
    vec![
        Check { name: "rate::offers_add_up", applies: rates, run: |m, o| Box::pin(offers_add_up(m, o)) },
        Check { name: "rate::hang_is_timed_out", applies: asks, run: |m, o| Box::pin(hang(m, o)) },
        Check { name: "rate::busy_carrier_is_asked_again", applies: asks, run: |m, o| Box::pin(busy(m, o)) },
        Check { name: "rate::broken_carrier_is_told", applies: asks, run: |m, o| Box::pin(broken(m, o)) },
        Check {
            name: "rate::throttled_is_told_with_time",
            applies: asks,
            run: |m, o| Box::pin(throttled(m, o)),
        },
        Check { name: "rate::expired_token_is_renewed", applies: asks, run: |m, o| Box::pin(expired(m, o)) },
    ]
}

fn rates(descriptor: &Descriptor) -> bool {
    descriptor.capabilities.rate
}

/// A rate card answers without asking anybody.
fn asks(descriptor: &Descriptor) -> bool {
    descriptor.capabilities.rate && descriptor.rates_over_the_wire
}

fn check_offers(maker: &dyn RigMaker, rates: &Rates) -> Result<(), String> {
    ensure!(!rates.offers.is_empty(), "no offer came: {:?}", rates.refusals);
    for offer in &rates.offers {
        let sum =
            Money::sum(offer.breakdown.iter().map(|charge| charge.amount)).map_err(|e| e.to_string())?;
        ensure!(
            sum == Some(offer.total),
            "{}: charges make {sum:?}, total is {}",
            offer.service,
            offer.total
        );
        ensure!(!offer.total.is_negative(), "{} costs {}", offer.service, offer.total);
        let known = maker.descriptor().services.iter().any(|service| service.code == offer.service);
        ensure!(known, "service {} is not in the descriptor", offer.service);
    }
    Ok(())
}

async fn offers_add_up(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    let rates = rig.rate(orders.rate()?).await.map_err(|fault| fault.to_string())?;
    check_offers(maker, &rates)?;
    let again = rig.rate(orders.rate()?).await.map_err(|fault| fault.to_string())?;
    ensure!(rates == again, "the same question was answered differently");
    Ok(())
}

async fn hang(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.world().inject(FaultRule::always("", SimFault::HangBefore));
    match rig.rate(orders.rate()?).await {
        Err(fault) if fault.kind == FaultKind::TimedOut => Ok(()),
        other => Err(format!("a carrier that never answers gave {other:?}")),
    }
}

async fn busy(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.world().inject(FaultRule::once("", SimFault::ErrorBefore(503)));
    let rates =
        rig.rate(orders.rate()?).await.map_err(|fault| format!("one 503 was not repeated: {fault}"))?;
    check_offers(maker, &rates)
}

async fn broken(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for fault in [SimFault::Malformed, SimFault::Truncated, SimFault::ErrorBefore(500)] {
        let rig = maker.make().await;
        rig.world().inject(FaultRule::always("", fault.clone()));
        let told = rig.rate(orders.rate()?).await;
        ensure!(told.is_err(), "{fault:?} was taken for an answer: {told:?}");
    }
    Ok(())
}

async fn throttled(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.world().inject(FaultRule::always("", SimFault::Throttle(Some(120))));
    match rig.rate(orders.rate()?).await {
        Err(fault) if fault.kind == FaultKind::Throttled && fault.retry == Retry::Later(Some(120)) => Ok(()),
        other => Err(format!("a 429 with retry-after 120 gave {other:?}")),
    }
}

async fn expired(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.rate(orders.rate()?).await.map_err(|fault| fault.to_string())?;
    rig.world().forget_tokens();
    let rates = rig
        .rate(orders.rate()?)
        .await
        .map_err(|fault| format!("a forgotten token was not renewed: {fault}"))?;
    check_offers(maker, &rates)
}
