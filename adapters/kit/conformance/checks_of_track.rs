//! Behaviour of tracking.

use super::behaviour::{Check, RigMaker, ensure};
use super::checks_of_purchase::bought;
use super::orders::Orders;
use crate::descriptor::Descriptor;
use crate::fault::FaultKind;
use crate::model::{TrackStatus, TrackingNumber};
use crate::operation::{TrackOutcome, TrackQuery, TrackReport};
use crate::sim::{FaultRule, Journey, SimFault};

pub(super) fn all() -> Vec<Check> {
    vec![
        Check { name: "track::to_delivery", applies: tracks, run: |m, o| Box::pin(to_delivery(m, o)) },
        Check {
            name: "track::scan_is_a_fact_of_its_own",
            applies: tracks,
            run: |m, o| Box::pin(first_scan(m, o)),
        },
        Check { name: "track::second_attempt", applies: tracks, run: |m, o| Box::pin(second_attempt(m, o)) },
        Check { name: "track::returned", applies: tracks, run: |m, o| Box::pin(returned(m, o)) },
        Check {
            name: "track::three_different_answers",
            applies: tracks,
            run: |m, o| Box::pin(three_answers(m, o)),
        },
    ]
}

fn tracks(descriptor: &Descriptor) -> bool {
    descriptor.capabilities.track && descriptor.capabilities.purchase
}

const DAY: i64 = 24 * 3600;

async fn report(rig: &dyn super::behaviour::Rig, number: &TrackingNumber) -> Result<TrackReport, String> {
    let answers =
        rig.track(&TrackQuery::new(vec![number.clone()])).await.map_err(|fault| fault.to_string())?;
    ensure!(answers.len() == 1, "{} answers for one number", answers.len());
    match answers.into_iter().next().map(|answer| answer.outcome) {
        Some(TrackOutcome::Found(report)) => Ok(report),
        Some(TrackOutcome::NoDataYet) => Ok(TrackReport::default()),
        other => Err(format!("{number} was answered with {other:?}")),
    }
}

/// The last state that an event names.
fn status(report: &TrackReport) -> Option<TrackStatus> {
    report.events.iter().rev().find_map(|event| event.status)
}

async fn walked(maker: &dyn RigMaker, orders: &Orders, journey: Journey) -> Result<Vec<TrackReport>, String> {
    let rig = maker.make().await;
    rig.world().journey = journey;
    let purchased = bought(rig.as_ref(), "walk", orders.purchase()?).await?;
    let number = purchased.tracking.first().ok_or("no tracking number came")?;
    let mut reports = Vec::new();
    for _ in 0..60 {
        let now = report(rig.as_ref(), number).await?;
        let in_order = now.events.windows(2).all(|pair| match pair {
            [a, b] => a.occurred.sort_key() <= b.occurred.sort_key(),
            _ => true,
        });
        ensure!(in_order, "events are not in order of time: {:?}", now.events);
        ensure!(now.unknown_codes.is_empty(), "codes not in the table: {:?}", now.unknown_codes);
        reports.push(now);
        rig.advance(DAY / 2);
    }
    Ok(reports)
}

async fn to_delivery(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let reports = walked(maker, orders, Journey::Normal).await?;
    let seen: Vec<_> = reports.iter().filter_map(status).collect();
    ensure!(seen.last() == Some(&TrackStatus::Delivered), "it ends as {:?}", seen.last());
    let transit = seen
        .iter()
        .any(|s| matches!(s, TrackStatus::InTransit | TrackStatus::Accepted | TrackStatus::Customs));
    ensure!(transit, "it was never under way: {seen:?}");
    ensure!(!seen.contains(&TrackStatus::Unknown), "a state is unknown: {seen:?}");
    let lengths: Vec<_> = reports.iter().map(|report| report.events.len()).collect();
    ensure!(lengths.is_sorted(), "events went missing: {lengths:?}");
    Ok(())
}

async fn first_scan(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let reports = walked(maker, orders, Journey::NeverHandedOver).await?;
    let scanned = reports.iter().flat_map(|report| &report.events).find(|event| event.is_physical_scan);
    ensure!(scanned.is_none(), "a label that was never handed over has a scan: {scanned:?}");
    let reports = walked(maker, orders, Journey::Normal).await?;
    let scanned = reports.iter().any(|report| report.events.iter().any(|event| event.is_physical_scan));
    ensure!(scanned, "a delivered parcel has no physical scan");
    Ok(())
}

async fn second_attempt(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let reports = walked(maker, orders, Journey::SecondAttempt).await?;
    let last = reports.last().cloned().unwrap_or_default();
    let states: Vec<_> = last.events.iter().filter_map(|event| event.status).collect();
    let tried = states.iter().any(|state| matches!(state, TrackStatus::Attempted | TrackStatus::Exception));
    ensure!(tried, "the failed attempt does not show: {states:?}");
    ensure!(status(&last) == Some(TrackStatus::Delivered), "it ends as {:?}", status(&last));
    Ok(())
}

async fn returned(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let reports = walked(maker, orders, Journey::Returned).await?;
    let last = reports.last().and_then(status);
    let back = matches!(last, Some(TrackStatus::Returned | TrackStatus::Returning));
    ensure!(back, "a parcel that came back ends as {last:?}");
    Ok(())
}

async fn three_answers(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    let purchased = bought(rig.as_ref(), "other", orders.purchase()?).await?;
    let real = purchased.tracking.first().ok_or("no tracking number came")?;
    let made_up = maker.descriptor().numbers.first().and_then(|f| TrackingNumber::parse(f.example).ok());
    let made_up = made_up.ok_or("needs a number format with an example")?;
    let answers = rig.track(&TrackQuery::new(vec![made_up])).await.map_err(|fault| fault.to_string())?;
    let outcome = answers.first().map(|answer| &answer.outcome);
    let nothing = matches!(outcome, Some(TrackOutcome::UnknownNumber | TrackOutcome::NoDataYet));
    ensure!(nothing, "a number that was never issued was answered with {outcome:?}");

    rig.world().inject(FaultRule::always("", SimFault::ErrorBefore(503)));
    let failed = match rig.track(&TrackQuery::new(vec![real.clone()])).await {
        Err(fault) => Some(fault.kind),
        Ok(answers) => answers.into_iter().find_map(|answer| match answer.outcome {
            TrackOutcome::Failed(fault) => Some(fault.kind),
            _ => None,
        }),
    };
    ensure!(failed == Some(FaultKind::Unavailable), "a carrier out of order was told as {failed:?}");
    Ok(())
}
