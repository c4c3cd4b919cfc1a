//! Customs numbers of Europe. VAT numbers are in `vat`.

use std::borrow::Cow;

use super::digits::is_digits;
use super::number::{Checked, Eori, IdFault, IossNumber, Written};
use super::vat;
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
    // Italy gives its fiscal code of sixteen characters to persons, one above the limit in law.
    let longest = if country == "IT" { 18 } else { 17 };
    if known && (3..=longest).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Format("a country code (GR for Greece, XI for Northern Ireland) and 1 to 15 characters"))
    }
}

impl Eori {
    /// Whether the part behind the country has the form that its state is known
    /// to give out, with the check digits of the VAT number where that is the
    /// number; `None` where no form is known. The forms are gathered from practice
    /// and no law: a misfit is worth a second look and never a refusal.
    pub fn shape_fits(&self) -> Option<bool> {
        let (country, rest) = self.identifier().expose().split_at_checked(2)?;
        let digits = |lengths: &[usize]| lengths.contains(&rest.len()) && is_digits(rest, rest.len());
        Some(match country {
            "AT" => rest.strip_prefix("EOS1").is_some_and(|number| is_digits(number, 9)),
            "BG" => digits(&[9, 10, 11, 12, 13]),
            "CZ" => digits(&[8, 9, 10]),
            "DE" => digits(&[7, 8, 9, 10, 11, 12, 13, 14, 15]),
            "EE" => digits(&[8]),
            "ES" => rest.len() == 9,
            "FR" => digits(&[14]),
            "HU" => digits(&[10]),
            "IE" => matches!(rest.len(), 8 | 9),
            "IT" => vat::fits(country, rest) || is_fiscal_code(rest),
            "LT" => digits(&[9, 12]),
            "LU" => rest.len() >= 8 && is_digits(rest, rest.len()),
            "LV" => digits(&[11]),
            "NL" => digits(&[9]),
            "RO" => digits(&[2, 3, 4, 5, 6, 7, 8, 9, 10, 13]),
            "SE" => digits(&[10, 12]),
            "SK" => digits(&[10]),
            // A tax number, filled up with noughts, or a number of its own.
            "PL" => match rest.strip_suffix("00000") {
                Some(number) => vat::fits(country, number),
                None => rest.len() == 15,
            },
            // A VAT number and a branch, or a number of another register.
            "GB" | "XI" => match rest.strip_suffix("000") {
                Some(number) if number.len() == 9 => vat::fits(country, number),
                _ => digits(if country == "GB" { &[12, 15] } else { &[12] }),
            },
            "GR" => vat::fits("EL", rest),
            "BE" | "CY" | "DK" | "FI" | "HR" | "PT" | "SI" => vat::fits(country, rest),
            _ => return None,
        })
    }
}

/// Sixteen characters: six letters of the name, a day and a place among the rest.
fn is_fiscal_code(text: &str) -> bool {
    text.len() == 16
        && text.bytes().take(6).all(|b| b.is_ascii_uppercase())
        && text.bytes().last().is_some_and(|b| b.is_ascii_uppercase())
}
