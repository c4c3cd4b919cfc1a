//! Looks at a paper that a carrier sent: is it what it claims, and for this
//! parcel?
//!
//! It raises no false alarm on purpose: a barcode that it cannot read, or whose
//! text it does not understand, is no flaw. What it does not see is said in
//! [`Barcodes`]. Start at [`check`].

use hayro_syntax::Pdf;
use parcelgate_kit::descriptor::{Check, NumberFormat};
use parcelgate_kit::label::read_back::{ReadBackError, read_barcodes};
use parcelgate_kit::model::{DocumentKind, LabelFormat, TrackingNumber};
use parcelgate_kit::sniff::sniff;
use regex::Regex;

use super::active::{self, Active};
use super::flaw::{Finding, Flaw};
use super::zpl;

/// Fewer characters than these of a number say nothing about whose it is.
const TELLING: usize = 8;

/// A paper and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// Its bytes, as the carrier sent them.
    pub bytes: &'a [u8],
    /// What they are called.
    pub format: LabelFormat,
    /// What it is for.
    pub kind: DocumentKind,
    /// Index of its parcel, from 0; absent when it covers all.
    pub parcel: Option<u16>,
    /// The numbers of the shipment's parcels, in their order.
    pub tracking: &'a [TrackingNumber],
    /// The forms that the carrier's numbers have.
    pub numbers: &'a [NumberFormat],
}

/// What the barcodes of a paper said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barcodes {
    /// Only labels are looked at, and only what is readable.
    NotLooked,
    /// None was found that can be read: it may be of a kind, or drawn in a way,
    /// that is not looked for (Code 128 is; in ZPL every barcode field).
    NotSeen,
    /// One holds the number of the paper's parcel.
    Own,
    /// One holds a number of another parcel and none holds the own.
    OtherParcel,
    /// They hold something that says nothing about whose they are.
    Unknown,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
    /// What the barcodes said.
    pub barcodes: Barcodes,
}

/// Looks at a paper. Takes some hundredths of a second for a label of one page,
/// and grows with the pages.
pub fn check(paper: &Paper<'_>) -> Verdict {
    let mut findings = Vec::new();
    let whole = is_its_format(paper);
    if let Err(words) = &whole {
        findings.push(Finding { flaw: Flaw::NotItsFormat, words: words.clone() });
    }
    findings.extend(active_content(paper));
    let mut barcodes = Barcodes::NotLooked;
    if whole.is_ok() && paper.kind == DocumentKind::Label {
        match read(paper) {
            Ok(texts) => barcodes = whose(paper, &texts),
            Err(words) => findings.push(Finding { flaw: Flaw::NotItsFormat, words }),
        }
    }
    if barcodes == Barcodes::OtherParcel {
        let words = "its barcode holds another parcel's number, and none holds its own".to_owned();
        findings.push(Finding { flaw: Flaw::OtherParcel, words });
    }
    Verdict { findings, barcodes }
}

/// Whether the bytes begin, and end, as the format does.
fn is_its_format(paper: &Paper<'_>) -> Result<(), String> {
    let claimed = paper.format.extension().to_uppercase();
    match sniff(paper.bytes) {
        Some(format) if format == paper.format => {}
        Some(other) => {
            return Err(format!("it is called {claimed} and is {}", other.extension().to_uppercase()));
        }
        None if paper.bytes.is_empty() => return Err("it is empty".to_owned()),
        None => return Err(format!("it is called {claimed} and is none")),
    }
    let ending: &[u8] = match paper.format {
        LabelFormat::Pdf => b"%%EOF",
        LabelFormat::Zpl => b"^XZ",
        _ => return Ok(()),
    };
    let ends = |window: &[u8]| window.eq_ignore_ascii_case(ending);
    if !paper.bytes.windows(ending.len()).rev().any(ends) {
        return Err(format!("the {claimed} has no end: it was cut short"));
    }
    if paper.format == LabelFormat::Pdf {
        let pdf =
            Pdf::new(paper.bytes.to_vec()).map_err(|error| format!("the PDF cannot be opened: {error:?}"))?;
        if pdf.pages().is_empty() {
            return Err("the PDF has no page".to_owned());
        }
    }
    Ok(())
}

/// What is active in a PDF. Files inside of an invoice are what electronic
/// invoices are made of, and no flaw.
fn active_content(paper: &Paper<'_>) -> Option<Finding> {
    if sniff(paper.bytes) != Some(LabelFormat::Pdf) {
        return None;
    }
    let mut found = active::in_pdf(&Pdf::new(paper.bytes.to_vec()).ok()?);
    if matches!(paper.kind, DocumentKind::Invoice | DocumentKind::Receipt) {
        found.remove(&Active::EmbeddedFile);
    }
    if found.is_empty() {
        return None;
    }
    let found: Vec<_> = found.into_iter().map(Active::words).collect();
    Some(Finding { flaw: Flaw::ActiveContent, words: format!("the PDF has {}", found.join(", ")) })
}

/// The texts of the barcodes.
fn read(paper: &Paper<'_>) -> Result<Vec<String>, String> {
    if paper.format == LabelFormat::Zpl {
        return Ok(zpl::barcodes(paper.bytes));
    }
    match read_barcodes(paper.bytes, paper.format) {
        Ok(texts) => Ok(texts),
        Err(ReadBackError::Broken { reason, .. }) => {
            Err(format!("the {} cannot be read: {reason}", paper.format.extension().to_uppercase()))
        }
        Err(_) => Ok(Vec::new()),
    }
}

/// Whose barcodes they are.
///
/// A carrier's barcode often holds more than the number (a routing code, a
/// service, a check character) or a little less (no check digit), so holding is
/// enough to be the own. It is another's when it holds the number of another
/// parcel of the shipment, or is as a whole a number of the carrier with the
/// right check digit.
fn whose(paper: &Paper<'_>, texts: &[String]) -> Barcodes {
    let texts: Vec<String> = texts.iter().map(|text| bare(text)).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return Barcodes::NotSeen;
    }
    let own = match paper.parcel {
        Some(index) => paper.tracking.get(usize::from(index)).map_or(paper.tracking, std::slice::from_ref),
        None => paper.tracking,
    };
    let of_any = |numbers: &[TrackingNumber]| {
        texts.iter().any(|text| numbers.iter().any(|number| holds(text, number.as_str())))
    };
    if of_any(own) {
        return Barcodes::Own;
    }
    let a_number = |text: &String| paper.numbers.iter().any(|format| is_surely(format, text));
    if of_any(paper.tracking) || texts.iter().any(a_number) {
        return Barcodes::OtherParcel;
    }
    Barcodes::Unknown
}

/// Letters and digits alone: brackets, blanks and separators put aside.
fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn holds(text: &str, number: &str) -> bool {
    let most_of_it = text.len() >= TELLING && text.len() + 2 >= number.len();
    text.contains(number) || (most_of_it && number.contains(text))
}

/// A number of this form beyond doubt: a form without a check digit could be
/// anything.
fn is_surely(format: &NumberFormat, text: &str) -> bool {
    let fits = match format.check {
        Check::None => return false,
        Check::Firm(fits) | Check::Usual(fits) => fits,
    };
    Regex::new(format.pattern).is_ok_and(|pattern| pattern.is_match(text)) && fits(text)
}
