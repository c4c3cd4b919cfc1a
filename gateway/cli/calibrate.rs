//! `calibrate FILE`: how good estimates of being in time would have been on deliveries that are over. Needs no gateway.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::render::table;
use super::{message, show};
use crate::promise::{Calibration, Delivery, Replay};

/// Replays the deliveries of a file, in their order.
pub(super) fn run(json: bool, file: &str) -> Result<()> {
    let text = message::text(file)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut replay = Replay::default();
    let mut count = 0_u64;
    for (index, row) in reader.deserialize().enumerate() {
        let delivery: Delivery =
            row.with_context(|| format!("`{file}`: delivery {} cannot be read", index.saturating_add(1)))?;
        replay.next(&delivery);
        count = count.saturating_add(1);
    }
    if count == 0 {
        bail!(
            "`{file}` has no deliveries: it is CSV with the columns service, lane, wide, stated_earliest, \
             stated_latest, room, days, in the order of the deliveries"
        );
    }
    let (told, alone) = (replay.calibration(), replay.stated_alone());
    if json {
        show::json(
            &json!({ "deliveries": count, "told": value(&told), "stated_alone": value(&alone) }).to_string(),
        );
        return Ok(());
    }
    show::line(format!("{count} deliveries, each estimated from those before it"));
    let mut scores = table(&["By", "Estimates", "Brier score", "Of the overall share", "Mean error"]);
    for (name, of) in [("history and statement", &told), ("statement alone", &alone)] {
        let score = |number: f64| format!("{number:.4}");
        scores.add_row([
            name.to_owned(),
            of.count.to_string(),
            score(of.brier),
            score(of.base),
            score(of.error),
        ]);
    }
    show::line(scores.to_string());
    let mut bins = table(&["Told", "Estimates", "Mean told", "Came in time"]);
    for (tenth, bin) in told.bins.iter().enumerate().filter(|(_, bin)| bin.count > 0) {
        let share = |share: f64| format!("{:.1} %", share * 100.0);
        let from = tenth.saturating_mul(10);
        bins.add_row([
            format!("{from} to {} %", from.saturating_add(10)),
            bin.count.to_string(),
            share(bin.predicted),
            share(bin.observed),
        ]);
    }
    show::line(format!("\nReliability\n{bins}"));
    Ok(())
}

fn value(of: &Calibration) -> serde_json::Value {
    let bins = of.bins.iter().map(
        |bin| json!({ "estimates": bin.count, "mean_told": bin.predicted, "came_in_time": bin.observed }),
    );
    json!({
        "estimates": of.count,
        "brier": of.brier,
        "brier_of_overall_share": of.base,
        "mean_error": of.error,
        "bins": bins.collect::<Vec<_>>(),
    })
}
