//! Runs that strike at a random moment while callers buy.
//!
//! The seed fixes every choice that is made here; the machine's own timing is
//! its own. Start with [`run`].

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fastrand::Rng;
use parcelgate::api::proto::v1::OfferSelection;
use parcelgate_kit::sim::SimFault;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::books::Books;
use crate::caller::{self, Deal, Told};
use crate::carriers::Carriers;
use crate::fleet::{Blows, Fleet};
use crate::gateway::Keeping;
use crate::judge::{self, Verdict};
use crate::power::Power;

/// Longest time from the first call of a run to the blow, milliseconds.
const WINDOW: u64 = 160;
/// Longest time from the start of a gateway to a kill before it listens, milliseconds.
const BIRTH: u64 = 50;
/// Of a hundred runs, those with a carrier that misbehaves.
const FAULTY: u8 = 35;
/// Of a hundred runs, those in which a gateway is also killed while it starts.
const STILLBORN: u8 = 10;
/// Of a hundred new deals, those that two callers want at the same time.
const TWICE: u8 = 15;
/// Of a hundred runs with several gateways, those that put one to sleep
/// instead of killing it, and those that kill the database server.
const ASLEEP: u8 = 15;
const DATABASE: u8 = 5;
/// Runs after which offers are rated anew, so that none expires.
const OFFERS_FOR: u32 = 100;
/// Calls under way at most, where some gateways live on.
const CALLS: usize = 24;

/// What is to be run.
pub(crate) struct Plan {
    /// Blows.
    pub(crate) runs: u32,
    /// Fixes every choice.
    pub(crate) seed: u64,
    /// Gateways on the one store.
    pub(crate) gateways: usize,
    /// The store.
    pub(crate) keeping: Keeping,
    /// With each kill the power goes too, and takes what was not synced.
    pub(crate) power: Option<Power>,
}

/// How it went.
#[derive(Debug, Serialize)]
pub(crate) struct Tally {
    /// The seed of the choices.
    pub(crate) seed: u64,
    /// Runs that were made.
    pub(crate) runs: u32,
    /// Gateways on the one store.
    pub(crate) gateways: usize,
    /// What befell them.
    pub(crate) blows: Blows,
    /// Deals that callers wanted.
    pub(crate) deals: usize,
    /// Calls that were made for them, the judge's left out.
    pub(crate) calls: u32,
    /// Seconds for the runs.
    pub(crate) seconds: f64,
    /// Seconds until everything was settled after the last run.
    pub(crate) settling: f64,
    /// What was found.
    pub(crate) verdict: Verdict,
}

