//! Track and Purchase over a full store, against the same over a small one.
//!
//! Start with [`measure`].

use anyhow::{Context, Result, ensure};

use crate::duel::{Duel, OPEN_ROOM, Rules, fight};
use crate::gateway;
use crate::process::Served;
use crate::purchase::Shop;
use crate::report::{Goal, Line, progress};
use crate::session::Session;
use crate::store::fill;
use crate::track::{self, Parcel};

/// Flat, within the noise that is granted.
const GOAL: Goal = Goal::CpuAtMost(1.1);

/// A gateway over so many shipments, and a parcel that it knows.
struct Filled {
    stored: u64,
    gateway: Served,
    parcel: Parcel,
}

/// Two lines for each number of stored shipments but the smallest.
///
/// # Errors
/// What could not be started or measured.
pub(crate) async fn measure(session: &Session) -> Result<Vec<Line>> {
    let run = &session.run;
    let (small, larger) = run.stored.split_first().context("`--stored` is empty")?;
    ensure!(!larger.is_empty(), "`--stored` takes two numbers or more, the smallest first");
    let sandbox = gateway::sandbox(run).await?;
    let small = filled(session, *small, &sandbox).await?;
    let mut lines = Vec::new();
    for stored in larger {
        let large = filled(session, *stored, &sandbox).await?;
        let line = |what: &str, duel: Duel| Line {
            case: format!("{what}, {} stored", large.stored),
            against: format!("{} stored", small.stored),
            goal: Some(GOAL),
            notes: Vec::new(),
            duel,
        };
        let rules = Rules::of(run, run.readers, OPEN_ROOM);
        let mut subject = track::side(&large.gateway, &large.parcel)?;
        let mut baseline = track::side(&small.gateway, &small.parcel)?;
        lines.push(line("Track", fight(&mut subject, &mut baseline, rules).await?));
        let number = lines.len();
        let mut subject = Shop::open(session, large.gateway.at).await?.side(number, large.gateway.pid);
        let mut baseline = Shop::open(session, small.gateway.at).await?.side(number, small.gateway.pid);
        lines.push(line("Purchase", fight(&mut subject, &mut baseline, rules).await?));
    }
    Ok(lines)
}

async fn filled(session: &Session, stored: u64, sandbox: &Served) -> Result<Filled> {
    progress(format_args!("  filling a store with {stored} shipments"));
    let folder = session.folder(&format!("growth-{stored}"))?;
    fill(session.run.store, &folder, stored).await?;
    let gateway = gateway::start(&session.run, &folder, sandbox.at, 1).await?;
    let parcel = track::follow(session, gateway.at, sandbox.at).await?;
    Ok(Filled { stored, gateway, parcel })
}
