//! Text that every format can print, and how wide it stands.
//!
//! All formats share one measure, that of Helvetica, so that a label looks the
//! same as PDF and as picture. Nothing here draws. Start at [`printable`] and
//! [`width`].

/// Advance widths of Helvetica for U+0020 to U+007E in thousandths of the size
/// (Adobe's metrics of the 14 standard fonts).
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same of Helvetica Bold.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// How far glyphs of capitals stand above the baseline, in thousandths of the
/// size.
pub(super) const CAP_HEIGHT: i32 = 718;

/// `text` in Latin-1 without control characters: the letters that the built-in
/// fonts of PDF readers and label printers have. Other scripts are
/// transliterated to ASCII; what has no transliteration becomes `?`.
pub(super) fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' => clean.push(c),
            _ if c.is_control() || c.is_whitespace() || c == '\u{a0}' => clean.push(' '),
            '\u{ad}' => {}
            _ => match any_ascii::any_ascii_char(c) {
                "" => clean.push('?'),
                ascii => clean.extend(ascii.chars().filter(|c| matches!(c, ' '..='~'))),
            },
        }
    }
    clean
}

/// Advance width of one printable character in thousandths of the size.
/// A letter with an accent is as wide as the letter.
fn advance(c: char, bold: bool) -> i32 {
    let base = match c {
        ' '..='~' => c,
        _ => any_ascii::any_ascii_char(c).chars().next().unwrap_or('n'),
    };
    let at = u32::from(base).checked_sub(0x20).and_then(|at| usize::try_from(at).ok());
    let table = if bold { &BOLD } else { &REGULAR };
    i32::from(at.and_then(|at| table.get(at)).copied().unwrap_or(556))
}

/// Width of printable text set at `size`, in the unit of `size`, rounded up.
pub(super) fn width(text: &str, size: i32, bold: bool) -> i32 {
    let thousandths: i32 = text.chars().map(|c| advance(c, bold)).sum();
    (thousandths.saturating_mul(size) + 999) / 1000
}

/// Text and size that fit into `room`: shrunk down to three fifths of `size`,
/// and only then cut, with two dots to show it.
pub(super) fn fit(text: &str, size: i32, bold: bool, room: i32) -> (String, i32) {
    let least = (size * 3 / 5).max(1);
    let mut text: String = text.chars().take(MOST_CHARACTERS).collect();
    let full = width(&text, size, bold);
    if full <= room {
        return (text, size);
    }
    let fitting = size * room.max(0) / full.max(1);
    if fitting >= least {
        return (text, fitting);
    }
    while !text.is_empty() && width(&text, least, bold) + width("..", least, bold) > room {
        text.pop();
    }
    let text = text.trim_end();
    (format!("{text}.."), least)
}

/// No line of a label holds more; keeps widths far from overflow.
const MOST_CHARACTERS: usize = 240;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_latin_and_transliterates_the_rest() {
        assert_eq!(printable("Müller & Söhne, Åre"), "Müller & Söhne, Åre");
        assert_eq!(printable("Łódź"), "Lódz");
        assert_eq!(printable("Αθήνα"), "Athina");
        assert_eq!(printable("a\r\nb\u{ad}c"), "a  bc");
        assert_eq!(printable("\u{f8ff}"), "?");
    }

    #[test]
    fn shrinks_before_it_cuts() {
        assert_eq!(fit("ABC", 100, false, 1000), ("ABC".to_owned(), 100));
        let (text, size) = fit("ABCDEFGHIJ", 100, false, 500);
        assert_eq!(text, "ABCDEFGHIJ");
        assert!(size < 100 && width(&text, size, false) <= 500);
        let (text, size) = fit("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 100, false, 500);
        assert!(text.ends_with("..") && width(&text, size, false) <= 500, "{text} {size}");
    }

    proptest! {
        #[test]
        fn any_text_becomes_latin_1(text in "\\PC{0,24}|.{0,24}") {
            let clean = printable(&text);
            prop_assert!(clean.chars().all(|c| matches!(c, ' '..='~' | '\u{a1}'..='\u{ff}')), "{clean:?}");
        }
    }
}
