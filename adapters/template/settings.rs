//! What an account needs, and how its calls prove who asks.
//!
//! Must never hold a secret: the key is a slot that the gateway fills on the way to the socket.
//! Start with [`FIELDS`].

use parcelgate_kit::account::{Account, SettingField};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Problem;
use parcelgate_kit::wire::{Auth, HttpCall};

/// Settings and secrets of an account. A setting is needed when two contracts with the carrier can differ
/// in it; what is the same for everyone is a constant.
pub(crate) const FIELDS: &[SettingField] = &[
    SettingField::required("contract", "the contract's number, on its first page", "K-1001")
        .checked(contract_number),
    SettingField::secret("api_key", "the key from the carrier's customer portal", "a-key"),
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

/// The same call, with proof of who asks. Other carriers take `Auth::Basic` or `Auth::OAuth2`: the token is
/// asked for, shared and renewed by the gateway; an adapter only says how.
pub(crate) fn sign(call: HttpCall, account: &Account) -> Result<HttpCall, Fault> {
    let key = account.secret("api_key")?.to_string();
    Ok(call.header("accept", "application/json").auth(Auth::Headers(vec![("x-api-key".to_owned(), key)])))
}
