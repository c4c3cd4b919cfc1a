//! Arithmetic that check digits have in common.

/// The digits of a text of digits.
pub(super) fn digits(number: &str) -> Option<Vec<u32>> {
    number.chars().map(|c| c.to_digit(10)).collect()
}

/// The digits, the last apart.
pub(super) fn split(number: &str) -> Option<(u32, Vec<u32>)> {
    let mut all = digits(number)?;
    Some((all.pop()?, all))
}

/// The sum of digits, each times its weight.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether a text has so many digits and nothing else.
pub(super) fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

/// ISO 7064 modulo 11,10 over digits, the last of them the check digit.
pub(super) fn mod11_10(number: &str) -> bool {
    let Some((check, payload)) = split(number) else { return false };
    let state = payload.iter().fold(10, |state, digit| {
        let sum = (state + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - state) % 10 == check
}

/// ISO 7064 modulo 97,10 over digits and letters, a letter as 10 to 35: the
/// whole must leave 1.
pub(super) fn mod97_10(text: &str) -> bool {
    let mut rest = 0_u32;
    for c in text.chars() {
        let Some(value) = c.to_digit(36) else { return false };
        rest = if value < 10 { rest * 10 + value } else { rest * 100 + value } % 97;
    }
    rest == 1
}

/// The remainder of a number of any length.
pub(super) fn remainder(number: &str, by: u32) -> Option<u32> {
    digits(number).map(|all| all.iter().fold(0, |rest, digit| (rest * 10 + digit) % by))
}
