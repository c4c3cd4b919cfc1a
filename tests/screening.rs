//! Worked scenarios of promises and screening.
//!
//! Reads every `*.csv` in `tests/screening/` and the file named by
//! `SCREENING_CASES`; each row is a seller, a carrier, a service and an order,
//! and what must come of them: the hand-over, the window, whether it is in
//! time, every reason against it and the smallest change that mends it. The
//! shorthand of the columns is read in `screening/shorthand.rs`.

#[path = "screening/shorthand.rs"]
mod shorthand;

use std::io::Write;
use std::path::PathBuf;

use shorthand::Row;

#[test]
fn screening_scenarios_hold() {
    let (mut passed, mut failed) = (0_usize, 0_usize);
    let mut out = std::io::stdout();
    for path in files().unwrap() {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&path).unwrap();
        for record in reader.deserialize() {
            let row: Row = record.unwrap();
            let misses = match row.misses() {
                Ok(misses) => misses,
                Err(problem) => vec![format!("cannot be read: {problem}")],
            };
            if misses.is_empty() {
                passed += 1;
            } else {
                failed += 1;
                writeln!(out, "FAILED {} {}: {}", row.id, row.title, misses.join("; ")).unwrap();
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed").unwrap();
    assert!(passed >= 100, "only {passed} scenarios hold");
    assert_eq!(failed, 0, "{failed} rows differ, listed above");
}

fn files() -> std::io::Result<Vec<PathBuf>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screening");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files.push(path);
        }
    }
    files.sort();
    files.extend(std::env::var_os("SCREENING_CASES").map(PathBuf::from));
    Ok(files)
}
