//! Rate over several carrier accounts, against a bare fan-out of as many calls with answers of the same size.
//!
//! Start with [`measure`].

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;
use parcelgate::api::proto::v1;
use prost::Message;
use tokio::process::Command;

use crate::arguments::Run;
use crate::duel::{OPEN_ROOM, Rules, fight};
use crate::gateway;
use crate::process::{LISTENING, Served};
use crate::raw::Caller;
use crate::report::{Goal, Line, progress};
use crate::session::{Session, once};
use crate::side::{Server, Side};
use crate::stub::{Asked, Counts, counts};
use crate::upstream::Upstream;

/// The most that the gateway may cost, in fan-outs.
const GOAL: Goal = Goal::CpuAtMost(1.18);

/// What a Rate asks of the carriers that can carry the order.
struct Found {
    /// Carriers that are asked over HTTP.
    carriers: Vec<String>,
    /// Calls of one Rate over one account of each.
    calls: u64,
    /// Mean bytes of a question.
    asks: usize,
    /// Mean bytes of an answer.
    answers: usize,
    /// Offers for each call.
    offers: usize,
}

/// One line for each number of accounts.
///
/// # Errors
/// What could not be started or measured.
pub(crate) async fn measure(session: &Session) -> Result<Vec<Line>> {
    let run = &session.run;
    let sandbox = gateway::sandbox(run).await?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("stub").args(["--behind", &sandbox.at.to_string(), "--delay-ms", &run.delay_ms.to_string()]);
    let stub = Served::start(command, LISTENING).await?;
    let most = run.accounts.iter().copied().max().unwrap_or(1);
    let gateway = gateway::start(run, &session.folder("rate")?, stub.at, most).await?;
    let caller = Caller::new(gateway.at, "Rate")?;
    let found = look(session, &caller, stub.at).await?;
    let before = gateway::before(run, &session.folder("rate-before")?, stub.at, most).await?;
    let baseline = match before {
        Some(before) => Baseline::Before(before),
        None => Baseline::FanOut(fan_out(stub.at, &found).await?),
    };
    let mut lines = Vec::new();
    for accounts in &run.accounts {
        progress(format_args!("  {accounts} accounts"));
        lines.push(compare(session, *accounts, &gateway, &baseline, stub.at, &found).await?);
    }
    Ok(lines)
}

/// What the gateway is measured against.
enum Baseline {
    FanOut(Served),
    Before(Served),
}

async fn fan_out(stub: SocketAddr, found: &Found) -> Result<Served> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("fan-out").args(["--carriers", &stub.to_string()]);
    command.args(["--asks", &found.asks.to_string(), "--answers", &found.answers.to_string()]);
    command.args(["--offers", &found.offers.to_string()]);
    Served::start(command, LISTENING).await
}

/// Rates with one account of each carrier and sees who is asked over HTTP, and how.
async fn look(session: &Session, caller: &Caller, stub: SocketAddr) -> Result<Found> {
    let upstream = Upstream::new();
    let ids: Vec<_> = parcelgate_adapters::all().iter().map(|entry| entry.id()).collect();
    let accounts = ids.iter().map(|id| gateway::account_id(id, 0)).collect();
    let request = v1::RateRequest { accounts, ..session.order.clone() };
    // The first one fetches tokens too.
    once::<v1::RateResponse>(caller, &request).await?;
    let before = counts(&upstream, stub).await?;
    let rated: v1::RateResponse = once(caller, &request).await?;
    let asked = since(&counts(&upstream, stub).await?, &before);
    let carriers: Vec<_> = asked.iter().filter(|(_, of)| of.calls > 0).map(|(id, _)| id.clone()).collect();
    ensure!(
        !carriers.is_empty(),
        "no carrier is asked over HTTP for this order: choose another with `--order`"
    );
    let offers = rated.offers.iter().filter(|offer| carriers.contains(&offer.carrier)).count();
    let all = asked.values().fold(Asked::default(), |sum, of| Asked {
        calls: sum.calls + of.calls,
        forwarded: sum.forwarded + of.forwarded,
        asked_bytes: sum.asked_bytes + of.asked_bytes,
        answered_bytes: sum.answered_bytes + of.answered_bytes,
    });
    Ok(Found {
        carriers,
        calls: all.calls,
        asks: usize::try_from(all.asked_bytes / all.calls)?,
        answers: usize::try_from(all.answered_bytes / all.calls)?,
        offers: offers / usize::try_from(all.calls)?,
    })
}

