//! Protection over the wire: a label that was bought and followed here, a complaint about it, the decision and its proof.

use jiff::{SignedDuration, Timestamp};
use parcelgate::api::proto::v1;
use parcelgate::proof::{Bundle, KeySet, verify};
use tonic::Code;
use tonic_types::StatusExt;
use v1::decision::Outcome;
use v1::order_fact::Fact;

use crate::orders::order;
use crate::served::Served;

const MARKET: &str = "amazon.com";
const ORDER: &str = "903-1";

fn at(text: &str) -> Option<prost_types::Timestamp> {
    let at: Timestamp = text.parse().unwrap();
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

async fn tell(served: &Served, id: &str, version: u64, when: &str, fact: Fact) {
    let fact = v1::OrderFact {
        order_id: ORDER.into(),
        fact_id: id.into(),
        version,
        occurred_at: at(when),
        fact: Some(fact),
    };
    let request = v1::ReportOrderFactsRequest { marketplace_id: MARKET.into(), facts: vec![fact] };
    let answer = served.marketplaces().report_order_facts(request).await.unwrap().into_inner();
    assert_eq!(answer.receipts[0].outcome(), v1::FactOutcome::Recorded);
}

async fn settled(served: &Served) {
    while served.gateway.measure().await.unwrap() > 0 {}
}

/// A label that was bought here for an order, and delivered.
async fn delivered() -> Served {
    let served = Served::start().await;
    let mut wanted = order("us-domestic");
    wanted.order = Some(v1::Order {
        marketplace_id: MARKET.into(),
        marketplace_country: "US".into(),
        order_id: ORDER.into(),
        ordered_at: at("2026-08-31T20:00:00Z"),
        ship_by: at("2026-09-30T20:00:00Z"),
        deliver_by_promised: at("2026-09-30T20:00:00Z"),
        deliver_by_seller: at("2026-09-30T20:00:00Z"),
        ..Default::default()
    });
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: "k-1".into(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    let bought = served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap();
    served.clock.advance(SignedDuration::from_hours(24 * 45));
    let target = Some(v1::track_request::Target::ShipmentId(bought.id));
    served.shipping().track(v1::TrackRequest { target }).await.unwrap();
    settled(&served).await;
    served
}

async fn with_claim() -> Served {
    let served = delivered().await;
    let message =
        |from: v1::OrderParty| Fact::Message(v1::OrderMessage { from: from.into(), about_delivery: true });
    tell(&served, "asked", 1, "2026-10-04T10:00:00Z", message(v1::OrderParty::Buyer)).await;
    tell(&served, "answered", 1, "2026-10-05T10:00:00Z", message(v1::OrderParty::Seller)).await;
    let claim = v1::OrderClaim {
        kind: v1::ClaimKind::NotReceived.into(),
        state: v1::ClaimState::Open.into(),
        ..Default::default()
    };
    tell(&served, "claim-1", 1, "2026-10-10T10:00:00Z", Fact::Claim(claim)).await;
    served
}

async fn claim(served: &Served) -> v1::Decision {
    let request = v1::EvaluateClaimRequest {
        marketplace_id: MARKET.into(),
        order_id: ORDER.into(),
        ..Default::default()
    };
    served.protections().evaluate_claim(request).await.unwrap().into_inner().decision.unwrap()
}

fn of_claim(decision: &v1::Decision) -> &v1::ClaimOutcome {
    let Some(Outcome::Claim(outcome)) = &decision.outcome else { panic!("{decision:?}") };
    outcome
}

async fn keys(served: &Served) -> KeySet {
    let answer = served.protections().list_keys(v1::ListKeysRequest {}).await.unwrap().into_inner();
    KeySet::parse(&answer.keys).unwrap()
}

async fn verified(served: &Served, document: Vec<u8>) -> v1::VerifyDecisionResponse {
    let request = v1::VerifyDecisionRequest { document: document.into(), ..Default::default() };
    served.protections().verify_decision(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_claim_about_a_parcel_that_was_sent_in_time_is_the_marketplaces() {
    let served = with_claim().await;
    let decision = claim(&served).await;
    let outcome = of_claim(&decision);
    assert_eq!(outcome.protected, Some(true), "{decision:?}");
    let payer = outcome.buyer_refunded_by.as_ref().unwrap();
    assert_eq!((payer.certain, payer.value()), (true, v1::RefundPayer::Marketplace));
    assert_eq!(outcome.counts_as_defect.as_ref().unwrap().value, Some(false));
    let scan = decision.trace.iter().find(|line| line.fact.ends_with("first_scan")).unwrap();
    assert_eq!(
        (scan.rule_id.as_str(), scan.holds.as_str(), scan.source.as_str()),
        ("CLP-04", "YES", "gateway")
    );
    let told = decision.trace.iter().find(|line| line.fact == "state").unwrap();
    assert_eq!(told.source, "marketplace");

    // Whoever has the keys needs no gateway.
    let found = verify(&decision.document, &keys(&served).await).unwrap();
    assert_eq!((found.statement.id.as_str(), found.statement.sequence), (decision.id.as_str(), 1));
    let answer = verified(&served, decision.document.clone().into_bytes()).await;
    assert!(answer.valid && answer.statements[0].contains("\"MARKETPLACE\""), "{answer:?}");
    let mut altered = decision.document.clone().into_bytes();
    let middle = altered.len() / 2;
    altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
    let answer = verified(&served, altered).await;
    assert!(!answer.valid && answer.problem.contains("signature"), "{answer:?}");

    assert_eq!(claim(&served).await, decision, "nothing has changed");
    let request = v1::GetDecisionRequest { decision_id: decision.id.clone() };
    let same = served.protections().get_decision(request).await.unwrap().into_inner().decision.unwrap();
    assert_eq!(same, decision);
}

#[tokio::test]
async fn a_fact_that_comes_late_supersedes_and_rewrites_nothing() {
    let served = with_claim().await;
    let first = claim(&served).await;
    served.clock.advance(SignedDuration::from_hours(1));
    let refund = v1::OrderRefund { paid_by: v1::OrderParty::Seller.into(), ..Default::default() };
    tell(&served, "refund", 1, "2026-10-11T10:00:00Z", Fact::Refund(refund)).await;
    settled(&served).await;
    let bundle = |hashes_only| v1::ExportBundleRequest {
        marketplace_id: MARKET.into(),
        order_id: ORDER.into(),
        hashes_only,
    };
    let exported = served.protections().export_bundle(bundle(false)).await.unwrap().into_inner().bundle;
    let checked = Bundle::parse(&exported).unwrap().verify(Some(&keys(&served).await)).unwrap();
    assert_eq!(checked.hashes_only, 0);
    let [before, after] = checked.decisions.as_slice() else { panic!("{checked:?}") };
    assert_eq!(before.statement.id, first.id);
    assert_eq!(after.statement.supersedes.as_deref(), Some(first.id.as_str()));
    let request = v1::GetDecisionRequest { decision_id: after.statement.id.clone() };
    let second = served.protections().get_decision(request).await.unwrap().into_inner().decision.unwrap();
    assert_eq!((second.trigger.as_str(), second.sequence), ("FACT", 2));
    let payer = of_claim(&second).buyer_refunded_by.as_ref().unwrap();
    assert_eq!((payer.certain, payer.value()), (true, v1::RefundPayer::Seller));
    assert_eq!(claim(&served).await, second);

    let answer = verified(&served, exported.to_vec()).await;
    assert!(answer.valid && answer.statements.len() == 2, "{answer:?}");
    let short = served.protections().export_bundle(bundle(true)).await.unwrap().into_inner().bundle;
    let answer = verified(&served, short.to_vec()).await;
    assert!(answer.valid && answer.evidence_shown == 0 && answer.evidence_hashes_only > 0, "{answer:?}");

    let asked = v1::SubscribeRequest { kinds: vec!["protection.*".into()], ..Default::default() };
    let mut events = served.events().subscribe(asked).await.unwrap().into_inner();
    let mut made = Vec::new();
    while made.len() < 2 {
        let Some(event) = events.message().await.unwrap().unwrap().event else { continue };
        let Some(v1::event::Payload::Decision(decision)) = event.payload else { panic!("{event:?}") };
        made.push(decision);
    }
    assert_eq!(
        (made[1].decision_id.as_str(), made[1].supersedes.as_str()),
        (second.id.as_str(), first.id.as_str())
    );
}

#[tokio::test]
async fn a_rating_about_the_delivery_alone_is_struck_with_a_note() {
    let served = delivered().await;
    let rating = Fact::Review(v1::OrderReview { stars: 1, struck: false });
    tell(&served, "rating-1", 1, "2026-10-08T10:00:00Z", rating).await;
    let request = |comment: &str| v1::EvaluateReviewRequest {
        marketplace_id: MARKET.into(),
        order_id: ORDER.into(),
        comment: comment.into(),
        ..Default::default()
    };
    let asked = |comment| {
        let (mut client, request) = (served.protections(), request(comment));
        async move { client.evaluate_review(request).await.unwrap().into_inner().decision.unwrap() }
    };
    let struck = asked("Package arrived late.").await;
    let Some(Outcome::Review(outcome)) = &struck.outcome else { panic!("{struck:?}") };
    assert_eq!(outcome.verdict(), v1::ReviewVerdict::Strike, "{struck:?}");
    assert!(!outcome.statement.is_empty() && outcome.statement_language == "en");
    assert!(!struck.document.contains("late") && !format!("{struck:?}").contains("arrived late"));
    let mixed = asked("Package arrived late and the quality is poor.").await;
    let Some(Outcome::Review(outcome)) = &mixed.outcome else { panic!("{mixed:?}") };
    assert_eq!(outcome.verdict(), v1::ReviewVerdict::Keep);
    assert_eq!(outcome.reasons, ["COMMENT_MIXED"]);
    assert_eq!(mixed.supersedes, struck.id);
}

/// The flips and the last progress.
async fn replayed(served: &Served, rules: &str) -> (Vec<v1::DecisionFlip>, v1::SimulationProgress) {
    use v1::simulate_rules_response::Part;
    let request = v1::SimulateRulesRequest { marketplace_id: MARKET.into(), rules: rules.into() };
    let mut parts = served.protections().simulate_rules(request).await.unwrap().into_inner();
    let (mut flips, mut last) = (Vec::new(), v1::SimulationProgress::default());
    while let Some(part) = parts.message().await.unwrap() {
        match part.part.unwrap() {
            Part::Flip(flip) => flips.push(*flip),
            Part::Progress(progress) => last = progress,
        }
    }
    (flips, last)
}

#[tokio::test]
async fn other_rules_are_tried_out_on_history_and_change_none_of_it() {
    let served = with_claim().await;
    let before = claim(&served).await;
    let rules = |days: i32| {
        format!(
            "[[claim]]\nid = \"CLP-04\"\nwords = \"a proposal\"\nsource = \"a proposal\"\nseen_on = \"2026-10-01\"\n\
             confidence = \"H\"\nsets = {{ SHIPPED_ON_TIME = {{ ends = \"END_OF_DAY\", more_days = {days} }} }}\n"
        )
    };
    let (flips, last) = replayed(&served, &rules(-45)).await;
    assert_eq!((last.orders, last.decided, last.flipped, last.done), (1, 1, 1, true));
    let after = flips[0].after.as_ref().unwrap();
    assert_eq!(of_claim(after).reasons[0].reason, "SHIPPED_LATE");
    assert!(after.document.is_empty(), "it is not signed");
    let (flips, last) = replayed(&served, &rules(1)).await;
    assert_eq!((flips.len(), last.flipped, last.done), (0, 0, true));
    assert_eq!(claim(&served).await, before);
}

#[tokio::test]
async fn what_cannot_be_decided_says_why() {
    let served = delivered().await;
    let asked = |order: &str, claim: &str| v1::EvaluateClaimRequest {
        marketplace_id: MARKET.into(),
        order_id: order.into(),
        claim_id: claim.into(),
    };
    let refused = |request| {
        let mut client = served.protections();
        async move { client.evaluate_claim(request).await.unwrap_err() }
    };
    assert_eq!(refused(asked("nobody", "")).await.code(), Code::NotFound);
    let error = refused(asked(ORDER, "")).await;
    assert_eq!(error.code(), Code::FailedPrecondition);
    assert_eq!(error.get_details_error_info().unwrap().reason, "NOTHING_TO_DECIDE");
    let rating = Fact::Review(v1::OrderReview { stars: 1, struck: false });
    tell(&served, "rating-1", 1, "2026-10-08T10:00:00Z", rating).await;
    let request = v1::EvaluateReviewRequest {
        marketplace_id: "shop.example".into(),
        order_id: ORDER.into(),
        comment: "late".into(),
        ..Default::default()
    };
    let error = served.protections().evaluate_review(request).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    let request = v1::EvaluateReviewRequest {
        marketplace_id: MARKET.into(),
        order_id: ORDER.into(),
        comment: " ".into(),
        language: "tlh".into(),
        rulings: vec![v1::ReviewRuling::default()],
        ..Default::default()
    };
    let error = served.protections().evaluate_review(request).await.unwrap_err();
    let fields: Vec<_> = error.get_details_bad_request().unwrap().field_violations;
    let fields: Vec<_> = fields.iter().map(|bad| bad.field.as_str()).collect();
    assert_eq!(fields, ["comment", "language", "rulings[0].by", "rulings[0].why", "rulings[0].on"]);
    let request =
        v1::SimulateRulesRequest { marketplace_id: MARKET.into(), rules: "[[claim]]\nid = 1\n".into() };
    let error = served.protections().simulate_rules(request).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
}
