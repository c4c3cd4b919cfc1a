//! A shipper or consignee as the carrier takes it.
//!
//! Must never cut: what does not fit is refused with the field's path in the caller's request, or laid out
//! anew where nothing is lost. Start with [`address`].
// file only with rate|purchase

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Party;

use crate::wire::Address;

/// Characters of a name, a street line and a city.
const LINE: usize = 35;
/// Street lines.
const LINES: usize = 3;

/// The party at `path` (`ship_from`, `ship_to`).
///
/// # Errors
/// `Unfit` with the field that is too long.
pub(crate) fn address(path: &str, party: &Party) -> Result<Address, Fault> {
    let fits = |field: &str, text: &str| match text.chars().count() {
        ..=LINE => Ok(text.to_owned()),
        long => Err(Fault::unfit(
            format!("{path}.{field}"),
            format!("is {long} characters long, the carrier takes {LINE}"),
        )),
    };
    Ok(Address {
        name: fits("name", party.name.expose())?,
        company: party.company.as_ref().map(|company| fits("company", company.expose())).transpose()?,
        street: street(path, party)?,
        city: fits("city", party.city.expose())?,
        postcode: party.postcode.as_ref().map(|postcode| postcode.as_str().to_owned()),
        country: party.country.as_str(),
        phone: party.phone.as_ref().map(|phone| phone.e164().to_owned()),
        email: party.email.as_ref().map(|email| email.expose().to_owned()),
    })
}

/// Street lines, a long one broken at a blank as long as there are lines left.
fn street(path: &str, party: &Party) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    for (index, line) in party.lines.iter().enumerate() {
        let mut part = String::new();
        for word in line.expose().split_whitespace() {
            if word.chars().count() > LINE {
                let what = format!("has a word of more than {LINE} characters; shorten it");
                return Err(Fault::unfit(format!("{path}.lines[{index}]"), what));
            }
            if !part.is_empty() && part.chars().count() + 1 + word.chars().count() > LINE {
                lines.push(std::mem::take(&mut part));
            }
            if !part.is_empty() {
                part.push(' ');
            }
            part.push_str(word);
        }
        lines.push(part);
    }
    if lines.len() > LINES {
        let what = format!("does not fit into {LINES} lines of {LINE} characters; shorten it");
        return Err(Fault::unfit(format!("{path}.lines"), what));
    }
    Ok(lines)
}
