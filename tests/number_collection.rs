//! Every number of a public collection of tracking numbers, valid and invalid,
//! is told as the collection tells it.
//!
//! The collection may be passed on but is not ours, so it lies beside the
//! carriers' specifications, where `CARRIER_SPECS` points. Without it the test
//! says so and checks nothing.

#![allow(clippy::print_stdout, reason = "what was checked, or that nothing was, is part of the result")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use parcelgate::numbers::{Catalog, Verdict};
use parcelgate_kit::model::TrackingNumber;
use serde::Deserialize;

#[derive(Deserialize)]
struct Courier {
    tracking_numbers: Vec<Form>,
}

#[derive(Deserialize)]
struct Form {
    id: Option<String>,
    name: String,
    test_numbers: Numbers,
}

#[derive(Deserialize)]
struct Numbers {
    valid: Vec<String>,
    invalid: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    forms: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    exception: Vec<Exception>,
}

/// A number that we tell otherwise, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    form: String,
    number: String,
    reason: String,
}

fn folder() -> Option<PathBuf> {
    let specs = std::env::var_os("CARRIER_SPECS").filter(|specs| !specs.is_empty())?;
    Some(PathBuf::from(specs).join("tracking_number_data/couriers"))
}

/// Whether a number has one of our forms and no wrong check digit.
fn is_told(catalog: &Catalog, forms: &[String], raw: &str) -> bool {
    let Ok(number) = TrackingNumber::parse(raw) else { return false };
    let fits =
        |form: &String| catalog.read_by(&number, form).is_some_and(|verdict| verdict != Verdict::Wrong);
    let told = forms.iter().any(fits);
    let named = |form: &String| {
        let courier = form.split('/').next().unwrap();
        let candidates = catalog.identify(&number, None);
        candidates.iter().any(|found| found.courier.id == courier || found.format == courier)
    };
    // what has the form is also among the candidates
    assert!(!told || forms.iter().any(named), "{raw} has the form {forms:?} and is nobody's");
    told
}

#[test]
fn the_public_collection_is_told_as_it_says() {
    let Some(folder) = folder() else {
        println!("0 numbers checked: no collection, name its folder in CARRIER_SPECS");
        return;
    };
    let reading: Reading = toml::from_str(include_str!("data/number_collection.toml")).unwrap();
    let catalog = Catalog::new(&[]).unwrap();
    let (mut checked, mut excused, mut wrong) = (0, 0, Vec::new());
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let courier: Courier = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for form in courier.tracking_numbers {
            let id = form.id.unwrap_or(form.name);
            let Some(forms) = reading.forms.get(&id) else {
                wrong.push(format!("form `{id}` of {} is not known here", file.display()));
                continue;
            };
            let Numbers { valid, invalid } = &form.test_numbers;
            let valid = valid.iter().map(|raw| (raw, true));
            for (raw, valid) in valid.chain(invalid.iter().map(|raw| (raw, false))) {
                checked += 1;
                if is_told(&catalog, forms, raw) == valid {
                    continue;
                }
                let exception = reading.exception.iter().find(|one| one.form == id && one.number == *raw);
                match exception {
                    Some(exception) => {
                        println!("excused: {raw} of `{id}`: {}", exception.reason);
                        excused += 1;
                    }
                    None => wrong.push(format!("`{raw}` of `{id}` is said to be valid: {valid}")),
                }
            }
        }
    }
    println!("{checked} numbers checked, {excused} of them excused");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked >= 280, "{checked}: the collection has become smaller");
    assert_eq!(excused, reading.exception.len(), "an exception excuses nothing");
}
