//! What can be said of an adapter without running it.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use super::{Case, Finding, Operation};
use crate::carrier::Entry;
use crate::descriptor::{Check, Descriptor, VoidRule};
use crate::exchange::Guard;

/// Parts that a carrier's README must have, as headings.
pub const README_PARTS: &[&str] = &["Capabilities", "Account", "Quirks", "Sources"];

/// Checks the descriptor, the sample account and the folder.
pub fn check(entry: &Entry) -> Vec<Finding> {
    let descriptor = entry.carrier.descriptor();
    let mut findings = Vec::new();
    identity(entry, descriptor, &mut findings);
    services(descriptor, &mut findings);
    numbers(descriptor, &mut findings);
    sample_account(entry, descriptor, &mut findings);
    capabilities(entry, descriptor, &mut findings);
    readme(entry, &mut findings);
    findings
}

fn identity(entry: &Entry, descriptor: &Descriptor, findings: &mut Vec<Finding>) {
    let folder = Path::new(entry.folder).file_name().map(|name| name.to_string_lossy().into_owned());
    if folder.as_deref() != Some(descriptor.id) {
        let what = format!("must be the folder's name, {}", folder.unwrap_or_default());
        findings.push(Finding::new("descriptor.id", what));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !descriptor.id.chars().all(plain) {
        findings.push(Finding::new("descriptor.id", "takes lower case letters, digits and underscores"));
    }
    if !descriptor.base_url.starts_with("https://") || descriptor.base_url.ends_with('/') {
        findings.push(Finding::new("descriptor.base_url", "must be https and end without a slash"));
    }
    if descriptor.track_batch == 0 {
        findings.push(Finding::new("descriptor.track_batch", "must be at least 1"));
    }
    if descriptor.quote_lifetime == 0 {
        findings.push(Finding::new("descriptor.quote_lifetime", "must be at least a second"));
    }
    for waiver in descriptor.waivers {
        if waiver.reason.len() < 20 {
            findings
                .push(Finding::new(format!("waiver of {}", waiver.case), "needs a reason that explains it"));
        }
    }
}

fn services(descriptor: &Descriptor, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for service in descriptor.services {
        let at = format!("service {} ({})", service.code, service.name);
        if service.lanes.is_empty() {
            findings.push(Finding::new(&at, "serves no lane"));
        }
        if !seen.insert((service.code, service.name)) {
            findings.push(Finding::new(&at, "is listed twice"));
        }
        if service.transit_days.is_some_and(|(earliest, latest)| earliest > latest) {
            findings.push(Finding::new(&at, "has its transit days the wrong way round"));
        }
    }
    if descriptor.services.is_empty() && (descriptor.capabilities.rate || descriptor.capabilities.purchase) {
        findings.push(Finding::new("descriptor.services", "must not be empty for a carrier that sells"));
    }
}

fn numbers(descriptor: &Descriptor, findings: &mut Vec<Finding>) {
    for format in descriptor.numbers {
        let at = format!("number format {}", format.name);
        if !format.pattern.starts_with('^') || !format.pattern.ends_with('$') {
            findings.push(Finding::new(&at, "must have a pattern that is anchored at both ends"));
        }
        match Regex::new(format.pattern) {
            Ok(pattern) if !pattern.is_match(format.example) => {
                findings.push(Finding::new(&at, "has an example that does not match its pattern"));
            }
            Ok(_) => {}
            Err(error) => findings.push(Finding::new(&at, error.to_string())),
        }
        if let Check::Firm(check) | Check::Usual(check) = format.check
            && !check(format.example)
        {
            findings.push(Finding::new(&at, "has an example whose check digit is wrong"));
        }
    }
    if descriptor.capabilities.track && descriptor.numbers.is_empty() {
        findings.push(Finding::new("descriptor.numbers", "must not be empty for a carrier that tracks"));
    }
}

fn sample_account(entry: &Entry, descriptor: &Descriptor, findings: &mut Vec<Finding>) {
    if let Err(bad) = entry.sim.account().account().check(descriptor.account) {
        findings.extend(bad.into_iter().map(|bad| Finding::new("the simulator's account", bad.to_string())));
    }
}

fn capabilities(entry: &Entry, descriptor: &Descriptor, findings: &mut Vec<Finding>) {
    let can = descriptor.capabilities;
    if can.purchase && descriptor.labels.is_empty() {
        findings.push(Finding::new("descriptor.labels", "must not be empty for a carrier that sells labels"));
    }
    if matches!(descriptor.purchase_guard, Guard::FindByReference { .. }) && !can.find {
        findings.push(Finding::new("capabilities.find", "is what the purchase guard relies on"));
    }
    if can.void != (descriptor.void != VoidRule::Never) {
        findings
            .push(Finding::new("descriptor.void", "must say `Never` exactly when voiding is not offered"));
    }
    let cases = match Case::all(entry.folder) {
        Ok(cases) => cases,
        Err(bad) => return findings.extend(bad),
    };
    let offered = [
        (Operation::Rate, can.rate),
        (Operation::Purchase, can.purchase),
        (Operation::Find, can.find),
        (Operation::Void, can.void),
        (Operation::Track, can.track),
        (Operation::Push, entry.carrier.descriptor().push.is_some()),
    ];
    for (operation, offered) in offered {
        let covered = cases.iter().any(|case| case.operation == operation);
        if offered && !covered {
            let at = format!("cases/{}", operation.folder());
            findings.push(Finding::new(at, "needs at least one golden case"));
        }
    }
}

/// No secret of the simulator's account stands in a golden case.
pub fn no_secrets(entry: &Entry, case: &Case) -> Vec<Finding> {
    let sample = entry.sim.account();
    let files = std::fs::read_dir(&case.folder).into_iter().flatten().filter_map(Result::ok);
    let mut findings = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        for (name, secret) in &sample.secrets {
            if text.contains(secret) {
                let what = format!("holds the secret `{name}`");
                findings.push(Finding::new(file.path().display().to_string(), what));
            }
        }
    }
    findings
}

fn readme(entry: &Entry, findings: &mut Vec<Finding>) {
    let path = Path::new(entry.folder).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    for part in README_PARTS {
        if !text.lines().any(|line| line.trim_start_matches('#').trim() == *part && line.starts_with('#')) {
            findings.push(Finding::new(path.display().to_string(), format!("needs a part `## {part}`")));
        }
    }
}
