//! The steps of `cargo xtask test`, in their order.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;
use parcelgate_test_postgres::VARIABLE;

use super::tools::{self, Tool};
use super::{Counts, Outcome, Plan};
use crate::run::{cargo, is_there};
use crate::say::{say, say_loudly};
use crate::{docs, new_carrier, spec, tidy};

/// What the tests need beside what is released.
const FEATURES: &str = "parcelgate/failpoints";

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// rustfmt
    Format,
    /// clippy
    Lints,
    /// Everything, its tests included
    Build,
    /// Unit, conformance and integration tests
    Tests,
    /// Gateways killed at random and at named places
    Crash,
    /// Examples in the documentation
    DocTests,
    /// The project's own rules
    Tidy,
    /// Pages that are written from code
    Docs,
    /// Copies of the samples
    NewCarrier,
    /// cargo-deny
    Dependencies,
    /// buf lint
    Proto,
    /// Golden requests against published specifications
    SpecCheck,
}

impl Step {
    /// In the order in which they run.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Format,
        Self::Lints,
        Self::Build,
        Self::Tests,
        Self::Crash,
        Self::DocTests,
        Self::Tidy,
        Self::Docs,
        Self::NewCarrier,
        Self::Dependencies,
        Self::Proto,
        Self::SpecCheck,
    ];

    /// As `--only` takes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lints => "lints",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::Crash => "crash",
            Self::DocTests => "doc-tests",
            Self::Tidy => "tidy",
            Self::Docs => "docs",
            Self::NewCarrier => "new-carrier",
            Self::Dependencies => "dependencies",
            Self::Proto => "proto",
            Self::SpecCheck => "spec-check",
        }
    }

    /// What it looks at.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Format => "is everything formatted as rustfmt does it",
            Self::Lints => "clippy over every target, warnings are failures",
            Self::Build => "build the workspace and its tests",
            Self::Tests => "unit, conformance and integration tests",
            Self::Crash => {
                "gateways killed at random and at named places, held against the carriers' ledgers"
            }
            Self::DocTests => "the examples in the documentation",
            Self::Tidy => "the project's own rules: arrows, names, sizes, registry",
            Self::Docs => "is docs/carriers.md what the descriptors say",
            Self::NewCarrier => "do new carriers compile and pass, as they are made",
            Self::Dependencies => "licences, bans and sources of the dependencies",
            Self::Proto => "buf lint over proto/",
            Self::SpecCheck => "golden requests against the carriers' published specifications",
        }
    }

    /// Left out by `--quick`.
    pub(super) fn is_slow(self) -> bool {
        matches!(self, Self::Crash | Self::DocTests | Self::NewCarrier | Self::Dependencies | Self::Proto)
    }

    /// Whether a failure here leaves nothing to run for the steps that need it.
    pub(super) fn is_build(self) -> bool {
        self == Self::Build
    }

    /// Whether it runs what the build made.
    pub(super) fn needs_build(self) -> bool {
        matches!(self, Self::Tests | Self::Crash | Self::DocTests | Self::Docs | Self::NewCarrier)
    }
}

/// Runs one step to its end.
pub(super) fn run(step: Step, plan: &Plan) -> Result<Outcome> {
    let repo = plan.repo.as_path();
    match step {
        Step::Format => one(repo, &["fmt", "--all", "--check"]),
        Step::Lints => one(
            repo,
            &["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"],
        ),
        // the test profile, the whole workspace and its features, as the tests want it: nothing is built a second time
        Step::Build => one(repo, &["test", "--workspace", "--features", FEATURES, "--no-run"]),
        Step::Tests => tests(repo, plan.specs.as_deref()),
        Step::Crash => counted(repo, &["test", "--workspace", "--features", FEATURES, "--test", "crash"]),
        Step::DocTests => {
            counted(repo, &["test", "--workspace", "--features", FEATURES, "--doc", "--no-fail-fast"])
        }
        Step::Tidy => tidy_up(repo),
        Step::Docs => pages(repo),
        Step::NewCarrier => Ok(Outcome::Ran(new_carrier::prove(repo)?)),
        Step::Dependencies => dependencies(repo),
        Step::Proto => proto(repo),
        Step::SpecCheck => spec_check(repo, plan.specs.as_deref()),
    }
}

