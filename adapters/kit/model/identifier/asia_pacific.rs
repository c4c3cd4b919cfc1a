//! Numbers of Asia and the Pacific.

use std::borrow::Cow;

use super::digits::{digits, is_digits, split, weighted};
use super::number::{Checked, IdFault, Written};

/// The bare number when it has the form and the check holds.
fn judged<'a>(written: &'a Written, form: bool, fits: bool, words: [&'static str; 2]) -> Checked<'a> {
    match (form, fits) {
        (false, _) => Err(IdFault::Format(words[0])),
        (true, false) => Err(IdFault::Check(words[1])),
        (true, true) => Ok(Cow::Borrowed(written.bare.as_str())),
    }
}

/// The bare number when it has the form; there is no check digit.
fn shaped<'a>(written: &'a Written, form: bool, words: &'static str) -> Checked<'a> {
    judged(written, form, true, [words, ""])
}

pub(super) fn arn(written: &Written) -> Checked<'_> {
    shaped(written, is_digits(&written.bare, 12), "twelve digits")
}

/// Australian Business Register: the first digit less one, modulo 89.
pub(super) fn abn(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let fits = digits(bare).is_some_and(|mut all| match all.first_mut() {
        Some(first) if *first > 0 => {
            *first -= 1;
            weighted(&all, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
        }
        _ => false,
    });
    judged(written, is_digits(bare, 11), fits, ["eleven digits", "modulo 89"])
}

/// Inland Revenue: modulo 11 with a second set of weights.
pub(super) fn ird(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let fits = split(&format!("{bare:0>9}")).is_some_and(|(check, payload)| {
        let expected = |weights: &[u32]| (11 - weighted(&payload, weights) % 11) % 11;
        match expected(&[3, 2, 7, 6, 5, 4, 3, 2]) {
            10 => expected(&[7, 4, 3, 2, 5, 2, 7, 6]) == check,
            digit => digit == check,
        }
    });
    let form = is_digits(bare, 8) || is_digits(bare, 9);
    judged(written, form, fits, ["eight or nine digits", "the last digit, modulo 11"])
}

/// An overseas vendor's `M` number, or a company's UEN in one of its three forms
/// (ACRA). Vendor numbers have no published check.
pub(super) fn singapore(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let Some((body, check)) = bare.split_at_checked(bare.len().saturating_sub(1)) else {
        return shaped(written, false, "a company's number");
    };
    let letter = check.bytes().all(|b| b.is_ascii_uppercase()) && !check.is_empty();
    let vendor = letter && body.strip_prefix('M').is_some_and(|rest| is_digits(rest, 8));
    if vendor {
        return Ok(Cow::Borrowed(bare));
    }
    let expected = match body.len() {
        8 if is_digits(body, 8) => uen_check(body, &[10, 4, 9, 3, 8, 2, 7, 1], "XMKECAWLJDB"),
        9 if is_digits(body, 9) => uen_check(body, &[10, 8, 6, 4, 9, 7, 5, 3, 1], "ZKCMDNERGWH"),
        9 => other_entity_check(body),
        _ => None,
    };
    let fits = expected.is_some_and(|expected| check == expected.to_string());
    let words = ["M, eight digits and a letter, or a UEN", "the last letter of the UEN"];
    judged(written, letter && expected.is_some(), fits, words)
}

fn uen_check(body: &str, weights: &[u32], letters: &str) -> Option<char> {
    let sum = weighted(&digits(body)?, weights);
    letters.chars().nth(usize::try_from(sum % 11).ok()?)
}

/// `T08LL1234`: a century, two digits, two letters of the kind, four digits.
fn other_entity_check(body: &str) -> Option<char> {
    const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let all: Vec<char> = body.chars().collect();
    let formed = matches!(all.first(), Some('R' | 'S' | 'T'))
        && all.iter().skip(1).take(2).all(char::is_ascii_digit)
        && all.iter().skip(3).take(2).all(char::is_ascii_uppercase)
        && all.iter().skip(5).all(char::is_ascii_digit);
    let values: Option<Vec<u32>> = all
        .iter()
        .map(|c| LETTERS.chars().position(|known| known == *c).and_then(|at| u32::try_from(at).ok()))
        .collect();
    let sum = weighted(&values.filter(|_| formed)?, &[4, 3, 5, 3, 10, 2, 2, 5, 7]);
    LETTERS.chars().nth(usize::try_from((sum + 6) % 11).ok()?)
}

pub(super) fn malaysia(written: &Written) -> Checked<'_> {
    // Its signs may belong to it.
    if (5..=20).contains(&written.whole.chars().count()) {
        Ok(Cow::Borrowed(written.whole.as_str()))
    } else {
        Err(IdFault::Format("5 to 20 characters"))
    }
}

