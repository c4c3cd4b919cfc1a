//! Each rule on a tree of a few lines: one that keeps it, one that breaks it.

use std::fs;
use std::path::Path;

use super::arrows::{self, Packages};
use super::check_tree;
use super::source::{Source, Tree};

/// `path:line rule` of all findings.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| Source::new(path, (*text).to_owned())).collect();
    let findings = check_tree(&Tree { files });
    findings.iter().map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.rule)).collect()
}

#[test]
fn crates_point_one_way() {
    let package = |name: &str, manifest: &str, uses: &[&str]| {
        let uses: Vec<_> = uses.iter().map(|name| serde_json::json!({"name": name, "path": "/r"})).collect();
        serde_json::json!({"name": name, "manifest_path": format!("/r/{manifest}"), "dependencies": uses})
    };
    let metadata = |packages: &[serde_json::Value]| serde_json::json!({ "packages": packages }).to_string();
    let check = |packages: &[serde_json::Value]| {
        arrows::check(&Packages::parse(&metadata(packages), Path::new("/r")).unwrap()).len()
    };
    let acme = package("parcelgate-acme", "adapters/acme/Cargo.toml", &["parcelgate-kit"]);
    let kit = package("parcelgate-kit", "adapters/kit/Cargo.toml", &[]);
    let facade =
        package("parcelgate-adapters", "adapters/Cargo.toml", &["parcelgate-kit", "parcelgate-acme"]);
    let root = package("parcelgate", "Cargo.toml", &["parcelgate-adapters", "parcelgate-kit"]);
    assert_eq!(check(&[acme.clone(), kit.clone(), facade, root]), 0);
    let wrong = [
        package("parcelgate-acme", "adapters/acme/Cargo.toml", &["parcelgate"]),
        package("parcelgate-kit", "adapters/kit/Cargo.toml", &["parcelgate-acme"]),
        package("parcelgate", "Cargo.toml", &["parcelgate-acme"]),
        package("parcelgate-adapters", "adapters/Cargo.toml", &["parcelgate"]),
    ];
    for package in wrong {
        assert_eq!(check(std::slice::from_ref(&package)), 1, "{package}");
    }
    assert_eq!(check(&[acme, kit]), 0);
}

#[test]
fn versions_stand_in_the_root() {
    let good = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = { workspace = true }\n";
    assert_eq!(found(&[("xtask/Cargo.toml", good)]), Vec::<String>::new());
    let bad = format!("{good}c = \"1\"\n[dev-dependencies]\nd = {{ version = \"1\" }}\n");
    let rule = "workspace-dependencies";
    let expected = [format!("xtask/Cargo.toml:6 {rule}"), format!("xtask/Cargo.toml:8 {rule}")];
    assert_eq!(found(&[("xtask/Cargo.toml", &bad)]), expected);
}

#[test]
fn the_facade_names_carriers_by_folder() {
    let by_folder = "[dependencies]\na = { path = \"a\" }\n";
    assert_eq!(found(&[("adapters/Cargo.toml", by_folder)]), Vec::<String>::new());
    assert_eq!(found(&[("xtask/Cargo.toml", by_folder)]).len(), 1);
    let versioned = "[dependencies]\na = { path = \"a\", version = \"1\" }\n";
    assert_eq!(found(&[("adapters/Cargo.toml", versioned)]).len(), 1);
}

#[test]
fn rooms_use_what_the_table_allows() {
    let good = "//! x\nuse crate::shipping::Rate;\nuse crate::{api::b, regional};\nuse super::rate::B;\n";
    assert_eq!(found(&[("gateway/api/quote.rs", good)]), Vec::<String>::new());
    let bad = "//! x\nuse crate::api::A;\nfn f() { let _ = crate::\n  store::Row; }\nuse crate::{regional::{policy, b}, events::x};\n";
    let rules: Vec<_> =
        [2, 4, 5, 5].iter().map(|line| format!("gateway/policy/eu.rs:{line} rooms")).collect();
    assert_eq!(found(&[("gateway/policy/eu.rs", bad)]), rules);
    let around = "//! x\n// crate::store::Row in a comment is nothing\nuse super::super::store::Row;\n";
    assert_eq!(found(&[("gateway/policy/eu.rs", around)]), ["gateway/policy/eu.rs:3 rooms"]);
    assert_eq!(found(&[("gateway/policy/mod.rs", "//! x\nuse super::store::Row;\n")]).len(), 1);
}

#[test]
fn a_new_room_needs_a_row() {
    assert_eq!(found(&[("gateway/cellar.rs", "//! x\n")]), ["gateway/cellar.rs:1 rooms"]);
}

#[test]
fn duties_stay_in_their_rooms() {
    let text = "//! x\nuse rusqlite::Connection;\nconst Q: &str = \"SELECT 1\";\n";
    assert_eq!(found(&[("gateway/store/sqlite.rs", text)]), Vec::<String>::new());
    let expected = ["gateway/shipping/rate.rs:2 words", "gateway/shipping/rate.rs:3 words"];
    assert_eq!(found(&[("gateway/shipping/rate.rs", text)]), expected);
    let proto = "//! x\nfn f(x: crate::proto::v1::Offer) {}\n";
    assert_eq!(found(&[("gateway/shipping/rate.rs", proto)]), ["gateway/shipping/rate.rs:2 words"]);
    assert_eq!(found(&[("gateway/api/rate.rs", proto)]), Vec::<String>::new());
    let client = "//! x\nuse hyper_util::client::legacy::Client;\n";
    assert_eq!(found(&[("gateway/tracking/poll.rs", client)]).len(), 1);
    assert_eq!(found(&[("gateway/carriers/live.rs", client)]), Vec::<String>::new());
}

