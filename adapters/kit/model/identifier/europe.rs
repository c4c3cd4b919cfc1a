//! Customs numbers of Europe. VAT numbers are in `vat`.

use std::borrow::Cow;

use super::digits::is_digits;
use super::number::{Checked, Eori, IdFault, IossNumber, Written};
use crate::model::CountryCode;

/// Numeric ISO codes of the member states, and 900 for Northern Ireland.
#[rustfmt::skip]
const MEMBER_STATES: &[&str] = &[
    "040", "056", "100", "191", "196", "203", "208", "233", "246", "250", "276", "300", "348", "372", "380",
    "428", "440", "442", "470", "528", "616", "620", "642", "703", "705", "724", "752", "900",
];

pub(super) fn ioss(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    if bare.starts_with("IN") {
        let words = "it starts with IN, which is an intermediary's own number: send the IM number";
        return Err(IdFault::Format(words));
    }
    if bare.starts_with("EU") {
        let words = "it starts with EU, which is a One-Stop-Shop number and not an import one";
        return Err(IdFault::Format(words));
    }
    let digits = bare.strip_prefix("IM").unwrap_or_default();
    if !is_digits(digits, 10) {
        return Err(IdFault::Format("IM and ten digits"));
    }
    if !digits.get(..3).is_some_and(|state| MEMBER_STATES.contains(&state)) {
        return Err(IdFault::Format("IM and ten digits, of which the first three name a member state"));
    }
    Ok(Cow::Borrowed(bare))
}

impl IossNumber {
    /// Whether the check digit fits the rule derived from numbers in use.
    ///
    /// The rule is not published (weights 9 to 1 over nine digits, modulo 11),
    /// so `Some(false)` warns and never refuses; `None` when it cannot judge.
    pub fn check_digit_fits(&self) -> Option<bool> {
        let (check, payload) = super::digits::split(self.identifier().expose().get(2..)?)?;
        let remainder = super::digits::weighted(&payload, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
        (remainder != 10).then_some(remainder == check)
    }
}

pub(super) fn voec(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let bare = bare.strip_prefix("NO").unwrap_or(bare);
    let digits = bare.strip_prefix("VOEC").unwrap_or(bare);
    if is_digits(digits, 7) { Ok(Cow::Borrowed(digits)) } else { Err(IdFault::Format("seven digits")) }
}

pub(super) fn ukims(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let rest = bare.strip_prefix("GBUKIM").or(bare.strip_prefix("XIUKIM"));
    match rest {
        Some(rest) if is_digits(rest, 26) => Ok(Cow::Borrowed(bare)),
        _ => Err(IdFault::Format("GBUKIM or XIUKIM and 26 digits")),
    }
}

pub(super) fn eori(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let country = bare.get(..2).unwrap_or_default();
    // Greece writes GR here, and Northern Ireland XI.
    let known = country == "XI" || CountryCode::parse(country).is_ok();
    if known && (3..=17).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Format("a country code (GR for Greece, XI for Northern Ireland) and 1 to 15 characters"))
    }
}

impl Eori {
    /// Whether the part behind the country has the form that its state is known
    /// to give out; `None` where no form is known. The forms are gathered from
    /// practice and no law: a misfit is worth a second look and never a refusal.
    pub fn shape_fits(&self) -> Option<bool> {
        let (country, rest) = self.identifier().expose().split_at_checked(2)?;
        let all_digits = rest.bytes().all(|b| b.is_ascii_digit());
        let digits = |lengths: &[usize]| all_digits && lengths.contains(&rest.len());
        Some(match country {
            "AT" => rest.strip_prefix("EOS1").is_some_and(|number| is_digits(number, 9)),
            "BE" | "PT" | "SE" | "SK" | "NL" | "EE" | "GR" | "DK" | "SI" | "HU" | "LV" | "HR" | "FR"
            | "LT" | "GB" | "XI" => digits(lengths_of(country)),
            "BG" => all_digits && (9..=13).contains(&rest.len()),
            "CY" => rest.len() == 9 && rest.get(..8).is_some_and(|number| is_digits(number, 8)),
            "CZ" => all_digits && (8..=10).contains(&rest.len()),
            "DE" => all_digits && (7..=15).contains(&rest.len()),
            "ES" => rest.len() == 9,
            "FI" => rest.len() == 8 && all_digits,
            "PL" => rest.len() == 15,
            "RO" => all_digits && (2..=13).contains(&rest.len()),
            _ => return None,
        })
    }
}

fn lengths_of(country: &str) -> &'static [usize] {
    match country {
        "BE" | "SK" => &[10],
        "SE" => &[10, 12],
        "PT" | "NL" | "GR" => &[9],
        "EE" | "DK" | "SI" => &[8],
        "LV" | "HR" => &[11],
        "HU" => &[8, 10],
        "FR" => &[14],
        "LT" => &[9, 12],
        "GB" => &[12, 15],
        "XI" => &[12],
        _ => &[],
    }
}
