//! SIGTERM while callers buy: told to balancers first, answered or left to be
//! resumed, over in time.
//!
//! Start with [`run`].

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use parcelgate_kit::sim::SimFault;
use rustix::process::Signal;
use tokio::task::JoinSet;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::books::Books;
use crate::caller::{self, Deal, Told};
use crate::carriers::Carriers;
use crate::gateway::{Keeping, Site};
use crate::judge;

/// The drain time of the configuration, and what the end itself may take.
const DRAINED_WITHIN: Duration = Duration::from_secs(12);
/// How late the slow carriers answer, milliseconds: the calls under way at the
/// signal are then really under way.
const SLOW: u64 = 600;
/// Callers of each carrier.
const CALLERS: usize = 4;

/// One gateway, told to stop in the middle of its work.
pub(crate) async fn run() -> Result<()> {
    let carriers = Carriers::start(11).await?;
    let site = Site::new(&carriers, &Keeping::Sqlite)?;
    let mut gateway = site.start().await?;
    let offers = caller::offers(&gateway, &carriers).await?;
    let mut books = Books::default();
    let mut calls = JoinSet::new();
    for carrier in carriers.ids() {
        for at in 0..CALLERS {
            carriers.misbehave(carrier, SimFault::Delay(SLOW)).await?;
            let number = books.open(Deal::new(carrier, &offers[carrier], format!("{carrier}-{at}")));
            let (deal, channel) = (books.entries[number].deal.clone(), gateway.channel.clone());
            calls.spawn(async move { (number, deal.buy(channel).await) });
        }
    }
    let mut health = HealthClient::new(gateway.channel.clone());
    let watching = health.watch(HealthCheckRequest { service: String::new() }).await;
    let mut watching = watching.context("the health service")?.into_inner();
    let first = watching.message().await?.context("no health was told")?;
    ensure!(first.status() == ServingStatus::Serving, "not serving before the signal");
    // Every purchase is with its carrier, which takes its time.
    bought_at(&carriers, CALLERS * carriers.ids().len()).await?;

    let begun = Instant::now();
    gateway.program.signal(Signal::TERM)?;
    let told = watching.message().await.ok().flatten().map(|answer| answer.status());
    ensure!(told == Some(ServingStatus::NotServing), "balancers were told {told:?}");
    drop(watching);
    let mut answered = 0;
    while let Some(call) = calls.join_next().await {
        let (number, told) = call?;
        answered += usize::from(matches!(told, Told::Final(_)));
        books.note(number, told);
    }
    let ended = tokio::time::timeout(DRAINED_WITHIN, gateway.program.ended()).await;
    let status = ended.context("it did not end in its drain time")??;
    ensure!(status.success(), "it ended with {status}:\n{}", gateway.program.last_words());
    ensure!(begun.elapsed() < DRAINED_WITHIN, "it took {:?}", begun.elapsed());
    ensure!(answered > 0, "no call was answered with its label");
    // A carrier that was too slow leaves a doubt; that is an answer too.
    let answer = |told: &Option<Told>| matches!(told, Some(Told::Final(_) | Told::InDoubt { .. }));
    let left: Vec<_> = books.entries.iter().filter(|entry| !answer(&entry.newest)).collect();
    let words: Vec<_> = left.iter().map(|entry| format!("{:?}", entry.newest)).collect();
    ensure!(left.is_empty(), "calls under way were cut off: {words:?}");

    let gateway = site.start().await?;
    let channels = [gateway.channel.clone()];
    judge::settle(&mut books, &carriers, &channels).await;
    judge::ask_again(&mut books, &channels).await;
    let verdict = judge::judge(&books, &carriers, &gateway.channel).await?;
    ensure!(verdict.holds(), "{}", verdict.findings());
    Ok(())
}

/// Done when the carriers have made so many labels.
async fn bought_at(carriers: &Carriers, labels: usize) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let made: usize = carriers.ledger().await?.values().map(Vec::len).sum();
        if made >= labels {
            return Ok(());
        }
        ensure!(Instant::now() < end, "{made} of {labels} labels were made");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
