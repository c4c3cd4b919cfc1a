//! The configuration: one TOML file, an overlay from the environment, defaults for everything.
//! It must know no carrier's name (they are handed in) and keep no secret but as `SecretString`.
//! Start at [`Config::load`]; the sections stand in `sections`, what they must hold together in `rules`.

mod accounts;
mod base_url;
mod carriers;
mod error;
mod exchange;
mod marketplaces;
mod protection;
mod purchases;
mod reader;
mod rules;
mod secret;
mod sections;
mod storage;
#[cfg(test)]
mod tests;
mod tracking;
mod tree;
mod value;

pub use accounts::AccountEntry;
pub use base_url::{BadBaseUrl, BaseUrl};
pub use carriers::{Breaker, CarrierSettings, RateLimit, Retry, Timeouts};
pub use error::{ConfigError, ConfigErrors, Origin};
pub use exchange::{ExchangeRates, RatesPlace};
pub use marketplaces::{MarketplaceEntry, MarketplaceTls};
pub use protection::Protection;
pub use purchases::Purchases;
pub use reader::Row;
pub use secret::SecretRef;
pub use sections::{
    Admin, CarrierTls, Grpc, GrpcTls, Limits, Log, LogFormat, Rates, Roots, Server, Telemetry,
};
pub use storage::{Place, Postgres, SealKeys, Store};
pub use tracking::{Hooks, Tracking};
pub use value::ByteSize;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::tenancy::{Operator, Tenant};
use reader::Reader;

/// A carrier that is compiled in, as data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownCarrier<'a> {
    /// Its id, the name of its section.
    pub id: &'a str,
    /// Where it is reached unless its section says otherwise.
    pub base_url: &'a str,
}

/// What a configuration is loaded from.
#[derive(Clone, Default)]
pub struct Sources<'a> {
    file: Option<PathBuf>,
    environment: BTreeMap<String, String>,
    carriers: &'a [KnownCarrier<'a>],
}

impl<'a> Sources<'a> {
    /// Nothing but the defaults, for these carriers.
    pub fn new(carriers: &'a [KnownCarrier<'a>]) -> Self {
        Self { carriers, ..Self::default() }
    }

    /// With the TOML file at `path`, which must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// With these variables, for the overlay and for the secrets that refer to
    /// one. The process hands in `std::env::vars_os`; names and values that are
    /// not Unicode are none of ours.
    #[must_use]
    pub fn environment<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<std::ffi::OsString>,
        V: Into<std::ffi::OsString>,
    {
        let unicode =
            |(name, value): (N, V)| Some((name.into().into_string().ok()?, value.into().into_string().ok()?));
        self.environment = variables.into_iter().filter_map(unicode).collect();
        self
    }
}

/// Every setting of the gateway. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The listeners.
    pub server: Server,
    /// What one call may ask for.
    pub limits: Limits,
    /// Where state is kept.
    pub store: Store,
    /// How offers are gathered.
    pub rates: Rates,
    /// Where exchange rates come from.
    pub exchange_rates: ExchangeRates,
    /// How decisions on claims and ratings are signed.
    pub protection: Protection,
    /// How purchases are held, taken up again and remembered.
    pub purchases: Purchases,
    /// How parcels are followed.
    pub tracking: Tracking,
    /// Where carriers push to.
    pub hooks: Hooks,
    /// Every known carrier's settings, by its id.
    pub carriers: BTreeMap<String, CarrierSettings>,
    /// How carriers' certificates are checked.
    pub tls: CarrierTls,
    /// Who may call. Empty: the demo tenant, on loopback.
    pub tenants: Vec<Tenant>,
    /// Who may settle what only a person can. Empty: whoever calls on loopback
    /// while there are no tenants either.
    pub operators: Vec<Operator>,
    /// The carrier accounts that the configuration brings.
    pub accounts: Vec<AccountEntry>,
    /// The marketplaces that are told of parcels.
    pub marketplaces: Vec<MarketplaceEntry>,
    /// What is logged.
    pub log: Log,
    /// What is measured.
    pub telemetry: Telemetry,
}

/// A configuration with the origin of each value.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Where each came from, in the order of the sections.
    pub origins: Vec<Row>,
}

impl Loaded {
    /// Every value in force with its origin, for `check-config`. Secrets show
    /// as references.
    pub fn rows(&self) -> &[Row] {
        &self.origins
    }
}

impl Config {
    /// Reads the sources, later ones over earlier ones: defaults, file,
    /// environment. Fetches the secrets that they refer to. Blocks on file I/O.
    ///
    /// # Errors
    /// [`ConfigErrors`] with everything that is wrong: unreadable file, TOML
    /// syntax, unknown keys, values out of range, secrets in clear or missing,
    /// listeners that anybody could use.
    pub fn load(sources: Sources<'_>) -> Result<Loaded, ConfigErrors> {
        let mut errors = Vec::new();
        let mut tree = BTreeMap::new();
        if let Some(path) = sources.file {
            let path = Arc::new(path);
            match std::fs::read_to_string(path.as_path()) {
                Ok(text) => tree = tree::parse_file(&path, &text, &mut errors),
                Err(error) => errors.push(ConfigError {
                    key: String::new(),
                    origin: Origin::Default,
                    problem: format!("the configuration file `{}` cannot be read: {error}", path.display()),
                }),
            }
        }
        // What follows would only repeat the damage.
        if !errors.is_empty() {
            return Err(ConfigErrors(errors));
        }
        tree::overlay(&mut tree, &sources.environment, &mut errors);
        let reader = Reader::new(errors);
        let mut root = reader.root(tree);
        let known = carriers::ids(sources.carriers);
        let tenants = accounts::tenants(&mut root);
        let operators = accounts::operators(&mut root, &tenants);
        let config = Self {
            server: sections::server(&mut root),
            limits: sections::limits(&mut root),
            store: storage::store(&mut root, &sources.environment),
            rates: sections::rates(&mut root),
            exchange_rates: exchange::exchange_rates(&mut root),
            protection: protection::protection(&mut root, &sources.environment),
            purchases: purchases::purchases(&mut root),
            tracking: tracking::tracking(&mut root),
            hooks: tracking::hooks(&mut root),
            carriers: carriers::carriers(&mut root, sources.carriers, &known),
            tls: sections::carrier_tls(&mut root),
            tenants,
            operators,
            accounts: accounts::accounts(&mut root, &known, &sources.environment),
            marketplaces: marketplaces::marketplaces(&mut root, &sources.environment),
            log: sections::log(&mut root, &sources.environment),
            telemetry: sections::telemetry(&mut root),
        };
        root.finish();
        rules::check(&config, &reader);
        reader.finish().map(|origins| Loaded { config, origins }).map_err(ConfigErrors)
    }
}
