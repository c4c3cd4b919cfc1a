//! Forms of tracking numbers, as the tables write them and as they are matched.
//!
//! A form is a pattern with named parts, a check digit and how far a number
//! that has it is told apart from others. Never compares two forms: that is
//! `identify.rs`. Start with [`Format`].

use parcelgate_kit::descriptor::{Check as KitCheck, NumberFormat};
use regex::{Captures, Regex};
use serde::Deserialize;

use super::check::{Check, Verdict};

/// How sure it is that a number belongs to a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The shape is anybody's, or the check digit is wrong.
    Low,
    /// The shape is shared with few, or its check digit fits by chance in one of ten.
    Medium,
    /// No other known carrier has numbers like it.
    High,
}

/// Where the knowledge of a form comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The carrier's own documents: the form is its adapter's.
    Carrier,
    /// A published standard.
    Standard,
    /// A public collection of forms with test numbers (`tracking_number_data`).
    Collection,
    /// Reckoned from published numbers; no document says so.
    Samples,
    /// A pattern that is passed around, without a rule to prove it.
    Community,
}

/// What a part of a number says of the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The characters.
    pub code: String,
    /// What they stand for.
    pub name: String,
    /// The carrier's own codes of the services whose numbers have them; empty
    /// when that is not known.
    #[serde(default)]
    pub products: Vec<String>,
}

/// One row of a table: a carrier with the forms of its numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CourierRow {
    pub(super) id: String,
    pub(super) name: String,
    /// Where it works, ISO 3166-1; empty for many parts of the world.
    #[serde(default)]
    pub(super) countries: Vec<String>,
    pub(super) format: Vec<FormatRow>,
}

/// One form, as a table writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormatRow {
    pub(super) id: String,
    pattern: String,
    #[serde(default)]
    check: Option<Check>,
    confidence: Confidence,
    source: Origin,
    example: String,
    #[serde(default)]
    services: Vec<Indicator>,
}

/// A table of forms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormatTable {
    pub(super) courier: Vec<CourierRow>,
}

/// How a form's check digit is reckoned.
#[derive(Clone, Debug)]
enum Checking {
    Table(Option<Check>),
    Adapter(KitCheck),
}

/// A form, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) name: String,
    /// A number of this form.
    pub(super) example: String,
    pattern: Regex,
    checking: Checking,
    /// How sure it is, when the check digit fits or the form has none.
    pub(super) confidence: Confidence,
    pub(super) origin: Origin,
    services: Vec<Indicator>,
}

/// What a form says of a number whose shape it has.
#[derive(Clone, Debug)]
pub(super) struct Match<'f> {
    pub(super) format: &'f Format,
    pub(super) verdict: Verdict,
    /// The check digit is wrong and the carrier never issues such a number.
    pub(super) refuted: bool,
    pub(super) parts: Vec<(String, String)>,
    pub(super) service: Option<&'f Indicator>,
}

impl Format {
    /// Compiles a row.
    ///
    /// # Errors
    /// A pattern that is none.
    pub(super) fn of_row(row: FormatRow) -> Result<Self, regex::Error> {
        Ok(Self {
            name: row.id,
            example: row.example,
            pattern: Regex::new(&row.pattern)?,
            checking: Checking::Table(row.check),
            confidence: row.confidence,
            origin: row.source,
            services: row.services,
        })
    }

    /// Compiles what an adapter declares. How sure it is follows from the
    /// pattern: a literal beginning tells a number apart, a check digit helps.
    ///
    /// # Errors
    /// A pattern that is none.
    pub(super) fn of_adapter(format: &NumberFormat) -> Result<Self, regex::Error> {
        let literal = format.pattern.trim_start_matches('^');
        let literal = literal.chars().take_while(char::is_ascii_alphanumeric).count();
        let checked = !matches!(format.check, KitCheck::None);
        let confidence = match (literal >= 2, checked) {
            (true, true) => Confidence::High,
            (true, false) | (false, true) => Confidence::Medium,
            (false, false) => Confidence::Low,
        };
        Ok(Self {
            name: format.name.to_owned(),
            example: format.example.to_owned(),
            pattern: Regex::new(format.pattern)?,
            checking: Checking::Adapter(format.check),
            confidence,
            origin: Origin::Carrier,
            services: Vec::new(),
        })
    }

    /// What the form says of a normalised number; `None` when its shape is another.
    pub(super) fn read(&self, number: &str) -> Option<Match<'_>> {
        let found = self.pattern.captures(number)?;
        let (verdict, firm) = self.verdict(number, &found)?;
        let parts = self.parts(&found);
        let indicated = found.name("service").map_or("", |part| part.as_str());
        Some(Match {
            format: self,
            verdict,
            refuted: firm && verdict == Verdict::Wrong,
            parts,
            service: self.services.iter().find(|service| service.code == indicated),
        })
    }

    fn verdict(&self, number: &str, found: &Captures<'_>) -> Option<(Verdict, bool)> {
        Some(match &self.checking {
            Checking::Table(None) | Checking::Adapter(KitCheck::None) => (Verdict::None, false),
            Checking::Table(Some(check)) => {
                let over = match &check.over {
                    Some(name) => found.name(name)?.as_str(),
                    None => number,
                };
                (Verdict::of(check.rule.fits(&format!("{}{over}", check.before))), !check.usual)
            }
            Checking::Adapter(KitCheck::Firm(fits)) => (Verdict::of(fits(number)), true),
            Checking::Adapter(KitCheck::Usual(fits)) => (Verdict::of(fits(number)), false),
        })
    }

    /// The named parts that say something, the one that is only reckoned over left out.
    fn parts(&self, found: &Captures<'_>) -> Vec<(String, String)> {
        let names = self.pattern.capture_names().flatten().filter(|name| *name != "body");
        names.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect()
    }
}
