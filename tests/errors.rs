//! Every reason that a caller can meet has its page.

use std::path::Path;

use parcelgate::promise::ReasonCode;
use parcelgate::shipping::Cause;

#[test]
fn every_code_has_its_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    let causes = Cause::ALL.iter().map(|cause| cause.as_str());
    let reasons = ReasonCode::ALL.iter().map(|reason| reason.as_str());
    let missing: Vec<_> = causes
        .chain(reasons)
        .filter(|code| {
            let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
            !page.starts_with(&format!("# {code}")) || page.lines().count() < 5
        })
        .collect();
    assert!(missing.is_empty(), "no page under docs/errors for {missing:?}");
}
