//! What a whole configuration must give or refuse.

use std::io::Write;

use secrecy::ExposeSecret;

use super::*;

const KNOWN: &[KnownCarrier<'static>] = &[
    KnownCarrier { id: "acme", base_url: "https://onlinetools.example" },
    KnownCarrier { id: "bravo", base_url: "https://ws.example/soap" },
];

fn load(toml: &str, environment: &[(&str, &str)]) -> Result<Loaded, ConfigErrors> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Sources::new(KNOWN).file(file.path()).environment(variables))
}

/// The errors without their origins' paths, which differ from run to run.
fn errors(toml: &str, environment: &[(&str, &str)]) -> Vec<(String, String)> {
    let errors = load(toml, environment).unwrap_err().0;
    errors.into_iter().map(|error| (error.key, error.problem)).collect()
}

fn row(loaded: &Loaded, path: &str) -> Row {
    loaded.rows().iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no row `{path}`")).clone()
}

#[test]
fn no_configuration_at_all_works() {
    let loaded = Config::load(Sources::new(KNOWN)).unwrap();
    let config = &loaded.config;
    assert_eq!(config.server.grpc.listen, "127.0.0.1:50051".parse().unwrap());
    assert_eq!(config.server.admin.listen, "127.0.0.1:9090".parse().unwrap());
    assert_eq!(config.hooks.listen, "127.0.0.1:9091".parse().unwrap());
    assert!(config.tracking.poll);
    assert_eq!(config.limits.max_message_bytes, ByteSize(4 << 20));
    assert_eq!(config.carriers["bravo"].base_url.as_str(), "https://ws.example/soap");
    assert!(matches!(&config.store.seal_keys, SealKeys::KeyFile(path)
        if path == std::path::Path::new("parcelgate.sqlite.sealkey")));
    assert!(config.tenants.is_empty() && config.accounts.is_empty() && config.server.grpc.tls.is_none());
    assert!(loaded.rows().iter().all(|row| row.origin == Origin::Default));
    assert_eq!(row(&loaded, "carriers.acme.timeouts.connect").value, "3s");
}

#[test]
fn carriers_push_to_a_door_of_their_own_that_is_no_open_one() {
    let open = errors("[hooks]\nlisten = \"0.0.0.0:9091\"\n", &[]);
    assert!(open.iter().any(|(key, problem)| key == "hooks.listen" && problem.contains("in the clear")));
    let shared = errors("[hooks]\nlisten = \"127.0.0.1:9090\"\n", &[]);
    assert!(shared.iter().any(|(_, problem)| problem.contains("server.admin.listen")), "{shared:?}");
    let fine = load("[hooks]\nlisten = \"0.0.0.0:9091\"\nallow_plaintext = true\n", &[]).unwrap();
    assert_eq!(fine.config.hooks.listen.port(), 9091);
}

#[test]
fn what_was_agreed_with_a_carrier_is_read_and_refused_by_name() {
    let agreed = "[carriers.acme]\ncut_off = \"17:00\"\nnon_delivery_days = [2026-12-24, \"2026-12-31\"]\n";
    let loaded = load(agreed, &[]).unwrap();
    let acme = &loaded.config.carriers["acme"];
    assert_eq!(acme.cut_off, Some(jiff::civil::time(17, 0, 0, 0)));
    assert_eq!(acme.non_delivery_days.len(), 2);
    assert_eq!(row(&loaded, "carriers.acme.non_delivery_days[1]").value, "2026-12-31");
    assert_eq!(loaded.config.carriers["bravo"].cut_off, None);
    let bare = load("[carriers.acme]\ncut_off = 16:30:00\n", &[]).unwrap();
    assert_eq!(bare.config.carriers["acme"].cut_off, Some(jiff::civil::time(16, 30, 0, 0)));
    let variable = [("PARCELGATE_CARRIERS__ACME__NON_DELIVERY_DAYS", "2026-12-24, 2026-12-26")];
    assert_eq!(load("", &variable).unwrap().config.carriers["acme"].non_delivery_days.len(), 2);
    let wrong =
        "[carriers.acme]\ncut_off = \"5 pm\"\nnon_delivery_days = [\"24.12.2026\", 2026-12-24T10:00:00]\n";
    let keys: Vec<_> = errors(wrong, &[]).into_iter().map(|(key, _)| key).collect();
    let days = "carriers.acme.non_delivery_days";
    assert_eq!(keys, ["carriers.acme.cut_off".to_owned(), format!("{days}[0]"), format!("{days}[1]")]);
}

