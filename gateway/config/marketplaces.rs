//! Marketplaces that are told of parcels.
//! It must know no marketplace's name: what a kind needs is its connector's matter. Start at [`MarketplaceEntry`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use super::accounts::{secrets, settings, tenant_of};
use super::base_url::BaseUrl;
use super::error::Origin;
use super::reader::Section;
use super::value;
use crate::tenancy::TenantId;

/// Longest id of a marketplace, in characters.
const MAX_ID: usize = 64;

/// A marketplace of a tenant. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MarketplaceEntry {
    /// Whose orders it takes.
    pub tenant: TenantId,
    /// Its id, unique for the tenant: 1 to 64 of `[a-z0-9_-]`.
    pub id: String,
    /// Which connector speaks to it.
    pub kind: String,
    /// Where it is reached.
    pub url: BaseUrl,
    /// How orders name it; its id alone when none are given.
    pub names: Vec<String>,
    /// Under which name its rules stand in the dated data; the kind when it is not given.
    pub policy: String,
    /// Settings as the connector names them.
    pub settings: BTreeMap<String, String>,
    /// Secrets as the connector names them.
    pub secrets: BTreeMap<String, SecretString>,
    /// Certificates, where they are not the usual ones.
    pub tls: MarketplaceTls,
    /// Where it is set, for errors that its connector finds later.
    pub origin: Origin,
}

/// PEM files of a marketplace's TLS.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct MarketplaceTls {
    /// Authorities that its certificate may come from, beside those of `tls`.
    pub ca: Option<PathBuf>,
    /// Certificate chain and key that this gateway shows, for mutual TLS.
    pub identity: Option<(PathBuf, PathBuf)>,
}

pub(super) fn marketplaces(
    root: &mut Section<'_>,
    environment: &BTreeMap<String, String>,
) -> Vec<MarketplaceEntry> {
    let mut read: Vec<MarketplaceEntry> = Vec::new();
    for mut section in root.sections("marketplaces") {
        if let Some(entry) = marketplace(&mut section, environment) {
            let same = |other: &&MarketplaceEntry| other.tenant == entry.tenant;
            if read.iter().filter(same).any(|other| other.id == entry.id) {
                let problem =
                    format!("is `{}`, which another marketplace of `{}` has", entry.id, entry.tenant);
                section.reader.error_at(&section.key("id"), problem);
            }
            let taken = entry.names.iter().find(|name| {
                let is_it = |other: &String| other.eq_ignore_ascii_case(name);
                read.iter().filter(same).any(|other| other.names.iter().any(is_it))
            });
            if let Some(name) = taken {
                let problem = format!("has `{name}`, which means another marketplace of `{}`", entry.tenant);
                section.reader.error(&section.key("names"), &section.origin, problem);
            }
            read.push(entry);
        }
        section.finish();
    }
    read
}

fn marketplace(
    section: &mut Section<'_>,
    environment: &BTreeMap<String, String>,
) -> Option<MarketplaceEntry> {
    let tenant = tenant_of(section);
    let id: Option<String> = section.required("id");
    if let Some(id) = &id {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'-');
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(plain) {
            let problem = "takes 1 to 64 of the characters `a-z`, `0-9`, `_` and `-`";
            section.reader.error_at(&section.key("id"), problem);
        }
    }
    let kind: Option<String> = section.required("kind");
    let url: Option<BaseUrl> = section.required("url");
    let mut names = names(section);
    if names.is_empty() {
        names.extend(id.clone());
    }
    let policy: Option<String> = section.optional("policy").or_else(|| kind.clone());
    let settings = settings(section);
    let name = format!("marketplace `{}`", id.as_deref().unwrap_or("?"));
    let secrets = secrets(section, &name, environment);
    let tls = tls(section);
    let origin = section.origin.clone();
    Some(MarketplaceEntry {
        tenant: tenant?,
        id: id?,
        kind: kind?,
        url: url?,
        names,
        policy: policy?,
        settings,
        secrets,
        tls,
        origin,
    })
}

fn names(section: &mut Section<'_>) -> Vec<String> {
    let path = section.key("names");
    let nodes = section.nodes("names", "a list of names");
    let reader = section.reader;
    let mut read = Vec::new();
    for (at, node) in (0usize..).zip(nodes) {
        let path = format!("{path}[{at}]");
        match value::read::<String>(&node) {
            Ok(name) if !name.is_empty() && name.chars().count() <= MAX_ID => {
                reader.row(path, name.clone(), node.origin);
                read.push(name);
            }
            Ok(_) => reader.error(&path, &node.origin, "takes 1 to 64 characters"),
            Err(problem) => reader.error(&path, &node.origin, problem),
        }
    }
    read
}

fn tls(section: &mut Section<'_>) -> MarketplaceTls {
    let mut part = section.section("tls");
    let ca = part.optional("ca");
    let (certificate, key) = (part.optional::<PathBuf>("certificate"), part.optional::<PathBuf>("key"));
    if certificate.is_some() != key.is_some() {
        let problem = "takes `certificate` and `key` together";
        part.reader.error(&part.path, &part.origin, problem);
    }
    part.finish();
    MarketplaceTls { ca, identity: certificate.zip(key) }
}
