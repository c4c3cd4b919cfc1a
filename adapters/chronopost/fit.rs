//! Fits texts into the lengths and letters that Chronopost takes.
//!
//! Accents go, since the carrier prints none; texts are split at blanks where
//! nothing is lost and refused by their field where something would be. It
//! never cuts. Start with [`line`].

use parcelgate_kit::fault::Fault;

/// Longest name and reference, in characters.
pub(crate) const NAME: usize = 35;
/// Longest street line.
pub(crate) const STREET: usize = 38;
/// Longest city.
pub(crate) const CITY: usize = 30;

/// `text` in letters of ASCII: `é` becomes `e`, `ß` becomes `ss`.
///
/// # Errors
/// Names `field` when a character has no such form.
pub(crate) fn ascii(field: &str, text: &str) -> Result<String, Fault> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match any_ascii::any_ascii_char(c) {
            "" => return Err(Fault::unfit(field, "holds a character that Chronopost cannot print")),
            letters => plain.push_str(letters),
        }
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() {
        return Err(Fault::unfit(field, "holds no character that Chronopost can print"));
    }
    Ok(plain)
}

/// `text` in ASCII when it fits into one line.
///
/// # Errors
/// Names `field` when it does not.
pub(crate) fn line(field: &str, text: &str, width: usize) -> Result<String, Fault> {
    let plain = ascii(field, text)?;
    if plain.len() > width {
        let problem = format!("is {} characters long, Chronopost takes {width}", plain.len());
        return Err(Fault::unfit(field, problem));
    }
    Ok(plain)
}

/// ASCII `text` in lines of at most `width` characters, broken at blanks; `None`
/// when a word is longer.
pub(crate) fn broken(text: &str, width: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ if word.len() <= width => lines.push(word.to_owned()),
            _ => return None,
        }
    }
    Some(lines)
}

/// `texts` in at most two lines: each on its own where that is enough, else one
/// behind the other.
pub(crate) fn two_lines(texts: &[String], width: usize) -> Option<Vec<String>> {
    let apart: Option<Vec<_>> = texts.iter().map(|text| broken(text, width)).collect();
    let apart = apart?.concat();
    if apart.len() <= 2 {
        return Some(apart);
    }
    broken(&texts.join(" "), width).filter(|lines| lines.len() <= 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_go_and_nothing_else() {
        assert_eq!(ascii("x", "12 bis, rue de l’Évêché").unwrap(), "12 bis, rue de l'Eveche");
        assert_eq!(ascii("x", "Großmann Crêpey").unwrap(), "Grossmann Crepey");
        assert!(ascii("x", "\u{2028}").is_err());
    }

    #[test]
    fn three_short_lines_are_put_into_two() {
        let lines = ["Residence Bellevue", "Batiment C", "118 avenue du General Leclerc"].map(str::to_owned);
        let two = two_lines(&lines, STREET).unwrap();
        assert_eq!(two, ["Residence Bellevue Batiment C 118", "avenue du General Leclerc"]);
        assert!(two_lines(&["a".repeat(39)], STREET).is_none());
    }

    proptest! {
        #[test]
        fn lines_keep_every_word(texts in proptest::collection::vec("[a-z0-9 ]{1,60}", 1..4)) {
            if let Some(lines) = two_lines(&texts, STREET) {
                prop_assert!(lines.len() <= 2 && lines.iter().all(|line| line.len() <= STREET));
                let words = |texts: &[String]| texts.join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                prop_assert_eq!(words(&lines), words(&texts));
            }
        }

        #[test]
        fn any_text_is_plain_or_refused(text in "\\PC{0,40}") {
            if let Ok(plain) = ascii("x", &text) {
                prop_assert!(plain.is_ascii());
            }
        }
    }
}