#[test]
fn every_value_knows_where_it_came_from() {
    let toml =
        "[limits]\nmax_parcels = 7\nmax_items = 8\n\n[carriers.acme]\nbase_url = \"http://127.0.0.1:1/\"\n";
    let environment = [
        ("PARCELGATE_LIMITS__MAX_ITEMS", "9"),
        ("PARCELGATE_CARRIERS__ACME__TIMEOUTS__CONNECT", "1s"),
        ("PARCELGATE_SERVER", "http://somewhere"),
        ("HOME", "/"),
    ];
    let loaded = load(toml, &environment).unwrap();
    assert_eq!((loaded.config.limits.max_parcels, loaded.config.limits.max_items), (7, 9));
    let origin = |path| row(&loaded, path).origin.to_string();
    assert!(origin("limits.max_parcels").ends_with(":2"), "{}", origin("limits.max_parcels"));
    assert_eq!(origin("limits.max_items"), "environment variable `PARCELGATE_LIMITS__MAX_ITEMS`");
    assert!(origin("carriers.acme.base_url").ends_with(":6"));
    assert_eq!(origin("carriers.bravo.base_url"), "default");
    assert_eq!(loaded.config.carriers["acme"].timeouts.connect, std::time::Duration::from_secs(1));
    let mut paths: Vec<_> = loaded.rows().iter().map(|row| &row.path).collect();
    paths.sort();
    let before = paths.len();
    paths.dedup();
    assert_eq!(paths.len(), before, "one row a key");
}

#[test]
fn unknown_keys_name_file_line_and_the_nearest_key() {
    let toml =
        "[server.grpc]\nlisten = \"127.0.0.1:1\"\nlisen = \"x\"\n[carriers.acmee]\n[stroe]\npath = \"x\"\n";
    let error = load(toml, &[("PARCELGATE_LIMITS__MAX_PARCEL", "1")]).unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].ends_with(":3: `server.grpc.lisen` is no known key; did you mean `listen`?"), "{text}");
    let variable = "environment variable `PARCELGATE_LIMITS__MAX_PARCEL`: `limits.max_parcel` is no known key; \
                    did you mean `max_parcels`?";
    assert_eq!(lines[1], variable);
    assert!(lines[2].ends_with(":4: `carriers.acmee` is no known carrier; did you mean `acme`?"), "{text}");
    assert!(lines[3].ends_with(":5: `stroe` is no known key; did you mean `store`?"), "{text}");
}

#[test]
fn wrong_values_are_refused_together() {
    let toml = r#"
        limits = { max_parcels = 0, max_items = "7", default_deadline = "5", max_message_bytes = "9GiB" }
        server = { grpc = { listen = "localhost", allow_plaintext = 1 }, admin = 7 }
        store = { kind = "oracle" }
        log = { level = "parcelgate=loud", format = "xml" }
        carriers.acme = { base_url = "http://user:hunter2@example.com", timeouts = { attempt = "1s" } }
    "#;
    let found = errors(toml, &[]);
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    let want = [
        "server.grpc.listen",
        "server.grpc.allow_plaintext",
        "server.admin",
        "limits.max_message_bytes",
        "limits.default_deadline",
        "limits.max_parcels",
        "limits.max_items",
        "store.kind",
        "carriers.acme.base_url",
        "log.level",
        "log.format",
    ];
    assert_eq!(keys, want, "{found:#?}");
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn times_that_contain_each_other_are_ordered() {
    let toml = "carriers.acme.timeouts.attempt = \"1s\"\nlimits.max_deadline = \"2s\"\n";
    let keys: Vec<_> = errors(toml, &[]).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["limits.default_deadline", "carriers.acme.timeouts.connect"]);
}

