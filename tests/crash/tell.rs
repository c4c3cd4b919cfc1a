//! The tally in words: the one line that scripts read, and a table for people.
//!
//! It counts nothing itself. Start with [`summary`].

use std::io::Write;

use crate::random::Tally;

/// Writes a line; a reader that went away misses it.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Seed, runs, and the three counts that must be zero.
pub(crate) fn summary(tally: &Tally) -> String {
    let verdict = &tally.verdict;
    format!(
        "seed {}, runs {}, doubled {}, lost {}, orphaned {}",
        tally.seed,
        tally.runs,
        verdict.doubled.len(),
        verdict.lost.len(),
        verdict.orphaned.len()
    )
}

/// Everything that was counted.
pub(crate) fn table(tally: &Tally) -> String {
    let (verdict, blows) = (&tally.verdict, &tally.blows);
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    let rows = [
        ("gateways", tally.gateways.to_string()),
        ("gateways killed", blows.kills.to_string()),
        ("gateways asleep for longer than their leases", blows.pauses.to_string()),
        ("database servers killed", blows.database.to_string()),
        ("changes that a loss of power took back", blows.taken_back.to_string()),
        ("purchases wanted", tally.deals.to_string()),
        ("calls made", tally.calls.to_string()),
        ("live labels at the carriers", verdict.labels.to_string()),
        ("bought", verdict.bought.to_string()),
        ("refused", verdict.refused.to_string()),
        ("in doubt, for an operator", verdict.in_doubt.to_string()),
        ("seconds for the runs", format!("{:.1}", tally.seconds)),
        ("seconds until all was settled", format!("{:.1}", tally.settling)),
    ];
    for (what, count) in rows {
        table.add_row([what.to_owned(), count]);
    }
    table.to_string()
}
