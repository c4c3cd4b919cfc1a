//! What an account needs, and how its calls prove who asks.
//!
//! Must never hold a secret: passwords and keys are slots. Start with [`FIELDS`].

use parcelgate_kit::account::{Account, SecretSlot, SettingField};
use parcelgate_kit::codec::{form, json};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::Problem;
use parcelgate_kit::ratecard::RateCards;
use parcelgate_kit::wire::{Auth, HttpCall, OAuth2, Reply, Token};
use serde::Deserialize;

use crate::reply;

/// The profile of accounts without user groups.
const USUAL_PROFILE: &str = "STANDARD_GRUPPENPROFIL";

/// Settings and secrets of an account.
pub(crate) const FIELDS: &[SettingField] = &[
    SettingField::required("username", "system user of the business customer portal", "parcelgate-user"),
    SettingField::secret("password", "password of the system user", "password"),
    SettingField::secret("api_key", "key of the application in the developer portal", "key"),
    SettingField::secret("api_secret", "secret of the application in the developer portal", "secret"),
    SettingField::required(
        "rate_card",
        "the contract's prices as a rate card in JSON, since the carrier tells none",
        r#"{"currency":"EUR","valid_from":"2026-01-01","valid_until":"2026-12-31","zones":[{"name":"DE","countries":["DE"]}],"services":[{"service":"V01PAK","zone":"DE","steps":[{"up_to_kg":"31.5","price":"5.19"}]}]}"#,
    )
    .checked(rate_card),
    billing("billing_v01pak", "billing number of DHL Paket, 14 characters with procedure 01", "33333333330101")
        .checked(|value| billing_number(value, "01")),
    billing("billing_v62kp", "billing number of DHL Kleinpaket, procedure 62", "33333333336201")
        .checked(|value| billing_number(value, "62")),
    billing("billing_v53wpak", "billing number of DHL Paket International, procedure 53", "33333333335301")
        .checked(|value| billing_number(value, "53")),
    billing("billing_v54epak", "billing number of DHL Europaket, procedure 54", "33333333335401")
        .checked(|value| billing_number(value, "54")),
    SettingField::optional("profile", "user group of the portal, where the account has some", USUAL_PROFILE)
        .checked(profile_name),
    SettingField::optional(
        "undeliverable",
        "what happens to a parcel abroad that cannot be delivered: `RETURN` (the usual) or `ABANDON`",
        "RETURN",
    )
    .checked(undeliverable),
    SettingField::optional(
        "tracking_user",
        "user of the tracking service, where it is not the system user",
        "zt12345",
    ),
    SettingField {
        required: false,
        ..SettingField::secret("tracking_password", "password of the tracking user", "password")
    },
    SettingField::optional(
        "push_header",
        "header that Unified Push sends its token in, as the subscription names it; `dhl-push-token` when there is none",
        "dhl-push-token",
    )
    .checked(header_name),
    SettingField {
        required: false,
        ..SettingField::secret("push_token", "token that the subscription of Unified Push was told", "token")
    },
];

const fn billing(name: &'static str, what: &'static str, example: &'static str) -> SettingField {
    SettingField::optional(name, what, example)
}

/// Ten characters of the customer, two digits of the product's procedure, two characters of the participation.
fn billing_number(value: &str, procedure: &str) -> Result<(), Problem> {
    let plain = value.len() == 14 && value.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain && value.get(10..12) == Some(procedure) {
        Ok(())
    } else {
        Err(Problem::new(format!("is no billing number: 14 characters, the 11th and 12th are {procedure}")))
    }
}

fn rate_card(value: &str) -> Result<(), Problem> {
    RateCards::parse(value).map(drop).map_err(|bad| {
        let all: Vec<_> = bad.iter().map(ToString::to_string).collect();
        Problem::new(format!("is no rate card: {}", all.join("; ")))
    })
}

fn header_name(value: &str) -> Result<(), Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if (1..=64).contains(&value.len()) && value.bytes().all(plain) {
        Ok(())
    } else {
        Err(Problem::new("is no header: up to 64 letters, digits and hyphens"))
    }
}

fn profile_name(value: &str) -> Result<(), Problem> {
    if value.chars().count() <= 35 { Ok(()) } else { Err(Problem::new("is longer than 35 characters")) }
}

fn undeliverable(value: &str) -> Result<(), Problem> {
    if matches!(value, "RETURN" | "ABANDON") {
        Ok(())
    } else {
        Err(Problem::new("is neither `RETURN` nor `ABANDON`"))
    }
}

