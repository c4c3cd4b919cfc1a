//! Fits names, streets and packages into the lengths that UPS takes.
//!
//! Splits at blanks where nothing is lost, refuses with the field's name where
//! something would be; it never cuts. Start with [`address`].

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Length, Parcel, Party, Shipment};

use crate::lane::Lane;
use crate::wire::{Address, Coded, Flag, Sides, WeightIn};

/// Longest name, street line, description line and reference, in characters.
const LINE: usize = 35;
/// Packaging codes of UPS; `02` is the shipper's own.
const PACKAGING: &[&str] = &["00", "01", "02", "03", "04", "21", "24", "25", "30", "2a", "2b", "2c"];

/// `text` in lines of at most `width` characters, broken at blanks; `None` when
/// a word is longer or more than `most` lines are needed.
pub(crate) fn lines(text: &str, width: usize, most: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ if length <= width => lines.push(word.to_owned()),
            _ => return None,
        }
    }
    (lines.len() <= most).then_some(lines)
}

/// `text` when it fits into one line.
///
/// # Errors
/// Names `field` when it does not.
pub(crate) fn line(field: &str, text: &str, width: usize) -> Result<String, Fault> {
    let length = text.chars().count();
    if length > width {
        return Err(Fault::unfit(field, format!("is {length} characters long, UPS takes {width}")));
    }
    Ok(text.to_owned())
}

/// The company, or the person: what UPS prints first.
///
/// # Errors
/// When it is longer than 35 characters.
pub(crate) fn name(path: &str, party: &Party) -> Result<String, Fault> {
    let field = if party.company.is_some() { "company" } else { "name" };
    line(&format!("{path}.{field}"), party.first_name_line().expose(), LINE)
}

/// The person to ask for.
///
/// # Errors
/// When the name is longer than 35 characters.
pub(crate) fn attention(path: &str, party: &Party) -> Result<String, Fault> {
    line(&format!("{path}.name"), party.name.expose(), LINE)
}

/// The telephone number: national digits in North America, all digits with the
/// country's elsewhere.
///
/// # Errors
/// When there is none and `required`.
pub(crate) fn phone(path: &str, party: &Party, required: bool) -> Result<Option<String>, Fault> {
    let Some(phone) = &party.phone else {
        return if required {
            let problem = "is missing: UPS asks for a telephone number on this lane";
            Err(Fault::unfit(format!("{path}.phone"), problem))
        } else {
            Ok(None)
        };
    };
    let digits = phone.digits();
    let is_north_american = matches!(party.country.as_str(), "US" | "PR" | "CA" | "VI");
    let national = digits.strip_prefix('1').filter(|rest| is_north_american && rest.len() == 10);
    Ok(Some(national.unwrap_or(digits).to_owned()))
}

/// The address, at most three lines of 35 characters.
///
/// # Errors
/// When the street needs more lines or a word of it is too long, or the city
/// has more than 30 characters.
pub(crate) fn address(path: &str, party: &Party) -> Result<Address, Fault> {
    let mut street = Vec::new();
    for (index, given) in party.lines.iter().enumerate() {
        let split = lines(given.expose(), LINE, 3).ok_or_else(|| {
            let problem = format!("does not fit into lines of {LINE} characters");
            Fault::unfit(format!("{path}.lines[{index}]"), problem)
        })?;
        street.extend(split);
    }
    if street.len() > 3 {
        let problem = format!("needs {} lines of {LINE} characters, UPS takes 3", street.len());
        return Err(Fault::unfit(format!("{path}.lines"), problem));
    }
    let has_states = matches!(party.country.as_str(), "US" | "PR" | "CA" | "MX" | "IE");
    let state = party.subdivision.as_ref().map(|state| state.as_str().to_owned());
    Ok(Address {
        address_line: street,
        city: line(&format!("{path}.city"), party.city.expose(), 30)?,
        // Elsewhere it is no part of an address, and rating takes two letters only.
        state_province_code: state.filter(|state| has_states && state.len() == 2),
        postal_code: party.postcode.as_ref().map(|postcode| postcode.compact()),
        country_code: party.country.as_str(),
        residential_address_indicator: None,
    })
}

/// The consignee's address, which tells a home apart: UPS does not find out.
///
/// # Errors
/// As [`address`].
pub(crate) fn delivery_address(party: &Party) -> Result<Address, Fault> {
    let residential_address_indicator = Flag::when(party.residential == Some(true));
    Ok(Address { residential_address_indicator, ..address("ship_to", party)? })
}

/// What the box is.
///
/// # Errors
/// When it is a carrier's packaging that UPS does not have.
pub(crate) fn packaging(index: usize, parcel: &Parcel) -> Result<Coded, Fault> {
    let code = parcel.carrier_packaging.as_ref().map_or("02", |code| code.as_str());
    if !PACKAGING.contains(&code) {
        let problem = format!("is no packaging of UPS, which are {}", PACKAGING.join(", "));
        return Err(Fault::unfit(format!("parcels[{index}].carrier_packaging"), problem));
    }
    Ok(Coded::new(code))
}

/// The weight in the unit of the lane, rounded up to a tenth.
pub(crate) fn weight(lane: Lane, parcel: &Parcel) -> WeightIn {
    let (unit, unit_of_measurement) = lane.weight_unit();
    let weight = parcel.weight.ceil_in(unit, 1).normalize().to_string();
    WeightIn { unit_of_measurement, weight }
}

/// The weight of all parcels as they are declared one by one.
pub(crate) fn total_weight(lane: Lane, shipment: &Shipment) -> WeightIn {
    let (unit, unit_of_measurement) = lane.weight_unit();
    let total: rust_decimal::Decimal =
        shipment.parcels.iter().map(|parcel| parcel.weight.ceil_in(unit, 1)).sum();
    WeightIn { unit_of_measurement, weight: total.normalize().to_string() }
}

/// The sides in whole units of the lane, rounded up.
///
/// # Errors
/// When a side has more than three digits, or there are none on a lane that
/// wants them.
pub(crate) fn sides(lane: Lane, index: usize, parcel: &Parcel) -> Result<Option<Sides>, Fault> {
    let Some(dimensions) = parcel.dimensions else {
        return if lane.wants_sides() {
            let problem = "is missing: UPS asks for the sides on this lane";
            Err(Fault::unfit(format!("parcels[{index}].dimensions"), problem))
        } else {
            Ok(None)
        };
    };
    let (unit, unit_of_measurement) = lane.length_unit();
    let side = |length: Length| {
        let text = length.ceil_in(unit, 0).normalize().to_string();
        if text.len() > 3 {
            return Err(Fault::unfit(format!("parcels[{index}].dimensions"), "has a side of more than 999"));
        }
        Ok(text)
    };
    Ok(Some(Sides {
        unit_of_measurement,
        length: side(dimensions.length)?,
        width: side(dimensions.width)?,
        height: side(dimensions.height)?,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_street_becomes_two_lines_and_loses_nothing() {
        let street = "Rua do Comendador Antonio Augusto de Carvalho 1204";
        let split = lines(street, 35, 3).unwrap();
        assert_eq!(split.join(" "), street);
        assert_eq!(split.len(), 2);
        assert!(lines("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", 35, 3).is_none());
    }

    proptest! {
        #[test]
        fn lines_keep_every_word(text in "[a-z0-9ß ]{0,120}") {
            if let Some(split) = lines(&text, 35, 3) {
                prop_assert!(split.len() <= 3 && split.iter().all(|line| line.chars().count() <= 35));
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                prop_assert_eq!(words(&split.join(" ")), words(&text));
            }
        }
    }
}
