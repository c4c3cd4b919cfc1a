//! Numbers of the United States, Canada, Mexico and Brazil.

use std::borrow::Cow;

use super::digits::is_digits;
use super::number::{Checked, IdFault, MidCode, Written};
use crate::check_digit::luhn;
use crate::model::CountryCode;

pub(super) fn ein(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    if !is_digits(bare, 9) {
        return Err(IdFault::Format("nine digits, as 12-3456789"));
    }
    // Its own hyphen is kept where it is written, and no other sign.
    let own = written.whole.len() == 10 && written.whole.as_bytes().get(2) == Some(&b'-');
    Ok(Cow::Borrowed(if own { written.whole.as_str() } else { bare }))
}

pub(super) fn itn(written: &Written) -> Checked<'_> {
    let bare = written.bare.strip_prefix("AES").unwrap_or(&written.bare);
    if bare.strip_prefix('X').is_some_and(|rest| is_digits(rest, 14)) {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Format("X and fourteen digits"))
    }
}

/// 19 CFR part 102 appendix, and part 142: the code has no check digit.
pub(super) fn mid(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let country = bare.get(..2).unwrap_or_default();
    let known = PROVINCES.iter().any(|(_, code)| *code == country)
        || (country != "CA" && CountryCode::parse(country).is_ok());
    let fits = (6..=15).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    if known && fits {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Format("the country, the maker's name, its street number and city: 6 to 15 characters"))
    }
}

/// Canada's provinces (ISO 3166-2) and what stands for the country in the code:
/// `CA` is not taken there.
#[rustfmt::skip]
const PROVINCES: &[(&str, &str)] = &[
    ("AB", "XA"), ("BC", "XC"), ("MB", "XM"), ("NB", "XB"), ("NL", "XW"), ("NS", "XN"), ("NT", "XT"),
    ("NU", "XV"), ("ON", "XO"), ("PE", "XP"), ("QC", "XQ"), ("SK", "XS"), ("YT", "XY"),
];

impl MidCode {
    /// The code of a maker: two letters of the country (of the `province` in
    /// Canada, as `ON`), three of each of the first two words of the name, up to
    /// four digits of the largest number in the street line and three letters of
    /// the city (19 CFR part 102, appendix).
    ///
    /// # Errors
    /// [`IdFault::Format`] when name, street and city leave too little, hold other
    /// letters than A to Z, or the province is unknown.
    pub fn of_maker(
        country: CountryCode,
        province: &str,
        name: &str,
        street: &str,
        city: &str,
    ) -> Result<Self, IdFault> {
        // Another letter left out would make the code of another maker.
        if [name, city].iter().any(|text| text.chars().any(|c| c.is_alphanumeric() && !c.is_ascii())) {
            return Err(IdFault::Format("a maker's name and city in letters from A to Z"));
        }
        let country = match country.as_str() {
            "CA" => {
                let found = PROVINCES.iter().find(|(known, _)| *known == province);
                found
                    .map(|(_, code)| *code)
                    .ok_or(IdFault::Format("the maker's province in Canada, as ON"))?
            }
            other => other,
        };
        let name: String = name_words(name).iter().take(2).map(|word| start(word, 3)).collect();
        let city: String = city.chars().filter(char::is_ascii_alphabetic).take(3).collect();
        if name.is_empty() || city.is_empty() {
            return Err(IdFault::Format("a maker's name and city"));
        }
        Self::parse(&format!("{country}{name}{}{city}", start(largest_number(street), 4)))
    }
}

/// English words that a name is read without.
const ARTICLES: &[&str] = &["a", "an", "and", "of", "the"];

fn start(word: &str, count: usize) -> String {
    word.chars().take(count).collect()
}

/// The words of a name, signs left out; initials beside each other are one word,
/// and English articles are none.
fn name_words(name: &str) -> Vec<String> {
    let parts =
        name.split_whitespace().map(|part| part.chars().filter(char::is_ascii_alphanumeric).collect());
    let parts: Vec<String> = parts.filter(|word: &String| !word.is_empty()).collect();
    let single = |at: Option<usize>| at.and_then(|at| parts.get(at)).is_some_and(|word| word.len() == 1);
    let mut words: Vec<String> = Vec::new();
    for (at, word) in parts.iter().enumerate() {
        let follows = single(Some(at)) && single(at.checked_sub(1));
        let initial = follows || (single(Some(at)) && single(at.checked_add(1)));
        match words.last_mut() {
            Some(last) if follows => last.push_str(word),
            _ if !initial && ARTICLES.iter().any(|article| word.eq_ignore_ascii_case(article)) => {}
            _ => words.push(word.clone()),
        }
    }
    words
}

/// The number of the most digits, and of those the greatest; nothing without one.
fn largest_number(street: &str) -> &str {
    let numbers = street.split(|c: char| !c.is_ascii_digit()).map(|number| number.trim_start_matches('0'));
    numbers.max_by_key(|number| (number.len(), *number)).unwrap_or_default()
}