fn one(repo: &Path, arguments: &[&str]) -> Result<Outcome> {
    Ok(Outcome::Ran(Counts::one(run_command(&mut cargo(repo, arguments))?)))
}

fn counted(repo: &Path, arguments: &[&str]) -> Result<Outcome> {
    let finished = crate::run::run(&mut cargo(repo, arguments))?;
    Ok(Outcome::Ran(Counts::read(&finished.lines, finished.ok)))
}

fn run_command(command: &mut Command) -> Result<bool> {
    Ok(crate::run::run(command)?.ok)
}

fn tests(repo: &Path, specs: Option<&Path>) -> Result<Outcome> {
    tools::xmllint()?;
    // stopped and removed when this function ends, and when this program is killed
    let server = tools::postgres()?;
    let mut command = if is_there("cargo-nextest") {
        let apart = ["--features", FEATURES, "--filterset", "not binary(=crash)"];
        let mut run =
            cargo(repo, &["nextest", "run", "--workspace", "--profile", "ci", "--no-tests", "pass"]);
        run.args(apart);
        run
    } else {
        say("cargo-nextest is not installed, so `cargo test` runs the tests; it is slower");
        // it also runs what the step `crash` runs
        cargo(
            repo,
            &["test", "--workspace", "--features", FEATURES, "--no-fail-fast", "--lib", "--bins", "--tests"],
        )
    };
    if let Some(server) = &server {
        command.env(VARIABLE, server.url());
    }
    if let Some(specs) = specs {
        // public tracking numbers lie beside the specifications
        command.env("CARRIER_SPECS", specs);
    }
    let finished = crate::run::run(&mut command)?;
    Ok(Outcome::Ran(Counts::read(&finished.lines, finished.ok)))
}

fn tidy_up(repo: &Path) -> Result<Outcome> {
    let findings = tidy::check(repo)?;
    findings.iter().for_each(say);
    Ok(Outcome::Ran(Counts::one(findings.is_empty())))
}

fn pages(repo: &Path) -> Result<Outcome> {
    let stale = docs::stale(repo)?;
    stale.iter().for_each(say);
    Ok(Outcome::Ran(Counts::one(stale.is_none())))
}

fn dependencies(repo: &Path) -> Result<Outcome> {
    let deny = match tools::cargo_deny(repo)? {
        Tool::Ready(program) => program,
        Tool::Missing(reason) => return Ok(skipped(reason)),
    };
    // advisories are left to a machine with a network: their database is fetched anew each time
    let mut command = Command::new(deny);
    command.current_dir(repo).args(["--workspace", "check", "bans", "licenses", "sources"]);
    Ok(Outcome::Ran(Counts::one(run_command(&mut command)?)))
}

fn proto(repo: &Path) -> Result<Outcome> {
    let buf = match tools::buf(repo)? {
        Tool::Ready(program) => program,
        Tool::Missing(reason) => return Ok(skipped(reason)),
    };
    let mut command = Command::new(buf);
    Ok(Outcome::Ran(Counts::one(run_command(command.current_dir(repo).arg("lint"))?)))
}

fn spec_check(repo: &Path, specs: Option<&Path>) -> Result<Outcome> {
    let Some(specs) = specs else {
        let reason = "no published specifications: name their folder with `--specs` or CARRIER_SPECS";
        return Ok(skipped(reason.to_owned()));
    };
    tools::xmllint()?;
    let report = spec::check_all(repo, specs, None)?;
    report.failures.iter().for_each(say);
    say(report.table());
    let (passed, failed, skipped) = (report.valid(), report.failures.len(), report.unchecked());
    Ok(Outcome::Ran(Counts { passed, failed, skipped }))
}

fn skipped(reason: String) -> Outcome {
    say_loudly(format_args!("NOT CHECKED: {reason}"));
    Outcome::Skipped(reason)
}
