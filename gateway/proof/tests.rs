//! Signing, tampering, chains and bundles.

use jiff::Timestamp;
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use secrecy::SecretString;
use serde_json::json;

use super::{
    Bundle, BundleFact, Evidence, FORMAT, KeySet, Kind, ProofError, SigningKey, Statement, Trigger,
    canonical, sha256_hex, verify, verify_chain,
};

/// The seed of RFC 8032's first test.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

fn key() -> SigningKey {
    SigningKey::parse(&SecretString::from(SEED)).unwrap()
}

fn keys() -> KeySet {
    KeySet { keys: vec![key().public().clone()] }
}

fn statement(sequence: u32, previous: Option<String>) -> Statement {
    let at: Timestamp = "2026-09-20T10:00:00Z".parse().unwrap();
    Statement {
        format: FORMAT.to_owned(),
        id: format!("d{sequence}"),
        kind: Kind::Claim,
        tenant: "t1".to_owned(),
        marketplace: "amazon.de".to_owned(),
        order: "o1".to_owned(),
        subject: format!("c{sequence}"),
        sequence,
        previous,
        supersedes: None,
        trigger: Trigger::Asked,
        rule_set: "2026-10-10.12345678".to_owned(),
        evaluated_at: at,
        facts_sha256: sha256_hex(b"{}"),
        evidence: vec![Evidence {
            id: "scans".to_owned(),
            version: "3".to_owned(),
            kind: "SCANS".to_owned(),
            sha256: sha256_hex(b"scanned"),
            occurred_at: at,
            recorded_at: at,
        }],
        outcome: json!({"is_protected": true, "\u{20ac}": 1, "a": [1, 2.5, null]}),
    }
}

fn chain() -> Vec<String> {
    let mut documents: Vec<String> = Vec::new();
    for sequence in 1..=3 {
        let previous = documents.last().map(|document| sha256_hex(document.as_bytes()));
        documents.push(key().sign(&statement(sequence, previous)).unwrap());
    }
    documents
}

#[test]
fn a_key_has_the_public_half_and_the_name_that_the_standards_give() {
    let public = key().public().clone();
    // RFC 8032, section 7.1, and RFC 8037, appendix A.3.
    assert_eq!(public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert!(!format!("{:?}", key()).contains("9d61"));
    let set = serde_json::to_vec(&keys()).unwrap();
    assert_eq!(KeySet::parse(&set).unwrap(), keys());
    assert_eq!(KeySet::parse(&serde_json::to_vec(&public).unwrap()).unwrap(), keys());
    assert!(SigningKey::parse(&SecretString::from("zz")).is_err());
    let made = SigningKey::generate().unwrap();
    assert_ne!(SigningKey::parse(&made).unwrap().public(), key().public());
}

#[test]
fn canonical_json_is_that_of_the_standard() {
    let value = json!({
        "numbers": [333_333_333.333_333_3, 1e30, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001],
        "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
        "literals": [null, true, false]
    });
    // RFC 8785, section 3.2.2.
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), expected);
    // Keys go by UTF-16 and not by code point.
    let keys = json!({"\u{fb33}": 1, "\u{1f600}": 2, "1": 3});
    assert_eq!(canonical(&keys).unwrap(), "{\"1\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}".as_bytes());
}

#[test]
fn what_was_signed_verifies_and_nothing_else_does() {
    let document = key().sign(&statement(1, None)).unwrap();
    assert_eq!(key().sign(&statement(1, None)).unwrap(), document, "a signature is always the same");
    let verified = verify(&format!("{document}\n"), &keys()).unwrap();
    assert_eq!((verified.statement, verified.key), (statement(1, None), key().public().clone()));
    assert_eq!(
        verify(&document, &KeySet::default()),
        Err(ProofError::UnknownKey(key().public().kid.clone()))
    );
    assert!(matches!(verify("a.b", &keys()), Err(ProofError::NotSigned(_))));
    let parts: Vec<_> = document.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwia2lkIjoiIiwidHlwIjoiIn0";
    let unsigned = format!("{none}.{}.", parts[1]);
    assert!(matches!(verify(&unsigned, &keys()), Err(ProofError::OtherHeader { field: "alg", .. })));
}

#[test]
fn a_chain_holds_only_whole_and_in_its_order() {
    let whole = chain();
    assert_eq!(verify_chain(&whole, &keys()).unwrap().len(), 3);
    let position = |documents: &[String]| match verify_chain(documents, &keys()) {
        Err(ProofError::BrokenChain { position, .. }) => position,
        other => panic!("{other:?}"),
    };
    assert_eq!(position(&[whole[0].clone(), whole[2].clone()]), 2, "one is missing");
    assert_eq!(position(&[whole[1].clone(), whole[0].clone()]), 1, "they are turned around");
    let fork = key().sign(&statement(2, Some(sha256_hex(b"other")))).unwrap();
    assert_eq!(position(&[whole[0].clone(), fork]), 2, "it follows another first one");
    let again = Statement { subject: "c1".to_owned(), ..statement(2, Some(sha256_hex(whole[0].as_bytes()))) };
    let silent = key().sign(&again).unwrap();
    assert_eq!(position(&[whole[0].clone(), silent]), 2, "it does not say what it supersedes");
    let told = Statement { supersedes: Some("d1".to_owned()), ..again };
    let told = key().sign(&told).unwrap();
    assert!(verify_chain(&[whole[0].clone(), told], &keys()).is_ok());
}

#[test]
fn a_bundle_shows_its_evidence_or_only_hashes() {
    let fact =
        |body: &str| BundleFact { id: "scans".to_owned(), version: "3".to_owned(), body: body.to_owned() };
    let bundle =
        |facts| Bundle { format: Bundle::FORMAT.to_owned(), decisions: chain(), facts, keys: keys() };
    let shown = bundle(vec![fact("c2Nhbm5lZA==")]);
    let read = Bundle::parse(&serde_json::to_vec(&shown).unwrap()).unwrap();
    let checked = read.verify(None).unwrap();
    assert_eq!((checked.shown, checked.hashes_only), (3, 0));
    assert_eq!(bundle(Vec::new()).verify(Some(&keys())).unwrap().hashes_only, 3);
    let altered = bundle(vec![fact("c2Nhbm5lZCE=")]).verify(None);
    assert_eq!(altered, Err(ProofError::AlteredEvidence { id: "scans".to_owned() }));
}

proptest! {
    #[test]
    fn no_changed_byte_goes_unseen(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let document = key().sign(&statement(1, None)).unwrap();
        let mut bytes = document.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(verify(&changed, &keys()).is_err() || changed.trim() == document);
    }

    #[test]
    fn canonical_json_read_again_is_the_same(number in any::<f64>(), text in any::<String>(), whole in any::<i32>()) {
        let value = json!({ text.clone(): [number, whole, text], "a": null });
        let once = canonical(&value).unwrap();
        let again: serde_json::Value = serde_json::from_slice(&once).unwrap();
        prop_assert_eq!(canonical(&again).unwrap(), once);
    }
}