/// A carrier's manifest, and the facade's two files that know it.
const ACME: (&str, &str) = ("adapters/acme/Cargo.toml", "[package]\nname = \"parcelgate-acme\"\n");
const FACADE: (&str, &str) = ("adapters/Cargo.toml", "[dependencies]\nparcelgate-acme.workspace = true\n");
const REGISTRY: (&str, &str) = ("adapters/lib.rs", "//! x\nfn all() { add(parcelgate_acme::Acme) }\n");

#[test]
fn folders_and_registry_agree() {
    assert_eq!(found(&[ACME, FACADE, REGISTRY]), Vec::<String>::new());
    assert_eq!(found(&[ACME, FACADE, ("adapters/lib.rs", "//! x\n")]), ["adapters/lib.rs:1 registry"]);
    assert_eq!(found(&[ACME, ("adapters/Cargo.toml", ""), REGISTRY]), ["adapters/Cargo.toml:1 registry"]);
    assert_eq!(found(&[FACADE]), ["adapters/Cargo.toml:2 registry"]);
}

#[test]
fn carriers_are_not_named_outside() {
    let tree = |path, text| found(&[ACME, FACADE, REGISTRY, (path, text)]);
    assert_eq!(tree("gateway/lib.rs", "//! x\n// acme too\n"), ["gateway/lib.rs:2 carrier-names"]);
    assert_eq!(tree("proto/v1/a.proto", "enum C { x = 0; }\n// acme\n").len(), 1);
    assert_eq!(tree("gateway/lib.rs", "//! acmes acme-like an_acme\n"), Vec::<String>::new());
    assert_eq!(tree("gateway/regional/rules/eu.rs", "//! acme\n"), Vec::<String>::new());
    assert_eq!(tree("adapters/acme/lib.rs", "//! acme\n"), Vec::<String>::new());
}

#[test]
fn simulators_are_independent() {
    let bad =
        "//! x\nuse crate::wire::Rate;\nfn f() { super::wire::Rate }\nuse parcelgate_kit::wire::Reply;\n";
    let tree = found(&[ACME, FACADE, REGISTRY, ("adapters/acme/sim.rs", bad)]);
    assert_eq!(tree, ["adapters/acme/sim.rs:2 simulator", "adapters/acme/sim.rs:3 simulator"]);
    let grouped = "//! x\nuse crate::{status, wire::{Rate, Ship}};\n";
    assert_eq!(found(&[ACME, FACADE, REGISTRY, ("adapters/acme/sim/mod.rs", grouped)]).len(), 1);
    assert_eq!(found(&[ACME, FACADE, REGISTRY, ("adapters/acme/rate.rs", bad)]), Vec::<String>::new());
}

#[test]
fn every_reason_has_a_page() {
    let declared = (
        "gateway/api/reason.rs",
        "//! x\npub const A: &str = \"OFFER_EXPIRED\";\nconst B: &str = \"words\";\n",
    );
    assert_eq!(found(&[declared, ("docs/errors/OFFER_EXPIRED.md", "x")]), Vec::<String>::new());
    assert_eq!(found(&[declared]), ["gateway/api/reason.rs:2 error-pages"]);
    let stale = [declared, ("docs/errors/OFFER_EXPIRED.md", "x"), ("docs/errors/GONE_AWAY.md", "x")];
    assert_eq!(found(&stale), ["docs/errors/GONE_AWAY.md:1 error-pages"]);
}

#[test]
fn files_have_their_shape() {
    let long = format!("//! x\n{}", "// line\n".repeat(500));
    assert_eq!(found(&[("xtask/a.rs", &long)]), ["xtask/a.rs:501 file-length"]);
    assert_eq!(found(&[("xtask/a.rs", "use x;\n")]), ["xtask/a.rs:1 opening"]);
    assert_eq!(found(&[("adapters/kit/utils/x.rs", "//! x\n")]), ["adapters/kit/utils/x.rs:1 names"]);
    assert_eq!(found(&[("xtask/a.rs", "//! x\nstruct TokenManager;\n")]), ["xtask/a.rs:2 names"]);
}

#[test]
fn functions_are_short() {
    let function = |lines: usize| {
        format!("//! x\nfn f(x: fn(u8) -> u8) -> [u8; {{ 1 }}] {{\n{}}}\n", "g();\n".repeat(lines))
    };
    assert_eq!(found(&[("xtask/a.rs", &function(68))]), Vec::<String>::new());
    assert_eq!(found(&[("xtask/a.rs", &function(69))]), ["xtask/a.rs:2 function-length"]);
    let declared = format!("//! x\ntrait T {{\nfn f();\n{}}}\n", "const A: u8 = 0;\n".repeat(80));
    assert_eq!(found(&[("xtask/a.rs", &declared)]), Vec::<String>::new());
}

#[test]
fn a_tree_is_read_from_disk() {
    let root = tempfile::tempdir().unwrap();
    for path in ["gateway/api/mod.rs", "gateway/target/x.rs", "gateway/.hidden/x.rs", "elsewhere/x.rs"] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "//! x\n").unwrap();
    }
    let tree = Tree::read(root.path()).unwrap();
    let paths: Vec<_> = tree.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["gateway/api/mod.rs"]);
}
