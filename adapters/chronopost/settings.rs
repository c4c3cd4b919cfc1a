//! What a Chronopost account needs.
//!
//! Must never hold a secret: the password is a slot. Start with [`FIELDS`].

use parcelgate_kit::account::{Account, SettingField};
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Problem;

/// Settings and secrets of an account.
pub(crate) const FIELDS: &[SettingField] = &[
    SettingField::required("account_number", "the contract's number, eight digits", "12345678")
        .checked(eight_digits),
    SettingField::secret("password", "the contract's password for web services, six digits", "123456"),
    SettingField::optional(
        "sub_account",
        "number of the sub-account that is billed, where the contract has some",
        "101",
    )
    .checked(number),
];

fn eight_digits(value: &str) -> Result<(), Problem> {
    if value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Problem::new("is not eight digits"))
    }
}

fn number(value: &str) -> Result<(), Problem> {
    if (1..=9).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Problem::new("is no number of at most nine digits"))
    }
}

/// Number and password as every call but shipping and tracking carries them.
pub(crate) struct Credentials<'a> {
    number: &'a str,
    password: String,
}

impl<'a> Credentials<'a> {
    /// Those of `account`.
    ///
    /// # Errors
    /// When the number or the password is not on file.
    pub(crate) fn of(account: &'a Account) -> Result<Self, Fault> {
        let number = account.require("account_number")?;
        Ok(Self { number, password: account.secret("password")?.to_string() })
    }

    /// Writes both.
    pub(crate) fn write(&self, to: &mut Writer) {
        to.text("accountNumber", self.number).text("password", &self.password);
    }
}