/// National Tax Agency: the first digit, modulo 9 over the other twelve.
pub(super) fn japanese(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let fits = digits(bare).as_deref().and_then(<[u32]>::split_first).is_some_and(|(check, rest)| {
        let sum: u32 = rest.iter().rev().zip([1, 2].into_iter().cycle()).map(|(d, weight)| d * weight).sum();
        9 - sum % 9 == *check
    });
    judged(written, is_digits(bare, 13), fits, ["thirteen digits", "the first digit, modulo 9"])
}

pub(super) fn pccc(written: &Written) -> Checked<'_> {
    let form = written.bare.strip_prefix('P').is_some_and(|rest| is_digits(rest, 12));
    shaped(written, form, "P and twelve digits")
}

/// National Tax Service of Korea.
pub(super) fn korean(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let fits = split(bare).is_some_and(|(check, payload)| {
        let carried = payload.last().map_or(0, |ninth| ninth * 5 / 10);
        let sum = weighted(&payload, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + carried;
        (10 - sum % 10) % 10 == check
    });
    judged(written, is_digits(bare, 10), fits, ["ten digits", "the last digit, modulo 10"])
}

/// GB 11643-1999: modulo 11, where ten is written X.
pub(super) fn chinese(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let words = ["seventeen digits and a digit or X", "the last character, modulo 11"];
    let Some((payload, check)) = bare.split_at_checked(17) else { return shaped(written, false, words[0]) };
    let form = is_digits(payload, 17) && matches!(check.as_bytes(), [b'0'..=b'9' | b'X']);
    let fits = digits(payload).is_some_and(|values| {
        let sum = weighted(&values, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
        let expected = match (12 - sum % 11) % 11 {
            10 => "X".to_owned(),
            digit => digit.to_string(),
        };
        expected == check
    });
    judged(written, form, fits, words)
}

/// GST Network: a state, a PAN, an entity, Z and a check character modulo 36.
pub(super) fn gstin(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let form = bare.len() == 15
        && bare.get(..2).is_some_and(|state| is_digits(state, 2))
        && bare.get(2..12).is_some_and(is_pan)
        && bare.get(12..13).is_some_and(|entity| entity != "0")
        && bare.get(13..14) == Some("Z")
        && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    let values: Option<Vec<u32>> = bare.chars().map(|c| c.to_digit(36)).collect();
    let fits = values.as_deref().and_then(<[u32]>::split_last).is_some_and(|(check, payload)| {
        let products = payload.iter().zip([1, 2].into_iter().cycle()).map(|(value, factor)| value * factor);
        let sum: u32 = products.map(|product| product / 36 + product % 36).sum();
        (36 - sum % 36) % 36 == *check
    });
    let words = ["two digits, a PAN, a character, Z and a check character", "the last character, modulo 36"];
    judged(written, form, fits, words)
}

pub(super) fn pan(written: &Written) -> Checked<'_> {
    shaped(written, is_pan(&written.bare), "five letters, four digits and a letter")
}

/// The fourth letter names the kind of holder.
fn is_pan(text: &str) -> bool {
    let all = text.as_bytes();
    all.len() == 10
        && all.iter().take(5).all(u8::is_ascii_uppercase)
        && all.get(3).is_some_and(|kind| b"ABCFGHJKLPT".contains(kind))
        && all.iter().skip(5).take(4).all(u8::is_ascii_digit)
        && all.last().is_some_and(u8::is_ascii_uppercase)
}

pub(super) fn iec(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let form = bare.len() == 10 && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    shaped(written, form, "ten letters and digits")
}

pub(super) fn ad_code(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    shaped(written, is_digits(bare, 7) || is_digits(bare, 14), "seven or fourteen digits")
}

pub(super) fn eway_bill(written: &Written) -> Checked<'_> {
    shaped(written, is_digits(&written.bare, 12), "twelve digits")
}
