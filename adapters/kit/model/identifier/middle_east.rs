//! Numbers of Türkiye and Saudi Arabia.

use std::borrow::Cow;

use super::digits::{digits, is_digits, split};
use super::number::{Checked, IdFault, Written};

pub(super) fn turkish(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    match bare.len() {
        11 if is_digits(bare, 11) && !bare.starts_with('0') => {
            if tckn(bare) {
                Ok(Cow::Borrowed(bare))
            } else {
                Err(IdFault::Check("TCKN, its last two digits"))
            }
        }
        10 if is_digits(bare, 10) => {
            if vkn(bare) {
                Ok(Cow::Borrowed(bare))
            } else {
                Err(IdFault::Check("VKN, its last digit"))
            }
        }
        _ => Err(IdFault::Format("a TCKN of eleven digits or a VKN of ten")),
    }
}

/// Identity number (General Directorate of Civil Registration).
fn tckn(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let [a, b, c, d, e, f, g, h, i, j, k] = all.as_slice() else { return false };
    let tenth = (7 * (a + c + e + g + i) + 9 * (b + d + f + h)) % 10;
    let eleventh = (a + b + c + d + e + f + g + h + i + j) % 10;
    tenth == *j && eleventh == *k
}

/// Tax number (Revenue Administration).
fn vkn(number: &str) -> bool {
    let Some((check, payload)) = split(number) else { return false };
    let share = |(digit, place): (&u32, u32)| match (digit + place) % 10 {
        9 => 9,
        value => value * 2_u32.pow(place) % 9,
    };
    let sum: u32 = payload.iter().zip((1..=9).rev()).map(share).sum();
    (10 - sum % 10) % 10 == check
}

pub(super) fn short_address(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let fits = bare
        .split_at_checked(4)
        .is_some_and(|(letters, rest)| letters.bytes().all(|b| b.is_ascii_uppercase()) && is_digits(rest, 4));
    if fits { Ok(Cow::Borrowed(bare)) } else { Err(IdFault::Format("four letters and four digits")) }
}
