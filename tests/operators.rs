//! The operators' service: what it refuses, and whom.

use parcelgate::api::ApiSettings;
use parcelgate::api::proto::v1;
use parcelgate::tenancy::{Tenant, TenantId, TokenHash, generate_token};
use secrecy::ExposeSecret;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use v1::resolve_purchase_request::Outcome;

use crate::served::Served;

fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let bad = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    bad.into_iter().map(|violation| violation.field).collect()
}

fn bought(numbers: &[&str], id: &str) -> Option<Outcome> {
    Some(Outcome::Bought(v1::LabelFound {
        tracking_numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
        carrier_shipment_id: id.to_owned(),
    }))
}

/// One row: what is done to a good word, and the fields that must be named.
type Row = (&'static str, fn(&mut v1::ResolvePurchaseRequest), &'static [&'static str]);

#[rustfmt::skip]
const WORDS: &[Row] = &[
    ("nothing at all", |r| *r = v1::ResolvePurchaseRequest::default(), &["tenant", "shipment_id", "evidence", "outcome"]),
    ("no tenant", |r| r.tenant.clear(), &["tenant"]),
    ("a tenant in capitals", |r| r.tenant = "DEMO".into(), &["tenant"]),
    ("no shipment", |r| r.shipment_id.clear(), &["shipment_id"]),
    ("a shipment with a line break", |r| r.shipment_id = "sh_\n1".into(), &["shipment_id"]),
    ("no outcome", |r| r.outcome = None, &["outcome"]),
    ("no evidence", |r| r.evidence = " ".into(), &["evidence"]),
    ("evidence of 2001 letters", |r| r.evidence = "x".repeat(2001), &["evidence"]),
    ("no numbers", |r| r.outcome = bought(&[], ""), &["bought.tracking_numbers"]),
    ("201 numbers", |r| r.outcome = bought(&["1Z999AA10123456784"; 201], ""), &["bought.tracking_numbers"]),
    ("an empty number", |r| r.outcome = bought(&["1Z999AA10123456784", ""], ""), &["bought.tracking_numbers[1]"]),
    ("an id of 101 letters", |r| r.outcome = bought(&["1Z999AA10123456784"], &"x".repeat(101)), &["bought.carrier_shipment_id"]),
];

fn word() -> v1::ResolvePurchaseRequest {
    v1::ResolvePurchaseRequest {
        tenant: "demo".into(),
        shipment_id: "sh_1".into(),
        outcome: Some(Outcome::NotBought(v1::NoLabel {})),
        evidence: "the carrier's portal".into(),
    }
}

#[tokio::test]
async fn a_bad_word_names_every_bad_field_and_changes_nothing() {
    let served = Served::start().await;
    let mut client = served.operators();
    for (name, spoil, expected) in WORDS {
        let mut request = word();
        spoil(&mut request);
        let refused = client.resolve_purchase(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{name}");
        let mut named = fields(&refused);
        named.sort();
        let mut expected: Vec<_> = expected.iter().map(|field| (*field).to_owned()).collect();
        expected.sort();
        assert_eq!(named, expected, "{name}");
    }
    let unknown = client.resolve_purchase(word()).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    for (size, token) in [(-1, ""), (201, ""), (0, "zz")] {
        let doubts = v1::ListInDoubtRequest { page_size: size, page_token: token.to_owned() };
        assert_eq!(client.list_in_doubt(doubts).await.unwrap_err().code(), Code::InvalidArgument);
        let alarms = v1::ListAlarmsRequest { page_size: size, page_token: token.to_owned() };
        assert_eq!(client.list_alarms(alarms).await.unwrap_err().code(), Code::InvalidArgument);
    }
    for (id, code) in [("", Code::InvalidArgument), ("x", Code::InvalidArgument), ("7", Code::NotFound)] {
        let close = v1::CloseAlarmRequest { alarm_id: id.to_owned() };
        assert_eq!(client.close_alarm(close).await.unwrap_err().code(), code, "{id:?}");
    }
}

#[tokio::test]
async fn a_tenants_token_opens_nothing_here() {
    let token = generate_token().unwrap().expose_secret().to_owned();
    let id = TenantId::parse("acme").unwrap();
    let tenant = Tenant { id: id.clone(), tokens: vec![TokenHash::of_token(&token).unwrap()] };
    let served = Served::with(&[tenant], &[id], ApiSettings::default()).await;
    for header in [None, Some(format!("Bearer {token}"))] {
        let mut request = Request::new(v1::ListInDoubtRequest::default());
        if let Some(header) = &header {
            request.metadata_mut().insert("authorization", header.parse().unwrap());
        }
        let refused = served.operators().list_in_doubt(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{header:?}");
    }
}
