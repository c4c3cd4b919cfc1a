//! Puts parties into the carrier's address fields.
//!
//! The fields are narrower than ours, so long lines are broken at a word where there is room for the rest.
//! Must never cut: what finds no room is refused. Start with [`shipper`] and [`consignee`].

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Party;

use crate::wire::{Address, Consignee, Locker};

/// Longest names and streets, in characters.
const NAME: usize = 50;
/// Longest house number.
const HOUSE: usize = 10;
/// Longest further line of an address.
const ADDITIONAL: usize = 60;
/// Longest city.
const CITY: usize = 40;
/// Longest e-mail address.
const EMAIL: usize = 80;
/// Longest postcode.
const POSTCODE: usize = 10;

/// The sender. It has no further lines: what stands beside the street becomes a third name.
///
/// # Errors
/// Unfit, when something is longer than its field.
pub(crate) fn shipper(party: &Party) -> Result<Address, Fault> {
    const PATH: &str = "ship_from";
    let (mut address, others) = at_street(PATH, party)?;
    for (index, line) in others {
        let free = [&mut address.name2, &mut address.name3].into_iter().find(|slot| slot.is_none());
        let Some(free) = free.filter(|_| line.chars().count() <= NAME) else {
            let path = format!("{PATH}.lines[{index}]");
            return Err(Fault::unfit(path, "finds no room: a sender has three names and one street"));
        };
        *free = Some(line);
    }
    Ok(address)
}

/// The receiver.
///
/// # Errors
/// Unfit, when something is longer than its field.
pub(crate) fn consignee(party: &Party, abroad: bool) -> Result<Consignee, Fault> {
    const PATH: &str = "ship_to";
    if let Some(locker) = locker(PATH, party)? {
        return Ok(Consignee::Locker(locker));
    }
    let (mut address, others) = at_street(PATH, party)?;
    for (index, line) in others {
        let no_room = || {
            let path = format!("{PATH}.lines[{index}]");
            Fault::unfit(path, format!("finds no room: two further lines of {ADDITIONAL} characters"))
        };
        for piece in wrapped(&line, ADDITIONAL).ok_or_else(no_room)? {
            let free = [&mut address.additional1, &mut address.additional2];
            *free.into_iter().find(|slot| slot.is_none()).ok_or_else(no_room)? = Some(piece);
        }
    }
    // Within Germany the carrier takes no telephone numbers.
    address.phone = party.phone.as_ref().filter(|_| abroad).map(|phone| phone.e164().to_owned());
    address.state = party.subdivision.as_ref().filter(|_| abroad).map(ToString::to_string);
    Ok(Consignee::Address(address))
}

/// Lines of an address beside its street, with their places in the party.
type Others = Vec<(usize, String)>;

/// All but the further lines, which come back apart.
fn at_street(path: &str, party: &Party) -> Result<(Address, Others), Fault> {
    let lines: Vec<&str> = party.lines.iter().map(|line| line.expose()).collect();
    let german = party.country == "DE";
    // A first line such as `c/o` has no house number; the one that has is the street.
    let with_house = lines.iter().position(|line| german && house(line).is_some());
    let at = with_house.unwrap_or(0);
    let street = lines.get(at).copied().unwrap_or_default();
    let (street, number) = match house(street).filter(|_| german) {
        Some((street, number)) => (street, Some(number.to_owned())),
        None => (street, None),
    };
    let too_long = |field: String, most: usize| {
        Fault::unfit(field, format!("has no word break within {most} characters"))
    };
    let field = format!("{path}.lines[{at}]");
    let mut pieces = wrapped(street, NAME).ok_or_else(|| too_long(field.clone(), NAME))?;
    if pieces.len() > 1 && number.is_some() {
        return Err(Fault::unfit(field, format!("has a street of more than {NAME} characters")));
    }
    let rest = pieces.split_off(1.min(pieces.len()));
    let mut others: Others = rest.into_iter().map(|piece| (at, piece)).collect();
    others.extend(
        lines.iter().enumerate().filter(|(index, _)| *index != at).map(|(i, line)| (i, (*line).to_owned())),
    );
    let mut names = names(path, party)?.into_iter();
    let address = Address {
        name1: names.next().unwrap_or_default(),
        name2: names.next(),
        name3: names.next(),
        address_street: pieces.into_iter().next().unwrap_or_default(),
        address_house: number,
        postal_code: postcode(path, party)?,
        city: bounded(&format!("{path}.city"), party.city.expose(), CITY)?,
        country: party.country.alpha3(),
        email: email(path, party)?,
        ..Address::default()
    };
    Ok((address, others))
}