/// The contract's prices.
///
/// # Errors
/// An account's fault when there is no card or it cannot be read.
pub(crate) fn rate_cards(account: &Account) -> Result<RateCards, Fault> {
    let text = account.require("rate_card")?;
    RateCards::parse(text).map_err(|bad| {
        let all: Vec<_> = bad.iter().map(ToString::to_string).collect();
        Fault::account("rate_card", &format!("is no rate card: {}", all.join("; ")))
    })
}

/// The name of the setting that holds the billing number of `service`.
pub(crate) fn billing_setting(service: &str) -> String {
    format!("billing_{}", service.to_ascii_lowercase())
}

/// The user group.
pub(crate) fn profile(account: &Account) -> &str {
    account.get("profile").unwrap_or(USUAL_PROFILE)
}

/// What happens to a parcel abroad that cannot be delivered.
pub(crate) fn endorsement(account: &Account) -> &str {
    account.get("undeliverable").unwrap_or("RETURN")
}

/// The user of the tracking service and the place of its password.
///
/// # Errors
/// An account's fault when a part is missing.
pub(crate) fn tracking_user(account: &Account) -> Result<(&str, SecretSlot), Fault> {
    match account.get("tracking_user") {
        Some(user) => Ok((user, account.secret("tracking_password")?)),
        None => Ok((account.require("username")?, account.secret("password")?)),
    }
}

/// How the tracking service's gateway is told who asks: the application, by HTTP Basic.
///
/// # Errors
/// An account's fault when a secret is missing.
pub(crate) fn application(account: &Account) -> Result<Auth, Fault> {
    Ok(Auth::Basic {
        user: account.secret("api_key")?.to_string(),
        password: account.secret("api_secret")?.to_string(),
    })
}

/// How the shipping service is told who asks: a token for user and application, all four in the form.
///
/// # Errors
/// An account's fault when a part is missing.
pub(crate) fn bearer(account: &Account) -> Result<Auth, Fault> {
    let grant = form::write(&[
        ("grant_type", "password"),
        ("username", account.require("username")?),
        ("password", &account.secret("password")?.to_string()),
        ("client_id", &account.secret("api_key")?.to_string()),
        ("client_secret", &account.secret("api_secret")?.to_string()),
    ]);
    let path = "/parcel/de/account/auth/ropc/v1/token";
    let request = HttpCall::post(path, "application/x-www-form-urlencoded", grant);
    Ok(Auth::OAuth2(OAuth2 { scope: "", request: Box::new(request), read: read_token }))
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    #[serde(deserialize_with = "json::text_or_number")]
    expires_in: String,
}

fn read_token(reply: &Reply) -> Result<Token, Fault> {
    if !reply.is_success() {
        let fault = reply::fault(reply);
        let kind = if (400..=403).contains(&reply.status) { FaultKind::Account } else { fault.kind };
        return Err(fault.of_kind(kind));
    }
    let token: TokenReply = json::read(&reply.body)?;
    let lifetime =
        token.expires_in.parse().map_err(|_| Fault::unreadable("`expires_in` is no number of seconds"))?;
    Ok(Token { value: token.access_token.into(), lifetime })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_billing_number_belongs_to_its_product() {
        let account = |value: &str| {
            let given = [("username", "u"), ("billing_v53wpak", value), ("rate_card", FIELDS[4].example)];
            let settings = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Account::new(settings, ["password", "api_key", "api_secret"].map(str::to_owned))
        };
        assert_eq!(account("33333333335301").check(FIELDS), Ok(()));
        assert_eq!(account("333333333353AB").check(FIELDS), Ok(()));
        assert_eq!(account("33333333330101").check(FIELDS).unwrap_err()[0].field, "billing_v53wpak");
        assert!(account("3333333333530").check(FIELDS).is_err());
    }

    #[test]
    fn every_example_passes_its_own_check() {
        for field in FIELDS {
            assert!(field.check.is_none_or(|check| check(field.example).is_ok()), "{}", field.name);
        }
    }

    #[test]
    fn wrong_credentials_are_the_accounts_fault() {
        let body = br#"{"error":"invalid_grant","error_description":"Invalid user credentials"}"#;
        let fault = read_token(&Reply { status: 401, headers: Vec::new(), body: body.as_slice().into() });
        let fault = fault.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Account);
        assert_eq!(fault.carrier_words.as_deref(), Some("Invalid user credentials"));
    }
}
