//! Conformance of this adapter. Start with [`golden_cases_hold`].
//!
//! Must never know more than the suite: what holds for one carrier alone is tested beside its code.

use futures::executor::block_on;
use parcelgate_kit::conformance::golden::{self, Mode};
use parcelgate_kit::conformance::{Case, statics, verdict};

use crate::entry;

#[test]
fn the_folder_is_whole() {
    verdict(&statics::check(&entry())).unwrap_or_else(|findings| panic!("{findings}"));
}

/// `cargo xtask bless` writes anew what differs; read what it wrote.
#[test]
fn golden_cases_hold() {
    let entry = entry();
    let mode = Mode::of_variable(option_env!("BLESS"));
    let cases = Case::all(entry.folder).unwrap_or_else(|bad| panic!("{bad:?}"));
    let findings: Vec<_> =
        cases.iter().flat_map(|case| block_on(golden::check(&entry, case, mode))).collect();
    verdict(&findings).unwrap_or_else(|findings| panic!("{findings}"));
}

#[test]
fn damaged_replies_cause_no_panic() {
    let entry = entry();
    for case in Case::all(entry.folder).unwrap() {
        assert_eq!(block_on(golden::survives_damage(&entry, &case, 60)), []);
    }
}
