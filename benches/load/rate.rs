//! Rate over several carrier accounts, against a bare fan-out of as many calls with answers of the same size.
//!
//! Start with [`measure`].

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
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
use crate::sample::number;
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
    let bare = fan_out(stub.at, &found).await?;
    let mut lines = Vec::new();
    for accounts in &run.accounts {
        progress(format_args!("  {accounts} accounts"));
        lines.push(compare(session, *accounts, &gateway, &bare, stub.at, &found).await?);
    }
    Ok(lines)
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
    bare: &Served,
    stub: SocketAddr,
    found: &Found,
) -> Result<Line> {
    let run: &Run = &session.run;
    let names: Vec<_> = (0..accounts)
        .zip(found.carriers.iter().cycle())
        .map(|(number, id)| gateway::account_id(id, number / found.carriers.len()))
        .collect();
    let request = v1::RateRequest { accounts: names, ..session.order.clone() };
    let caller = Caller::new(gateway.at, "Rate")?;
    let rated: v1::RateResponse = once(&caller, &request).await?;
    let answered = rated.carriers.iter().filter(|report| report.offer_count > 0).count();
    ensure!(answered == accounts, "{answered} of {accounts} accounts brought offers");
    // As many calls as the gateway makes: a carrier may need more than one.
    let calls = accounts * usize::try_from(found.calls)? / found.carriers.len();
    let plain = v1::RateRequest {
        accounts: (0..calls).map(|number| format!("account-{number}")).collect(),
        ..session.order.clone()
    };
    let bare_caller = Caller::new(bare.at, "Rate")?;
    let merged: v1::RateResponse = once(&bare_caller, &plain).await?;
    let side = |pid, caller, request: &v1::RateRequest| {
        let message = Bytes::from(request.encode_to_vec());
        Side::Server(Server {
            pid,
            caller,
            messages: Arc::new(move || message.clone()),
            check: brings_offers,
        })
    };
    let mut subject = side(gateway.pid, caller, &request);
    let mut baseline = side(bare.pid, bare_caller, &plain);
    let upstream = Upstream::new();
    let before = counts(&upstream, stub).await?;
    let duel = fight(&mut subject, &mut baseline, Rules::of(run, run.readers, OPEN_ROOM)).await?;
    let asked = since(&counts(&upstream, stub).await?, &before);
    let of = |neutral: bool| asked.iter().filter(move |(id, _)| (id.as_str() == "neutral") == neutral);
    let total = |neutral: bool| of(neutral).map(|(_, of)| of.calls).sum::<u64>();
    let measured = |turn: fn(&crate::duel::Slice) -> u64| duel.slices.iter().map(turn).sum::<u64>();
    let gateway_done = measured(|slice| slice.subject.flat.done + slice.subject.open.done);
    let bare_done = measured(|slice| slice.baseline.flat.done + slice.baseline.open.done);
    let notes = vec![
        format!(
            "{} accounts of {} carriers; upstream calls {} : {} (with the warm-up) for {gateway_done} : {bare_done} \
             measured Rates, {} of them beyond the stub's memory",
            accounts,
            found.carriers.len(),
            total(false),
            total(true),
            of(false).map(|(_, of)| of.forwarded).sum::<u64>()
        ),
        format!(
            "questions of {} bytes, answers of {} bytes with {} offers, {} ms late; the Rate's own answer has {} : {} bytes",
            found.asks,
            found.answers,
            found.offers,
            run.delay_ms,
            rated.encoded_len(),
            merged.encoded_len()
        ),
    ];
    let calls_each = number(total(false)) / number(gateway_done).max(1.0);
    (calls_each >= number(u64::try_from(calls)?) * 0.9)
        .then_some(())
        .context("the gateway asked less often")?;
    Ok(Line {
        case: format!("Rate, {accounts} accounts"),
        against: format!("bare fan-out, {calls} calls"),
        goal: Some(GOAL),
        notes,
        duel,
    })
}

/// An answer without offers is much shorter than one with them.
fn brings_offers(answer: &[u8]) -> Result<(), String> {
    if answer.len() > 500 { Ok(()) } else { Err(format!("the answer has {} bytes: no offers", answer.len())) }
}
