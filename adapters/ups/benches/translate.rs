//! The translate path: what it costs to build the requests and to read the
//! replies of each operation, without a socket, a file or a journal.
//!
//! Baseline of the same run: reading the same replies as untyped JSON. Must
//! never time what only the conformance suite does: decoding an input, showing
//! a result as JSON. Start with [`measure`].

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::executor::block_on;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parcelgate_kit::carrier::DynCarrier;
use parcelgate_kit::conformance::{Case, Operation};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::operation::{FindQuery, PurchaseOrder, Pushed, RateQuery, TrackQuery, VoidOrder};
use parcelgate_kit::plan::{Cx, Port, Step};
use parcelgate_kit::wire::Reply;
use serde_json::Value;
use uuid::Uuid;

/// One case of each operation: the fullest that ends well on the sample account.
const CASES: &[&str] = &[
    "rate/us_signature_residential",
    "purchase/us_three_parcels_zpl",
    "find/two_parcels",
    "void/twice",
    "track/delivered",
];

/// Plays replies from memory; when they are over, a plan breaks off.
struct Tape<'a> {
    replies: &'a [Reply],
    started: Timestamp,
    played: usize,
}

impl<'a> Tape<'a> {
    fn new(replies: &'a [Reply], started: Timestamp) -> Self {
        Self { replies, started, played: 0 }
    }
}

impl Port for Tape<'_> {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        black_box(step.wire);
        let reply = self.replies.get(self.played).cloned();
        self.played += 1;
        let answer = reply.ok_or_else(|| Fault::new(FaultKind::Internal, "the tape is over"));
        Box::pin(std::future::ready(answer))
    }

    fn started(&self) -> Timestamp {
        self.started
    }

    fn plan_id(&self) -> Uuid {
        Uuid::nil()
    }
}

/// What an operation is called with, decoded before any clock runs.
enum Input {
    Rate(RateQuery),
    Purchase(PurchaseOrder),
    Find(FindQuery),
    Void(VoidOrder),
    Track(TrackQuery),
    Push(Pushed),
}

impl Input {
    fn of(case: &Case) -> Self {
        match case.operation {
            Operation::Rate => Self::Rate(case.input().unwrap()),
            Operation::Purchase => Self::Purchase(case.input().unwrap()),
            Operation::Find => Self::Find(case.input().unwrap()),
            Operation::Void => Self::Void(case.input().unwrap()),
            Operation::Track => Self::Track(case.input().unwrap()),
            Operation::Push => Self::Push(case.push().unwrap()),
        }
    }

    /// Runs the plan; whether it ended well.
    fn run(&self, carrier: &dyn DynCarrier, cx: &mut Cx<'_>) -> bool {
        match self {
            Self::Rate(query) => block_on(black_box(carrier.rate(cx, query))).map(black_box).is_ok(),
            Self::Purchase(order) => block_on(black_box(carrier.purchase(cx, order))).map(black_box).is_ok(),
            Self::Find(query) => block_on(black_box(carrier.find(cx, query))).map(black_box).is_ok(),
            Self::Void(order) => block_on(black_box(carrier.void(cx, order))).map(black_box).is_ok(),
            Self::Push(push) => carrier.read_push(cx.account(), black_box(push)).map(black_box).is_ok(),
            Self::Track(query) => block_on(black_box(carrier.track(cx, query))).map(black_box).is_ok(),
        }
    }
}

fn translate(bench: &mut Criterion) {
    let cases = Case::all(parcelgate_ups::entry().folder).unwrap();
    for name in CASES {
        measure(bench, cases.iter().find(|case| case.name() == *name).unwrap());
    }
}

/// Times the plan, the part of it before its first reply, and the baseline.
fn measure(bench: &mut Criterion, case: &Case) {
    let entry = parcelgate_ups::entry();
    let account = entry.sim.account().account();
    let (input, replies) = (Input::of(case), case.replies().unwrap());
    let run = |replies: &[Reply]| {
        let mut tape = Tape::new(replies, case.about.now);
        let is_well = input.run(entry.carrier.as_ref(), &mut Cx::new(&account, &mut tape));
        (is_well, tape.played)
    };
    assert!(case.about.settings.is_empty(), "{} needs an account of its own", case.name());
    assert_eq!(run(&replies), (true, replies.len()), "{} does not run through", case.name());
    assert_eq!(run(&[]), (false, 1), "{} does not break off at its first request", case.name());

    let mut group = bench.benchmark_group(case.name());
    group.bench_function("first request alone", |bencher| bencher.iter(|| run(&[])));
    let bytes = replies.iter().map(|reply| reply.body.len()).sum::<usize>();
    group.throughput(Throughput::Bytes(bytes.try_into().unwrap()));
    group.bench_function("build and parse", |bencher| bencher.iter(|| run(&replies)));
    group.bench_function("replies as untyped JSON", |bencher| {
        bencher.iter(|| {
            for reply in &replies {
                black_box(serde_json::from_slice::<Value>(black_box(&reply.body)).unwrap());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, translate);
criterion_main!(benches);
