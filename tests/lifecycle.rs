//! What a journal makes of an exchange: told again, sent again or left in doubt.
//! The carrier is the template's simulator, the journal stands in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parcelgate::carriers::{
    Call, CarrierHost, Clock, HostSettings, InProcess, Journal, JournalFailure, LinkedAccount, ManualClock,
    NoCheckpoint, Past, PlanId,
};
use parcelgate::config::Telemetry;
use parcelgate::telemetry::Metrics;
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::conformance::Orders;
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::fault::{FaultKind, Phase};
use parcelgate_kit::operation::PurchaseOrder;
use parcelgate_kit::sim::{FaultRule, SimFault, World};
use parcelgate_kit::wire::{Reply, Wire};
use uuid::Uuid;

/// A journal in memory; `lost` is a hold that another gateway has taken.
#[derive(Default)]
struct Memory {
    clock: Option<Arc<ManualClock>>,
    steps: Mutex<BTreeMap<u32, Past>>,
    lost: bool,
    /// It fails from this step on.
    fails_from: Option<u32>,
}

impl Journal for Memory {
    fn plan(&self) -> PlanId {
        PlanId { id: Uuid::from_u128(7), started: start() }
    }

    fn recall(&self, number: u32) -> BoxFuture<'_, Result<Option<Past>, JournalFailure>> {
        let steps = self.steps.lock().unwrap();
        let newest = steps.keys().last().copied();
        let past = steps.get(&number).cloned().map(|past| Past { is_newest: newest == Some(number), ..past });
        Box::pin(std::future::ready(Ok(past)))
    }

    fn intend<'a>(
        &'a self,
        number: u32,
        name: &'a str,
        wire: &'a Wire,
    ) -> BoxFuture<'a, Result<(), JournalFailure>> {
        let Wire::Http(mut call) = wire.clone() else { panic!("HTTP alone") };
        call.auth = parcelgate_kit::wire::Auth::None;
        let past = Past {
            name: name.to_owned(),
            wire: Wire::Http(call),
            intended_at: self.clock.as_ref().unwrap().now(),
            reply: None,
            is_newest: true,
        };
        if self.fails_from.is_some_and(|from| number >= from) {
            let failure = JournalFailure("the disk is gone".to_owned());
            return Box::pin(std::future::ready(Err(failure)));
        }
        assert!(self.steps.lock().unwrap().insert(number, past).is_none(), "an intent is written once");
        Box::pin(std::future::ready(Ok(())))
    }

    fn answer<'a>(
        &'a self,
        number: u32,
        reply: &'a Reply,
        replaces: bool,
    ) -> BoxFuture<'a, Result<(), JournalFailure>> {
        let mut steps = self.steps.lock().unwrap();
        let before = steps.get_mut(&number).unwrap().reply.replace(reply.clone());
        assert_eq!(before.is_some(), replaces, "a reply takes another's place only when it says so");
        Box::pin(std::future::ready(Ok(())))
    }

    fn confirm(&self) -> BoxFuture<'_, Result<(), JournalFailure>> {
        let held = if self.lost { Err(JournalFailure("another gateway has it".to_owned())) } else { Ok(()) };
        Box::pin(std::future::ready(held))
    }
}

fn start() -> Timestamp {
    "2026-09-01T07:00:00Z".parse().unwrap()
}

/// A carrier that is guarded by a key, over its simulator.
struct Bench {
    host: CarrierHost,
    account: LinkedAccount,
    world: Arc<Mutex<World>>,
    clock: Arc<ManualClock>,
    order: PurchaseOrder,
    lifetime: i64,
}

impl Bench {
    fn new() -> Self {
        let (entry, lifetime) = keyed();
        let clock = Arc::new(ManualClock::new(start()));
        let world = Arc::new(Mutex::new(World::new(start(), 7)));
        let machine: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let transport = InProcess::new(Arc::clone(&entry.sim), Arc::clone(&world), Arc::clone(&machine));
        let metrics = Arc::new(Metrics::new(&Telemetry { max_unknown_codes: 20 }));
        let settings = HostSettings::at("http://carrier");
        let (transport, watcher) = (Arc::new(transport), Arc::new(NoCheckpoint));
        let host = CarrierHost::new(&entry, settings, transport, machine, watcher, metrics);
        let order = Orders::of(entry.folder).unwrap().purchase().unwrap().clone();
        Self { host, account: account(&entry, |_, value| value), world, clock, order, lifetime }
    }

    fn journal(&self) -> Memory {
        Memory { clock: Some(Arc::clone(&self.clock)), ..Memory::default() }
    }

    fn call() -> Call {
        Call::within(Duration::from_secs(20))
    }

    fn calls(&self) -> u64 {
        self.world.lock().unwrap().calls("")
    }

    fn labels(&self) -> usize {
        self.world.lock().unwrap().shipments.len()
    }

    fn inject(&self, fault: SimFault) {
        self.world.lock().unwrap().inject(FaultRule::once(self.order.reference.as_str(), fault));
    }

    async fn buy(&self, call: Call, journal: &Memory) -> Result<String, parcelgate_kit::fault::Fault> {
        let bought = self.host.purchase(&self.account, call, journal, &self.order).await?;
        Ok(bought.tracking[0].as_str().to_owned())
    }
}

fn keyed() -> (Entry, i64) {
    let found = parcelgate_adapters::with_template().into_iter().find_map(|entry| {
        match entry.carrier.descriptor().purchase_guard {
            Guard::Key { lifetime } => Some((entry, i64::try_from(lifetime).unwrap())),
            _ => None,
        }
    });
    found.expect("a carrier that is guarded by a key")
}

