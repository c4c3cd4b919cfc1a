//! Check digits of tax and customs numbers.
//!
//! Pure arithmetic on text that is already upper case and free of blanks. A
//! passing number is well formed; whether it is registered only its authority
//! can tell. Each function names the authority that publishes the rule.

use parcelgate_kit::check_digit::luhn;

fn digits(number: &str) -> Option<Vec<u32>> {
    number.chars().map(|c| c.to_digit(10)).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Australian Business Number (Australian Business Register).
pub(super) fn abn(number: &str) -> bool {
    let Some(mut all) = digits(number) else { return false };
    let Some(first) = all.first_mut() else { return false };
    if *first == 0 {
        return false;
    }
    *first -= 1;
    all.len() == 11 && weighted(&all, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
}

/// IRD number of New Zealand, eight or nine digits (Inland Revenue, RWT
/// specification).
pub(super) fn ird(number: &str) -> bool {
    let padded = format!("{number:0>9}");
    let Some(all) = digits(&padded) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    if all.len() != 9 || number.len() < 8 {
        return false;
    }
    let expected = |weights: &[u32]| match weighted(payload, weights) % 11 {
        0 => 0,
        rest => 11 - rest,
    };
    match expected(&[3, 2, 7, 6, 5, 4, 3, 2]) {
        10 => expected(&[7, 4, 3, 2, 5, 2, 7, 6]) == *check,
        digit => digit == *check,
    }
}

/// Business number of Canada, nine digits (Canada Revenue Agency).
pub(super) fn business_number(number: &str) -> bool {
    number.len() == 9 && luhn(number)
}

/// VAT number of the United Kingdom: the last two digits against the first
/// seven, modulo 97, in the old and the new series (HM Revenue and Customs).
pub(super) fn gb_vat(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    if !matches!(all.len(), 9 | 12) {
        return false;
    }
    let sum = weighted(&all, &[8, 7, 6, 5, 4, 3, 2, 10, 1]);
    sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
}

/// Swiss enterprise number, nine digits (Federal Statistical Office).
pub(super) fn che(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    let expected = (11 - weighted(payload, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11;
    all.len() == 9 && expected == *check
}

/// Norwegian organisation number, nine digits (Brønnøysund register centre).
pub(super) fn norwegian(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    let expected = (11 - weighted(payload, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    all.len() == 9 && expected == *check
}

/// ISO 7064 modulo 11,10: German and Croatian VAT numbers.
pub(super) fn mod11_10(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    let state = payload.iter().fold(10, |state, digit| {
        let sum = (state + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - state) % 10 == *check
}

/// Greek VAT number, nine digits (AADE).
pub(super) fn greek(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    all.len() == 9 && weighted(payload, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == *check
}

/// CPF (11 digits) or CNPJ (14 characters, letters allowed before the last
/// two) of Brazil (Receita Federal).
pub(super) fn brazilian(number: &str) -> bool {
    // The value of a letter is its ASCII code less 48, as of a digit.
    let values: Vec<u32> = number.bytes().map(|b| u32::from(b).saturating_sub(48)).collect();
    let check = |payload: &[u32], top: u32| {
        let weights = (2..=top).cycle();
        let sum: u32 = payload.iter().rev().zip(weights).map(|(value, weight)| value * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        }
    };
    let (top, body) = match values.len() {
        11 if number.bytes().all(|b| b.is_ascii_digit()) => (11, 9),
        14 if number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) => (9, 12),
        _ => return false,
    };
    let same = values.windows(2).all(|pair| matches!(pair, [left, right] if left == right));
    let fits = |length: usize| {
        values.get(..length).map(|payload| check(payload, top)) == values.get(length).copied()
    };
    !same && fits(body) && fits(body + 1)
}

/// Turkish identity number, eleven digits (General Directorate of Civil
/// Registration).
pub(super) fn tckn(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let [a, b, c, d, e, f, g, h, i, j, k] = all.as_slice() else { return false };
    let tenth = (7 * (a + c + e + g + i) + 9 * (b + d + f + h)) % 10;
    let eleventh = (a + b + c + d + e + f + g + h + i + j) % 10;
    *a != 0 && tenth == *j && eleventh == *k
}

/// Turkish tax number, ten digits (Revenue Administration).
pub(super) fn vkn(number: &str) -> bool {
    let Some(all) = digits(number) else { return false };
    let Some((check, payload)) = all.split_last() else { return false };
    let sum: u32 = payload
        .iter()
        .zip((1..=9).rev())
        .map(|(digit, place): (&u32, u32)| match (digit + place) % 10 {
            9 => 9,
            value => value * 2_u32.pow(place) % 9,
        })
        .sum();
    all.len() == 10 && (10 - sum % 10) % 10 == *check
}

/// Citizen identity number of China, eighteen characters (GB 11643-1999).
pub(super) fn chinese(number: &str) -> bool {
    let Some((payload, check)) = number.split_at_checked(17) else { return false };
    let Some(values) = digits(payload) else { return false };
    let sum = weighted(&values, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let expected = match (12 - sum % 11) % 11 {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    expected == check
}

/// GST number of India, fifteen characters: Luhn modulo 36 (GST Network).
pub(super) fn gstin(number: &str) -> bool {
    let values: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(36)).collect();
    let Some((check, payload)) = values.as_deref().and_then(<[u32]>::split_last) else { return false };
    let sum: u32 = payload
        .iter()
        .zip([1, 2].into_iter().cycle())
        .map(|(value, factor)| value * factor)
        .map(|product| product / 36 + product % 36)
        .sum();
    payload.len() == 14 && (36 - sum % 36) % 36 == *check
}

/// RFC of Mexico, twelve or thirteen characters: modulo 11 over digits,
/// letters and `&` (Servicio de Administración Tributaria).
pub(super) fn rfc(number: &str) -> bool {
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
    padded.len() == 13 && expected == *check
}

/// Company number of Singapore, nine digits and a letter (ACRA, local
/// companies).
pub(super) fn uen(number: &str) -> bool {
    let Some((payload, check)) = number.split_at_checked(9) else { return false };
    let Some(values) = digits(payload) else { return false };
    let sum = weighted(&values, &[10, 8, 6, 4, 9, 7, 5, 3, 1]);
    let expected = "ZKCMDNERGWH".chars().nth(usize::try_from(sum % 11).unwrap_or(0));
    expected.map(String::from).as_deref() == Some(check)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn well_formed_numbers_pass_and_mistyped_ones_fail() {
        type Check = fn(&str) -> bool;
        let table: &[(Check, &str, &str)] = &[
            (abn, "18123456789", "18123456788"),
            (ird, "123456785", "123456784"),
            (business_number, "123456782", "123456789"),
            (gb_vat, "123456727", "123456728"),
            (che, "123456788", "123456789"),
            (norwegian, "912345688", "912345687"),
            (mod11_10, "123456788", "123456789"),
            (mod11_10, "12345678903", "12345678904"),
            (greek, "123456783", "123456784"),
            (brazilian, "12345678909", "12345678908"),
            (brazilian, "12345678000195", "12345678000196"),
            (brazilian, "12ABC34501DE35", "12ABC34501DE36"),
            (brazilian, "12345678909", "11111111111"),
            (tckn, "12345678950", "12345678951"),
            (vkn, "1234567890", "1234567891"),
            (chinese, "110101199001011237", "110101199001011238"),
            (gstin, "27ABCPE1234F1ZB", "27ABCPE1234F1ZC"),
            (rfc, "ABC010203AB9", "ABC010203AB8"),
            (rfc, "GODE561231GR8", "GODE561231GR7"),
            (uen, "201512345C", "201512345D"),
        ];
        for (check, right, wrong) in table {
            assert!(check(right), "{right}");
            assert!(!check(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(any in "\\PC{0,40}") {
            for check in [abn, ird, business_number, gb_vat, che, norwegian, mod11_10, greek, brazilian, tckn, vkn, chinese, gstin, rfc, uen] {
                let _ = check(&any);
            }
        }

        #[test]
        fn any_one_changed_digit_breaks_an_abn(place in 0usize..11, shift in 1u8..10) {
            let mut changed = b"18123456789".to_vec();
            changed[place] = b'0' + (changed[place] - b'0' + shift) % 10;
            prop_assert!(!abn(std::str::from_utf8(&changed).unwrap()));
        }

        #[test]
        fn any_one_changed_digit_breaks_a_gb_vat_number(place in 0usize..7, shift in 1u8..10) {
            let mut changed = b"123456727".to_vec();
            changed[place] = b'0' + (changed[place] - b'0' + shift) % 10;
            let number = std::str::from_utf8(&changed).unwrap();
            // The two series lie 55 apart: a change may leave one for the other.
            let weight = 8 - u32::try_from(place).unwrap();
            prop_assume!(weight * u32::from(shift) % 97 != 42 && weight * (10 - u32::from(shift)) % 97 != 55);
            prop_assert!(!gb_vat(number));
        }
    }
}
