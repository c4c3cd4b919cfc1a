//! `cargo xtask test`: every check of the project, one after the other.
//!
//! All failures are shown, not the first alone; what needs a build is left out
//! when the build fails. Start with [`run_all`].

mod counts;
mod steps;
mod tools;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use comfy_table::{CellAlignment, ContentArrangement, Table};

pub(crate) use self::counts::Counts;
pub(crate) use self::steps::Step;
use crate::say::say;

/// What to run, and on what.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The checkout.
    pub(crate) repo: PathBuf,
    /// The folder of published specifications.
    pub(crate) specs: Option<PathBuf>,
    /// Leaves out the slow steps.
    pub(crate) quick: bool,
    /// These steps alone; all when empty.
    pub(crate) only: Vec<Step>,
}

/// How a step ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With these tests.
    Ran(Counts),
    /// Was not run, because.
    Skipped(String),
    /// Could not be run to its end, because.
    Broke(String),
}

impl Outcome {
    fn counts(&self) -> Counts {
        match self {
            Self::Ran(counts) => *counts,
            Self::Skipped(_) => Counts { skipped: 1, ..Counts::default() },
            Self::Broke(_) => Counts { failed: 1, ..Counts::default() },
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Skipped(_) => "skipped",
            Self::Ran(counts) if counts.failed == 0 => "passed",
            Self::Ran(_) | Self::Broke(_) => "FAILED",
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Ran(_) => "",
            Self::Skipped(reason) | Self::Broke(reason) => reason,
        }
    }
}

/// Runs the steps of a plan; whether nothing failed.
///
/// # Errors
/// When the plan names no step.
pub(crate) fn run_all(plan: &Plan) -> Result<bool> {
    let steps: Vec<Step> = Step::ALL
        .iter()
        .copied()
        .filter(|step| plan.only.is_empty() || plan.only.contains(step))
        .filter(|step| !(plan.quick && step.is_slow()))
        .collect();
    ensure!(!steps.is_empty(), "`--quick` leaves out every step that `--only` names");
    let begun = Instant::now();
    let mut results: Vec<(Step, Outcome, Duration)> = Vec::new();
    for (index, step) in steps.iter().copied().enumerate() {
        let place = format!("[{}/{}] {}", index + 1, steps.len(), step.name());
        say(format_args!("\n{place}: {}", step.about()));
        let start = Instant::now();
        let built = results.iter().all(|(step, outcome, _)| !step.is_build() || outcome.word() == "passed");
        let outcome = if step.needs_build() && !built {
            Outcome::Skipped("the build failed".to_owned())
        } else {
            steps::run(step, plan).unwrap_or_else(|error| Outcome::Broke(format!("{error:#}")))
        };
        let time = start.elapsed();
        let reason = Some(outcome.reason()).filter(|reason| !reason.is_empty());
        let because = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        say(format_args!("{place}: {} in {}{because}", outcome.word(), seconds(time)));
        results.push((step, outcome, time));
    }
    Ok(finish(&results, begun.elapsed()))
}

fn finish(results: &[(Step, Outcome, Duration)], time: Duration) -> bool {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["step", "result", "passed", "failed", "skipped", "time", "why"]);
    let mut total = Counts::default();
    for (step, outcome, time) in results {
        let counts = outcome.counts();
        total += counts;
        let [passed, failed, skipped] = counts.cells();
        let (name, word) = (step.name().to_owned(), outcome.word().to_owned());
        table.add_row([name, word, passed, failed, skipped, seconds(*time), outcome.reason().to_owned()]);
    }
    let [passed, failed, skipped] = total.cells();
    table.add_row(["total".to_owned(), String::new(), passed, failed, skipped, seconds(time), String::new()]);
    for column in table.column_iter_mut().skip(2).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    say(format_args!("\n{table}\nEach step that runs no tests of its own counts as one."));
    say(total);
    total.failed == 0
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