#[test]
fn broken_toml_names_the_line() {
    let error = load("[limits]\nmax_parcels = \n", &[]).unwrap_err();
    assert!(error.to_string().contains(":2: is not valid TOML"), "{error}");
    let missing = Config::load(Sources::new(KNOWN).file("/nowhere/parcelgate.toml")).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/parcelgate.toml"), "{missing}");
}

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[test]
fn an_open_listener_needs_tls_tenants_and_a_seal_key() {
    let found = errors("server.grpc.listen = \"0.0.0.0:1\"", &[]);
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["server.grpc.listen", "server.grpc.listen", "store.seal_key"]);
    let tls = "server.grpc = { listen = \"[::]:1\", tls = { certificate = \"c\", key = \"k\" } }\n";
    let plain = "server.grpc = { listen = \"10.0.0.1:1\", allow_plaintext = true }\n";
    let tenants = format!(
        "store.seal_key = {{ env = \"KEY\" }}\n[[tenants]]\nid = \"t\"\ntoken_sha256 = [\"{}\"]\n",
        "0a".repeat(32)
    );
    for server in [tls, plain] {
        assert!(load(&format!("{server}{tenants}"), &[("KEY", KEY)]).is_ok());
        assert_eq!(errors(server, &[]).len(), 2, "tenants and key stay required");
    }
    assert_eq!(errors("server.admin.listen = \"0.0.0.0:1\"", &[])[0].0, "server.admin.listen");
    assert!(load("server.admin = { listen = \"0.0.0.0:1\", allow_plaintext = true }", &[]).is_ok());
}

#[test]
fn seal_keys_come_by_reference_and_can_rotate() {
    let other = "ff".repeat(31) + "00";
    let toml = "store = { seal_key = { env = \"NEW\" }, old_seal_keys = [{ env = \"OLD\" }] }";
    let loaded = load(toml, &[("NEW", KEY), ("OLD", &other)]).unwrap();
    let SealKeys::Given { key, older } = &loaded.config.store.seal_keys else { panic!("no keys") };
    assert_eq!(older.len(), 1);
    assert_ne!(key.id(), older[0].id());
    let shown = format!("{loaded:?}");
    assert!(!shown.contains(KEY) && !shown.contains(&other));

    let found = errors(&format!("store.seal_key = \"{KEY}\""), &[]);
    assert!(found[0].1.contains("{ env ="), "{found:?}");
    assert!(!format!("{found:?}").contains(KEY));
    assert_eq!(errors(toml, &[("NEW", KEY), ("OLD", "short")])[0].0, "store.old_seal_keys[0]");
    assert_eq!(
        errors("store.old_seal_keys = [{ env = \"NEW\" }]", &[("NEW", KEY)])[0].0,
        "store.old_seal_keys"
    );
}

const POSTGRES: &str = "store = { kind = \"postgres\", url = \"postgresql://gate@db/orders\", \
    password = { env = \"PW\" }, seal_key = { env = \"KEY\" }, connections = 4, ca = \"ca.pem\" }";

#[test]
fn a_store_may_be_shared_and_shows_no_password() {
    let loaded = load(POSTGRES, &[("KEY", KEY), ("PW", "hunter2")]).unwrap();
    let Place::Postgres(postgres) = &loaded.config.store.place else { panic!("another place") };
    assert_eq!((postgres.url.as_str(), postgres.connections), ("postgresql://gate@db/orders", 4));
    assert_eq!(postgres.password.as_ref().unwrap().expose_secret(), "hunter2");
    assert_eq!(postgres.ca.as_deref(), Some(std::path::Path::new("ca.pem")));
    assert_eq!(row(&loaded, "store.url").value, "postgresql://gate@db/orders");
    assert_eq!(row(&loaded, "store.password").value, "environment variable `PW`");
    assert!(!format!("{loaded:?}").contains("hunter2"));
    let missing = errors(POSTGRES, &[("KEY", KEY)]);
    assert_eq!(missing[0].0, "store.password");
}

