//! What an address asks of a service.

use parcelgate_kit::model::Party;

/// Words that begin a post office box, without dots and accents, in the
/// languages of the countries served. A parcel locker is none.
const BOXES: &[&str] = &[
    "PO BOX",
    "P O BOX",
    "POST OFFICE BOX",
    "POBOX",
    "GPO BOX",
    "LOCKED BAG",
    "POSTFACH",
    "BOITE POSTALE",
    "BP",
    "CASELLA POSTALE",
    "APARTADO",
    "APARTADO POSTAL",
    "APDO",
    "B P",
    "POSTBUS",
    "CASIER POSTAL",
    "CASE POSTALE",
];

/// Whether a line of an address is a post office box: one of the words, and a
/// number or nothing behind it.
pub(super) fn is_po_box(party: &Party) -> bool {
    party.lines.iter().any(|line| line_is_po_box(line.expose()))
}

fn line_is_po_box(line: &str) -> bool {
    let plain: String = line
        .to_uppercase()
        .replace('Î', "I")
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let plain = words.join(" ");
    BOXES.iter().any(|start| {
        let Some(at) = find_word(&plain, start) else { return false };
        let rest = plain.get(at + start.len()..).unwrap_or_default().trim_start();
        // `BP` and `APDO` alone are abbreviations of more than a box.
        let short = start.len() <= 4;
        rest.starts_with(|c: char| c.is_ascii_digit())
            || (rest.is_empty() && !short)
            || rest.starts_with("NO ")
    })
}

/// Where `needle` stands in `line` as whole words.
fn find_word(line: &str, needle: &str) -> Option<usize> {
    line.match_indices(needle).map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).is_none_or(|before| before.is_empty() || before.ends_with(' '));
        let after = line.get(at + needle.len()..).unwrap_or_default();
        before
            && (after.is_empty() || after.starts_with(' ') || after.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_told_from_streets() {
        for line in [
            "PO Box 12",
            "P.O. Box 99",
            "p.o.box 7",
            "Postfach 10 01 23",
            "Boîte postale 44",
            "BP 12345",
            "B.P. 9",
            "Casella Postale 3",
            "Apartado",
            "Apdo. 15",
            "Postbus 1234",
            "GPO Box 2890",
            "Apartado No 7",
        ] {
            assert!(line_is_po_box(line), "{line}");
        }
        for line in [
            "12 Postbus Road North",
            "Packstation 145",
            "Boxberger Str. 3",
            "Rue du BP",
            "Po Street 3",
            "Apartamento 4",
            "Postfachstraße",
            "1 Boxwood Lane",
        ] {
            assert!(!line_is_po_box(line), "{line}");
        }
    }
}
