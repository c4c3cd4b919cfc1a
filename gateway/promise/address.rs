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
    let plain = plain(line);
    let words = std::iter::once(0).chain(plain.match_indices(' ').map(|(blank, _)| blank + 1));
    words.filter_map(|at| plain.get(at..)).any(|rest| {
        BOXES.iter().any(|start| rest.strip_prefix(start).is_some_and(|rest| ends_box(start, rest)))
    })
}

/// Whether what follows a word leaves it one that begins a box.
fn ends_box(start: &str, rest: &str) -> bool {
    // `BP` and `APDO` alone are abbreviations of more than a box.
    let short = start.len() <= 4;
    let number = rest.trim_start();
    number.starts_with(|c: char| c.is_ascii_digit())
        || (rest.is_empty() && !short)
        || rest.starts_with(" NO ")
}

/// A line in capital letters, its words with one blank between.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for c in line.chars().flat_map(char::to_uppercase) {
        match c {
            'Î' => plain.push('I'),
            c if c.is_alphanumeric() => plain.push(c),
            _ if plain.is_empty() || plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
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
            "BP, Z.I. Nord, BP 12",
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
            "BP No",
            "Quai Boîte 7",
            "1 Boxwood Lane",
        ] {
            assert!(!line_is_po_box(line), "{line}");
        }
    }
}
