//! Track of a parcel that the store knows freshly, against a bare echo whose answer is the same bytes.
//!
//! Start with [`measure`].

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use parcelgate::api::proto::v1;
use prost::Message;
use tokio::process::Command;

use crate::duel::{OPEN_ROOM, Rules, fight};
use crate::gateway;
use crate::process::{LISTENING, Served};
use crate::purchase::{Shop, is_purchased};
use crate::raw::Caller;
use crate::report::{Goal, Line};
use crate::session::{Session, once};
use crate::side::{Server, Side};
use crate::upstream::Upstream;

/// The most that the gateway may cost, in echoes.
const GOAL: Goal = Goal::CpuAtMost(1.15);
/// Seconds that the simulated carriers' clock is put forward, so that the parcel has been on its way.
const ON_ITS_WAY: u32 = 100_000;

/// A parcel that a gateway knows.
pub(crate) struct Parcel {
    /// What is asked.
    pub(crate) request: v1::TrackRequest,
    /// What is answered.
    pub(crate) answer: v1::TrackResponse,
}

/// One line.
///
/// # Errors
/// What could not be started or measured.
pub(crate) async fn measure(session: &Session) -> Result<Vec<Line>> {
    let run = &session.run;
    let sandbox = gateway::sandbox(run).await?;
    let folder = session.folder("track")?;
    let gateway = gateway::start(run, &folder, sandbox.at, 1).await?;
    let parcel = follow(session, gateway.at, sandbox.at).await?;
    let mut subject = side(&gateway, &parcel)?;
    let before = gateway::before(run, &session.folder("track-before")?, sandbox.at, 1).await?;
    let (against, goal, other, theirs) = match before {
        Some(before) => {
            let theirs = follow(session, before.at, sandbox.at).await?;
            ("the build before", None, before, Some(theirs))
        }
        None => ("bare echo", Some(GOAL), echo(&folder, &parcel.answer).await?, None),
    };
    let mut baseline = side(&other, theirs.as_ref().unwrap_or(&parcel))?;
    let duel = fight(&mut subject, &mut baseline, Rules::of(run, run.readers, OPEN_ROOM)).await?;
    let note = format!(
        "question of {} bytes, answer of {} bytes with {} events, from the store",
        parcel.request.encoded_len(),
        parcel.answer.encoded_len(),
        parcel.answer.tracking.as_ref().map_or(0, |tracking| tracking.events.len())
    );
    Ok(vec![Line { case: "Track".to_owned(), against: against.to_owned(), goal, notes: vec![note], duel }])
}

/// Buys a parcel, lets the carrier move it, and asks once, so that the store knows it.
///
/// # Errors
/// When there is nothing to tell of it.
pub(crate) async fn follow(session: &Session, gateway: SocketAddr, sandbox: SocketAddr) -> Result<Parcel> {
    let shop = Shop::open(session, gateway).await?;
    let bought: v1::PurchaseResponse = once(&shop.caller, &shop.request("tracked")).await?;
    is_purchased(&bought.encode_to_vec()).map_err(anyhow::Error::msg)?;
    let shipment = bought.shipment.context("there is no shipment")?.id;
    let forward = Bytes::from(format!("{{\"seconds\": {ON_ITS_WAY}}}"));
    Upstream::new().post(sandbox, "/_control/clock", forward).await?;
    let request = v1::TrackRequest { target: Some(v1::track_request::Target::ShipmentId(shipment)) };
    let answer: v1::TrackResponse = once(&Caller::new(gateway, "Track")?, &request).await?;
    ensure!(answer.outcome() == v1::TrackOutcome::Found, "the parcel is {:?}", answer.outcome());
    Ok(Parcel { request, answer })
}

async fn echo(folder: &Path, answer: &v1::TrackResponse) -> Result<Served> {
    let path = folder.join("answer.bin");
    std::fs::write(&path, answer.encode_to_vec())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("echo").arg("--answer").arg(&path);
    Served::start(command, LISTENING).await
}

/// A server that is asked for the parcel.
///
/// # Errors
/// When it has no address.
pub(crate) fn side(server: &Served, parcel: &Parcel) -> Result<Side> {
    let message = Bytes::from(parcel.request.encode_to_vec());
    let messages = Arc::new(move || message.clone());
    let caller = Caller::new(server.at, "Track")?;
    Ok(Side::Server(Server { pid: server.pid, caller, messages, check: is_long }))
}

fn is_long(answer: &[u8]) -> Result<(), String> {
    if answer.len() > 50 {
        Ok(())
    } else {
        Err(format!("the answer has {} bytes: nothing is told", answer.len()))
    }
}
