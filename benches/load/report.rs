//! What was seen, as a table or as JSON.
//!
//! The one place that writes to standard output; it rounds for people and never for JSON. Start with [`Report`].

use std::fmt::{self, Display};
use std::io::{Write, stderr, stdout};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::duel::{Duel, Turn};
use crate::machine::Machine;
use crate::spread::Spread;

/// Writes one line to standard output.
pub(crate) fn say(line: impl Display) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Tells how far it is, on standard error.
pub(crate) fn progress(line: impl Display) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// What a ratio is held to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) enum Goal {
    /// Processor time for a request, flat out, at most so many times the baseline's.
    CpuAtMost(f64),
    /// Requests a second, flat out, at least so many times the baseline's.
    RateAtLeast(f64),
}

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) case: String,
    /// Against what.
    pub(crate) against: String,
    /// What it is held to.
    pub(crate) goal: Option<Goal>,
    /// Anything that a reader must know.
    pub(crate) notes: Vec<String>,
    /// The slices.
    #[serde(flatten)]
    pub(crate) duel: Duel,
}

/// The ratios of a comparison, subject over baseline.
#[derive(Clone, Copy, Debug, Serialize)]
struct Ratios {
    per_second_flat: Option<Spread>,
    cpu_flat: Option<Spread>,
    cpu_open: Option<Spread>,
    p50_open: Option<Spread>,
    p99_open: Option<Spread>,
}

impl Line {
    fn ratios(&self) -> Ratios {
        Ratios {
            per_second_flat: self.duel.ratio(|turn| turn.flat.per_second),
            cpu_flat: self.duel.ratio(|turn| turn.flat.cpu_us),
            cpu_open: self.duel.ratio(|turn| turn.open.cpu_us),
            p50_open: self.duel.ratio(|turn| turn.open.p50_us),
            p99_open: self.duel.ratio(|turn| turn.open.p99_us),
        }
    }

    /// Whether the median meets the goal; none without a goal or a figure.
    fn is_met(&self) -> Option<bool> {
        let ratios = self.ratios();
        match self.goal? {
            Goal::CpuAtMost(most) => Some(ratios.cpu_flat?.median <= most),
            Goal::RateAtLeast(least) => Some(ratios.per_second_flat?.median >= least),
        }
    }

    fn pair(&self, figure: fn(&Turn) -> f64) -> String {
        let show = |spread: Option<Spread>| spread.map_or("-".to_owned(), |of| short(of.median));
        format!("{} : {}", show(self.duel.subject(figure)), show(self.duel.baseline(figure)))
    }

    fn cell(&self, figure: fn(&Turn) -> f64) -> String {
        let ratio = self.duel.ratio(figure).map_or("-".to_owned(), |ratio| ratio.to_string());
        format!("{}\n{ratio}", self.pair(figure))
    }

    fn verdict(&self) -> String {
        let goal = match self.goal {
            None => return "-".to_owned(),
            Some(Goal::CpuAtMost(most)) => format!("CPU <= {most}"),
            Some(Goal::RateAtLeast(least)) => format!("rate >= {least}"),
        };
        format!("{goal}\n{}", if self.is_met() == Some(true) { "met" } else { "not met" })
    }
}

fn short(figure: f64) -> String {
    if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.1}") }
}

/// Everything of one run.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// What it ran on.
    pub(crate) machine: Machine,
    /// The sandbox's seed.
    pub(crate) seed: u64,
    /// The kind of store on both sides.
    pub(crate) store: &'static str,
    /// The comparisons.
    pub(crate) lines: Vec<Line>,
}

impl Report {
    /// All of it, slices included, as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|line| serde_json::json!({ "comparison": line, "ratios": line.ratios(), "met": line.is_met() }))
            .collect();
        serde_json::json!({ "machine": self.machine, "seed": self.seed, "store": self.store, "lines": lines })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        writeln!(
            f,
            "{} cores of {}, Linux {}, load {} at the start; {}; {}; load tool {}; seed {}; store {}",
            machine.cores,
            machine.processor,
            machine.kernel,
            machine.busy,
            machine.gateway,
            machine.compiler,
            machine.tool,
            self.seed,
            self.store
        )?;
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header([
            "case\nagainst",
            "flat: per second",
            "flat: CPU us each",
            "open: CPU us each",
            "open: p50 us",
            "open: p99 us",
            "goal",
        ]);
        for line in &self.lines {
            table.add_row([
                format!("{}\n{}", line.case, line.against),
                line.cell(|turn| turn.flat.per_second),
                line.cell(|turn| turn.flat.cpu_us),
                line.cell(|turn| turn.open.cpu_us),
                line.cell(|turn| turn.open.p50_us),
                line.cell(|turn| turn.open.p99_us),
                line.verdict(),
            ]);
        }
        writeln!(f, "{table}")?;
        writeln!(
            f,
            "Above: medians, subject : baseline. Below: their ratio, min / median / max of the slices."
        )?;
        for line in &self.lines {
            let (unsent, failed) = line.duel.amiss();
            if unsent + failed > 0 {
                writeln!(
                    f,
                    "{}: {failed} wrong answers, {unsent} requests were due and never sent",
                    line.case
                )?;
            }
            line.notes.iter().try_for_each(|note| writeln!(f, "{}: {note}", line.case))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duel::Slice;
    use crate::sample::Sample;

    fn line(goal: Goal) -> Line {
        let turn = |per_second, cpu_us| Turn {
            flat: Sample { per_second, cpu_us, ..Sample::default() },
            open: Sample { failed: 1, ..Sample::default() },
        };
        let slice = Slice { subject: turn(80.0, 110.0), baseline: turn(100.0, 100.0) };
        let duel = Duel { slices: vec![slice] };
        Line {
            case: "Rate".to_owned(),
            against: "bare".to_owned(),
            goal: Some(goal),
            notes: Vec::new(),
            duel,
        }
    }

    #[test]
    fn a_goal_is_held_against_the_median_ratio_of_its_own_figure() {
        let met = |goal| line(goal).is_met();
        assert_eq!(met(Goal::CpuAtMost(1.15)), Some(true));
        assert_eq!(met(Goal::CpuAtMost(1.05)), Some(false));
        assert_eq!(met(Goal::RateAtLeast(0.7)), Some(true));
        assert_eq!(met(Goal::RateAtLeast(0.9)), Some(false));
    }

    #[test]
    fn table_and_json_hold_the_same_ratios_and_tell_failures() {
        let machine = Machine::look(std::path::Path::new("no-such-program"));
        let report = Report { machine, seed: 7, store: "sqlite", lines: vec![line(Goal::CpuAtMost(1.05))] };
        let shown = report.to_string();
        for part in
            ["0.80 / 0.80 / 0.80", "1.10 / 1.10 / 1.10", "not met", "2 wrong answers", "seed 7; store sqlite"]
        {
            assert!(shown.contains(part), "`{part}` is not in:\n{shown}");
        }
        let json = report.json();
        assert_eq!(json["lines"][0]["ratios"]["cpu_flat"]["median"], 1.1);
        assert_eq!(json["lines"][0]["met"], false);
        assert_eq!(json["lines"][0]["comparison"]["slices"][0]["subject"]["flat"]["per_second"], 80.0);
    }
}
