//! Every reason that the API gives has its page, and every page its reason.

use super::Finding;
use super::source::Tree;

/// Where the API declares its reasons, each a string literal such as `"OFFER_EXPIRED"`.
const DECLARED_IN: &str = "gateway/api/reason.rs";
const PAGES: &str = "docs/errors/";

/// Reasons without a page, and pages without a reason.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(declared) = tree.get(DECLARED_IN) else { return Vec::new() };
    let reasons: Vec<_> = declared.strings().filter(|(text, _)| is_reason(text)).collect();
    let mut findings = Vec::new();
    for (reason, line) in &reasons {
        let page = format!("{PAGES}{reason}.md");
        if tree.get(&page).is_none() {
            let what = format!("reason `{reason}` has no page; write {page}: what it means and the way out");
            findings.push(Finding::new(DECLARED_IN, *line, "error-pages", what));
        }
    }
    for file in &tree.files {
        let page = file.path.strip_prefix(PAGES).and_then(|name| name.strip_suffix(".md"));
        if let Some(page) = page
            && page != "README"
            && !reasons.iter().any(|(reason, _)| *reason == page)
        {
            let what = format!("{DECLARED_IN} declares no reason `{page}`; remove the page or declare it");
            findings.push(Finding::new(&file.path, 1, "error-pages", what));
        }
    }
    findings
}

/// Capitals, digits and `_`, and at least four of them.
fn is_reason(text: &str) -> bool {
    text.len() >= 4
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
