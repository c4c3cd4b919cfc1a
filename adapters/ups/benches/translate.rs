//! The translate path: what it costs to build the requests and to read the
//! replies of each operation, without any socket.
//!
//! Baseline of the same run: reading the same replies as untyped JSON.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use futures::executor::block_on;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parcelgate_kit::conformance::Case;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::plan::{Cx, Port, Step};
use parcelgate_kit::wire::Reply;
use uuid::Uuid;

/// Plays a case's replies from memory.
struct Tape<'a> {
    replies: &'a [Reply],
    played: usize,
}

impl Port for Tape<'_> {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        std::hint::black_box(&step.wire);
        let reply = self.replies.get(self.played).cloned();
        self.played += 1;
        let answer = reply.ok_or_else(|| Fault::new(FaultKind::Internal, "the tape is over"));
        Box::pin(std::future::ready(answer))
    }

    fn started(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn plan_id(&self) -> Uuid {
        Uuid::nil()
    }
}

fn translate(bench: &mut Criterion) {
    let entry = parcelgate_ups::entry();
    let account = entry.sim.account().account();
    for case in Case::all(entry.folder).unwrap().into_iter().filter(Case::ends_well) {
        let replies = case.replies().unwrap();
        let mut group = bench.benchmark_group(case.name());
        group.bench_function("build and parse", |bencher| {
            bencher.iter(|| {
                let mut tape = Tape { replies: &replies, played: 0 };
                block_on(case.run(entry.carrier.as_ref(), &mut Cx::new(&account, &mut tape))).unwrap()
            });
        });
        group.bench_function("replies as untyped JSON", |bencher| {
            bencher.iter(|| {
                replies
                    .iter()
                    .filter_map(|r| serde_json::from_slice::<serde_json::Value>(&r.body).ok())
                    .count()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, translate);
criterion_main!(benches);
