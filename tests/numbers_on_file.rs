//! Numbers on file as callers give them.

use parcelgate::api::proto::{google_type, v1};
use tonic::Code;

use crate::orders::order;
use crate::served::Served;

fn codes(decision: &v1::RegionalDecision) -> Vec<&str> {
    decision.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The order from China to Germany with another value of its first number.
fn with_number(kind: v1::IdentifierType, value: &str) -> v1::RateRequest {
    let mut request = order("cn-to-de-50-eur");
    let number = request.identifiers.first_mut().unwrap();
    number.set_type(kind);
    value.clone_into(&mut number.value);
    request
}

#[tokio::test]
async fn a_mistyped_number_is_rated_with_its_code_and_not_bought() {
    let served = Served::start().await;
    let request = with_number(v1::IdentifierType::Ioss, "IN2761234567");
    let rated = served.shipping().rate(request.clone()).await.unwrap().into_inner();
    let decision = rated.quote.unwrap().regional_decision.unwrap();
    assert!(codes(&decision).contains(&"E_ID_FORMAT:IOSS"), "{:?}", codes(&decision));
    assert_eq!(decision.severity(), v1::Severity::Block);
    let words = decision.explanation.join(" ");
    assert!(words.contains("send the IM number") && !words.contains("2761234567"), "{words}");

    let wanted = v1::PurchaseRequest {
        idempotency_key: "mistyped".to_owned(),
        selection: Some(v1::purchase_request::Selection::Pick(v1::PickSelection {
            rate_request: Some(request),
            criterion: v1::PickCriterion::Cheapest.into(),
        })),
        ..v1::PurchaseRequest::default()
    };
    let refused = served.shipping().purchase(wanted).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused}");
    assert_eq!(served.labels_made(), 0);
}

#[tokio::test]
async fn every_type_of_number_is_taken() {
    let served = Served::start().await;
    for value in 1..=32 {
        let kind = v1::IdentifierType::try_from(value).unwrap();
        let mut request = with_number(kind, "1234567");
        request.identifiers[0].issuing_country = "BR".to_owned();
        let request = v1::AssessRequest {
            ship_from: request.ship_from,
            ship_to: request.ship_to,
            parcels: request.parcels,
            items: request.items,
            identifiers: request.identifiers,
            ..v1::AssessRequest::default()
        };
        let assessed = served
            .customs()
            .assess(request)
            .await
            .unwrap_or_else(|status| panic!("{kind:?}: {status}"))
            .into_inner();
        assert!(!assessed.decision.unwrap().scheme.is_empty(), "{kind:?}");
    }
}

/// Parcels of one order are one consignment, however they are shipped.
#[tokio::test]
async fn a_split_order_is_tested_as_a_whole() {
    let served = Served::start().await;
    let mut request = order("cn-to-de-50-eur");
    let other = google_type::Money { currency_code: "EUR".into(), units: 120, nanos: 0 };
    let mut others = vec![v1::OtherShipment { goods_value: Some(other), same_order: true }];
    for (same_order, code) in [(true, "W_IOSS_DROPPED:OVER_150"), (false, "W_SPLIT")] {
        others[0].same_order = same_order;
        request.order.get_or_insert_default().other_shipments.clone_from(&others);
        let rated = served.shipping().rate(request.clone()).await.unwrap().into_inner();
        let decision = rated.quote.unwrap().regional_decision.unwrap();
        assert!(codes(&decision).contains(&code), "{same_order}: {:?}", codes(&decision));
    }
}
