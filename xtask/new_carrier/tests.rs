//! The copying as a change of texts; `cargo xtask test --only new-carrier` builds and tests whole copies.

use std::path::Path;

use super::marks::strip;
use super::name::Id;
use super::registry::{depend, register};
use super::{Operation, Wire, copies, wanted};

fn repo() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn id(raw: &str) -> Id {
    Id::parse(raw).unwrap()
}

#[test]
fn names_follow_from_the_id() {
    let id = id("acme_post2");
    let names = [id.package(), id.library(), id.type_name(), id.title(), id.host()];
    let expected =
        ["parcelgate-acme-post2", "parcelgate_acme_post2", "AcmePost2", "Acme Post2", "acme-post2.example"];
    assert_eq!(names, expected);
}

#[test]
fn bad_ids_are_refused() {
    let long = "a".repeat(31);
    for bad in [
        "",
        "a",
        "Acme",
        "acme-post",
        "acme__post",
        "_acme",
        "acme_",
        "4px",
        "é_post",
        "match",
        "kit",
        "template",
        &long,
    ] {
        assert!(Id::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn marks_keep_and_drop() {
    let text = "a // only with void\nb // without void: c\n  // without void: d\n// begin void|rate\ne\n// end void|rate\n\
                <!-- only with void -->\nf // plain\n// begin original\ng\n// end original\n";
    assert_eq!(strip(text, &["void"]).unwrap().unwrap(), "a\nb\ne\n\nf // plain\n");
    assert_eq!(strip(text, &["rate"]).unwrap().unwrap(), "c\n  d\ne\nf // plain\n");
    assert_eq!(strip("//! x\n// file only with void\n", &["rate"]).unwrap(), None);
    for bad in ["// begin void\n", "// end void\n", "// begin void\n// end rate\n"] {
        assert!(strip(bad, &["void"]).is_err(), "{bad}");
    }
}

#[test]
fn exactly_one_line_is_added() {
    let facade =
        "pub fn all() -> Vec<Entry> {\n    vec![\n        // x\n        parcelgate_ups::entry(),\n    ]\n}\n";
    let added = register(facade, &id("acme")).unwrap();
    assert_eq!(added, facade.replace("    ]\n", "        parcelgate_acme::entry(),\n    ]\n"));
    assert!(register(&added, &id("acme")).is_err());
    assert!(register("pub fn all() -> Vec<Entry> {\n    vec![]\n}\n", &id("acme")).is_err());

    let manifest = "[dependencies]\nparcelgate-kit = { workspace = true }\n\n[lints]\nworkspace = true\n";
    let added = depend(manifest, &id("zeta")).unwrap();
    assert!(added.contains("true }\nparcelgate-zeta = { path = \"zeta\" }\n\n[lints]"), "{added}");
    assert!(depend(manifest, &id("acme")).unwrap().starts_with("[dependencies]\nparcelgate-acme = "));
    assert!(depend(&added, &id("zeta")).is_err());
}

#[test]
fn the_registry_of_this_checkout_takes_a_carrier() {
    let read = |path: &str| std::fs::read_to_string(repo().join("adapters").join(path)).unwrap();
    assert!(register(&read("lib.rs"), &id("acme_post")).is_ok());
    assert!(depend(&read("Cargo.toml"), &id("acme_post")).is_ok());
}

#[test]
fn a_void_needs_a_purchase() {
    assert!(wanted(&[]).is_err());
    assert!(wanted(&[Operation::Rate, Operation::Void]).is_err());
    assert_eq!(wanted(&[Operation::Void, Operation::Purchase]).unwrap(), ["purchase", "void"]);
}

#[test]
fn copies_hold_no_mark_and_no_name_of_the_sample() {
    for wire in [Wire::Rest, Wire::Soap] {
        let sample = wire.sample();
        for ops in [&["rate", "purchase", "void", "track"][..], &["rate", "purchase", "track"], &["track"]] {
            let folder = repo().join("adapters").join(sample.folder);
            let files = copies(&folder, &sample, &id("acme_post"), ops).unwrap();
            for (path, text) in &files {
                let shown = path.display();
                for word in ["only with ", "// begin ", "// end ", "without void", "emplate", "original"] {
                    assert!(!text.contains(word), "{shown} holds `{word}`");
                }
            }
            let voids = files.iter().any(|(path, _)| path.to_string_lossy().contains("void"));
            assert_eq!(voids, ops.contains(&"void"), "{ops:?}");
            let proof = files.iter().find(|(path, _)| path == Path::new("lib.rs")).map(|(_, text)| text);
            let proof = proof.unwrap();
            assert!(proof.contains("id: \"acme_post\"") && proof.contains("impl Carrier for AcmePost"));
            assert_eq!(proof.contains("async fn void"), ops.contains(&"void"));
        }
    }
}
