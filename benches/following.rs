//! What following costs: taking what is due of up to a million open parcels, and callers that watch and hear nothing.
//!
//! It asserts no time, prints what it saw, and talks to loopback alone. `cargo bench --bench following` runs both parts;
//! `-- queue 1000 1000000` or `-- watchers 10000` one of them. Start with [`queue`] and [`watchers`].

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "this is a bench")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use parcelgate::api::proto::v1;
use parcelgate::api::proto::v1::shipping_service_client::ShippingServiceClient;
use parcelgate::api::{Api, ApiSettings, serve};
use parcelgate::carriers::{Carriers, NoCheckpoint, SystemClock};
use parcelgate::exchange::ExchangeRates;
use parcelgate::regional::RateTable;
use parcelgate::seal::{SealKey, Sealer};
use parcelgate::shipping::{Clocks, Gateway, Settings};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::store::{PutOff, Store, Tracking};
use parcelgate::telemetry::Metrics;
use parcelgate::tenancy::{Callers, TenantId};
use tokio::net::TcpListener;
use tonic::transport::Endpoint;

/// Numbers that a turn of the scheduler takes.
const AT_ONCE: u32 = 200;
/// Turns that are measured.
const TURNS: usize = 200;
/// Writers that fill the store at once: a full group of a commit.
const FILLERS: usize = 64;
/// Watchers that share a connection.
const ON_ONE: usize = 200;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    let numbers: Vec<usize> = arguments.iter().skip(1).map(|text| text.parse().unwrap()).collect();
    match arguments.first().map(String::as_str) {
        Some("serve") => served().await,
        Some("queue") => queue(&numbers).await,
        Some("watchers") => watchers(numbers[0]).await,
        _ => {
            queue(&[1_000, 10_000, 100_000, 1_000_000]).await;
            watchers(10_000).await;
        }
    }
}

/// A value of `/proc/{pid}/status`, in KiB.
fn memory(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Processor time that a process has used.
fn processor(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// Fills a store with open parcels, all overdue, and takes and gives back as a scheduler does.
async fn queue(sizes: &[usize]) {
    println!(
        "| open parcels | taking {AT_ONCE} due | 99th of 100 | giving back {AT_ONCE} | resident | database |"
    );
    println!("|---|---|---|---|---|---|");
    for size in sizes {
        let folder = tempfile::tempdir_in("target").unwrap();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("queue.sqlite"))).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        fill(&store, *size).await;
        let (mut takes, mut gives) = (Vec::new(), Vec::new());
        let mut now = start() + SignedDuration::from_hours(24);
        for _ in 0..TURNS {
            let until = now + SignedDuration::from_mins(2);
            let begun = Instant::now();
            let rows = store.claim_polls(now, until, AT_ONCE).await.unwrap();
            takes.push(begun.elapsed());
            assert_eq!(rows.len(), usize::try_from(AT_ONCE).unwrap().min(*size));
            let again = now + SignedDuration::from_hours(3);
            let back = rows.into_iter().map(|row| PutOff {
                tenant: row.tracking.tenant,
                carrier: row.tracking.carrier,
                number: row.tracking.number,
                claimed_until: until,
                next_poll_at: Some(again),
                failures: 0,
            });
            let back = back.collect();
            let begun = Instant::now();
            store.put_off_polls(back).await.unwrap();
            gives.push(begun.elapsed());
            now += SignedDuration::from_hours(4);
        }
        takes.sort();
        gives.sort();
        let millis = |times: &[Duration], at: usize| times[at * times.len() / 100].as_secs_f64() * 1000.0;
        let stats = store.stats().await.unwrap();
        println!(
            "| {size} | {:.2} ms | {:.2} ms | {:.2} ms | {} MiB | {} MiB |",
            millis(&takes, 50),
            millis(&takes, 99),
            millis(&gives, 50),
            memory(std::process::id(), "VmRSS") / 1024,
            stats.database_bytes >> 20
        );
        store.close().await.unwrap();
    }
}

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Numbers of a hundred tenants, with bodies of the size that a parcel on its way has.
async fn fill(store: &Arc<dyn Store>, size: usize) {
    let rows = futures::stream::iter(0..size).map(|n| {
        let store = Arc::clone(store);
        async move {
            let spread = i64::try_from(n * 7919 % 86_400).unwrap();
            let row = Tracking {
                tenant: format!("tenant-{}", n % 100),
                carrier: "carrier".to_owned(),
                number: format!("N{n:012}"),
                shipment: Some(format!("sh_{n:032}")),
                account: Some("main".to_owned()),
                status: "IN_TRANSIT".to_owned(),
                body: vec![7; 1500],
                as_of: start(),
                next_poll_at: Some(start() + SignedDuration::from_secs(spread)),
                failures: 0,
                delivered_at: None,
            };
            store.merge_tracking(row, 0, None).await.unwrap();
        }
    });
    rows.buffer_unordered(FILLERS).collect::<Vec<()>>().await;
}