/// Makes the runs, lets everything settle, and judges. `progress` is told the
/// number of runs and of deals from time to time.
pub(crate) async fn run(plan: Plan, carriers: &Carriers, progress: impl Fn(u32, usize)) -> Result<Tally> {
    let Plan { runs, seed, gateways, keeping, power } = plan;
    let mut runner = Runner {
        seed,
        carriers,
        fleet: Fleet::new(carriers, keeping, gateways, power)?,
        offers: BTreeMap::new(),
        books: Books::default(),
        calls: JoinSet::new(),
        made: 0,
    };
    let begun = Instant::now();
    for number in 0..runs {
        runner.once(number).await.with_context(|| format!("run {number} of seed {seed}"))?;
        if number % 25 == 24 {
            progress(number + 1, runner.books.entries.len());
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let (verdict, settling) = runner.judge().await?;
    Ok(Tally {
        seed,
        runs,
        gateways,
        blows: runner.fleet.blows,
        deals: runner.books.entries.len(),
        calls: runner.made,
        seconds,
        settling,
        verdict,
    })
}

struct Runner<'a> {
    seed: u64,
    carriers: &'a Carriers,
    fleet: Fleet,
    offers: BTreeMap<&'static str, OfferSelection>,
    books: Books,
    calls: JoinSet<(usize, Told)>,
    made: u32,
}

impl Runner<'_> {
    async fn once(&mut self, number: u32) -> Result<()> {
        // Each run has dice of its own: a run can be read without those before it.
        let mut dice = Rng::with_seed(self.seed ^ u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        if dice.u8(..100) < STILLBORN {
            let after = Duration::from_millis(dice.u64(..BIRTH));
            self.fleet.kill_at_birth(after, &mut dice).await?;
        }
        self.fleet.revive().await?;
        if number.is_multiple_of(OFFERS_FOR) {
            self.offers = caller::offers(self.fleet.awake()?, self.carriers).await?;
        }
        if dice.u8(..100) < FAULTY {
            let carrier = dice.choice(self.carriers.ids()).context("no carrier")?;
            self.carriers.misbehave(carrier, fault(&mut dice)).await?;
        }
        self.call(&mut dice, number);
        let victim = dice.usize(..self.fleet.size());
        tokio::time::sleep(Duration::from_millis(dice.u64(..WINDOW))).await;
        self.strike(victim, &mut dice).await?;
        self.hear().await
    }

    /// One gateway loses its life, or where others do its work sleeps too long,
    /// or all of them lose their database.
    async fn strike(&mut self, victim: usize, dice: &mut Rng) -> Result<()> {
        let blow = dice.u8(..100);
        if self.fleet.size() > 1 && blow < ASLEEP {
            return self.fleet.pause(victim);
        }
        if (ASLEEP..ASLEEP + DATABASE).contains(&blow) && self.fleet.strike_database().await? {
            return Ok(());
        }
        self.fleet.kill(victim, dice)
    }

    /// Some new deals, some that had no answer yet, one whose answer must stay.
    fn call(&mut self, dice: &mut Rng, number: u32) {
        let mut wanted = Vec::new();
        for at in 0..dice.usize(1..=4) {
            let Some((carrier, offer)) = dice.choice(self.offers.iter()) else { continue };
            let deal = Deal::new(carrier, offer, format!("run-{number}-{at}"));
            let opened = self.books.open(deal);
            wanted.push(opened);
            if dice.u8(..100) < TWICE {
                wanted.push(opened);
            }
        }
        let open = self.books.open_ones();
        wanted.extend((0..dice.usize(..=2)).filter_map(|_| dice.choice(open.iter().copied())));
        if dice.bool() {
            let any = dice.usize(..self.books.entries.len());
            wanted.push(any);
        }
        for number in wanted {
            let Some(gateway) = self.fleet.gateway(dice.usize(..self.fleet.size())) else { continue };
            let (deal, channel) = (self.books.entries[number].deal.clone(), gateway.channel.clone());
            self.calls.spawn(async move { (number, deal.buy(channel).await) });
            self.made += 1;
        }
    }

    /// Takes the answers in. Where other gateways live on, callers may still
    /// wait, also for one that sleeps.
    async fn hear(&mut self) -> Result<()> {
        let left = if self.fleet.size() == 1 { 0 } else { CALLS };
        loop {
            self.fleet.wake(false)?;
            while let Some(Ok((number, told))) = self.calls.try_join_next() {
                self.books.note(number, told);
            }
            if self.calls.len() <= left {
                return Ok(());
            }
            let heard = tokio::time::timeout(Duration::from_millis(50), self.calls.join_next()).await;
            if let Ok(Some(Ok((number, told)))) = heard {
                self.books.note(number, told);
            }
        }
    }

    /// Peace: everything settles, then it is judged.
    async fn judge(&mut self) -> Result<(Verdict, f64)> {
        let begun = Instant::now();
        self.carriers.behave().await?;
        self.fleet.wake(true)?;
        self.fleet.revive().await?;
        while let Some(Ok((number, told))) = self.calls.join_next().await {
            self.books.note(number, told);
        }
        let channels = self.fleet.channels();
        judge::settle(&mut self.books, self.carriers, &channels).await;
        let settling = begun.elapsed().as_secs_f64();
        judge::ask_again(&mut self.books, &channels).await;
        let channel = channels.first().context("no gateway runs")?;
        let judged = judge::judge(&self.books, self.carriers, channel).await;
        // Why a gateway does not answer, it said itself.
        let mut verdict = judged.with_context(|| self.fleet.last_words().join("\n"))?;
        if !verdict.holds() {
            verdict.words = self.fleet.last_words();
        }
        Ok((verdict, settling))
    }
}

fn fault(dice: &mut Rng) -> SimFault {
    match dice.u8(..10) {
        0 | 1 => SimFault::Delay(dice.u64(10..400)),
        2 => SimFault::HangAfter,
        3 => SimFault::HangBefore,
        4 => SimFault::ErrorAfter(500),
        5 => SimFault::ErrorBefore(503),
        6 => SimFault::ResetAfter,
        7 => SimFault::ResetBefore,
        8 => SimFault::Malformed,
        _ => SimFault::Truncated,
    }
}
