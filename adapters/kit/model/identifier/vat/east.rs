//! Member states of the east.

use super::super::digits::{digits, is_digits, mod11_10, remainder, split, weighted};
use super::{Verdict, divides, judge};

/// Companies have nine digits. Ten are a person's, by one of three rules.
pub(super) fn bulgaria(rest: &str) -> Verdict {
    let Some((check, payload)) = split(rest) else { return Verdict::Misshapen };
    let fits = match rest.len() {
        9 => {
            let first = weighted(&payload, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            let second = weighted(&payload, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10;
            (if first == 10 { second } else { first }) == check
        }
        10 => {
            let citizen = weighted(&payload, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
            let foreigner = weighted(&payload, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
            let other = (11 - weighted(&payload, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
            [citizen, foreigner, other].contains(&check)
        }
        _ => return Verdict::Misshapen,
    };
    judge(true, fits)
}

pub(super) fn cyprus(rest: &str) -> Verdict {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((number, check)) = rest.split_at_checked(8) else { return Verdict::Misshapen };
    let letter = matches!(check.as_bytes(), [b'A'..=b'Z']);
    let sum = digits(number).map(|all| {
        let places = all.iter().enumerate();
        places
            .map(|(at, digit)| match at % 2 {
                0 => usize::try_from(*digit).ok().and_then(|at| ODD.get(at)).copied().unwrap_or_default(),
                _ => *digit,
            })
            .sum::<u32>()
    });
    let expected = sum.and_then(|sum| char::from_u32(u32::from('A') + sum % 26));
    let form = is_digits(number, 8) && letter && !number.starts_with("12");
    judge(form, expected.map(String::from).as_deref() == Some(check))
}

/// Companies have eight digits; nine and ten are a person's birth number, or
/// begin with six for those without one.
pub(super) fn czechia(rest: &str) -> Verdict {
    let Some((check, payload)) = split(rest) else { return Verdict::Misshapen };
    match rest.len() {
        8 => {
            let expected = match 11 - weighted(&payload, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
                10 => 0,
                11 => 1,
                digit => digit,
            };
            judge(!rest.starts_with('9'), expected == check)
        }
        9 if rest.starts_with('6') => {
            let sum = payload.get(1..).map_or(0, |inner| weighted(inner, &[8, 7, 6, 5, 4, 3, 2])) % 11;
            let lacking = (21 - sum) % 11;
            judge(true, (18 - lacking) % 10 == check)
        }
        // Birth numbers of nine digits were given out before 1954, without a check.
        9 => judge(true, true),
        10 => {
            let left = rest.get(..9).and_then(|number| remainder(number, 11)).map(|left| left % 10);
            judge(true, left == Some(check))
        }
        _ => Verdict::Misshapen,
    }
}

pub(super) fn estonia(rest: &str) -> Verdict {
    judge(is_digits(rest, 9), divides(rest, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10))
}

pub(super) fn greece(rest: &str) -> Verdict {
    let fits = split(rest).is_some_and(|(check, payload)| {
        weighted(&payload, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check
    });
    judge(is_digits(rest, 9), fits)
}

pub(super) fn croatia(rest: &str) -> Verdict {
    judge(is_digits(rest, 11), mod11_10(rest))
}

pub(super) fn hungary(rest: &str) -> Verdict {
    judge(is_digits(rest, 8), divides(rest, &[9, 7, 3, 1, 9, 7, 3, 1], 10))
}

/// Companies have nine digits, temporary registrations twelve; a one stands
/// before the check digit.
pub(super) fn lithuania(rest: &str) -> Verdict {
    let fits = split(rest).is_some_and(|(check, payload)| {
        let sum = |from: u32| -> u32 {
            payload
                .iter()
                .zip((from..10).chain(1..10).chain(1..10))
                .map(|(digit, weight)| digit * weight)
                .sum()
        };
        let first = sum(1) % 11;
        (if first == 10 { sum(3) % 11 % 10 } else { first }) == check
    });
    let marked = rest.len().checked_sub(2).and_then(|at| rest.get(at..=at)) == Some("1");
    judge((is_digits(rest, 9) || is_digits(rest, 12)) && marked, fits)
}

/// A person's number begins with its birthday, or with 32 since 2017, and is
/// held to shape.
pub(super) fn latvia(rest: &str) -> Verdict {
    let person = rest.starts_with(['0', '1', '2', '3']);
    let fits = digits(rest).is_some_and(|all| weighted(&all, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3);
    judge(is_digits(rest, 11), person || fits)
}

pub(super) fn poland(rest: &str) -> Verdict {
    let fits = split(rest)
        .is_some_and(|(check, payload)| weighted(&payload, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check);
    judge(is_digits(rest, 10), fits)
}

pub(super) fn romania(rest: &str) -> Verdict {
    let fits = split(&format!("{rest:0>10}")).is_some_and(|(check, payload)| {
        weighted(&payload, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == check
    });
    let form = (2..=10).contains(&rest.len()) && is_digits(rest, rest.len());
    judge(form, fits)
}

pub(super) fn slovenia(rest: &str) -> Verdict {
    let fits = split(rest).is_some_and(|(check, payload)| {
        match 11 - weighted(&payload, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
            10 => check == 0,
            digit => digit == check,
        }
    });
    judge(is_digits(rest, 8) && !rest.starts_with('0'), fits)
}

pub(super) fn slovakia(rest: &str) -> Verdict {
    let third = matches!(rest.as_bytes().get(2), Some(b'2'..=b'4' | b'7'..=b'9'));
    let form = is_digits(rest, 10) && !rest.starts_with('0') && third;
    judge(form, remainder(rest, 11) == Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slovenia_gives_no_eleven_out() {
        // The weighted sum is a multiple of eleven: such a number does not exist.
        assert_eq!(slovenia("10000030"), Verdict::Miscounted);
    }
}
