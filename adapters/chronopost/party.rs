//! A sender or consignee as Chronopost writes one.
//!
//! Start with [`Address::of`].

use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Party, Phone};

use crate::{fit, services};

/// Fitted texts of one party.
pub(crate) struct Address {
    street: Vec<String>,
    city: String,
    contact: Option<String>,
    country: &'static str,
    email: Option<String>,
    names: Vec<String>,
    phone: Option<String>,
    postcode: Option<String>,
    is_private: bool,
}

impl Address {
    /// The party under `path` of the shipment.
    ///
    /// # Errors
    /// What does not fit, by its field.
    pub(crate) fn of(path: &str, party: &Party) -> Result<Self, Fault> {
        let street = party
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| fit::ascii(&format!("{path}.lines[{index}]"), line.expose()))
            .collect::<Result<Vec<_>, _>>()?;
        let street = fit::two_lines(&street, fit::STREET).ok_or_else(|| {
            let problem = format!("does not fit into two lines of {} characters", fit::STREET);
            Fault::unfit(format!("{path}.lines"), problem)
        })?;
        let (names, contact) = names(path, party)?;
        let email = party.email.as_ref().map(|email| email.expose().to_owned());
        if email.as_ref().is_some_and(|email| !email.is_ascii()) {
            return Err(Fault::unfit(
                format!("{path}.email"),
                "holds letters that Chronopost cannot send to",
            ));
        }
        Ok(Self {
            street,
            city: city(path, party)?,
            contact,
            country: services::country(party.country),
            email,
            names,
            phone: party.phone.as_ref().map(phone),
            postcode: party.postcode.as_ref().map(|postcode| postcode.as_str().to_owned()),
            is_private: party.residential.unwrap_or(party.company.is_none()),
        })
    }

    /// Writes the elements that start with `role`, in the order of the schema;
    /// their spelling is the carrier's.
    pub(crate) fn write(&self, role: &str, to: &mut Writer) {
        let name = |field: &str| format!("{role}{field}");
        let second = |texts: &[String]| texts.get(1).cloned();
        to.maybe(&name("Adress1"), self.street.first().map(String::as_str))
            .maybe(&name("Adress2"), second(&self.street).as_deref())
            .text(&name("City"), &self.city)
            .maybe(&name("ContactName"), self.contact.as_deref())
            .text(&name("Country"), self.country)
            .maybe(&name("Email"), self.email.as_deref())
            .maybe(&name("MobilePhone"), self.mobile())
            .maybe(&name("Name"), self.names.first().map(String::as_str))
            .maybe(&name("Name2"), second(&self.names).as_deref())
            .maybe(&name("Phone"), self.phone.as_deref())
            .text(&name("PreAlert"), "0")
            .maybe(&name("ZipCode"), self.postcode.as_deref());
    }

    /// Whether it is a business (`1`) or a private person (`2`).
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_private { "2" } else { "1" }
    }

    fn mobile(&self) -> Option<&str> {
        self.phone.as_deref().filter(|phone| phone.starts_with("06") || phone.starts_with("07"))
    }
}

/// The city of the party under `path`.
///
/// # Errors
/// When it is longer than 30 characters.
pub(crate) fn city(path: &str, party: &Party) -> Result<String, Fault> {
    fit::line(&format!("{path}.city"), party.city.expose(), fit::CITY)
}

/// The company and the person below it. A long name takes both lines; the
/// person to ask for has an element of its own.
fn names(path: &str, party: &Party) -> Result<(Vec<String>, Option<String>), Fault> {
    let field = format!("{path}.name");
    let person = fit::ascii(&field, party.name.expose())?;
    let contact = Some(person.clone()).filter(|person| person.len() <= fit::NAME);
    let (field, first) = match &party.company {
        Some(company) => {
            let field = format!("{path}.company");
            let first = fit::ascii(&field, company.expose())?;
            (field, first)
        }
        None => (field, person.clone()),
    };
    let mut names = fit::two_lines(&[first], fit::NAME).ok_or_else(|| {
        Fault::unfit(field, format!("does not fit into two lines of {} characters", fit::NAME))
    })?;
    if party.company.is_some() {
        if contact.is_none() {
            fit::line(&format!("{path}.name"), &person, fit::NAME)?;
        }
        if names.len() == 1 {
            names.push(person);
        }
    }
    Ok((names, contact))
}

/// French numbers as they are dialled at home, others internationally.
fn phone(phone: &Phone) -> String {
    match phone.e164().strip_prefix("+33") {
        Some(national) => format!("0{national}"),
        None => phone.e164().to_owned(),
    }
}