#[test]
fn a_shared_store_needs_an_address_and_a_key() {
    let keys = |toml: &str| errors(toml, &[("KEY", KEY)]).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys("store.kind = \"postgres\""), ["store.seal_key", "store.url"]);
    let bad = [
        "postgresql://gate:hunter2@db/orders",
        "postgresql://db/orders?user=gate&Password=hunter2",
        "mysql://gate:hunter2@db/orders",
        "host=db password=hunter2",
    ];
    for url in bad {
        let toml =
            format!("store = {{ kind = \"postgres\", seal_key = {{ env = \"KEY\" }}, url = \"{url}\" }}");
        let found = errors(&toml, &[("KEY", KEY)]);
        assert_eq!((found.len(), found[0].0.as_str()), (1, "store.url"), "{url}");
        assert!(!format!("{found:?}").contains("hunter2") && found[0].1.contains("store.password"));
    }
}

#[test]
fn keys_of_the_other_kind_of_store_are_refused() {
    let found = errors("store = { url = \"postgresql://gate@db/orders\", connections = 3 }", &[]);
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["store.url", "store.connections"]);
    assert!(found[0].1.contains("postgres"), "{found:?}");
    let found = errors(&POSTGRES.replace("ca =", "path ="), &[("KEY", KEY), ("PW", "x")]);
    assert_eq!(found[0].0, "store.path");
}

const ACCOUNT: &str = r#"
[[accounts]]
id = "main"
carrier = "acme"
settings = { number = "A1B2C3", negotiated = true, api_token = "misplaced" }
[accounts.secrets]
client_id = { env = "UPS_CLIENT_ID" }
"#;

#[test]
fn an_account_fetches_its_secrets_and_shows_none() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"s3cr3t\n\n").unwrap();
    let toml = format!("{ACCOUNT}password = {{ file = \"{}\" }}", file.path().display());
    let loaded = load(&toml, &[("UPS_CLIENT_ID", "cl13nt")]).unwrap();
    let account = &loaded.config.accounts[0];
    assert_eq!(account.tenant.as_str(), "demo");
    assert_eq!(account.settings["number"], "A1B2C3");
    assert_eq!(account.settings["negotiated"], "true");
    assert_eq!(account.secrets["password"].expose_secret(), "s3cr3t\n", "one newline is trimmed");
    assert_eq!(account.secrets["client_id"].expose_secret(), "cl13nt");
    let rows = format!("{:?}", loaded.rows());
    for secret in ["s3cr3t", "cl13nt", "misplaced"] {
        assert!(!rows.contains(secret), "{rows}");
    }
    assert!(!format!("{:?}", account.secrets).contains("cl13nt"));
    let shown = row(&loaded, "accounts[0].secrets.client_id").value;
    assert_eq!(shown, "environment variable `UPS_CLIENT_ID`");
}

#[test]
fn secrets_in_clear_or_missing_are_refused_without_showing_them() {
    let found = errors(&format!("{ACCOUNT}password = \"hunter2\""), &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].0, "accounts[0].secrets.client_id");
    for part in ["`client_id`", "`main`", "`UPS_CLIENT_ID`", "not set"] {
        assert!(found[0].1.contains(part), "{part} in {found:?}");
    }
    assert!(found[1].1.contains("{ file ="), "{found:?}");
    let variable = [("UPS_CLIENT_ID", "x"), ("PARCELGATE_ACCOUNTS__0__SECRETS__PASSWORD", "hunter2")];
    let by_variable = errors(ACCOUNT, &variable);
    assert_eq!(by_variable[0].0, "accounts[0].secrets.password");
    assert!(!format!("{found:?}{by_variable:?}").contains("hunter2"));
    let both = format!("{ACCOUNT}password = {{ env = \"A\", file = \"b\" }}");
    assert!(errors(&both, &[("UPS_CLIENT_ID", "x")])[0].1.contains("either"));
    let gone = format!("{ACCOUNT}password = {{ file = \"/nowhere/secret\" }}");
    assert!(errors(&gone, &[("UPS_CLIENT_ID", "x")])[0].1.contains("/nowhere/secret"));
    assert!(errors(ACCOUNT, &[("UPS_CLIENT_ID", "")])[0].1.contains("empty"));
}

