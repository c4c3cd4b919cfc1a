//! What the sections must hold together: who can reach a listener, which time contains which.
//! It must refuse an open door by default and name the way out. Start at [`check`].

use std::net::SocketAddr;

use super::reader::Reader;
use super::value::Value;
use super::{Config, SealKeys};
use crate::tenancy::TenantId;

/// Notes every rule that the configuration breaks.
pub(super) fn check(config: &Config, reader: &Reader) {
    listeners(config, reader);
    times(config, reader);
    tenants(config, reader);
}

fn is_open(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

fn listeners(config: &Config, reader: &Reader) {
    let grpc = &config.server.grpc;
    if is_open(grpc.listen) {
        let listen = grpc.listen;
        if grpc.tls.is_none() && !grpc.allow_plaintext {
            let problem = format!(
                "is `{listen}`, which other machines reach in plaintext; give `server.grpc.tls`, listen on \
                 `127.0.0.1`, or set `server.grpc.allow_plaintext = true` where a mesh encrypts"
            );
            reader.error_at("server.grpc.listen", problem);
        }
        if config.tenants.is_empty() {
            let problem = format!(
                "is `{listen}`, where anybody could call; give at least one of `[[tenants]]`, or listen on \
                 `127.0.0.1`"
            );
            reader.error_at("server.grpc.listen", problem);
        }
        if matches!(config.store.seal_keys, SealKeys::KeyFile(_)) {
            let problem = "is missing; a gateway that other machines reach keeps its key apart from its \
                           database, as in `seal_key = { env = \"NAME\" }`";
            reader.error_at("store.seal_key", problem);
        }
    }
    let admin = &config.server.admin;
    if is_open(admin.listen) && !admin.allow_plaintext {
        let problem = format!(
            "is `{}`, which other machines reach without a token; listen on `127.0.0.1`, or set \
             `server.admin.allow_plaintext = true` where the network keeps others out",
            admin.listen
        );
        reader.error_at("server.admin.listen", problem);
    }
    let hooks = &config.hooks;
    if is_open(hooks.listen) && !hooks.allow_plaintext {
        let problem = format!(
            "is `{}`, where carriers' secrets would come in the clear; listen on `127.0.0.1` behind something \
             that speaks TLS, or set `hooks.allow_plaintext = true` where that is on another machine",
            hooks.listen
        );
        reader.error_at("hooks.listen", problem);
    }
    for (other, listen) in [("server.grpc.listen", grpc.listen), ("server.admin.listen", admin.listen)] {
        if hooks.listen == listen && listen.port() != 0 {
            reader.error_at("hooks.listen", format!("is the address of `{other}` too; give it its own"));
        }
    }
    if admin.listen == grpc.listen && grpc.listen.port() != 0 {
        reader.error_at("server.admin.listen", "is the address of `server.grpc.listen` too; give it its own");
    }
}

fn times(config: &Config, reader: &Reader) {
    let ordered = |less: (&str, &std::time::Duration), more: (&str, &std::time::Duration)| {
        if less.1 > more.1 {
            let problem = format!("is `{}`, longer than `{}` (`{}`)", less.1.show(), more.0, more.1.show());
            reader.error_at(less.0, problem);
        }
    };
    let limits = &config.limits;
    ordered(
        ("limits.default_deadline", &limits.default_deadline),
        ("limits.max_deadline", &limits.max_deadline),
    );
    for (id, carrier) in &config.carriers {
        let key = |name: &str| format!("carriers.{id}.{name}");
        let (connect, attempt, total) =
            (key("timeouts.connect"), key("timeouts.attempt"), key("timeouts.total"));
        ordered((&connect, &carrier.timeouts.connect), (&attempt, &carrier.timeouts.attempt));
        ordered((&attempt, &carrier.timeouts.attempt), (&total, &carrier.timeouts.total));
        let (first, longest) = (key("retry.first_pause"), key("retry.max_pause"));
        ordered((&first, &carrier.retry.first_pause), (&longest, &carrier.retry.max_pause));
    }
}

fn tenants(config: &Config, reader: &Reader) {
    for (at, account) in config.accounts.iter().enumerate() {
        let tenant = &account.tenant;
        let known = if config.tenants.is_empty() {
            *tenant == TenantId::demo()
        } else {
            config.tenants.iter().any(|known| known.id == *tenant)
        };
        if !known {
            let problem = format!("belongs to the tenant `{tenant}`, which is none of `[[tenants]]`");
            reader.error(&format!("accounts[{at}].tenant"), &account.origin, problem);
        }
    }
}
