//! Whether a tracking number can be what somebody says it is.
//!
//! The checks run in the order in which marketplaces apply them; each finding
//! has its code, words and a way out. A clean number may still not exist: only
//! its carrier knows. Never looks anything up: whether the number is in use is
//! handed in. Start with [`validate`].

use std::fmt;

use parcelgate_kit::model::TrackingNumber;

use super::approved::{Approved, ApprovedQuery};
use super::catalog::{Catalog, Courier};
use super::check::Verdict;
use super::formats::{Confidence, Origin};
use super::identify::Candidate;

/// What somebody says of a number.
#[derive(Clone, Debug, Default)]
pub struct Claim<'a> {
    /// The number as it was written.
    pub number: &'a str,
    /// Whose it is said to be; `None` when the carrier was typed as a name.
    pub courier: Option<&'a Courier>,
    /// The carrier's name as it was typed, where it was not picked from a list.
    pub typed_name: Option<&'a str>,
    /// The carrier's own code of the service, where it is known.
    pub service: Option<&'a str>,
    /// The marketplace that is to follow it.
    pub listing: Option<Listing<'a>>,
    /// Another shipment of the same seller that has the number.
    pub used_by: Option<&'a str>,
}

/// A marketplace's list of carriers, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// The lists.
    pub approved: &'a Approved,
    /// Marketplace, lane and day.
    pub query: ApprovedQuery,
}

/// What is wrong with a number. The names are those by which marketplaces'
/// rules on valid tracking are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// There is none.
    NoTrackingId,
    /// It has other characters than letters and digits.
    BadCharacters,
    /// It has none of the forms of the carrier.
    FormatMismatch,
    /// Its check digit is wrong.
    CheckDigit,
    /// The carrier was typed as a name although the marketplace lists it.
    CarrierViaOther,
    /// Carrier, service and number do not belong together.
    CarrierServiceMismatch,
    /// The marketplace does not follow the carrier.
    NotIntegrated,
    /// Another shipment has it.
    DuplicateId,
}

impl Code {
    /// Its name, in capitals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoTrackingId => "NO_TRACKING_ID",
            Self::BadCharacters => "BAD_CHARACTERS",
            Self::FormatMismatch => "FORMAT_MISMATCH",
            Self::CheckDigit => "CHECK_DIGIT",
            Self::CarrierViaOther => "CARRIER_VIA_OTHER",
            Self::CarrierServiceMismatch => "CARRIER_SERVICE_MISMATCH",
            Self::NotIntegrated => "NOT_INTEGRATED",
            Self::DuplicateId => "DUPLICATE_ID",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The number may be right all the same.
    Warning,
    /// It is wrong, or does not count as tracking.
    Error,
}

/// Something that is wrong with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, in words.
    pub words: String,
    /// What to do about it.
    pub way_out: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Validation<'c> {
    /// In capitals, without blanks and hyphens; `None` when it is no number at all.
    pub number: Option<TrackingNumber>,
    /// The number read as one of the stated carrier.
    pub read_as: Option<Candidate<'c>>,
    /// In the order of the checks; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Validation<'_> {
    /// Whether no finding is an error.
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }

    fn note(&mut self, code: Code, severity: Severity, words: impl Into<String>, way_out: impl Into<String>) {
        self.findings.push(Finding { code, severity, words: words.into(), way_out: way_out.into() });
    }
}

/// Everything that is wrong with a number, as far as the tables tell.
pub fn validate<'c>(catalog: &'c Catalog, claim: &Claim<'c>) -> Validation<'c> {
    let mut result = Validation { number: None, read_as: None, findings: Vec::new() };
    result.number = characters(&mut result, claim.number);
    if let (Some(number), Some(courier)) = (result.number.clone(), claim.courier) {
        form(&mut result, catalog, courier, &number);
    }
    marketplace(&mut result, claim);
    if let Some(service) = claim.service {
        product(&mut result, claim.courier, service);
    }
    if let Some(other) = claim.used_by {
        let words = format!("shipment `{other}` has this number already");
        let way_out = "give each shipment its own number; check which of the two the label belongs to";
        result.note(Code::DuplicateId, Severity::Error, words, way_out);
    }
    result.findings.sort_by_key(|finding| finding.code);
    result
}

/// The normalised number, when it has the characters and the length of one.
fn characters(result: &mut Validation<'_>, raw: &str) -> Option<TrackingNumber> {
    if raw.trim().is_empty() {
        let way_out = "send the number that the carrier gave with the label";
        result.note(Code::NoTrackingId, Severity::Error, "there is no tracking number", way_out);
        return None;
    }
    let set_aside = |c: char| matches!(c, ' ' | '-' | '.');
    if let Some(bad) = raw.trim().chars().find(|c| !(c.is_ascii_alphanumeric() || set_aside(*c))) {
        let words = format!("`{}` is neither a letter of A to Z nor a digit", bad.escape_debug());
        result.note(
            Code::BadCharacters,
            Severity::Error,
            words,
            "write the number in plain letters and digits",
        );
        return None;
    }
    let Ok(number) = TrackingNumber::parse(raw) else {
        let words = "it is no tracking number: those have 4 to 40 letters and digits";
        result.note(Code::FormatMismatch, Severity::Error, words, "copy the whole number, and nothing else");
        return None;
    };
    if raw.contains(['-', '.']) {
        let words = "it is written with hyphens or dots, which marketplaces refuse";
        let way_out = format!("send it as `{number}`");
        result.note(Code::BadCharacters, Severity::Warning, words, way_out);
    }
    Some(number)
}

