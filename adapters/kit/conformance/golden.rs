//! Golden cases: the exact request for an input, the exact result of a reply.

use std::fs;
use std::path::PathBuf;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Bench, Case, Finding, text};
use crate::account::Account;
use crate::carrier::Entry;
use crate::fault::{Fault, FaultKind};
use crate::operation::Pushed;
use crate::plan::{Cx, Port, Step};
use crate::wire::Reply;

/// What to do with files that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Report them.
    Check,
    /// Write requests and results anew. A reply that is not there yet is
    /// recorded from the simulator; one that is there is never touched.
    Bless,
}

impl Mode {
    /// [`Mode::Bless`] when the variable `BLESS` is set.
    pub fn of_variable(value: Option<&str>) -> Self {
        if value.is_some_and(|value| !value.is_empty()) { Self::Bless } else { Self::Check }
    }
}

/// Runs one case.
pub async fn check(entry: &Entry, case: &Case, mode: Mode) -> Vec<Finding> {
    let account = account_of(entry, case);
    let mut port = Script::new(entry, case, mode);
    let result = case.run(entry.carrier.as_ref(), &mut Cx::new(&account, &mut port)).await;
    let mut findings = port.finish();
    match result {
        Ok(result) => findings.extend(compare_output(case, &result, mode)),
        Err(finding) => findings.push(finding),
    }
    findings
}

/// Runs one case on replies that were tampered with: whatever comes back, the
/// adapter must answer with a result or a fault. A panic fails the test.
pub async fn survives_damage(entry: &Entry, case: &Case, rounds: u32) -> Vec<Finding> {
    let account = account_of(entry, case);
    for round in 0..rounds {
        if let Some(push) = case.push() {
            let body = damaged(Reply { status: 200, headers: Vec::new(), body: push.body }, round).body;
            let _ = entry.carrier.read_push(&account, &Pushed::new(Vec::new(), body));
            continue;
        }
        let mut port = Script::new(entry, case, Mode::Check);
        port.damage = Some(round);
        if let Err(finding) = case.run(entry.carrier.as_ref(), &mut Cx::new(&account, &mut port)).await {
            return vec![finding];
        }
    }
    Vec::new()
}

pub(super) fn account_of(entry: &Entry, case: &Case) -> Account {
    let mut sample = entry.sim.account();
    let fields = entry.carrier.descriptor().account;
    for (name, value) in &case.about.settings {
        sample.settings.retain(|(key, _)| key != name);
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            sample.settings.push((field.name, value.clone()));
        }
    }
    sample.account()
}

fn compare_output(case: &Case, result: &Value, mode: Mode) -> Vec<Finding> {
    let path = case.folder.join("output.json");
    let shown = serde_json::to_string_pretty(result).unwrap_or_default() + "\n";
    compare(&path, &shown, mode).into_iter().collect()
}

fn compare(path: &PathBuf, actual: &str, mode: Mode) -> Option<Finding> {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected.trim_end() == actual.trim_end() {
        return None;
    }
    if mode == Mode::Bless {
        return fs::write(path, actual)
            .err()
            .map(|error| Finding::new(path.display().to_string(), error.to_string()));
    }
    Some(Finding::new(path.display().to_string(), first_difference(&expected, actual)))
}

fn first_difference(expected: &str, actual: &str) -> String {
    let mut left = expected.lines();
    let mut right = actual.lines();
    for line in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let (a, b) = (a.unwrap_or("(nothing)"), b.unwrap_or("(nothing)"));
                return format!("line {line} should be\n    {a}\n  and is\n    {b}");
            }
        }
    }
    "differs in blanks at the end".to_owned()
}

/// A port that plays a case's replies and compares its requests.
struct Script<'a> {
    case: &'a Case,
    mode: Mode,
    bench: Bench,
    sent: usize,
    damage: Option<u32>,
    findings: Vec<Finding>,
}

impl<'a> Script<'a> {
    fn new(entry: &Entry, case: &'a Case, mode: Mode) -> Self {
        let bench = Bench::new(entry.clone(), case.about.now);
        Self { case, mode, bench, sent: 0, damage: None, findings: Vec::new() }
    }

    /// `request.http` of a case with one exchange, `request.2.http` of the
    /// second of several.
    fn file(&self, what: &str) -> PathBuf {
        let single = self.case.folder.join(format!("{what}.http"));
        let numbered = self.case.folder.join(format!("{what}.{}.http", self.sent));
        if self.sent > 1 || numbered.exists() { numbered } else { single }
    }

    fn play(&mut self, step: Step, recorded: Option<Reply>) -> Result<Reply, Fault> {
        if self.damage.is_none() {
            let shown = text::of_request(&step.wire);
            self.findings.extend(compare(&self.file("request"), &shown, self.mode));
        }
        let path = self.file("reply");
        let reply = match (fs::read_to_string(&path), recorded) {
            (Ok(recorded), _) => text::to_reply(&recorded).map_err(Fault::unreadable)?,
            (Err(_), Some(recorded)) if self.mode == Mode::Bless => {
                let _ = fs::write(&path, text::of_reply(&recorded));
                recorded
            }
            _ => {
                self.findings.push(Finding::new(path.display().to_string(), "there is no such file"));
                return Err(Fault::new(FaultKind::Internal, "the case has no such reply"));
            }
        };
        Ok(match self.damage {
            Some(round) => damaged(reply, round),
            None => reply,
        })
    }

    fn finish(mut self) -> Vec<Finding> {
        let played = self.sent;
        self.sent += 1;
        let next = self.case.folder.join(format!("request.{}.http", self.sent));
        if next.exists() && self.damage.is_none() {
            let what = format!("was never sent: the plan ended after {played} exchanges");
            self.findings.push(Finding::new(next.display().to_string(), what));
        }
        self.findings
    }
}

/// A reply with a defect that depends on `round`.
fn damaged(mut reply: Reply, round: u32) -> Reply {
    let mut body = reply.body.to_vec();
    let length = body.len().max(1);
    let place = usize::try_from(round.wrapping_mul(2_654_435_761)).unwrap_or_default() % length;
    match round % 5 {
        0 => body.truncate(place),
        1 => body.iter_mut().skip(place).take(1).for_each(|byte| *byte = byte.wrapping_add(17)),
        2 => body.splice(place..place, *b"\xff\xfe<![CDATA[\"{").for_each(drop),
        3 => {
            let end = (place + 40).min(body.len());
            body.drain(place.min(end)..end).for_each(drop);
        }
        _ => reply.status = [200, 204, 400, 404, 302].get(place % 5).copied().unwrap_or(200),
    }
    reply.body = body.into();
    reply
}

impl Port for Script<'_> {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(async move {
            self.sent += 1;
            let recorded = if self.mode == Mode::Bless && !self.file("reply").exists() {
                let again = Step { name: step.name, effect: step.effect, wire: step.wire.clone() };
                self.bench.exchange(again).await.ok()
            } else {
                None
            };
            self.play(step, recorded)
        })
    }

    fn started(&self) -> Timestamp {
        self.case.about.now
    }

    fn plan_id(&self) -> Uuid {
        Uuid::NAMESPACE_OID
    }
}
