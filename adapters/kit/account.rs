//! A contract with a carrier, as an adapter sees it: settings in clear, secrets
//! only as slots.
//!
//! An adapter never holds a secret. It writes a [`SecretSlot`] where the secret
//! belongs, and the driver fills it in on the way to the socket, so no journal,
//! golden file or log can contain one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::fault::Fault;
use crate::model::{Invalid, Problem};

/// A carrier account: what the adapter needs to know of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    settings: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
}

impl Account {
    /// An account of these settings, with secrets of these names on file.
    pub fn new(
        settings: impl IntoIterator<Item = (String, String)>,
        secrets: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { settings: settings.into_iter().collect(), secrets: secrets.into_iter().collect() }
    }

    /// The setting `name`, if it is set and not blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// The setting `name`.
    ///
    /// # Errors
    /// [`crate::fault::FaultKind::Account`] when it is not set.
    pub fn require(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).ok_or_else(|| Fault::account(name, "is not set"))
    }

    /// The place of the secret `name` in a request.
    ///
    /// # Errors
    /// [`crate::fault::FaultKind::Account`] when no such secret is on file.
    pub fn secret(&self, name: &str) -> Result<SecretSlot, Fault> {
        if self.secrets.contains(name) {
            Ok(SecretSlot { name: name.to_owned(), escape: Escape::None })
        } else {
            Err(Fault::account(name, "is a secret that is not on file"))
        }
    }

    /// Checks the account against `fields`, every problem at once.
    ///
    /// # Errors
    /// Missing, unknown and ill-formed settings, each under its own name.
    pub fn check(&self, fields: &[SettingField]) -> Result<(), Vec<Invalid>> {
        let mut bad = Vec::new();
        for field in fields {
            let here =
                if field.secret { self.secrets.contains(field.name) } else { self.get(field.name).is_some() };
            if field.required && !here {
                bad.push(Invalid::new(field.name, Problem::new(format!("is required: {}", field.what))));
            }
            if let (Some(value), Some(check)) = (self.get(field.name), field.check)
                && let Err(problem) = check(value)
            {
                bad.push(Invalid::new(field.name, problem));
            }
        }
        let known = |name: &str, secret: bool| fields.iter().any(|f| f.name == name && f.secret == secret);
        for name in self.settings.keys().filter(|name| !known(name, false)) {
            bad.push(Invalid::new(name, Problem::new("is no setting of this carrier")));
        }
        for name in self.secrets.iter().filter(|name| !known(name, true)) {
            bad.push(Invalid::new(name, Problem::new("is no secret of this carrier")));
        }
        if bad.is_empty() { Ok(()) } else { Err(bad) }
    }
}

/// One setting or secret that a carrier's accounts have.
#[derive(Clone, Copy, Debug)]
pub struct SettingField {
    /// Its key, in snake case.
    pub name: &'static str,
    /// What it is and where the contract says it, in one line.
    pub what: &'static str,
    /// Whether it is kept sealed and given by reference.
    pub secret: bool,
    /// Whether an account cannot work without it.
    pub required: bool,
    /// A made-up value of the right form; never a real one.
    pub example: &'static str,
    /// What a right value looks like.
    pub check: Option<SettingCheck>,
}

/// Says what is wrong with a setting's value.
pub type SettingCheck = fn(&str) -> Result<(), Problem>;

impl SettingField {
    /// A required setting.
    pub const fn required(name: &'static str, what: &'static str, example: &'static str) -> Self {
        Self { name, what, secret: false, required: true, example, check: None }
    }

    /// A setting that may be left out.
    pub const fn optional(name: &'static str, what: &'static str, example: &'static str) -> Self {
        Self { name, what, secret: false, required: false, example, check: None }
    }

    /// A required secret.
    pub const fn secret(name: &'static str, what: &'static str, example: &'static str) -> Self {
        Self { name, what, secret: true, required: true, example, check: None }
    }

    /// The same field with a check of its value.
    #[must_use]
    pub const fn checked(mut self, check: SettingCheck) -> Self {
        self.check = Some(check);
        self
    }
}

/// How a secret is escaped where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// As the part of the request asks: JSON, XML or percent signs.
    None,
    /// As XML first, for XML that travels inside something else.
    Xml,
}

/// The place where a secret goes. Its text is a marker of private-use
/// characters, which [`crate::model::Text`] refuses in what callers send, so
/// nobody can smuggle a marker in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretSlot {
    name: String,
    escape: Escape,
}

/// Opens and closes a marker: two private-use characters.
pub(crate) const OPEN: char = '\u{F0000}';
pub(crate) const CLOSE: char = '\u{F0001}';

impl SecretSlot {
    /// The same slot inside XML that itself travels as a query value or a
    /// form field.
    #[must_use]
    pub fn inside_xml(mut self) -> Self {
        self.escape = Escape::Xml;
        self
    }
}

impl fmt::Display for SecretSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.escape == Escape::Xml { "x:" } else { "" };
        write!(f, "{OPEN}{mark}{}{CLOSE}", self.name)
    }
}

impl serde::Serialize for SecretSlot {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[SettingField] = &[
        SettingField::required("number", "the account number", "123456"),
        SettingField::secret("password", "the password", "secret"),
    ];

    #[test]
    fn every_problem_of_an_account_is_named() {
        let account = Account::new([("nmber".to_owned(), "1".to_owned())], []);
        let fields: Vec<_> = account.check(FIELDS).unwrap_err().into_iter().map(|bad| bad.field).collect();
        assert_eq!(fields, ["number", "password", "nmber"]);
    }

    #[test]
    fn a_slot_shows_its_name_and_no_secret() {
        let account = Account::new([], ["password".to_owned()]);
        assert!(account.secret("password").unwrap().to_string().contains("password"));
        assert!(account.secret("other").is_err());
    }
}
