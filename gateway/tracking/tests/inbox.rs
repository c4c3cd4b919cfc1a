//! What carriers push: proven or not read, and harmless when it comes again.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parcelgate_kit::model::{EventSource, TrackingNumber};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::fake::{Bench, WORD, tenant};
use crate::tracking::{HooksSettings, Inbox, serve_hooks};

fn headers(word: Option<&str>) -> Vec<(String, String)> {
    let word = word.map(|word| ("x-word".to_owned(), word.to_owned()));
    std::iter::once(("host".to_owned(), "here".to_owned())).chain(word).collect()
}

async fn push(inbox: &Inbox, account: &str, word: Option<&str>, body: &'static str) {
    inbox.take_in("acme", account, &headers(word), &Bytes::from_static(body.as_bytes())).await.unwrap();
    inbox.turn().await.unwrap();
}

fn counted(bench: &Bench, outcome: &str, count: u32) -> bool {
    let line = format!("parcelgate_tracking_pushes_total{{carrier=\"acme\",outcome=\"{outcome}\"}} {count}");
    bench.metric(&line)
}

#[tokio::test]
async fn a_proven_push_is_merged_once_however_often_it_comes() {
    let bench = Bench::new().await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    for _ in 0..3 {
        push(&inbox, "main", Some(WORD), "1000 DELIVERED").await;
    }
    let number = TrackingNumber::parse("1000").unwrap();
    let known = bench.tracker().known(&tenant(), "acme", &number).await.unwrap();
    assert_eq!((known.version, known.knowledge.events.len()), (1, 1));
    assert_eq!(known.knowledge.events[0].source, EventSource::Push);
    assert!(counted(&bench, "merged", 1) && counted(&bench, "replayed", 2));
    assert_eq!(bench.statuses("tenant").await.len(), 1);
}

#[tokio::test]
async fn a_push_without_the_right_proof_is_never_read_and_spoils_nothing() {
    let bench = Bench::new().await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    for word in [None, Some("wrong"), Some("s3cret "), Some("S3CRET")] {
        push(&inbox, "main", word, "1000 DELIVERED").await;
    }
    assert!(bench.store.tracked("tenant", "acme", "1000").await.unwrap().is_none());
    assert!(counted(&bench, "refused", 4), "{}", bench.metrics.encode());
    // The true one has the very same bytes.
    push(&inbox, "main", Some(WORD), "1000 DELIVERED").await;
    assert!(counted(&bench, "merged", 1));
    push(&inbox, "main", Some(WORD), "nonsense").await;
    assert!(counted(&bench, "unreadable", 1));
}

#[tokio::test]
async fn of_two_tenants_with_an_account_of_one_name_the_secret_decides() {
    let bench = Bench::new().await;
    bench.link("other", "main", "another").await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    push(&inbox, "main", Some("another"), "1000 DELIVERED").await;
    assert!(bench.store.tracked("tenant", "acme", "1000").await.unwrap().is_none());
    assert!(bench.store.tracked("other", "acme", "1000").await.unwrap().is_some());
}

#[tokio::test]
async fn an_account_whose_secret_is_empty_takes_nothing() {
    let bench = Bench::new().await;
    bench.link("tenant", "bare", "").await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    push(&inbox, "bare", Some(""), "1000 DELIVERED").await;
    assert!(counted(&bench, "refused", 1));
}

#[tokio::test]
async fn what_a_gateway_that_died_had_taken_is_read_by_another() {
    let bench = Bench::new().await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    let body = Bytes::from_static(b"1000 DELIVERED");
    inbox.take_in("acme", "main", &headers(Some(WORD)), &body).await.unwrap();
    let now = super::fake::start();
    bench.store.claim_hooks(now, now + jiff::SignedDuration::from_secs(60), 9).await.unwrap();
    assert_eq!(inbox.turn().await.unwrap(), 0);
    bench.advance(60);
    assert_eq!(inbox.turn().await.unwrap(), 1);
    assert!(bench.store.tracked("tenant", "acme", "1000").await.unwrap().is_some());
}

/// The status that the listener answers a request with.
async fn status(address: std::net::SocketAddr, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: here\r\nx-word: {WORD}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The listener may answer, and close, before it has taken all of a body that is too long.
    let _ = stream.write_all(body.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_listener_keeps_what_is_for_somebody_and_turns_the_rest_away() {
    let bench = Bench::new().await;
    let inbox = Inbox::new(bench.tracker(), Duration::from_secs(86_400));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = HooksSettings { max_body: 1000, per_account_per_minute: NonZeroU32::new(3).unwrap() };
    tokio::spawn(serve_hooks(Arc::clone(&inbox), settings, listener, std::future::pending()));
    assert_eq!(status(address, "/hooks/acme/main", "1000 DELIVERED").await, "200");
    assert_eq!(status(address, "/hooks/acme/nobody", "1000 DELIVERED").await, "404");
    assert_eq!(status(address, "/hooks/bravo/main", "1000 DELIVERED").await, "404");
    assert_eq!(status(address, "/hooks/acme/main", &"x".repeat(1001)).await, "413");
    let mut answers = Vec::new();
    for n in 0..3 {
        answers.push(status(address, "/hooks/acme/main", &format!("100{n} IN_TRANSIT")).await);
    }
    assert_eq!(answers, ["200", "200", "429"]);
    assert_eq!(inbox.turn().await.unwrap(), 3);
    assert!(counted(&bench, "limited", 1));
}
