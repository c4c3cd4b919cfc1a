//! Check digits as data: which rule, over which part of a number.
//!
//! Pure arithmetic; it never decides whose a number is. The rules that several
//! carriers share lie in the kit, the others here. Start with [`Check`].

use parcelgate_kit::check_digit;
use serde::Deserialize;

/// A rule that the last character of a number follows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// GS1 modulo 10: weights 3 and 1 from the right.
    Gs1,
    /// UPU S10, over all thirteen characters.
    S10,
    /// Modulo 7 of the digits before.
    Mod7,
    /// Luhn.
    Luhn,
    /// ISO 7064 modulo 37,36.
    Mod37,
    /// Digits and letters, every second place doubled, complement to 10.
    Letters,
    /// Weights over and over from the left, the sum plus `add`, complement to 10.
    Complement {
        /// The weights.
        weights: Vec<u32>,
        /// Added to the sum.
        #[serde(default)]
        add: u32,
    },
    /// Weights over and over from the left, modulo 11, then modulo 10.
    Weighted {
        /// The weights.
        weights: Vec<u32>,
    },
    /// The ASCII codes before, summed up modulo 23, pick one of 23 letters.
    Letter23,
}

/// The letters of [`Rule::Letter23`]: those of Spanish identity numbers.
const LETTERS_23: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

impl Rule {
    /// Whether the last character of `text` fits the ones before it.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Gs1 => check_digit::gs1(text),
            Self::S10 => check_digit::s10(text),
            Self::Mod7 => check_digit::mod7(text),
            Self::Luhn => check_digit::luhn(text),
            Self::Mod37 => check_digit::mod37_36(text),
            Self::Letters => check_digit::alphanumeric_mod10(text),
            Self::Complement { weights, add } => {
                weigh(text, weights).is_some_and(|(sum, check)| (10 - (sum + add) % 10) % 10 == check)
            }
            Self::Weighted { weights } => {
                weigh(text, weights).is_some_and(|(sum, check)| sum % 11 % 10 == check)
            }
            Self::Letter23 => letter_23(text),
        }
    }

    /// The character that makes `payload` a whole number, if one does.
    pub fn complete(&self, payload: &str) -> Option<String> {
        let characters = (b'0'..=b'9').chain(b'A'..=b'Z').map(char::from);
        characters.map(|last| format!("{payload}{last}")).find(|number| self.fits(number))
    }
}

/// The weighted sum of all digits but the last, and the last.
fn weigh(text: &str, weights: &[u32]) -> Option<(u32, u32)> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits?;
    let (check, payload) = digits.split_last()?;
    let sum = payload.iter().zip(weights.iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    (!payload.is_empty()).then_some((sum, *check))
}

fn letter_23(text: &str) -> bool {
    let Some((last, payload)) = text.as_bytes().split_last() else { return false };
    let sum: usize = payload.iter().copied().map(usize::from).sum();
    !payload.is_empty() && LETTERS_23.get(sum % 23) == Some(last)
}

/// A rule, the part of a number that it is over, and how far it is to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Check {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// The named part of the pattern that it is over, its check digit at the
    /// end; the whole number when absent.
    #[serde(default)]
    pub over: Option<String>,
    /// Digits that are reckoned in before that part without being printed.
    #[serde(default)]
    pub before: String,
    /// Real numbers that fail were seen: failing only lowers the confidence.
    #[serde(default)]
    pub usual: bool,
}

/// What a check digit says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is right.
    Right,
    /// The form has none.
    None,
    /// It is wrong: most likely a mistyped number.
    Wrong,
}

impl Verdict {
    /// Right or wrong.
    pub(super) fn of(fits: bool) -> Self {
        if fits { Self::Right } else { Self::Wrong }
    }
}
