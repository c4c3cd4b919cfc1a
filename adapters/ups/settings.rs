//! What a UPS account needs, and how its calls prove who asks.
//!
//! Must never hold a secret: the client id and its secret are slots. Start with
//! [`FIELDS`].

use parcelgate_kit::account::{Account, SettingField};
use parcelgate_kit::codec::{form, json};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::Problem;
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Auth, HttpCall, OAuth2, Reply, Token};

use crate::refusal;
use crate::wire::token::{Seconds, TokenReply};

/// Settings and secrets of an account.
pub(crate) const FIELDS: &[SettingField] = &[
    SettingField::required("shipper_number", "the account number, six letters and digits", "A1B2C3")
        .checked(six_characters),
    SettingField::secret("client_id", "client id of the application, from the developer portal", "id"),
    SettingField::secret("client_secret", "client secret of the application", "secret"),
    SettingField::optional(
        "negotiated_rates",
        "`no` to ask for published prices only, when the account has no prices of its own",
        "no",
    )
    .checked(yes_or_no),
    SettingField::optional(
        "pickup_type",
        "how parcels are handed over: 01 daily pickup (the usual), 03 customer counter, 06 one time pickup, \
         19 letter center, 20 air service center",
        "01",
    )
    .checked(pickup_type),
    SettingField {
        required: false,
        ..SettingField::secret(
            "webhook_credential",
            "credential that Track Alert sends along, as the developer portal was told it",
            "credential",
        )
    },
    SettingField::optional("merchant_id", "value of x-merchant-id, where the contract asks for it", "A1B2C3")
        .checked(six_characters),
];

fn six_characters(value: &str) -> Result<(), Problem> {
    if value.len() == 6 && value.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(Problem::new("is not six letters and digits"))
    }
}

fn yes_or_no(value: &str) -> Result<(), Problem> {
    if matches!(value, "yes" | "no") { Ok(()) } else { Err(Problem::new("is neither `yes` nor `no`")) }
}

fn pickup_type(value: &str) -> Result<(), Problem> {
    if matches!(value, "01" | "03" | "06" | "19" | "20") {
        Ok(())
    } else {
        Err(Problem::new("is none of 01, 03, 06, 19, 20"))
    }
}

/// Whether to ask for the account's own prices.
pub(crate) fn wants_negotiated(account: &Account) -> bool {
    account.get("negotiated_rates") != Some("no")
}

/// Names one call: UPS wants an id of at most 32 characters, new each time. It
/// is for their support only, nothing is deduplicated by it.
#[derive(Clone, Debug)]
pub(crate) struct CallId(String);

impl CallId {
    /// The id of the plan's next call.
    pub(crate) fn next(cx: &mut Cx<'_>) -> Self {
        Self(cx.id().simple().to_string())
    }

    /// Puts on `call` what every call carries.
    ///
    /// # Errors
    /// When the account lacks a secret.
    pub(crate) fn sign(&self, call: HttpCall, account: &Account) -> Result<HttpCall, Fault> {
        Ok(call
            .header("transid", self.0.as_str())
            .header("transactionsrc", "parcelgate")
            .auth(bearer(account)?))
    }
}

fn bearer(account: &Account) -> Result<Auth, Fault> {
    let grant = form::write(&[("grant_type", "client_credentials")]);
    let mut request = HttpCall::post("/security/v1/oauth/token", "application/x-www-form-urlencoded", grant)
        .auth(Auth::Basic {
            user: account.secret("client_id")?.to_string(),
            password: account.secret("client_secret")?.to_string(),
        });
    if let Some(merchant) = account.get("merchant_id") {
        request = request.header("x-merchant-id", merchant);
    }
    Ok(Auth::OAuth2(OAuth2 { scope: "", request: Box::new(request), read: read_token }))
}

fn read_token(reply: &Reply) -> Result<Token, Fault> {
    if !reply.is_success() {
        let fault = refusal::fault(reply);
        let kind = if (400..=403).contains(&reply.status) { FaultKind::Account } else { fault.kind };
        return Err(fault.of_kind(kind));
    }
    let token: TokenReply = json::read(&reply.body)?;
    let lifetime = match token.expires_in {
        Seconds::Number(seconds) => Some(seconds),
        Seconds::Text(seconds) => seconds.trim().parse().ok(),
    };
    let lifetime = lifetime.ok_or_else(|| Fault::unreadable("`expires_in` is no number of seconds"))?;
    Ok(Token { value: token.access_token.into(), lifetime })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_in_a_text_is_read() {
        let body = br#"{"token_type":"Bearer","access_token":"t","expires_in":"14399","status":"approved"}"#;
        let reply = Reply { status: 200, headers: Vec::new(), body: body.as_slice().into() };
        assert_eq!(read_token(&reply).unwrap().lifetime, 14_399);
    }

    #[test]
    fn wrong_credentials_are_the_accounts_fault() {
        let body = br#"{"response":{"errors":[{"code":"10401","message":"ClientId is Invalid"}]}}"#;
        let reply = Reply { status: 401, headers: Vec::new(), body: body.as_slice().into() };
        let fault = read_token(&reply).unwrap_err();
        assert_eq!((fault.kind, fault.carrier_code.as_deref()), (FaultKind::Account, Some("10401")));
    }
}
