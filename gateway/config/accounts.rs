//! Tenants and the carrier accounts that the configuration gives them.
//! It must never read a secret but by reference. Start at [`AccountEntry`].

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::error::Origin;
use super::reader::{self, Section};
use super::tree::Kind;
use crate::tenancy::{Operator, Tenant, TenantId, TokenHash};

/// Longest id of an account, in characters.
const MAX_ACCOUNT_ID: usize = 64;
/// Parts of a setting's name that tell that its value may be a secret in the wrong place.
const SECRETIVE: &[&str] = &["password", "secret", "token", "api_key", "passphrase", "pin"];

/// A carrier account of a tenant. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccountEntry {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id, unique for the tenant: 1 to 64 of `[a-z0-9_-]`.
    pub id: String,
    /// The carrier's id.
    pub carrier: String,
    /// Settings as the carrier's account schema names them.
    pub settings: BTreeMap<String, String>,
    /// Secrets as the carrier's account schema names them.
    pub secrets: BTreeMap<String, SecretString>,
    /// Where the account is set, for errors that the carrier's schema finds later.
    pub origin: Origin,
}

pub(super) fn tenants(root: &mut Section<'_>) -> Vec<Tenant> {
    let mut read: Vec<Tenant> = Vec::new();
    let mut taken: Vec<TokenHash> = Vec::new();
    for mut section in root.sections("tenants") {
        let id = tenant_id(&mut section, "id");
        let tokens = token_hashes(&mut section, &taken);
        taken.extend(tokens.iter().cloned());
        if let Some(id) = id {
            if read.iter().any(|tenant| tenant.id == id) {
                let problem = format!("is `{id}`, which another tenant has already");
                section.reader.error_at(&section.key("id"), problem);
            }
            read.push(Tenant { id, tokens });
        }
        section.finish();
    }
    read
}

/// Operators; a token of theirs is no tenant's.
pub(super) fn operators(root: &mut Section<'_>, tenants: &[Tenant]) -> Vec<Operator> {
    let mut read: Vec<Operator> = Vec::new();
    let mut taken: Vec<TokenHash> = tenants.iter().flat_map(|tenant| tenant.tokens.clone()).collect();
    for mut section in root.sections("operators") {
        let name: Option<String> = section.required("name");
        let tokens = token_hashes(&mut section, &taken);
        taken.extend(tokens.iter().cloned());
        if let Some(name) = name {
            if name.trim().is_empty() || read.iter().any(|operator| operator.name == name) {
                let problem = format!("is `{}`: give each operator a name of their own", name.escape_debug());
                section.reader.error_at(&section.key("name"), problem);
            }
            read.push(Operator { name, tokens });
        }
        section.finish();
    }
    read
}

fn tenant_id(section: &mut Section<'_>, key: &str) -> Option<TenantId> {
    let raw: String = section.required(key)?;
    let problem = |error| format!("is `{}`: {error}", raw.escape_debug());
    TenantId::parse(&raw).map_err(|error| section.reader.error_at(&section.key(key), problem(error))).ok()
}

fn token_hashes(section: &mut Section<'_>, others: &[TokenHash]) -> Vec<TokenHash> {
    let path = section.key("token_sha256");
    let reader = section.reader;
    let nodes = section.nodes("token_sha256", "a list of hashes");
    if nodes.is_empty() {
        reader.error(
            &path,
            &section.origin,
            "is missing; without a token's hash nobody can call as this one",
        );
    }
    let mut read: Vec<TokenHash> = Vec::new();
    for (at, node) in (0usize..).zip(nodes) {
        let path = format!("{path}[{at}]");
        let text = if let Kind::Text(text) = &node.kind { text.as_str() } else { "" };
        match TokenHash::parse(text) {
            Ok(hash) if read.iter().chain(others).any(|it| *it == hash) => {
                reader.error(&path, &node.origin, "is given twice; every token belongs to one caller");
            }
            Ok(hash) => {
                let shown: String = hash.to_hex().chars().take(8).collect();
                reader.row(path, format!("{shown}..."), node.origin);
                read.push(hash);
            }
            Err(error) => reader.error(&path, &node.origin, format!("is no hash: {error}")),
        }
    }
    read
}