#[test]
fn tenants_and_accounts_are_checked_against_each_other() {
    let hash = "0b".repeat(32);
    let toml = format!(
        "[[tenants]]\nid = \"one\"\ntoken_sha256 = [\"{hash}\"]\n[[tenants]]\nid = \"one\"\n\
         token_sha256 = [\"{hash}\", \"pg_secret\"]\n[[tenants]]\nid = \"No\"\n\
         [[accounts]]\nid = \"a\"\ntenant = \"two\"\ncarrier = \"upps\"\n"
    );
    let found = errors(&toml, &[]);
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    let want = [
        "tenants[1].token_sha256[0]",
        "tenants[1].token_sha256[1]",
        "tenants[1].id",
        "tenants[2].id",
        "tenants[2].token_sha256",
        "accounts[0].carrier",
        "accounts[0].tenant",
    ];
    assert_eq!(keys, want, "{found:#?}");
    assert!(!format!("{found:?}").contains("pg_secret"));
}

#[test]
fn lists_can_be_built_from_the_environment() {
    let (one, two) = ("0c".repeat(32), "0d".repeat(32));
    let both = format!("{one},{two}");
    let environment = [
        ("PARCELGATE_TENANTS__0__ID", "one"),
        ("PARCELGATE_TENANTS__0__TOKEN_SHA256", both.as_str()),
        ("PARCELGATE_ACCOUNTS__0__TENANT", "one"),
        ("PARCELGATE_ACCOUNTS__0__ID", "main"),
        ("PARCELGATE_ACCOUNTS__0__CARRIER", "acme"),
        ("PARCELGATE_ACCOUNTS__0__SECRETS__PASSWORD__ENV", "PW"),
        ("PW", "x"),
    ];
    let config = load("", &environment).unwrap().config;
    assert_eq!(config.tenants[0].tokens.len(), 2);
    assert_eq!(config.accounts[0].secrets["password"].expose_secret(), "x");
    let gap = errors("", &[("PARCELGATE_TENANTS__1__ID", "one")]);
    assert!(gap[0].1.contains("without a gap"), "{gap:?}");
}

#[test]
fn a_variable_replaces_the_place_of_a_secret() {
    let toml = format!("{ACCOUNT}password = {{ file = \"/nowhere\" }}");
    let variables =
        [("UPS_CLIENT_ID", "x"), ("PARCELGATE_ACCOUNTS__0__SECRETS__PASSWORD__ENV", "UPS_CLIENT_ID")];
    assert!(load(&toml, &variables).is_ok());
}

#[test]
fn the_log_variable_wins() {
    let loaded = load("log.level = \"warn\"", &[("PARCELGATE_LOG", "parcelgate=debug")]).unwrap();
    assert_eq!(loaded.config.log.level, "parcelgate=debug");
    assert_eq!(row(&loaded, "log.level").origin.to_string(), "environment variable `PARCELGATE_LOG`");
}

proptest::proptest! {
    #[test]
    fn any_file_and_variable_end_without_a_panic(toml in "[a-z\\[\\]=.\" \n0-9{}]{0,60}", name in "[A-Z0-9_]{0,20}", value in ".{0,10}") {
        let variable = format!("PARCELGATE_{name}");
        let _ = load(&toml, &[(variable.as_str(), value.as_str())]);
    }
}

#[test]
fn exchange_rates_come_from_one_place_or_none() {
    assert_eq!(Config::load(Sources::new(KNOWN)).unwrap().config.exchange_rates.source, None);
    let file =
        load("exchange_rates = { file = \"rates.xml\", every = \"6h\" }", &[]).unwrap().config.exchange_rates;
    assert_eq!(file.source, Some(RatesPlace::File("rates.xml".into())));
    assert_eq!(file.every, std::time::Duration::from_secs(6 * 3600));
    let url = load("", &[("PARCELGATE_EXCHANGE_RATES__URL", "https://rates.example/daily.xml")]).unwrap();
    assert!(matches!(url.config.exchange_rates.source, Some(RatesPlace::Url(_))));
    for (toml, key) in [
        ("exchange_rates = { file = \"a\", url = \"https://rates.example/a\" }", "exchange_rates.file"),
        ("exchange_rates.url = \"http://rates.example/plain\"", "exchange_rates.url"),
        ("exchange_rates.every = \"0s\"", "exchange_rates.every"),
        ("exchange_rates.keep = \"1d\"", "exchange_rates.keep"),
    ] {
        let keys: Vec<_> = errors(toml, &[]).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [key], "{toml}");
    }
}
