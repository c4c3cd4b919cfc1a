//! One Rate over every simulated carrier: gRPC in, HTTP out, SQLite behind,
//! all over loopback sockets. Also what a profile of Rate is taken of:
//! `cargo bench --bench rate -- --profile-time 20` under a sampling profiler.

#![allow(missing_docs, clippy::unwrap_used, dead_code, reason = "a benchmark over the tests' own gateway")]

use parcelgate::api::proto::{DESCRIPTOR_SET, v1};
use prost_reflect::{DescriptorPool, DynamicMessage};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[path = "../tests/served.rs"]
mod served;

/// Calls under way at once.
const CALLERS: usize = 16;

/// A sample order.
fn order(name: &str) -> v1::RateRequest {
    let path = format!("{}/examples/orders/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
    let kind = pool.get_message_by_name("parcelgate.v1.RateRequest").unwrap();
    let message = DynamicMessage::deserialize(kind, &mut serde_json::Deserializer::from_str(&text)).unwrap();
    message.transcode_to().unwrap()
}

fn rate(bench: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let served = runtime.block_on(served::Served::start());
    let mut group = bench.benchmark_group("rate");
    group.throughput(Throughput::Elements(u64::try_from(CALLERS).unwrap()));
    for name in ["us-domestic", "de-domestic", "cn-to-de-50-eur"] {
        let request = order(name);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let calls = (0..CALLERS).map(|_| {
                    let (mut client, request) = (served.shipping(), request.clone());
                    async move { client.rate(request).await.unwrap().into_inner().offers.len() }
                });
                runtime.block_on(futures::future::join_all(calls))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, rate);
criterion_main!(benches);
