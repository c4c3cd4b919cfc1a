//! The gateways of one site, and what befalls them: kills, pauses, losses of
//! power, the end of their database.
//!
//! It decides nothing; the dice are the runner's. Start with [`Fleet::revive`].

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fastrand::Rng;
use rustix::process::Signal;
use tonic::transport::Channel;

use crate::carriers::Carriers;
use crate::gateway::{Gateway, Keeping, LEASE, Site};
use crate::power::Power;
use crate::program::Program;

/// How long a paused gateway sleeps: its leases are over when it wakes.
const PAUSE: Duration = LEASE.saturating_add(Duration::from_millis(700));

/// What befell a fleet.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Blows {
    /// Gateways that were killed.
    pub(crate) kills: u32,
    /// Gateways that slept for longer than their leases.
    pub(crate) pauses: u32,
    /// Times that the database server was killed and started again.
    pub(crate) database: u32,
    /// Changes on the disk that a loss of power took back.
    pub(crate) taken_back: usize,
}

/// A place in the fleet.
#[derive(Default)]
struct Place {
    gateway: Option<Gateway>,
    /// When it wakes, if it was put to sleep.
    wakes: Option<Instant>,
}

/// The gateways on one store.
pub(crate) struct Fleet {
    site: Site,
    keeping: Keeping,
    power: Option<Power>,
    places: Vec<Place>,
    /// What befell it so far.
    pub(crate) blows: Blows,
}

impl Fleet {
    /// So many places, none of them taken.
    pub(crate) fn new(
        carriers: &Carriers,
        keeping: Keeping,
        size: usize,
        power: Option<Power>,
    ) -> Result<Self> {
        let site = Site::new(carriers, &keeping)?;
        let places = (0..size).map(|_| Place::default()).collect();
        Ok(Self { site, keeping, power, places, blows: Blows::default() })
    }

    /// How many places there are.
    pub(crate) fn size(&self) -> usize {
        self.places.len()
    }

    /// A gateway at every place.
    pub(crate) async fn revive(&mut self) -> Result<()> {
        for at in 0..self.places.len() {
            if self.places[at].gateway.is_none() {
                let gateway = Gateway::start(&mut self.life()?).await?;
                self.places[at] = Place { gateway: Some(gateway), wakes: None };
            }
        }
        Ok(())
    }

    /// The gateway at a place, if one is there; it may be asleep.
    pub(crate) fn gateway(&self, at: usize) -> Option<&Gateway> {
        self.places[at].gateway.as_ref()
    }

    /// A gateway that is awake.
    pub(crate) fn awake(&self) -> Result<&Gateway> {
        let mut awake = self.places.iter().filter(|place| place.wakes.is_none());
        awake.find_map(|place| place.gateway.as_ref()).context("no gateway is awake")
    }

    /// The ways to all of them.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        self.places.iter().filter_map(|place| place.gateway.as_ref()).map(|one| one.channel.clone()).collect()
    }

    /// What each of them said last.
    pub(crate) fn last_words(&self) -> Vec<String> {
        let running = self.places.iter().filter_map(|place| place.gateway.as_ref());
        running.map(|gateway| gateway.program.last_words()).collect()
    }

    /// kill -9, asleep or not.
    pub(crate) fn kill(&mut self, at: usize, dice: &mut Rng) -> Result<()> {
        let Some(mut gateway) = std::mem::take(&mut self.places[at]).gateway else { return Ok(()) };
        gateway.program.kill();
        self.died(dice)
    }

    /// Starts a gateway where none runs, and kills it so much later, before or
    /// as it begins to work.
    pub(crate) async fn kill_at_birth(&mut self, after: Duration, dice: &mut Rng) -> Result<()> {
        if self.places.iter().all(|place| place.gateway.is_some()) {
            return Ok(());
        }
        let mut program = Program::launch(&mut self.life()?, "gRPC on ")?;
        tokio::time::sleep(after).await;
        program.kill();
        self.died(dice)
    }

    /// Puts a gateway to sleep, unless it is the last that is awake.
    pub(crate) fn pause(&mut self, at: usize) -> Result<()> {
        let awake =
            self.places.iter().filter(|place| place.wakes.is_none() && place.gateway.is_some()).count();
        let place = &mut self.places[at];
        if let (Some(gateway), None, true) = (&place.gateway, place.wakes, awake > 1) {
            gateway.program.signal(Signal::STOP)?;
            place.wakes = Some(Instant::now() + PAUSE);
            self.blows.pauses += 1;
        }
        Ok(())
    }

    /// Wakes those whose time has come, or all of them.
    pub(crate) fn wake(&mut self, all: bool) -> Result<()> {
        for place in &mut self.places {
            if let (Some(gateway), Some(wakes)) = (&place.gateway, place.wakes)
                && (all || Instant::now() >= wakes)
            {
                gateway.program.signal(Signal::CONT)?;
                place.wakes = None;
            }
        }
        Ok(())
    }

    /// Kills the database server and starts it again; whether there is one.
    pub(crate) async fn strike_database(&mut self) -> Result<bool> {
        let Keeping::Postgres(server) = &self.keeping else { return Ok(false) };
        let server = std::sync::Arc::clone(server);
        tokio::task::spawn_blocking(move || server.kill().and_then(|()| server.boot())).await??;
        self.blows.database += 1;
        Ok(true)
    }

    /// What starts a gateway for one life.
    fn life(&self) -> Result<Command> {
        let mut command = self.site.command();
        if let Some(power) = &self.power {
            power.watch(&mut command, &self.site)?;
        }
        Ok(command)
    }

    /// A gateway is gone; where the power went too, so is what was not synced.
    fn died(&mut self, dice: &mut Rng) -> Result<()> {
        self.blows.kills += 1;
        if let Some(power) = &self.power {
            self.blows.taken_back += power.cut(&self.site, dice)?;
        }
        Ok(())
    }
}