fn since(now: &Counts, before: &Counts) -> Counts {
    now.iter().map(|(id, of)| (id.clone(), of.since(before.get(id).copied().unwrap_or_default()))).collect()
}

async fn compare(
    session: &Session,
    accounts: usize,
    gateway: &Served,
    baseline: &Baseline,
    stub: SocketAddr,
    found: &Found,
) -> Result<Line> {
    let run: &Run = &session.run;
    let names: Vec<_> = (0..accounts)
        .zip(found.carriers.iter().cycle())
        .map(|(number, id)| gateway::account_id(id, number / found.carriers.len()))
        .collect();
    let request = v1::RateRequest { accounts: names, ..session.order.clone() };
    let (mut subject, rated) = side(gateway, &request).await?;
    let answered = rated.carriers.iter().filter(|report| report.offer_count > 0).count();
    ensure!(answered == accounts, "{answered} of {accounts} accounts brought offers");
    // As many calls as the gateway makes: a carrier may need more than one.
    let calls = accounts * usize::try_from(found.calls)? / found.carriers.len();
    let plain = (0..calls).map(|number| format!("account-{number}")).collect();
    let plain = v1::RateRequest { accounts: plain, ..session.order.clone() };
    let ((mut other, merged), against, goal) = match baseline {
        Baseline::FanOut(bare) => {
            (side(bare, &plain).await?, format!("bare fan-out, {calls} calls"), Some(GOAL))
        }
        Baseline::Before(before) => (side(before, &request).await?, "the build before".to_owned(), None),
    };
    let upstream = Upstream::new();
    let before = counts(&upstream, stub).await?;
    let duel = fight(&mut subject, &mut other, Rules::of(run, run.readers, OPEN_ROOM)).await?;
    let asked = since(&counts(&upstream, stub).await?, &before);
    let total: u64 = asked.values().map(|of| of.calls).sum();
    let turns = duel.slices.iter().flat_map(|slice| [&slice.subject, &slice.baseline]);
    let done: u64 = turns.map(|turn| turn.flat.done + turn.open.done).sum();
    // The warm-up is in the calls and not in the Rates: fewer calls would mean that somebody did not ask.
    ensure!(
        total >= done * u64::try_from(calls)?,
        "{total} upstream calls for {done} Rates over {accounts} accounts"
    );
    let notes = vec![
        format!(
            "{accounts} accounts of {} carriers; {total} upstream calls, warm-up included, for {done} measured Rates \
             of both sides; {} of them were new to the stub",
            found.carriers.len(),
            asked.values().map(|of| of.forwarded).sum::<u64>()
        ),
        format!(
            "questions of {} bytes, answers of {} bytes with {} offers, {} ms late; the Rate's own answer has \
             {} : {} bytes",
            found.asks,
            found.answers,
            found.offers,
            run.delay_ms,
            rated.encoded_len(),
            merged.encoded_len()
        ),
    ];
    Ok(Line { case: format!("Rate, {accounts} accounts"), against, goal, notes, duel })
}

/// A server under this request, and its answer.
async fn side(server: &Served, request: &v1::RateRequest) -> Result<(Side, v1::RateResponse)> {
    let caller = Caller::new(server.at, "Rate")?;
    let answer = once(&caller, request).await?;
    let message = Bytes::from(request.encode_to_vec());
    let messages = Arc::new(move || message.clone());
    Ok((Side::Server(Server { pid: server.pid, caller, messages, check: brings_offers }), answer))
}

/// An answer without offers is much shorter than one with them.
fn brings_offers(answer: &[u8]) -> Result<(), String> {
    if answer.len() > 500 { Ok(()) } else { Err(format!("the answer has {} bytes: no offers", answer.len())) }
}