/// A gateway without carriers, until it is killed.
async fn served() {
    let folder = tempfile::tempdir_in("target").unwrap();
    let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("watched.sqlite"))).unwrap();
    let metrics = Arc::new(Metrics::new(&parcelgate::config::Telemetry { max_unknown_codes: 1 }));
    let gateway = Gateway::new(
        Arc::new(store),
        Carriers::default(),
        Clocks::one(Arc::new(SystemClock)),
        Sealer::new(&SealKey::generate().unwrap(), &[]),
        Arc::new(ExchangeRates::new(RateTable::default())),
        Settings::default(),
        Arc::new(NoCheckpoint),
        Arc::clone(&metrics),
    );
    // Something happened once, so that cursors are behind an event.
    let event = parcelgate::store::NewEvent { kind: "test.begun".to_owned(), body: Vec::new() };
    let row = Tracking {
        tenant: TenantId::demo().as_str().to_owned(),
        carrier: "carrier".to_owned(),
        number: "N1".to_owned(),
        shipment: None,
        account: None,
        status: "UNKNOWN".to_owned(),
        body: Vec::new(),
        as_of: start(),
        next_poll_at: None,
        failures: 0,
        delivered_at: None,
    };
    gateway.store().merge_tracking(row, 0, Some(event)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
    let api = Api { gateway, callers: Arc::new(Callers::new(&[])), metrics };
    serve(api, ApiSettings::default(), listener, std::future::pending()).await.unwrap();
}

/// A child process, ended when dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// So many callers watch all parcels of a tenant where nothing happens.
async fn watchers(count: usize) {
    let mut child =
        Command::new(std::env::current_exe().unwrap()).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let serving = Serving(child);
    let pid = serving.0.id();
    let at = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let (mut open, mut before) = (Vec::new(), 0);
    for first in (0..count).step_by(ON_ONE) {
        let channel = Endpoint::from_shared(format!("http://{at}")).unwrap().connect().await.unwrap();
        let client = ShippingServiceClient::new(channel);
        for _ in first..(first + ON_ONE).min(count) {
            let request = v1::WatchTrackingRequest::default();
            let mut stream = client.clone().watch_tracking(request).await.unwrap().into_inner();
            let told = stream.message().await.unwrap().unwrap();
            assert!(told.parcel.is_none(), "nothing happened");
            open.push(stream);
            if open.len() == 1 {
                before = memory(pid, "VmRSS");
            }
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (after, used) = (memory(pid, "VmRSS"), processor(pid));
    tokio::time::sleep(Duration::from_secs(20)).await;
    let idle = (processor(pid) - used).as_secs_f64() / 20.0 * 100.0;
    let each = (after - before) * 1024 / u64::try_from(count).unwrap();
    println!("\n| idle watchers | resident before | with them | each | processor while idle |");
    println!("|---|---|---|---|---|");
    println!(
        "| {count} | {} MiB | {} MiB | {each} bytes | {idle:.1} % of a core |",
        before / 1024,
        after / 1024
    );
}
