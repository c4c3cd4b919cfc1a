//! Where state is kept: in a file of its own, or in a PostgreSQL database that gateways share.
//! It must never show a password, also not one that stands where it should not. Start at [`store`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use super::error::Origin;
use super::reader::{self, Section};
use super::value::Value;
use crate::seal::{SealKey, key_file};

/// Where state is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Store {
    /// In which database.
    pub place: Place,
    /// The keys that seal what it keeps.
    pub seal_keys: SealKeys,
}

/// The databases that a store can live in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Place {
    /// The embedded one, in this file: for one gateway.
    Sqlite(PathBuf),
    /// A server: for any number of gateways.
    Postgres(Postgres),
}

/// How a PostgreSQL database is reached.
#[derive(Clone, Debug)]
pub struct Postgres {
    /// Where it is, without a password.
    pub url: String,
    /// The user's password, where the server asks for one.
    pub password: Option<SecretString>,
    /// Connections of this gateway for reads and background work.
    pub connections: u32,
    /// PEM file of the authorities of the server's certificate; none for Mozilla's list.
    pub ca: Option<PathBuf>,
}

/// Kinds of store, as they are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StoreKind {
    Sqlite,
    Postgres,
}

/// An address without a password.
struct Url(String);

impl Value for Url {
    const WANT: &'static str =
        "`postgresql://user@host/database` without a password, which goes into `store.password`";
    const HIDE_WRONG: bool = true;

    fn from_text(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = path.split('/').next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        let key = |pair: &str| pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let open = !user.contains(':') && !query.split('&').any(|pair| key(pair) == "password");
        (open && !text.contains(char::is_whitespace)).then(|| Self(text.to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// Where the seal keys come from.
#[derive(Clone, Debug)]
pub enum SealKeys {
    /// Configured: the key that seals, and older ones that still open.
    Given {
        /// The key that seals.
        key: SealKey,
        /// Keys that only open.
        older: Vec<SealKey>,
    },
    /// None configured: the file beside the database, for
    /// [`key_file::load_or_create`].
    KeyFile(PathBuf),
}

/// Keys that only one of the kinds has.
const OF_SQLITE: [&str; 1] = ["path"];
const OF_POSTGRES: [&str; 4] = ["url", "password", "connections", "ca"];

pub(super) fn store(root: &mut Section<'_>, environment: &BTreeMap<String, String>) -> Store {
    let mut section = root.section("store");
    let kind = section.value("kind", StoreKind::Sqlite);
    let (foreign, other): (&[&str], _) = match kind {
        StoreKind::Sqlite => (&OF_POSTGRES, StoreKind::Postgres),
        StoreKind::Postgres => (&OF_SQLITE, StoreKind::Sqlite),
    };
    for key in foreign {
        if section.drop(key) {
            let problem =
                format!("is only for `kind = \"{}\"`, and this store is `{}`", other.show(), kind.show());
            section.reader.error(&section.key(key), &section.origin, problem);
        }
    }
    let (place, key_file) = match kind {
        StoreKind::Sqlite => {
            let path = section.value("path", PathBuf::from("parcelgate.sqlite"));
            let key_file = key_file::path_beside(&path);
            (Place::Sqlite(path), key_file)
        }
        StoreKind::Postgres => {
            if !section.has("seal_key") {
                let problem = "is missing; gateways that share a database share its key, as in \
                               `seal_key = { env = \"NAME\" }`";
                section.reader.error(&section.key("seal_key"), &section.origin, problem);
            }
            (Place::Postgres(postgres(&mut section, environment)), PathBuf::new())
        }
    };
    let seal_keys = seal_keys(&mut section, environment).unwrap_or(SealKeys::KeyFile(key_file));
    section.finish();
    Store { place, seal_keys }
}

fn postgres(section: &mut Section<'_>, environment: &BTreeMap<String, String>) -> Postgres {
    let url: Option<Url> = section.required("url");
    let path = section.key("password");
    let password = section.secret("password").and_then(|(reference, origin)| {
        let fetched = reference.resolve(environment);
        fetched.map_err(|problem| section.reader.error(&path, &origin, problem)).ok()
    });
    let connections = section.within("connections", 16, 1..=500);
    let ca = section.optional("ca");
    Postgres { url: url.map(|url| url.0).unwrap_or_default(), password, connections, ca }
}

fn seal_keys(section: &mut Section<'_>, environment: &BTreeMap<String, String>) -> Option<SealKeys> {
    let reader = section.reader;
    let fetch = |path: &str, (reference, origin): (super::SecretRef, Origin)| {
        let key = reference.resolve(environment).and_then(|text| {
            SealKey::parse(&text)
                .map_err(|error| format!("refers to {reference}, which holds no key: {error}"))
        });
        key.map_err(|problem| reader.error(path, &origin, problem)).ok()
    };
    let set = section.has("seal_key");
    let path = section.key("seal_key");
    let key = section.secret("seal_key").and_then(|found| fetch(&path, found));
    let path = section.key("old_seal_keys");
    let nodes = section.nodes("old_seal_keys", "a list of references, as in `[{ env = \"OLD_KEY\" }]`");
    if !set {
        if !nodes.is_empty() {
            reader.error(&path, &section.origin, "needs `store.seal_key`, the key that seals from now on");
        } else {
            let shown = "a key file beside the database";
            reader.row(section.key("seal_key"), shown.to_owned(), Origin::Default);
        }
        return None;
    }
    let older = (0usize..).zip(nodes).filter_map(|(at, node)| {
        let path = format!("{path}[{at}]");
        reader::secret(reader, &path, node).and_then(|found| fetch(&path, found))
    });
    let older = older.collect();
    Some(SealKeys::Given { key: key?, older })
}
