//! Encodes text in Code 128 (ISO/IEC 15417), code sets B and C.
//!
//! Knows symbols and bar widths, nothing of dots or paper. Code set A (control
//! characters) and the function characters are left out: they are refused,
//! never dropped. Start at [`code128`].

/// Widths in modules of the bars and spaces of symbols 0 to 105, six digits
/// each that sum to eleven, a bar first (ISO/IEC 15417, table 1).
#[rustfmt::skip]
const PATTERNS: &[u8] = b"\
    212222222122222221121223121322131222122213122312132212221213221312231212112232122132\
    122231113222123122123221223211221132221231213212223112312131311222321122321221312212\
    322112322211212123212321232121111323131123131321112313132113132311211313231113231311\
    112133112331132131113123113321133121313121211331231131213113213311213131311123311321\
    331121312113312311332111314111221411431111111224111422121124121421141122141221112214\
    112412122114122411142112142211241211221114413111241112134111111242121142121241114212\
    124112124211411212421112421211212141214121412121111143111341131141114113114311411113\
    411311113141114131311141411131211412211214211232";

/// The stop symbol with its closing bar, thirteen modules.
const STOP: &[u8] = b"2331112";

const TO_CODE_C: u8 = 99;
const TO_CODE_B: u8 = 100;
const START_B: u8 = 104;
const START_C: u8 = 105;

/// Modules of white that must stand on either side of the bars.
pub const QUIET_ZONE: u16 = 10;

/// Text that Code 128 sets B and C cannot hold.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Code128Error {
    /// Nothing to encode.
    #[error("a barcode needs at least one character")]
    Empty,
    /// A character outside of printable ASCII.
    #[error("a barcode cannot hold the character `{0:?}`; use printable ascii")]
    Character(char),
}

/// Text as Code 128 symbols, from the start symbol to the check symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code128 {
    symbols: Vec<u8>,
}

impl Code128 {
    /// Widths in modules of bars and spaces by turns, a bar first and last,
    /// quiet zones not included.
    pub fn widths(&self) -> impl Iterator<Item = u8> + '_ {
        let patterns = self.symbols.iter().flat_map(|symbol| {
            let at = usize::from(*symbol) * 6;
            PATTERNS.get(at..at + 6).unwrap_or_default()
        });
        patterns.chain(STOP).map(|digit| digit - b'0')
    }

    /// Width of the whole barcode in modules, quiet zones not included.
    pub fn modules(&self) -> u32 {
        self.widths().map(u32::from).sum()
    }
}

/// Encodes printable ASCII, in code set C wherever runs of digits make that
/// shorter (ISO/IEC 15417, annex E).
///
/// # Errors
/// When the text is empty or holds a character outside of U+0020 to U+007E.
pub fn code128(text: &str) -> Result<Code128, Code128Error> {
    if let Some(stranger) = text.chars().find(|c| !matches!(c, ' '..='~')) {
        return Err(Code128Error::Character(stranger));
    }
    let mut rest = text.as_bytes();
    let mut in_c = match digits_ahead(rest) {
        _ if rest.is_empty() => return Err(Code128Error::Empty),
        2 => rest.len() == 2,
        run => run >= 4,
    };
    let mut symbols = vec![if in_c { START_C } else { START_B }];
    while let [first, tail @ ..] = rest {
        let run = digits_ahead(rest);
        match tail {
            [second, tail @ ..] if in_c && run >= 2 => {
                symbols.push((first - b'0') * 10 + (second - b'0'));
                rest = tail;
                continue;
            }
            _ if in_c => {
                symbols.push(TO_CODE_B);
                in_c = false;
            }
            _ if run.is_multiple_of(2) && (run >= 6 || (run >= 4 && run == rest.len())) => {
                symbols.push(TO_CODE_C);
                in_c = true;
                continue;
            }
            _ => {}
        }
        symbols.push(first - b' ');
        rest = tail;
    }
    symbols.push(check_symbol(&symbols));
    Ok(Code128 { symbols })
}

fn digits_ahead(text: &[u8]) -> usize {
    text.iter().take_while(|c| c.is_ascii_digit()).count()
}

/// The sum of the symbols, each times its place, modulo 103; the start symbol
/// counts once (ISO/IEC 15417, annex A).
fn check_symbol(symbols: &[u8]) -> u8 {
    let sum: u32 = symbols
        .iter()
        .zip([1].into_iter().chain(1..))
        .map(|(symbol, place)| u32::from(*symbol) * place)
        .sum();
    u8::try_from(sum % 103).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_eleven_modules_and_no_two_are_alike() {
        let patterns: Vec<&[u8]> = PATTERNS.chunks(6).collect();
        assert_eq!(patterns.len(), 106);
        assert!(patterns.iter().all(|p| p.iter().map(|d| d - b'0').sum::<u8>() == 11));
        let distinct: std::collections::HashSet<_> = patterns.iter().collect();
        assert_eq!(distinct.len(), 106);
    }

    #[test]
    fn takes_the_shorter_code_set() {
        let symbols = |text| code128(text).unwrap().symbols;
        assert_eq!(symbols("1234"), [105, 12, 34, 82]);
        assert_eq!(symbols("12"), [105, 12, 14]);
        assert_eq!(symbols("AB"), [104, 33, 34, 102]);
        assert_eq!(symbols("12345")[..5], [105, 12, 34, 100, 21]);
        assert_eq!(symbols("A123456")[..6], [104, 33, 99, 12, 34, 56]);
        assert_eq!(symbols("A1234567")[..7], [104, 33, 17, 99, 23, 45, 67]);
        assert_eq!(symbols("A1234B").len(), 8);
        assert_eq!(code128("1Z").unwrap().modules(), 11 * 4 + 13);
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        assert_eq!(code128(""), Err(Code128Error::Empty));
        assert_eq!(code128("A\u{1d}B"), Err(Code128Error::Character('\u{1d}')));
        assert_eq!(code128("Ünïcode"), Err(Code128Error::Character('Ü')));
    }
}