/// Company and name in one to three names.
fn names(path: &str, party: &Party) -> Result<Vec<String>, Fault> {
    let name = party.name.expose();
    let company = party.company.as_ref().map(|company| company.expose()).filter(|company| *company != name);
    let mut all = Vec::new();
    for (field, text) in company.map(|company| ("company", company)).into_iter().chain([("name", name)]) {
        let pieces = wrapped(text, NAME).filter(|pieces| all.len() + pieces.len() <= 3).ok_or_else(|| {
            Fault::unfit(
                format!("{path}.{field}"),
                format!("finds no room in three names of {NAME} characters"),
            )
        })?;
        all.extend(pieces);
    }
    Ok(all)
}

fn bounded(field: &str, text: &str, most: usize) -> Result<String, Fault> {
    match text.chars().count() {
        length if length > most => {
            Err(Fault::unfit(field, format!("has {length} characters, at most {most} are taken")))
        }
        _ => Ok(text.to_owned()),
    }
}

fn email(path: &str, party: &Party) -> Result<Option<String>, Fault> {
    party.email.as_ref().map(|email| bounded(&format!("{path}.email"), email.expose(), EMAIL)).transpose()
}

fn postcode(path: &str, party: &Party) -> Result<Option<String>, Fault> {
    party
        .postcode
        .as_ref()
        .map(|code| bounded(&format!("{path}.postcode"), code.as_str(), POSTCODE))
        .transpose()
}

/// Street and house number of a German line: `Hauptstr. 12 a`. A line such as `C 4` (a block of Mannheim)
/// stays whole.
fn house(line: &str) -> Option<(&str, &str)> {
    let mut at = line.len();
    // The number is the longest end of the line that starts with a digit behind a blank and has no word in it.
    let mut found = None;
    while let Some(blank) = line.get(..at)?.rfind(' ') {
        let (street, number) = (line.get(..blank)?, line.get(blank + 1..)?);
        if !number.split(' ').all(is_house_part) || number.chars().count() > HOUSE {
            break;
        }
        if number.starts_with(|c: char| c.is_ascii_digit()) {
            found = Some((street.trim_end_matches([' ', ',']), number));
        }
        at = blank;
    }
    found.filter(|(street, _)| street.chars().filter(|c| c.is_alphabetic()).count() > 2)
}

/// `12`, `12a`, `a`, `-`, `12-14`, `3/4`.
fn is_house_part(part: &str) -> bool {
    let letters = part.chars().filter(|c| c.is_alphabetic()).count();
    !part.is_empty()
        && letters <= 1
        && part.chars().all(|c| c.is_ascii_digit() || c.is_alphabetic() || matches!(c, '-' | '/' | '+'))
}

