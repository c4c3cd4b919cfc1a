//! Check digits of tracking numbers and product codes.
//!
//! Pure arithmetic over ASCII; every function takes the whole number with its
//! check digit and says whether it fits. Sources: `tracking-number` rules as
//! published by each standard, named at each function.

/// GS1 modulo 10: weights 3 and 1 from the right (GS1 general specifications
/// 7.9). Serves GTIN, SSCC, USPS, Canada Post and DHL's `00340434…`.
pub fn gs1(number: &str) -> bool {
    let Some((check, payload)) = split_digits(number) else { return false };
    let sum: u32 = payload.iter().rev().zip([3, 1].into_iter().cycle()).map(|(d, w)| d * w).sum();
    (10 - sum % 10) % 10 == check
}

/// UPU S10: eight digits by the weights 8 6 4 2 3 5 9 7, modulo 11. Takes the
/// thirteen characters.
pub fn s10(number: &str) -> bool {
    let Some((check, payload)) = number.get(2..11).and_then(split_digits) else { return false };
    let sum: u32 = payload.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| d * w).sum();
    number.len() == 13 && s10_check(sum) == check
}

fn s10_check(sum: u32) -> u32 {
    match sum % 11 {
        0 => 5,
        1 => 0,
        rest => 11 - rest,
    }
}

/// The S10 check digit of eight digits; `None` when they are no eight digits.
pub fn s10_for(serial: &str) -> Option<u32> {
    let digits = digits(serial)?;
    (digits.len() == 8)
        .then(|| s10_check(digits.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| d * w).sum()))
}

/// Modulo 10 over letters and digits with every second place doubled, the
/// rule of `1Z` numbers. Takes the part behind the prefix.
pub fn alphanumeric_mod10(number: &str) -> bool {
    let Some((last, payload)) = number.as_bytes().split_last() else { return false };
    last.is_ascii_digit() && alphanumeric_mod10_for(payload) == Some(u32::from(last - b'0'))
}

/// The check digit of [`alphanumeric_mod10`] for a payload of capital letters
/// and digits.
pub fn alphanumeric_mod10_for(payload: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for (index, byte) in payload.iter().enumerate() {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => (u32::from(*byte) - 3) % 10,
            _ => return None,
        };
        sum += if index % 2 == 1 { value * 2 } else { value };
    }
    Some((10 - sum % 10) % 10)
}

/// Weights 4 and 9 from the left, modulo 10: the Identcode of German parcels.
pub fn identcode(number: &str) -> bool {
    let Some((check, payload)) = split_digits(number) else { return false };
    let sum: u32 = payload.iter().zip([4, 9].into_iter().cycle()).map(|(d, w)| d * w).sum();
    (10 - sum % 10) % 10 == check
}

/// Modulo 7 of all digits before the last.
pub fn mod7(number: &str) -> bool {
    let Some((check, payload)) = split_digits(number) else { return false };
    payload.iter().fold(0, |rest, digit| (rest * 10 + digit) % 7) == check
}

/// Luhn, ISO/IEC 7812-1 annex B.
pub fn luhn(number: &str) -> bool {
    let Some((check, payload)) = split_digits(number) else { return false };
    let sum: u32 = payload
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match digit * 2 {
            _ if index % 2 == 1 => *digit,
            doubled if doubled > 9 => doubled - 9,
            doubled => doubled,
        })
        .sum();
    (10 - sum % 10) % 10 == check
}

/// ISO 7064 modulo 37,36 over digits and letters: the last character checks
/// the ones before it.
pub fn mod37_36(number: &str) -> bool {
    let values: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(36)).collect();
    let Some((check, payload)) = values.as_deref().and_then(|values| values.split_last()) else {
        return false;
    };
    let state = payload.iter().fold(36, |state, value| {
        let sum = (state + value) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    (37 - state) % 36 == *check
}

fn digits(number: &str) -> Option<Vec<u32>> {
    number.chars().map(|c| c.to_digit(10)).collect()
}

fn split_digits(number: &str) -> Option<(u32, Vec<u32>)> {
    let mut digits = digits(number)?;
    let check = digits.pop()?;
    (!digits.is_empty()).then_some((check, digits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn real_numbers_pass() {
        assert!(gs1("00340434161094015902") && gs1("00340434292135100056"));
        assert!(s10("RM737906273IN") && s10("XW435801688JB") && s10("LF030796530FR"));
        assert!(alphanumeric_mod10("5R89390357567127") && alphanumeric_mod10("879E930346834440"));
        assert!(identcode("201298452277") && identcode("423475729485"));
        assert!(mod7("3318810025") && luhn("320595463938") && mod37_36("09980000020033F"));
        assert!(mod37_36("XT8452370122486"));
    }

    #[test]
    fn mistyped_numbers_fail() {
        assert!(!gs1("00340434161094015903") && !s10("RM737906274IN"));
        assert!(!alphanumeric_mod10("5R89390357567128") && !identcode("201298452278"));
    }

    proptest! {
        #[test]
        fn any_one_changed_digit_breaks_gs1(digits in "[0-9]{17}", place in 0usize..17, shift in 1u8..10) {
            let check = (0..10).map(|c| format!("{digits}{c}")).find(|n| gs1(n)).unwrap();
            let mut changed = check.into_bytes();
            changed[place] = b'0' + (changed[place] - b'0' + shift) % 10;
            prop_assert!(!gs1(std::str::from_utf8(&changed).unwrap()));
        }

        #[test]
        fn any_one_changed_digit_breaks_s10(serial in "[0-9]{8}", place in 0usize..8, shift in 1u8..10) {
            let check = s10_for(&serial).unwrap();
            // Remainders 0 and 6 share the check digit 5: there the rule promises nothing.
            prop_assume!(check != 5);
            let mut changed = serial.into_bytes();
            changed[place] = b'0' + (changed[place] - b'0' + shift) % 10;
            let number = format!("RR{}{check}DE", std::str::from_utf8(&changed).unwrap());
            prop_assert!(!s10(&number));
        }

        #[test]
        fn nothing_panics(any in "\\PC*") {
            let _ = (gs1(&any), s10(&any), alphanumeric_mod10(&any), identcode(&any), mod7(&any), luhn(&any), mod37_36(&any));
        }
    }
}
