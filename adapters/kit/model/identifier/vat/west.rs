//! Member states of the north, west and south.

use super::super::digits::{digits, is_digits, mod11_10, mod97_10, remainder, split, weighted};
use super::{Verdict, divides, judge};
use crate::check_digit::luhn;

pub(super) fn austria(rest: &str) -> Verdict {
    let number = rest.strip_prefix('U').unwrap_or_default();
    let fits = split(number).is_some_and(|(check, payload)| {
        let doubled = payload.iter().enumerate().map(|(at, digit)| match at % 2 {
            1 => digit * 2 / 10 + digit * 2 % 10,
            _ => *digit,
        });
        let sum: u32 = doubled.sum();
        (10 - (sum + 4) % 10) % 10 == check
    });
    judge(is_digits(number, 8), fits)
}

pub(super) fn belgium(rest: &str) -> Verdict {
    let fits = rest
        .split_at_checked(8)
        .is_some_and(|(number, check)| remainder(number, 97).map(|left| 97 - left) == check.parse().ok());
    judge(is_digits(rest, 10) && rest.starts_with(['0', '1']), fits)
}

pub(super) fn germany(rest: &str) -> Verdict {
    judge(is_digits(rest, 9) && !rest.starts_with('0'), mod11_10(rest))
}

pub(super) fn denmark(rest: &str) -> Verdict {
    judge(is_digits(rest, 8), divides(rest, &[2, 7, 6, 5, 4, 3, 2, 1], 11))
}

/// The letter that goes with a Spanish identity number.
fn dni_letter(number: &str) -> Option<char> {
    "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(usize::try_from(remainder(number, 23)?).ok()?)
}

pub(super) fn spain(rest: &str) -> Verdict {
    let Some((body, check)) = rest.split_at_checked(rest.len().saturating_sub(1)) else {
        return Verdict::Misshapen;
    };
    let (first, number) = body.split_at_checked(1).unwrap_or_default();
    let check = check.chars().next();
    let form = rest.len() == 9 && is_digits(number, 7) && check.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = match first {
        "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" => dni_letter(body) == check,
        "X" => dni_letter(number) == check,
        "Y" => dni_letter(&format!("1{number}")) == check,
        "Z" => dni_letter(&format!("2{number}")) == check,
        // Persons without an identity number.
        "K" | "L" | "M" => dni_letter(number) == check,
        letter if "ABCDEFGHJNPQRSUVW".contains(letter) && !letter.is_empty() => company(number, check),
        _ => return Verdict::Misshapen,
    };
    judge(form, fits)
}

/// A company's control is a digit or the letter that stands for it. Which kinds of
/// company write which is told differently by different sources: both are taken.
fn company(number: &str, check: Option<char>) -> bool {
    let digit = (0..=9).find(|digit| luhn(&format!("{number}{digit}")));
    let as_digit = digit.and_then(|digit| char::from_digit(digit, 10));
    let as_letter = digit.and_then(|digit| "JABCDEFGHI".chars().nth(usize::try_from(digit).ok()?));
    check == as_digit || check == as_letter
}

pub(super) fn finland(rest: &str) -> Verdict {
    judge(is_digits(rest, 8), divides(rest, &[7, 9, 10, 5, 8, 4, 2, 1], 11))
}

pub(super) fn france(rest: &str) -> Verdict {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some((key, siren)) = rest.split_at_checked(2) else { return Verdict::Misshapen };
    let values: Option<Vec<u32>> = key
        .chars()
        .map(|c| ALPHABET.chars().position(|known| known == c).and_then(|at| u32::try_from(at).ok()))
        .collect();
    let (Some(values), Some(left)) = (values, remainder(siren, 97)) else { return Verdict::Misshapen };
    // Monaco's numbers are no companies of the French register.
    let registered = siren.starts_with("000") || luhn(siren);
    let fits = match values.as_slice() {
        [first, second] if *first < 10 && *second < 10 => (12 + 3 * left) % 97 == first * 10 + second,
        [first, second] => {
            let key = if *first < 10 { first * 24 + second } else { first * 34 + second };
            let key = key.checked_sub(if *first < 10 { 10 } else { 100 });
            let by_eleven = remainder(siren, 11);
            key.zip(by_eleven).is_some_and(|(key, left)| (left + 1 + key / 11) % 11 == key % 11)
        }
        _ => return Verdict::Misshapen,
    };
    judge(is_digits(siren, 9), registered && fits)
}

pub(super) fn ireland(rest: &str) -> Verdict {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let all: Vec<char> = rest.chars().collect();
    let value = |c: char| LETTERS.chars().position(|known| known == c).and_then(|at| u32::try_from(at).ok());
    let (number, check, second) = match all.as_slice() {
        // Numbers given out before 2013 may have a letter in the second place.
        [first, kind, middle @ .., last]
            if middle.len() == 5 && !kind.is_ascii_digit() && middle.iter().all(char::is_ascii_digit) =>
        {
            (format!("0{}{first}", middle.iter().collect::<String>()), *last, Some(0))
        }
        [number @ .., last] if number.len() == 7 => (number.iter().collect(), *last, Some(0)),
        [number @ .., last, second] if number.len() == 7 => (number.iter().collect(), *last, value(*second)),
        _ => return Verdict::Misshapen,
    };
    let sum =
        digits(&number).zip(second).map(|(all, second)| weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second);
    // Neither X, Y nor Z stands for a value: as second letter they are no form.
    let Some(sum) = sum else { return Verdict::Misshapen };
    judge(is_digits(&number, 7) && check.is_ascii_uppercase(), value(check) == Some(sum % 23))
}

pub(super) fn italy(rest: &str) -> Verdict {
    let office: Option<u32> = rest.get(7..10).and_then(|office| office.parse().ok());
    let known = office.is_some_and(|office| matches!(office, 1..=100 | 120 | 121 | 888 | 999));
    judge(is_digits(rest, 11) && known, luhn(rest))
}

pub(super) fn luxembourg(rest: &str) -> Verdict {
    let fits =
        rest.split_at_checked(6).is_some_and(|(number, check)| remainder(number, 89) == check.parse().ok());
    judge(is_digits(rest, 8), fits)
}

pub(super) fn malta(rest: &str) -> Verdict {
    judge(is_digits(rest, 8), divides(rest, &[3, 4, 6, 7, 8, 9, 10, 1], 37))
}

/// Companies by the test of eleven; sole traders since 2020 modulo 97 over the
/// whole number.
pub(super) fn netherlands(rest: &str) -> Verdict {
    let Some((number, suffix)) = rest.split_at_checked(9) else { return Verdict::Misshapen };
    let form = is_digits(number, 9) && suffix.strip_prefix('B').is_some_and(|end| is_digits(end, 2));
    let company = split(number)
        .is_some_and(|(check, payload)| weighted(&payload, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == check);
    judge(form, company || mod97_10(&format!("NL{rest}")))
}

pub(super) fn portugal(rest: &str) -> Verdict {
    let fits = split(rest).is_some_and(|(check, payload)| {
        let expected = 11 - weighted(&payload, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (if expected >= 10 { 0 } else { expected }) == check
    });
    judge(is_digits(rest, 9) && !rest.starts_with('0'), fits)
}

pub(super) fn sweden(rest: &str) -> Verdict {
    let form = is_digits(rest, 12) && rest.ends_with("01");
    judge(form, rest.get(..10).is_some_and(luhn))
}