/// A Packstation: its number is in the street, the post number of its user in another line or the company.
fn locker(path: &str, party: &Party) -> Result<Option<Locker>, Fault> {
    let lines: Vec<&str> = party.lines.iter().map(|line| line.expose()).collect();
    let number = |line: &str| {
        let (word, number) = line.split_once(' ')?;
        (word.eq_ignore_ascii_case("packstation") && number.len() == 3).then(|| number.parse::<u16>().ok())?
    };
    let Some(locker_id) = lines.iter().find_map(|line| number(line)).filter(|_| party.country == "DE") else {
        return Ok(None);
    };
    let digits = |text: &&str| (6..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let company = party.company.as_ref().map(|company| company.expose());
    let post_number = lines.iter().copied().chain(company).find(digits).ok_or_else(|| {
        Fault::unfit(format!("{path}.lines"), "needs the post number, 6 to 10 digits, for a Packstation")
    })?;
    let missing = || Fault::unfit(format!("{path}.postcode"), "is required for a Packstation");
    Ok(Some(Locker {
        name: bounded(&format!("{path}.name"), party.name.expose(), NAME)?,
        locker_id,
        post_number: post_number.to_owned(),
        city: bounded(&format!("{path}.city"), party.city.expose(), CITY)?,
        postal_code: postcode(path, party)?.ok_or_else(missing)?,
        country: party.country.alpha3(),
    }))
}

/// The text in pieces of at most `most` characters, broken between words; `None` when a word is longer.
fn wrapped(text: &str, most: usize) -> Option<Vec<String>> {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if length > most {
            return None;
        }
        match pieces.last_mut() {
            Some(last) if last.chars().count() + 1 + length <= most => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parcelgate_kit::model::PartyParts;
    use proptest::prelude::*;

    fn party(lines: &[&str], company: &str) -> Party {
        let parts = PartyParts {
            name: "Maria Musterfrau",
            company,
            lines: lines.to_vec(),
            city: "Bonn",
            postcode: "53113",
            country: "DE",
            ..PartyParts::default()
        };
        Party::parse("p", &parts).unwrap()
    }

    #[test]
    fn a_house_number_is_the_end_that_looks_like_one() {
        for (line, expected) in [
            ("Kurt-Schumacher-Str. 20", Some(("Kurt-Schumacher-Str.", "20"))),
            ("Hauptstr. 12 a", Some(("Hauptstr.", "12 a"))),
            ("Hauptstr. 12 - 14", Some(("Hauptstr.", "12 - 14"))),
            ("Straße des 17. Juni 135", Some(("Straße des 17. Juni", "135"))),
            ("Landsberger Allee 3/4b", Some(("Landsberger Allee", "3/4b"))),
            ("Lagerstr. 112, 3. Hinterhof", None),
            ("Am Markt", None),
            ("C 4", None),
            ("Q7, 24", None),
            ("20", None),
            ("", None),
        ] {
            assert_eq!(house(line), expected, "{line}");
        }
    }

    #[test]
    fn the_line_with_a_number_is_the_street() {
        let Ok(Consignee::Address(address)) =
            consignee(&party(&["c/o Weber", "Hauptstr. 5"], "Weber GmbH"), false)
        else {
            panic!("an address")
        };
        assert_eq!(
            (address.address_street.as_str(), address.address_house.as_deref()),
            ("Hauptstr.", Some("5"))
        );
        assert_eq!(address.additional1.as_deref(), Some("c/o Weber"));
        assert_eq!(
            (address.name1.as_str(), address.name2.as_deref()),
            ("Weber GmbH", Some("Maria Musterfrau"))
        );
    }

    #[test]
    fn a_packstation_needs_its_users_number() {
        let Ok(Consignee::Locker(locker)) = consignee(&party(&["Packstation 118", "12345678"], ""), false)
        else {
            panic!("a locker")
        };
        assert_eq!((locker.locker_id, locker.post_number.as_str()), (118, "12345678"));
        let fault = consignee(&party(&["Packstation 118"], ""), false).err().unwrap();
        assert_eq!(fault.field.as_deref(), Some("ship_to.lines"));
    }

    #[test]
    fn what_finds_no_room_is_refused() {
        let long = "w".repeat(51);
        assert_eq!(shipper(&party(&[&long], "")).err().unwrap().field.as_deref(), Some("ship_from.lines[0]"));
        let crowded = party(&["Hauptstr. 5", "2. Hof", "3. Stock"], "Weber GmbH");
        assert_eq!(shipper(&crowded).err().unwrap().field.as_deref(), Some("ship_from.lines[2]"));
    }

    proptest! {
        #[test]
        fn nothing_of_a_line_is_lost(line in "[A-Za-zäöß0-9 .,/-]{0,80}") {
            if let Some((street, number)) = house(&line) {
                let squeezed = |text: &str| text.replace([' ', ','], "");
                prop_assert_eq!(squeezed(&format!("{street}{number}")), squeezed(&line));
            }
            if let Some(pieces) = wrapped(&line, 50) {
                prop_assert_eq!(pieces.join(" "), line.split_whitespace().collect::<Vec<_>>().join(" "));
                prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= 50));
            }
        }
    }
}
