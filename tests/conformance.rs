//! The conformance suite of the kit, over every carrier that is compiled in.
//!
//! Nobody enrols: what the facade registers takes part. The behaviour suite
//! runs twice, over the simulator in process and behind a socket, and both
//! times through the gateway's own driver, journal and store.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod rig;

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::conformance::behaviour::{self, RigMaker};
use parcelgate_kit::conformance::{Case, Orders, golden, numbers, statics, verdict};

use rig::{Over, Rigs};

fn main() {
    let arguments = Arguments::from_args();
    let runtime =
        Arc::new(tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));
    let mut trials = Vec::new();
    for entry in parcelgate_adapters::with_template() {
        statics_of(&entry, &mut trials);
        numbers_of(&entry, &runtime, &mut trials);
        goldens_of(&entry, &runtime, &mut trials);
        for over in [Over::Process, Over::Socket] {
            behaviour_of(&entry, over, &runtime, &mut trials);
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn failed(words: String) -> Failed {
    Failed::from(words)
}

fn statics_of(entry: &Entry, trials: &mut Vec<Trial>) {
    let checked = entry.clone();
    let check = move || verdict(&statics::check(&checked)).map_err(failed);
    trials.push(Trial::test(format!("{}::statics", entry.id()), check));
}

fn numbers_of(entry: &Entry, runtime: &Arc<tokio::runtime::Runtime>, trials: &mut Vec<Trial>) {
    let (checked, runtime) = (entry.clone(), Arc::clone(runtime));
    let check = move || verdict(&runtime.block_on(numbers::services(&checked))).map_err(failed);
    trials.push(Trial::test(format!("{}::numbers", entry.id()), check));
}

fn goldens_of(entry: &Entry, runtime: &Arc<tokio::runtime::Runtime>, trials: &mut Vec<Trial>) {
    let mode = golden::Mode::of_variable(std::env::var("BLESS").ok().as_deref());
    let cases = match Case::all(entry.folder) {
        Ok(cases) => cases,
        Err(findings) => {
            let words = verdict(&findings).unwrap_err();
            let report = move || Err(failed(words));
            return trials.push(Trial::test(format!("{}::golden", entry.id()), report));
        }
    };
    for case in cases {
        let name = format!("{}::golden::{}", entry.id(), case.name().replace('/', "::"));
        let (entry, runtime) = (entry.clone(), Arc::clone(runtime));
        trials.push(Trial::test(name, move || {
            let mut findings = runtime.block_on(golden::check(&entry, &case, mode));
            findings.extend(statics::no_secrets(&entry, &case));
            findings.extend(runtime.block_on(numbers::of_case(&entry, &case)));
            findings.extend(runtime.block_on(golden::survives_damage(&entry, &case, 60)));
            verdict(&findings).map_err(failed)
        }));
    }
}

fn behaviour_of(entry: &Entry, over: Over, runtime: &Arc<tokio::runtime::Runtime>, trials: &mut Vec<Trial>) {
    let descriptor = entry.carrier.descriptor();
    for check in behaviour::checks() {
        if !(check.applies)(descriptor) {
            continue;
        }
        let name = format!("{}::{over}::{}", entry.id(), check.name);
        let waived = check.waiver(descriptor).is_some();
        let (entry, runtime) = (entry.clone(), Arc::clone(runtime));
        let trial = Trial::test(name, move || {
            let orders = Orders::of(entry.folder).map_err(|bad| failed(verdict(&bad).unwrap_err()))?;
            let rigs = Rigs::new(entry, over);
            let rigs: &dyn RigMaker = &rigs;
            runtime.block_on((check.run)(rigs, &orders)).map_err(failed)
        });
        trials.push(trial.with_ignored_flag(waived));
    }
}
