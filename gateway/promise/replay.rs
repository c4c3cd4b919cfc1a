//! Replaying deliveries: each parcel's chance as it would have been told from those before it, and what came of it.
//!
//! Start with [`Replay`].

use std::collections::HashMap;

use serde::Deserialize;

use super::{Calibration, Evidence, Transits};

/// A parcel that was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// The service.
    pub service: String,
    /// The lane, by any name that is its own.
    pub lane: String,
    /// The wider lane that it is part of.
    pub wide: String,
    /// Days that the carrier states, at least; absent where it states none.
    pub stated_earliest: Option<u16>,
    /// Days that the carrier states, at most.
    pub stated_latest: Option<u16>,
    /// Days that there were.
    pub room: u16,
    /// Days that it took.
    pub days: u16,
}

/// What is known so far, and what was said of each parcel.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    lanes: HashMap<(String, String), Transits>,
    wides: HashMap<(String, String), Transits>,
    told: Vec<(f64, bool)>,
    stated_alone: Vec<(f64, bool)>,
}

impl Replay {
    /// The chance of a parcel in time, as it would have been told from the parcels before it; the parcel is one of those
    /// before the next. Nothing where nothing is known.
    pub fn next(&mut self, delivery: &Delivery) -> Option<f64> {
        let Delivery { service, lane, wide, stated_earliest, stated_latest, room, days } = delivery;
        let stated = stated_earliest.zip(*stated_latest);
        let lane = self.lanes.entry((service.clone(), lane.clone())).or_default();
        let wide = self.wides.entry((service.clone(), wide.clone())).or_default();
        let in_time = days <= room;
        let alone = Evidence { stated, ..Evidence::default() }.on_time(*room);
        self.stated_alone.extend(alone.map(|estimate| (estimate.probability, in_time)));
        let evidence = Evidence { lane, wide, stated };
        let chance = evidence.on_time(*room).map(|estimate| estimate.probability);
        self.told.extend(chance.map(|chance| (chance, in_time)));
        lane.add(*days, 1);
        wide.add(*days, 1);
        chance
    }

    /// How good what was told was.
    pub fn calibration(&self) -> Calibration {
        Calibration::of(self.told.iter().copied())
    }

    /// How good it would have been by what carriers state alone.
    pub fn stated_alone(&self) -> Calibration {
        Calibration::of(self.stated_alone.iter().copied())
    }
}
