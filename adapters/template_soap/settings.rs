//! What an account needs, and how its calls prove who asks.
//!
//! Must never hold a secret: the password is a slot that the gateway fills on the way to the socket.
//! Start with [`FIELDS`].

use bytes::Bytes;
use parcelgate_kit::account::{Account, SettingField};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Problem;
use parcelgate_kit::wire::{Auth, HttpCall};

/// Settings and secrets of an account. A setting is needed when two contracts with the carrier can differ
/// in it; what is the same for everyone is a constant.
pub(crate) const FIELDS: &[SettingField] = &[
    SettingField::required("contract", "the contract's number, on its first page", "K-1001")
        .checked(contract_number),
    SettingField::required("user", "the user of the web service, in the letter of welcome", "acme"),
    SettingField::secret("password", "the password of the web service, in the same letter", "a-password"),
];

/// A check spares the user a round trip: `parcelgate check` runs it over the configuration.
fn contract_number(value: &str) -> Result<(), Problem> {
    let digits = value.strip_prefix("K-").unwrap_or_default();
    if digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Problem::new("is no contract number: K- and four digits"))
    }
}

/// The call that carries `envelope`, with proof of who asks. A carrier that wants the password inside the
/// message gets the slot there: `account.secret("password")?.to_string()` as the text of an element.
pub(crate) fn call(account: &Account, operation: &str, envelope: Bytes) -> Result<HttpCall, Fault> {
    let auth = Auth::Basic {
        user: account.require("user")?.to_owned(),
        password: account.secret("password")?.to_string(),
    };
    // SOAP 1.1 names the operation in a header, in quotes.
    Ok(HttpCall::post("/shipping/v1", "text/xml; charset=utf-8", envelope)
        .header("soapaction", format!("\"{operation}\""))
        .auth(auth))
}