fn account(entry: &Entry, change: fn(&str, String) -> String) -> LinkedAccount {
    let sample = entry.sim.account();
    let settings =
        sample.settings.iter().map(|(name, value)| ((*name).to_owned(), change(name, value.clone())));
    let secrets = sample.secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
    LinkedAccount::new("tenant", "main", entry.id(), settings.collect(), secrets.collect())
}

#[tokio::test]
async fn a_recorded_plan_is_told_again_and_sends_nothing() {
    let bench = Bench::new();
    let journal = bench.journal();
    let first = bench.buy(Bench::call(), &journal).await.unwrap();
    let calls = bench.calls();
    assert_eq!(bench.buy(Bench::call(), &journal).await.unwrap(), first);
    assert_eq!((bench.calls(), bench.labels()), (calls, 1));
}

#[tokio::test]
async fn an_open_exchange_is_repeated_within_its_keys_lifetime_alone() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    let open = bench.buy(Bench::call(), &journal).await.unwrap_err();
    assert_eq!(open.phase, Phase::InDoubt);
    assert_eq!(bench.labels(), 1);

    bench.clock.advance(SignedDuration::from_secs(bench.lifetime));
    let calls = bench.calls();
    let late = bench.buy(Bench::call(), &journal).await.unwrap_err();
    assert_eq!((late.phase, bench.calls()), (Phase::InDoubt, calls), "past its lifetime nothing is sent");

    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    bench.buy(Bench::call(), &journal).await.unwrap_err();
    bench.clock.advance(SignedDuration::from_secs(bench.lifetime - 1));
    bench.buy(Bench::call(), &journal).await.unwrap();
    assert_eq!(bench.labels(), 1, "the carrier remembers the key");
}

#[tokio::test]
async fn a_reply_that_left_the_plan_in_doubt_is_asked_for_once_more() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    bench.buy(Bench::call(), &journal).await.unwrap_err();
    // A proxy's page in the place of the answer, with a status that says nothing is wrong.
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let page = Reply { status: 200, headers, body: "{\"page\":\"welcome\"}".into() };
    journal.answer(0, &page, false).await.unwrap();
    assert_eq!(bench.buy(Bench::call(), &journal).await.unwrap_err().phase, Phase::InDoubt, "told again");
    bench.buy(Bench::call().once_more(), &journal).await.unwrap();
    assert_eq!(bench.labels(), 1);
    bench.buy(Bench::call(), &journal).await.unwrap();
}

#[tokio::test]
async fn a_plan_that_no_longer_makes_what_the_journal_has_sends_nothing() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    bench.buy(Bench::call(), &journal).await.unwrap_err();
    let calls = bench.calls();
    let mut order = bench.order.clone();
    order.shipment.ship_to.city = order.shipment.ship_from.city.clone();
    assert_ne!(order, bench.order);
    for call in [Bench::call(), Bench::call().once_more()] {
        let diverged = bench.host.purchase(&bench.account, call, &journal, &order).await.unwrap_err();
        assert_eq!((diverged.kind, diverged.phase), (FaultKind::Diverged, Phase::InDoubt));
    }
    assert_eq!(bench.calls(), calls);
}

#[tokio::test]
async fn a_gateway_that_lost_its_hold_sends_nothing() {
    let bench = Bench::new();
    let journal = Memory { lost: true, ..bench.journal() };
    let lost = bench.buy(Bench::call(), &journal).await.unwrap_err();
    assert_eq!((lost.kind, bench.labels()), (FaultKind::Unkept, 0));
}

#[tokio::test]
async fn a_journal_that_fails_is_no_refusal() {
    let bench = Bench::new();
    let journal = Memory { fails_from: Some(0), ..bench.journal() };
    let unkept = bench.buy(Bench::call(), &journal).await.unwrap_err();
    assert_eq!((unkept.kind, bench.labels()), (FaultKind::Unkept, 0));
}

#[tokio::test]
async fn a_repeat_that_the_carrier_puts_off_leaves_the_doubt() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    bench.buy(Bench::call(), &journal).await.unwrap_err();
    for _ in 0..8 {
        bench.inject(SimFault::ErrorBefore(429));
    }
    let put_off = bench.buy(Bench::call(), &journal).await.unwrap_err();
    assert_eq!((put_off.kind, put_off.phase), (FaultKind::Throttled, Phase::InDoubt));
    assert_eq!(bench.labels(), 1);
}

#[tokio::test]
async fn a_plan_that_breaks_off_before_its_journal_ends_leaves_the_doubt() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.inject(SimFault::ErrorAfter(500));
    bench.buy(Bench::call(), &journal).await.unwrap_err();
    let mut order = bench.order.clone();
    order.service = "no such service".into();
    let short = bench.host.purchase(&bench.account, Bench::call(), &journal, &order).await.unwrap_err();
    assert_eq!(short.phase, Phase::InDoubt, "{short:?}");
}

#[tokio::test]
async fn the_journal_holds_no_secret_and_no_token() {
    let bench = Bench::new();
    let journal = bench.journal();
    bench.buy(Bench::call(), &journal).await.unwrap();
    let (entry, _) = keyed();
    let kept = format!("{:?}", journal.steps.lock().unwrap());
    let json: Vec<_> = journal
        .steps
        .lock()
        .unwrap()
        .values()
        .map(|past| serde_json::to_string(&past.wire).unwrap())
        .collect();
    for (name, secret) in entry.sim.account().secrets {
        assert!(!kept.contains(secret) && !json.concat().contains(secret), "`{name}` is in the journal");
    }
}