/// Form and check digit, and whose the number is if not the carrier's.
fn form<'c>(
    result: &mut Validation<'c>,
    catalog: &'c Catalog,
    courier: &'c Courier,
    number: &TrackingNumber,
) {
    if let Some(candidate) = catalog.read_as(number, courier) {
        if candidate.verdict == Verdict::Wrong {
            let severity = if candidate.refuted { Severity::Error } else { Severity::Warning };
            let words = format!(
                "it has the form `{}` of {}, but its check digit is wrong",
                candidate.format, courier.name
            );
            result.note(
                Code::CheckDigit,
                severity,
                words,
                "compare the number with the label, digit by digit",
            );
        }
        result.read_as = Some(candidate);
        return;
    }
    let Some(trust) = trust(catalog, courier) else { return };
    let words = format!("it has none of the known forms of {}", courier.name);
    let examples = courier.own.iter().chain(&courier.known).take(2).map(|form| format!("`{}`", form.example));
    let mut way_out = "check the carrier, and the number against the label".to_owned();
    if let Some(example) = examples.reduce(|one, other| format!("{one} or {other}")) {
        way_out = format!("{way_out}; its numbers are such as {example}");
    }
    result.note(Code::FormatMismatch, trust, words, way_out);
    let others = catalog.identify(number, None);
    let Some(other) = others.first().filter(|other| other.confidence == Confidence::High) else { return };
    // a post's number may be delivered by another carrier, so it proves less
    let severity = if other.origin == Origin::Standard { Severity::Warning } else { Severity::Error };
    let words = format!("it looks like a number of {}, not of {}", other.courier.name, courier.name);
    let way_out = format!("name `{}` as the carrier if it has the parcel", other.courier.id);
    result.note(Code::CarrierServiceMismatch, severity, words, way_out);
}

/// How much it says that a number has no known form of a carrier; `None` where none is known.
fn trust(catalog: &Catalog, courier: &Courier) -> Option<Severity> {
    let proven = |origin| matches!(origin, Origin::Carrier | Origin::Standard | Origin::Collection);
    let mut forms = courier.own.iter().chain(&courier.known).peekable();
    if forms.peek().is_none() {
        // a post's domestic numbers are its own
        return catalog.posts.iter().any(|(_, id, _)| id == courier.id).then_some(Severity::Warning);
    }
    Some(if forms.any(|form| proven(form.origin)) { Severity::Error } else { Severity::Warning })
}

/// Whether the service is the carrier's, and whether the number says so too.
fn product(result: &mut Validation<'_>, courier: Option<&Courier>, service: &str) {
    let Some(courier) = courier else { return };
    if let Some(adapter) = courier.adapter
        && !adapter.services.iter().any(|known| known.code == service)
    {
        let words = format!("{} has no service `{service}`", courier.name);
        let way_out = "name the service by the carrier's own code, as `parcelgate carriers` lists it";
        result.note(Code::CarrierServiceMismatch, Severity::Error, words, way_out);
        return;
    }
    let indicator = result.read_as.as_ref().and_then(|read| read.service.clone());
    let Some(indicator) = indicator.filter(|indicator| !indicator.products.is_empty()) else { return };
    if !indicator.products.iter().any(|product| product == service) {
        let words = format!(
            "the number says `{}` ({}), which is not service `{service}`",
            indicator.code, indicator.name
        );
        let way_out = "compare the service with the label";
        result.note(Code::CarrierServiceMismatch, Severity::Warning, words, way_out);
    }
}

/// Whether the marketplace follows the carrier, and whether it was picked from its list.
fn marketplace(result: &mut Validation<'_>, claim: &Claim<'_>) {
    let Some(Listing { approved, query }) = &claim.listing else { return };
    let listed = approved.list(query);
    if listed.is_empty() {
        return;
    }
    let found = match (claim.courier, claim.typed_name) {
        (Some(courier), _) => listed.iter().find(|row| row.id == courier.id),
        (None, Some(typed)) => listed.iter().find(|row| row.is_called(typed)),
        (None, None) => return,
    };
    if claim.courier.is_none()
        && let Some(row) = found
    {
        let words =
            format!("{} lists {} and does not count it when typed as a name", query.marketplace, row.name);
        let way_out = format!("pick `{}` from the marketplace's list", row.first_code());
        result.note(Code::CarrierViaOther, Severity::Error, words, way_out);
    }
    if found.is_some() {
        return;
    }
    let name = claim.courier.map(|courier| courier.name.as_str()).or(claim.typed_name).unwrap_or_default();
    let words = format!("{} does not list `{name}` on {}", query.marketplace, query.date);
    let required = approved.requirement(query);
    let severity = if required.is_some() { Severity::Error } else { Severity::Warning };
    let mut way_out = "send the parcel with a carrier of `parcelgate carriers approved`".to_owned();
    if let Some(required) = required {
        way_out = format!("{way_out}; {}", required.words);
    }
    result.note(Code::NotIntegrated, severity, words, way_out);
}
