//! VAT numbers: those of the member states of the EU, the United Kingdom,
//! Switzerland and Norway by their check digits, others by shape.
//!
//! The states' rules are in `west` and `east`; there is no order in law, only
//! in the files. No crate is used: most of those there are check shapes alone, and
//! the one that counts digits (`vat_id_validator` 0.2) refuses right numbers of
//! ten states, Ireland and Spain first, takes wrong French ones and does not know
//! `XI`. A number wrongly refused here is a parcel that cannot be sent.

mod east;
mod west;

use std::borrow::Cow;

use super::digits::{is_digits, split, weighted};
use super::number::{Checked, IdFault, Written};

/// How one state's number is judged: the part behind the prefix.
type Judge = fn(&str) -> Verdict;

/// What a state's rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It fits.
    Fits,
    /// Its form is wrong.
    Misshapen,
    /// Its check digit is wrong.
    Miscounted,
}

/// The verdict on a number whose form is right when `form`, and whose check
/// digit is right when `fits`.
fn judge(form: bool, fits: bool) -> Verdict {
    match (form, fits) {
        (false, _) => Verdict::Misshapen,
        (true, false) => Verdict::Miscounted,
        (true, true) => Verdict::Fits,
    }
}

/// A prefix, its rule, and what the number looks like.
#[rustfmt::skip]
const STATES: &[(&str, Judge, &str)] = &[
    ("AT", west::austria, "ATU and eight digits"),
    ("BE", west::belgium, "BE and ten digits, the first 0 or 1"),
    ("BG", east::bulgaria, "BG and nine or ten digits"),
    ("CY", east::cyprus, "CY, eight digits and a letter"),
    ("CZ", east::czechia, "CZ and eight to ten digits"),
    ("DE", west::germany, "DE and nine digits"),
    ("DK", west::denmark, "DK and eight digits"),
    ("EE", east::estonia, "EE and nine digits"),
    ("EL", east::greece, "EL and nine digits"),
    ("ES", west::spain, "ES, a letter or digit, seven digits, a letter or digit"),
    ("FI", west::finland, "FI and eight digits"),
    ("FR", west::france, "FR, two characters and nine digits"),
    ("HR", east::croatia, "HR and eleven digits"),
    ("HU", east::hungary, "HU and eight digits"),
    ("IE", west::ireland, "IE, seven digits and one or two letters"),
    ("IT", west::italy, "IT and eleven digits"),
    ("LT", east::lithuania, "LT and nine or twelve digits"),
    ("LU", west::luxembourg, "LU and eight digits"),
    ("LV", east::latvia, "LV and eleven digits"),
    ("MT", west::malta, "MT and eight digits"),
    ("NL", west::netherlands, "NL, nine digits, B and two digits"),
    ("PL", east::poland, "PL and ten digits"),
    ("PT", west::portugal, "PT and nine digits"),
    ("RO", east::romania, "RO and two to ten digits"),
    ("SE", west::sweden, "SE and twelve digits, the last 01"),
    ("SI", east::slovenia, "SI and eight digits"),
    ("SK", east::slovakia, "SK and ten digits"),
    ("GB", kingdom, "GB and nine or twelve digits"),
    ("XI", kingdom, "XI and nine or twelve digits"),
    ("CH", helvetia, "CHE and nine digits"),
    ("NO", norway, "nine digits and MVA"),
];

fn ruled(prefix: &str, rest: &str) -> Option<Result<(), IdFault>> {
    let (_, judge, form) = STATES.iter().find(|(state, ..)| *state == prefix)?;
    Some(match judge(rest) {
        Verdict::Fits => Ok(()),
        Verdict::Misshapen => Err(IdFault::Format(form)),
        Verdict::Miscounted => Err(IdFault::Check("by the rule of the state that gives it out")),
    })
}

