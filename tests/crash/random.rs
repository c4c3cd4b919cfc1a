//! Runs that kill a gateway at a random moment while callers buy.
//!
//! The seed fixes every choice that is made here; the machine's own timing is
//! its own. Start with [`run`].

use std::collections::BTreeMap;
use std::process::Command;
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
use crate::gateway::{Gateway, Keeping, Site};
use crate::judge::{self, Verdict};
use crate::power::Power;
use crate::program::Program;

/// Longest time from the first call of a run to the kill, milliseconds.
const WINDOW: u64 = 160;
/// Longest time from the start of a gateway to a kill before it listens, milliseconds.
const BIRTH: u64 = 50;
/// Of a hundred runs, those with a carrier that misbehaves.
const FAULTY: u8 = 35;
/// Of a hundred runs, those in which a gateway is also killed while it starts.
const STILLBORN: u8 = 10;
/// Of a hundred new deals, those that two callers want at the same time.
const TWICE: u8 = 15;
/// Runs after which offers are rated anew, so that none expires.
const OFFERS_FOR: u32 = 200;
/// Calls under way at most.
const CALLS: usize = 24;

/// What is to be run.
pub(crate) struct Plan {
    /// Kills.
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
    /// Processes that were killed.
    pub(crate) kills: u32,
    /// Changes on the disk that a loss of power took back.
    pub(crate) taken_back: usize,
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
/// number of runs from time to time.
pub(crate) async fn run(plan: &Plan, carriers: &Carriers, progress: impl Fn(u32, usize)) -> Result<Tally> {
    let site = Site::new(carriers, &plan.keeping)?;
    let fleet = (0..plan.gateways).map(|_| None).collect();
    let mut runner = Runner {
        plan,
        carriers,
        site,
        fleet,
        offers: BTreeMap::new(),
        books: Books::default(),
        calls: JoinSet::new(),
        kills: 0,
        taken_back: 0,
        made: 0,
    };
    let begun = Instant::now();
    for number in 0..plan.runs {
        runner.once(number).await.with_context(|| format!("run {number} of seed {}", plan.seed))?;
        if number % 25 == 24 {
            progress(number + 1, runner.books.entries.len());
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    runner.finish(seconds).await
}

struct Runner<'a> {
    plan: &'a Plan,
    carriers: &'a Carriers,
    site: Site,
    fleet: Vec<Option<Gateway>>,
    offers: BTreeMap<&'static str, OfferSelection>,
    books: Books,
    calls: JoinSet<(usize, Told)>,
    kills: u32,
    taken_back: usize,
    made: u32,
}

impl Runner<'_> {
    async fn once(&mut self, number: u32) -> Result<()> {
        // Each run has dice of its own: a run can be read without those before it.
        let mut dice = Rng::with_seed(self.plan.seed ^ u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        if dice.u8(..100) < STILLBORN {
            self.kill_at_birth(&mut dice).await?;
        }
        self.revive().await?;
        if number % OFFERS_FOR == 0 {
            let gateway = self.fleet.iter().flatten().next().context("no gateway runs")?;
            self.offers = caller::offers(gateway, self.carriers).await?;
        }
        if dice.u8(..100) < FAULTY {
            let carrier = dice.choice(self.carriers.ids()).context("no carrier")?;
            self.carriers.misbehave(carrier, fault(&mut dice)).await?;
        }
        self.call(&mut dice, number);
        let victim = dice.usize(..self.fleet.len());
        tokio::time::sleep(Duration::from_millis(dice.u64(..WINDOW))).await;
        if let Some(mut gateway) = self.fleet[victim].take() {
            gateway.program.kill();
            self.died(&mut dice)?;
        }
        self.hear().await;
        Ok(())
    }

    /// Starts a gateway where none runs, and kills it before or as it begins to work.
    async fn kill_at_birth(&mut self, dice: &mut Rng) -> Result<()> {
        if let Some(place) = self.fleet.iter().position(Option::is_none) {
            let mut program = Program::launch(&mut self.life()?, "gRPC on ")?;
            tokio::time::sleep(Duration::from_millis(dice.u64(..BIRTH))).await;
            program.kill();
            self.died(dice)?;
            self.fleet[place] = None;
        }
        Ok(())
    }

    /// What starts a gateway for one life.
    fn life(&self) -> Result<Command> {
        let mut command = self.site.command();
        if let Some(power) = &self.plan.power {
            power.watch(&mut command, &self.site)?;
        }
        Ok(command)
    }

    /// A gateway is gone; where the power went too, so is what was not synced.
    fn died(&mut self, dice: &mut Rng) -> Result<()> {
        self.kills += 1;
        if let Some(power) = &self.plan.power {
            self.taken_back += power.cut(&self.site, dice)?;
        }
        Ok(())
    }

    /// A gateway at every place.
    async fn revive(&mut self) -> Result<()> {
        for place in 0..self.fleet.len() {
            if self.fleet[place].is_none() {
                self.fleet[place] = Some(Gateway::start(&mut self.life()?).await?);
            }
        }
        Ok(())
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
            let Some(gateway) = &self.fleet[dice.usize(..self.fleet.len())] else { continue };
            let (deal, channel) = (self.books.entries[number].deal.clone(), gateway.channel.clone());
            self.calls.spawn(async move { (number, deal.buy(channel).await) });
            self.made += 1;
        }
    }

    /// Takes the answers in. Where other gateways live on, their callers may
    /// still wait.
    async fn hear(&mut self) {
        let left = if self.fleet.len() == 1 { 0 } else { CALLS };
        while self.calls.len() > left {
            if let Some(Ok((number, told))) = self.calls.join_next().await {
                self.books.note(number, told);
            }
        }
        while let Some(Ok((number, told))) = self.calls.try_join_next() {
            self.books.note(number, told);
        }
    }

    /// Peace: everything settles, then it is judged.
    async fn finish(mut self, seconds: f64) -> Result<Tally> {
        let begun = Instant::now();
        self.carriers.behave().await?;
        self.revive().await?;
        while let Some(Ok((number, told))) = self.calls.join_next().await {
            self.books.note(number, told);
        }
        let channels: Vec<_> = self.fleet.iter().flatten().map(|gateway| gateway.channel.clone()).collect();
        judge::settle(&mut self.books, self.carriers, &channels).await;
        let settling = begun.elapsed().as_secs_f64();
        judge::ask_again(&mut self.books, &channels).await;
        let channel = channels.first().context("no gateway runs")?;
        let verdict = judge::judge(&self.books, self.carriers, channel).await?;
        Ok(Tally {
            seed: self.plan.seed,
            runs: self.plan.runs,
            gateways: self.plan.gateways,
            kills: self.kills,
            taken_back: self.taken_back,
            deals: self.books.entries.len(),
            calls: self.made,
            seconds,
            settling,
            verdict,
        })
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