pub(super) fn accounts(
    root: &mut Section<'_>,
    carriers: &[String],
    environment: &BTreeMap<String, String>,
) -> Vec<AccountEntry> {
    let mut read: Vec<AccountEntry> = Vec::new();
    for mut section in root.sections("accounts") {
        if let Some(account) = account(&mut section, carriers, environment) {
            if read.iter().any(|other| other.tenant == account.tenant && other.id == account.id) {
                let problem =
                    format!("is `{}`, which another account of `{}` has", account.id, account.tenant);
                section.reader.error_at(&section.key("id"), problem);
            }
            read.push(account);
        }
        section.finish();
    }
    read
}

fn account(
    section: &mut Section<'_>,
    carriers: &[String],
    environment: &BTreeMap<String, String>,
) -> Option<AccountEntry> {
    let tenant = tenant_of(section);
    let id: Option<String> = section.required("id");
    if let Some(id) = &id {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'-');
        if id.len() > MAX_ACCOUNT_ID || !id.bytes().all(plain) {
            let problem = "takes 1 to 64 of the characters `a-z`, `0-9`, `_` and `-`";
            section.reader.error_at(&section.key("id"), problem);
        }
    }
    let carrier: Option<String> = section.required("carrier");
    if let Some(carrier) = carrier.as_ref().filter(|carrier| !carriers.contains(carrier)) {
        let problem = format!("is `{carrier}`, which {}", reader::unknown(carrier, "carrier", carriers));
        section.reader.error_at(&section.key("carrier"), problem);
    }
    let settings = settings(section);
    let name = format!("account `{}`", id.as_deref().unwrap_or("?"));
    let secrets = secrets(section, &name, environment);
    let origin = section.origin.clone();
    Some(AccountEntry { tenant: tenant?, id: id?, carrier: carrier?, settings, secrets, origin })
}

/// The tenant that a section is of: the demo tenant when it names none.
pub(super) fn tenant_of(section: &mut Section<'_>) -> Option<TenantId> {
    if section.has("tenant") {
        return tenant_id(section, "tenant");
    }
    section.value("tenant", TenantId::demo().to_string());
    Some(TenantId::demo())
}

pub(super) fn settings(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let mut part = section.section("settings");
    let mut read = BTreeMap::new();
    for (name, node) in part.rest() {
        let value = match &node.kind {
            Kind::Text(text) => text.clone(),
            Kind::Integer(number) => number.to_string(),
            Kind::Bool(value) => value.to_string(),
            kind => {
                let problem = format!("is {}; a setting is a text, an integer or a boolean", kind.name());
                part.reader.error(&part.key(&name), &node.origin, problem);
                continue;
            }
        };
        let hidden = SECRETIVE.iter().any(|word| name.to_ascii_lowercase().contains(word));
        let shown = if hidden { "(hidden; secrets belong under `secrets`)" } else { &value };
        part.reader.row(part.key(&name), shown.to_owned(), node.origin);
        read.insert(name, value);
    }
    part.finish();
    read
}

pub(super) fn secrets(
    section: &mut Section<'_>,
    whose: &str,
    environment: &BTreeMap<String, String>,
) -> BTreeMap<String, SecretString> {
    let mut part = section.section("secrets");
    let reader = part.reader;
    let mut read = BTreeMap::new();
    for (name, node) in part.rest() {
        let path = part.key(&name);
        let Some((reference, origin)) = reader::secret(reader, &path, node) else { continue };
        match reference.resolve(environment) {
            Ok(secret) => {
                read.insert(name, secret);
            }
            Err(problem) => {
                let problem = format!("(secret `{name}` of {whose}) {problem}");
                reader.error(&path, &origin, problem);
            }
        }
    }
    part.finish();
    read
}