/// Whether a number without its prefix fits the rule of one state; not where
/// there is no rule.
pub(super) fn fits(prefix: &str, rest: &str) -> bool {
    ruled(prefix, rest).is_some_and(|verdict| verdict.is_ok())
}

/// Any VAT number with its prefix. Greece writes `EL`, and Norway transmits its
/// bare nine digits.
pub(super) fn any(written: &Written) -> Checked<'_> {
    let bare = match written.bare.strip_prefix("GR") {
        Some(rest) => Cow::Owned(format!("EL{rest}")),
        None => Cow::Borrowed(written.bare.as_str()),
    };
    let form = IdFault::Format("the prefix of the country and 2 to 13 characters");
    let (prefix, rest) = bare.split_at_checked(2).ok_or(form)?;
    match ruled(prefix, rest) {
        Some(verdict) => verdict?,
        None => {
            let fits = prefix.bytes().all(|b| b.is_ascii_uppercase()) && (2..=13).contains(&rest.len());
            if !fits || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(form);
            }
        }
    }
    match bare.strip_prefix("NO") {
        Some(rest) => Ok(Cow::Owned(rest.trim_end_matches("MVA").to_owned())),
        None => Ok(bare),
    }
}

/// One of the United Kingdom or of Northern Ireland.
pub(super) fn british(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let rest = bare.strip_prefix("GB").or(bare.strip_prefix("XI"));
    let rest = rest.ok_or(IdFault::Format("GB or XI and nine or twelve digits"))?;
    ruled("GB", rest).unwrap_or(Ok(()))?;
    Ok(Cow::Borrowed(bare))
}

/// One of Switzerland or Liechtenstein.
pub(super) fn swiss(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let rest = bare.strip_prefix("CH").filter(|rest| rest.starts_with('E'));
    ruled("CH", rest.ok_or(IdFault::Format("CHE and nine digits"))?).unwrap_or(Ok(()))?;
    Ok(Cow::Borrowed(bare))
}

/// HM Revenue and Customs: the last two digits against the first seven, modulo
/// 97. From 100 on there are newer series that leave 42 or 55. `GD` and `HA` are
/// bodies of the state.
fn kingdom(rest: &str) -> Verdict {
    if let Some(number) = rest.strip_prefix("GD").or(rest.strip_prefix("HA")) {
        return judge(is_digits(number, 3), true);
    }
    let left = super::digits::digits(rest).map(|all| weighted(&all, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97);
    let fits = left.is_some_and(|left| left == 0 || (matches!(left, 42 | 55) && !rest.starts_with('0')));
    judge(is_digits(rest, 9) || is_digits(rest, 12), fits)
}

/// Federal Statistical Office: modulo 11, where ten is not given out.
fn helvetia(rest: &str) -> Verdict {
    let number = rest.strip_prefix('E').unwrap_or(rest);
    let number = ["MWST", "TVA", "IVA"].iter().find_map(|end| number.strip_suffix(end)).unwrap_or(number);
    judge(is_digits(number, 9), mod11(number, &[5, 4, 3, 2, 7, 6, 5, 4]))
}

/// Brønnøysund register centre: modulo 11, where ten is not given out.
fn norway(rest: &str) -> Verdict {
    let number = rest.strip_suffix("MVA").unwrap_or(rest);
    judge(is_digits(number, 9), mod11(number, &[3, 2, 7, 6, 5, 4, 3, 2]))
}

/// The last digit is what the weighted sum of the others lacks to a multiple of
/// eleven; ten fits no digit.
fn mod11(number: &str, weights: &[u32]) -> bool {
    split(number).is_some_and(|(check, payload)| (11 - weighted(&payload, weights) % 11) % 11 == check)
}

/// The weighted sum of all digits is a multiple of `modulus`.
fn divides(number: &str, weights: &[u32], modulus: u32) -> bool {
    super::digits::digits(number).is_some_and(|all| weighted(&all, weights).is_multiple_of(modulus))
}