/// Canada Revenue Agency: a Luhn number, and the kind and number of an account.
pub(super) fn bn15(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let form = IdFault::Format("nine digits, RM and four digits");
    let (number, account) = bare.split_at_checked(9).ok_or(form)?;
    let known = ["RM", "RT", "RC", "RP"].iter().find_map(|kind| account.strip_prefix(kind));
    if !is_digits(number, 9) || !known.is_some_and(|rest| is_digits(rest, 4)) {
        return Err(form);
    }
    if luhn(number) { Ok(Cow::Borrowed(bare)) } else { Err(IdFault::Check("the ninth digit, modulo 10")) }
}

/// Servicio de Administración Tributaria: modulo 11 over digits, letters, `&`
/// and `Ñ`.
pub(super) fn rfc(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    if matches!(bare, "XAXX010101000" | "XEXX010101000") {
        return Err(IdFault::Check("it is the number of the public or of foreigners, which names nobody"));
    }
    let letters = match bare.chars().count() {
        12 => 3,
        13 => 4,
        _ => return Err(IdFault::Format("twelve characters of a company or thirteen of a person")),
    };
    let fits = bare.chars().enumerate().all(|(at, c)| match at {
        at if at < letters => c.is_ascii_uppercase() || matches!(c, '&' | 'Ñ'),
        at if at < letters + 6 => c.is_ascii_digit(),
        _ => c.is_ascii_alphanumeric(),
    });
    if !fits {
        return Err(IdFault::Format("letters, a day as six digits, and three characters"));
    }
    if rfc_check(bare) {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Check("the last character, modulo 11"))
    }
}

fn rfc_check(number: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
    let padded: Vec<char> = std::iter::repeat_n(' ', 13_usize.saturating_sub(number.chars().count()))
        .chain(number.chars())
        .collect();
    let Some((check, payload)) = padded.split_last() else { return false };
    let values: Option<Vec<usize>> =
        payload.iter().map(|c| ALPHABET.chars().position(|known| known == *c)).collect();
    let Some(values) = values else { return false };
    let sum: usize = values.iter().zip((2..=13).rev()).map(|(value, weight)| value * weight).sum();
    let expected = match sum % 11 {
        0 => '0',
        1 => 'A',
        rest => char::from_digit(u32::try_from(11 - rest).unwrap_or(0), 10).unwrap_or('0'),
    };
    expected == *check
}

/// Registro Nacional de Población: modulo 10 over digits and letters.
pub(super) fn curp(written: &Written) -> Checked<'_> {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let bare = written.bare.as_str();
    let all: Vec<char> = bare.chars().collect();
    let letter = |c: &char| c.is_ascii_uppercase() || *c == 'Ñ';
    let fits = all.len() == 18
        && all.iter().take(4).all(letter)
        && all.iter().skip(4).take(6).all(char::is_ascii_digit)
        && all.get(10).is_some_and(|c| matches!(c, 'H' | 'M' | 'X'))
        && all.iter().skip(11).take(5).all(letter)
        && all.get(17).is_some_and(char::is_ascii_digit);
    if !fits {
        return Err(IdFault::Format(
            "eighteen characters: four letters, a day, H or M, five letters, two more",
        ));
    }
    let value = |c: &char| ALPHABET.chars().position(|known| known == *c).unwrap_or_default();
    let sum: usize = all.iter().take(17).map(value).zip((2..=18).rev()).map(|(v, weight)| v * weight).sum();
    let expected = (10 - sum % 10) % 10;
    if all.last().map(value) == Some(expected) {
        Ok(Cow::Borrowed(bare))
    } else {
        Err(IdFault::Check("the last digit, modulo 10"))
    }
}

/// Receita Federal: two check digits modulo 11. The value of a letter is its
/// ASCII code less 48; letters are given out since July 2026.
pub(super) fn brazilian(written: &Written) -> Checked<'_> {
    let bare = written.bare.as_str();
    let (top, body, words) = match bare.len() {
        11 if is_digits(bare, 11) => (11, 9, "CPF, its last two digits"),
        14 if bare.bytes().all(|b| b.is_ascii_alphanumeric())
            && bare.get(12..).is_some_and(|check| is_digits(check, 2)) =>
        {
            (9, 12, "CNPJ, its last two digits")
        }
        _ => return Err(IdFault::Format("a CPF of eleven digits or a CNPJ of fourteen characters")),
    };
    let values: Vec<u32> = bare.bytes().map(|b| u32::from(b).saturating_sub(48)).collect();
    // A row of one digit passes the arithmetic and is given to nobody.
    let same = values.windows(2).all(|pair| matches!(pair, [left, right] if left == right));
    let fits = |length: usize| {
        values.get(..length).map(|payload| brazilian_check(payload, top)) == values.get(length).copied()
    };
    if !same && fits(body) && fits(body + 1) { Ok(Cow::Borrowed(bare)) } else { Err(IdFault::Check(words)) }
}

fn brazilian_check(payload: &[u32], top: u32) -> u32 {
    let weights = (2..=top).cycle();
    let sum: u32 = payload.iter().rev().zip(weights).map(|(value, weight)| value * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

pub(super) fn certificate(written: &Written) -> Checked<'_> {
    if (3..=20).contains(&written.whole.chars().count()) {
        Ok(Cow::Borrowed(written.whole.as_str()))
    } else {
        Err(IdFault::Format("3 to 20 characters"))
    }
}
