//! Estimates held against histories whose truth is known.
//!
//! The generator knows nothing of the estimator: each lane has a time of its own for the ride, each parcel may miss any
//! number of vans with the lane's chance (a geometric tail), and some weeks a lane is slow by a day or two. The chance of a
//! parcel in time is thus a sum that the estimator never sees.

#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::Write;
use std::process::Command;

use parcelgate::promise::{Delivery, Replay};

/// Parcels of one history.
const PARCELS: usize = 30_000;

/// A lane as it truly is.
struct Lane {
    name: String,
    ride: u16,
    misses: f64,
    slow_weeks: f64,
}

fn lanes(random: &mut fastrand::Rng) -> Vec<Lane> {
    (0..24)
        .map(|number| Lane {
            name: format!("lane {number}"),
            ride: random.u16(1..4),
            misses: 0.05 + 0.4 * random.f64(),
            slow_weeks: 0.2 * random.f64(),
        })
        .collect()
}

impl Lane {
    /// How likely a parcel truly takes at most so many days.
    fn chance(&self, room: u16) -> f64 {
        let rides = |days: u16| {
            let spare = room.checked_sub(self.ride + days);
            spare.map_or(0.0, |spare| 1.0 - self.misses.powi(i32::from(spare) + 1))
        };
        (1.0 - self.slow_weeks) * rides(0) + self.slow_weeks / 2.0 * (rides(1) + rides(2))
    }
}

/// A history, in order: what the carrier states is optimistic on some lanes and careful on others.
fn history(seed: u64) -> (Vec<Lane>, Vec<Delivery>) {
    let mut random = fastrand::Rng::with_seed(seed);
    let lanes = lanes(&mut random);
    let parcels = (0..PARCELS)
        .map(|_| {
            let lane = &lanes[random.usize(..lanes.len())];
            let mut days = lane.ride;
            while random.f64() < lane.misses {
                days += 1;
            }
            if random.f64() < lane.slow_weeks {
                days += random.u16(1..3);
            }
            Delivery {
                service: "standard".into(),
                lane: lane.name.clone(),
                wide: "country".into(),
                stated_earliest: Some(1),
                stated_latest: Some(3),
                room: random.u16(1..7),
                days,
            }
        })
        .collect();
    (lanes, parcels)
}

/// Parcels before which nothing is measured: until then what the carrier states has a say.
const WARM_UP: usize = 3_000;
/// A lane is pulled to the wider one as if that were so many parcels more (docs/promise.md).
const PULL: f64 = 20.0;

/// What was told of about one chance.
#[derive(Default)]
struct Bin {
    count: f64,
    told: f64,
    came: f64,
    /// By how much the pull to the wider lane is known to bend what is told.
    bent: f64,
}

#[test]
fn what_was_told_came_about_as_often_as_told() {
    for seed in [1, 2, 3] {
        let (lanes, parcels) = history(seed);
        let wider = |room| lanes.iter().map(|lane| lane.chance(room)).sum::<f64>() / 24.0;
        let (mut replay, mut seen) = (Replay::default(), std::collections::HashMap::new());
        let mut bins: Vec<Bin> = (0..10).map(|_| Bin::default()).collect();
        for (number, parcel) in parcels.iter().enumerate() {
            let told = replay.next(parcel).unwrap();
            let lane = lanes.iter().find(|lane| lane.name == parcel.lane).unwrap();
            let before = seen.entry(parcel.lane.clone()).or_insert(0.0);
            let bent = PULL / (PULL + *before) * (wider(parcel.room) - lane.chance(parcel.room));
            *before += 1.0;
            if number >= WARM_UP {
                let place = (0..10).rev().find(|tenth| told * 10.0 >= f64::from(*tenth)).unwrap();
                let bin = &mut bins[usize::try_from(place).unwrap()];
                bin.count += 1.0;
                bin.told += told;
                bin.came += if parcel.days <= parcel.room { 1.0 } else { 0.0 };
                bin.bent += bent;
            }
        }
        let (told, alone) = (replay.calibration(), replay.stated_alone());
        assert_eq!(told.count, u64::try_from(PARCELS).unwrap());
        assert!(told.brier < alone.brier && told.brier < told.base, "{told:?}");
        assert!(told.error < alone.error, "{} {}", told.error, alone.error);
        for bin in bins.iter().filter(|bin| bin.count >= 100.0) {
            let (told, came, bent) = (bin.told / bin.count, bin.came / bin.count, bin.bent / bin.count);
            // What came varies by chance, and what was told by the twofold of it, since it is a running mean of the same.
            let bound = 5.0 * (3.0 * told * (1.0 - told) / bin.count).sqrt();
            let off = (told - came - bent).abs();
            assert!(off <= bound, "seed {seed}: told {told}, came {came}, bent by {bent}, bound {bound}");
        }
    }
}

#[test]
fn the_program_tells_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("histories.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "service,lane,wide,stated_earliest,stated_latest,room,days").unwrap();
    let mut replay = Replay::default();
    for one in history(4).1.into_iter().take(2_000) {
        let Delivery { service, lane, wide, room, days, .. } = &one;
        writeln!(file, "{service},{lane},{wide},1,3,{room},{days}").unwrap();
        replay.next(&one);
    }
    let program = env!("CARGO_BIN_EXE_parcelgate");
    let run = |arguments: &[&str]| Command::new(program).args(arguments).output().unwrap();
    let shown = run(&["--json", "calibrate", path.to_str().unwrap()]);
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!((shown["told"]["brier"].as_f64().unwrap() - replay.calibration().brier).abs() < 1e-12);
    let table = run(&["calibrate", path.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("Reliability"));
    std::fs::write(&path, "service,lane,wide,stated_earliest,stated_latest,room,days\na,b,c,1,2,x,3\n")
        .unwrap();
    let bad = run(&["calibrate", path.to_str().unwrap()]);
    let words = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(!bad.status.success() && words.contains("delivery 1"), "{words}");
}
