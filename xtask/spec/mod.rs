//! `cargo xtask spec-check`: do the golden requests hold to what the carriers published?
//!
//! Never changes a case and never goes to the network. The specifications lie in
//! a folder outside the repository, because most may not be passed on. Start with
//! [`check_all`].

mod case;
mod json_schema;
mod openapi;
mod operation;
mod plan;
mod problem;
mod report;
mod xsd;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use self::case::Case;
use self::openapi::Documents;
use self::plan::{Kind, Plan};
use self::report::Row;

pub(crate) use self::report::Report;

/// Checks the golden requests of every carrier under `repo/adapters`, or of one,
/// against the specifications under `specs`.
///
/// # Errors
/// Folders that cannot be read, or a `carrier` that has no folder. What is wrong
/// with a case or a carrier's `spec.toml` is a failure in the report.
pub(crate) fn check_all(repo: &Path, specs: &Path, carrier: Option<&str>) -> Result<Report> {
    ensure!(specs.is_dir(), "no folder `{}` of specifications; name one with `--specs`", specs.display());
    let mut report = Report::default();
    let mut documents = Documents::new(specs);
    for (id, folder) in carriers(repo, carrier)? {
        let cases = match case::read_all(&folder) {
            Ok(cases) => cases,
            Err(error) => {
                report.fail(&id, format!("{error:#}"));
                continue;
            }
        };
        match Plan::read(&folder.join("spec.toml")) {
            Ok(plan) => check_carrier(&id, &plan, &cases, &mut documents, &mut report),
            Err(error) => report.fail(&id, format!("{error:#}")),
        }
    }
    Ok(report)
}

fn carriers(repo: &Path, only: Option<&str>) -> Result<Vec<(String, PathBuf)>> {
    let adapters = repo.join("adapters");
    let mut found = Vec::new();
    for entry in fs::read_dir(&adapters).with_context(|| format!("cannot read `{}`", adapters.display()))? {
        let path = entry?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        if path.join("Cargo.toml").is_file() && id != "kit" && only.is_none_or(|only| only == id) {
            found.push((id, path));
        }
    }
    ensure!(only.is_none() || !found.is_empty(), "no carrier `{}` under adapters/", only.unwrap_or_default());
    found.sort();
    Ok(found)
}

fn check_carrier(id: &str, plan: &Plan, cases: &[Case], documents: &mut Documents, report: &mut Report) {
    if cases.is_empty() {
        report.fail(id, "no golden cases under cases/; record one an operation");
    }
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut uses = vec![0_usize; plan.exceptions.len()];
    for case in cases {
        let row = rows.entry(&case.operation).or_insert_with(|| Row::new(id, &case.operation));
        row.cases += 1;
        row.published += usize::from(case.published);
        for (file, request) in &case.requests {
            row.requests += 1;
            let at = format!("{}/{}/{file}", case.operation, case.name);
            let Some(check) = plan.check_for(request) else {
                let line = format!("{} {}", request.method, request.path);
                report.fail(id, format!("{at}: no `[[check]]` of spec.toml matches `{line}`; add one"));
                continue;
            };
            let outcome = match &check.kind {
                Kind::None => {
                    row.unchecked += 1;
                    continue;
                }
                Kind::OpenApi(target) => documents.validate(target, request),
                Kind::Xsd(target) => xsd::validate(documents.folder(), target, request),
            };
            match outcome {
                Ok(problems) => {
                    let (excepted, left): (Vec<_>, Vec<_>) =
                        problems.into_iter().partition(|problem| plan.excuse(problem, &mut uses));
                    row.exceptions += excepted.len();
                    row.valid += usize::from(left.is_empty());
                    for problem in left {
                        report.fail(id, format!("{at}: {problem}"));
                    }
                }
                Err(error) => report.fail(id, format!("{at}: {error:#}")),
            }
        }
    }
    for (exception, _) in plan.exceptions.iter().zip(&uses).filter(|(_, uses)| **uses == 0) {
        let words = format!("exception `{}` ({}) excuses nothing", exception.path, exception.keyword);
        report.fail(id, format!("spec.toml: {words}; remove it"));
    }
    report.rows.extend(rows.into_values());
}

#[cfg(test)]
mod tests;
