//! Whose a tracking number may be.
//!
//! All carriers whose forms fit, the likeliest first, each with the reason. It
//! never picks one: where the order of two is chance, both have the same
//! confidence. Start with [`Catalog::identify`].

use std::cmp::Reverse;

use parcelgate_kit::model::TrackingNumber;

use super::catalog::{Catalog, Courier};
use super::check::Verdict;
use super::formats::{Confidence, Indicator, Match, Origin};
use super::posts::Postal;

/// Name of the form that all posts share.
const S10: &str = "s10";

/// A named part of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is: `service`, `shipper`, `zip`, `destination`, `issuer`.
    pub name: String,
    /// The characters.
    pub value: String,
}

/// A carrier whose a number may be.
#[derive(Clone, Debug)]
pub struct Candidate<'c> {
    /// The carrier.
    pub courier: &'c Courier,
    /// Name of the form that fits.
    pub format: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// What the check digit says.
    pub verdict: Verdict,
    /// A check digit that is wrong and proves that the carrier never issued it:
    /// only [`Catalog::read_as`] tells of such numbers.
    pub refuted: bool,
    /// Where the knowledge of the form comes from.
    pub origin: Origin,
    /// What the number says of the service.
    pub service: Option<Indicator>,
    /// Parts of the number that mean something.
    pub parts: Vec<Part>,
    /// Why it is a candidate, in words.
    pub why: String,
}

impl Catalog {
    /// All carriers whose the number may be, the likeliest first. `country`, two
    /// letters of ISO 3166-1, is where the parcel starts or ends: carriers of that
    /// country come first among those whose forms tell as little.
    pub fn identify(&self, number: &TrackingNumber, country: Option<&str>) -> Vec<Candidate<'_>> {
        let mut found: Vec<_> = self
            .couriers
            .values()
            .filter_map(|courier| self.read_as(number, courier).filter(|candidate| !candidate.refuted))
            .collect();
        found.sort_by_key(|candidate| Reverse(rank(candidate, country)));
        found
    }

    /// What the check digit says of a number that is read by one form of the
    /// tables, `carrier/form` or `s10`; `None` when its shape is another.
    pub fn read_by(&self, number: &TrackingNumber, form: &str) -> Option<Verdict> {
        let number = number.as_str();
        if form == S10 {
            return self.posts.read(number).map(|postal| postal.verdict);
        }
        let (courier, form) = form.split_once('/')?;
        let form = self.courier(courier)?.known.iter().find(|known| known.name == form)?;
        form.read(number).map(|found| found.verdict)
    }

    /// The number read as one of a carrier, by the form that fits best, also when
    /// its check digit is wrong; `None` when it has no form of the carrier.
    pub fn read_as<'c>(&'c self, number: &TrackingNumber, courier: &'c Courier) -> Option<Candidate<'c>> {
        let number = number.as_str();
        let own = best(courier.own.iter().filter_map(|format| format.read(number)));
        let known = best(courier.known.iter().filter_map(|format| format.read(number)));
        let postal = self.posts.read(number).filter(|postal| postal.courier == courier.id);
        let tabled = known.map(|known| of_match(courier, &known));
        let tabled = [tabled, postal.map(|postal| of_post(courier, &postal))].into_iter().flatten();
        let tabled = tabled.max_by_key(|candidate| (!candidate.refuted, candidate.confidence));
        let Some(own) = own else {
            // an adapter that does not know the form makes the table's word weaker
            return tabled.map(|candidate| match courier.adapter {
                Some(_) if !courier.own.is_empty() => {
                    Candidate { confidence: candidate.confidence.min(Confidence::Medium), ..candidate }
                }
                _ => candidate,
            });
        };
        let own = of_match(courier, &own);
        // the adapter decides; what the table knows of the same number explains it
        Some(match tabled.filter(|tabled| tabled.verdict == own.verdict) {
            Some(tabled) if own.verdict != Verdict::Wrong => Candidate {
                confidence: own.confidence.max(tabled.confidence),
                service: tabled.service,
                parts: tabled.parts,
                ..own
            },
            _ => own,
        })
    }
}

/// The form that fits best of one source.
fn best<'f>(matches: impl Iterator<Item = Match<'f>>) -> Option<Match<'f>> {
    matches.max_by_key(|found| (Reverse(found.verdict == Verdict::Wrong), found.format.confidence))
}

/// Greater is likelier. A country that fits weighs as much as two steps of confidence.
fn rank<'c>(
    candidate: &Candidate<'c>,
    country: Option<&str>,
) -> (u8, Reverse<Verdict>, bool, Reverse<&'c str>) {
    let courier = candidate.courier;
    let steps = match candidate.confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
    };
    let local = country.is_some_and(|country| courier.countries.iter().any(|known| known == country));
    let nearness = if local && candidate.verdict != Verdict::Wrong { 2 } else { 0 };
    (steps + nearness, Reverse(candidate.verdict), courier.adapter.is_some(), Reverse(courier.id.as_str()))
}

fn of_match<'c>(courier: &'c Courier, found: &Match<'_>) -> Candidate<'c> {
    let format = found.format;
    let wrong = found.verdict == Verdict::Wrong;
    Candidate {
        courier,
        format: format.name.clone(),
        confidence: if wrong { Confidence::Low } else { format.confidence },
        verdict: found.verdict,
        refuted: found.refuted,
        origin: format.origin,
        service: found.service.cloned(),
        parts: found.parts.iter().map(|(name, value)| part(name, value)).collect(),
        why: why(&format!("it has the form `{}` of {}", format.name, courier.name), found.verdict),
    }
}

fn of_post<'c>(courier: &'c Courier, postal: &Postal<'_>) -> Candidate<'c> {
    let service = postal.class.as_ref();
    let mut parts = vec![part("issuer", postal.country)];
    parts.extend(service.map(|(letters, _)| part("service", letters)));
    let wrong = postal.verdict == Verdict::Wrong;
    let begin = format!("it is an S10 number issued by {} ({})", postal.name, postal.country);
    Candidate {
        courier,
        format: S10.to_owned(),
        confidence: if wrong { Confidence::Low } else { Confidence::High },
        verdict: postal.verdict,
        refuted: false,
        origin: Origin::Standard,
        service: service.map(|(letters, name)| Indicator {
            code: letters.clone(),
            name: (*name).to_owned(),
            products: Vec::new(),
        }),
        parts,
        why: why(&begin, postal.verdict),
    }
}

fn part(name: &str, value: &str) -> Part {
    Part { name: name.to_owned(), value: value.to_owned() }
}

fn why(begin: &str, verdict: Verdict) -> String {
    let end = match verdict {
        Verdict::Right => "its check digit is right",
        Verdict::None => "the form has no check digit",
        Verdict::Wrong => "its check digit is wrong, which real numbers of this form rarely are",
    };
    format!("{begin}; {end}")
}
