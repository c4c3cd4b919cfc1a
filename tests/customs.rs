//! The regional decision over the wire: for a request, for each service, with
//! the shipment that is bought.

use parcelgate::api::proto::{google_type, v1};
use tonic::Code;
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

fn party(name: &str, line: &str, city: &str, postcode: &str, country: &str, phone: &str) -> v1::Party {
    v1::Party {
        name: name.into(),
        lines: vec![line.into()],
        city: city.into(),
        postcode: postcode.into(),
        country: country.into(),
        phone: phone.into(),
        residential: Some(true),
        ..Default::default()
    }
}

fn number(kind: v1::IdentifierType, value: &str) -> v1::IdentifierOnFile {
    v1::IdentifierOnFile {
        r#type: kind.into(),
        value: value.into(),
        holder: v1::IdentifierHolder::Seller.into(),
        ..Default::default()
    }
}

/// A shop in Germany sells a watch to the United States.
fn de_to_us(incoterm: v1::Incoterm) -> v1::RateRequest {
    let mut request = order("de-domestic");
    let mut to = party("Ann Porter", "1600 Main Street", "Seattle", "98101", "US", "+1 206 555 0147");
    to.subdivision = "WA".into();
    request.ship_to = Some(to);
    let item = &mut request.items[0];
    item.quantity = 1;
    item.description = "Wrist watch, steel, quartz".into();
    item.hs_code = "9102114510".into();
    item.origin_country = "DE".into();
    item.unit_value = Some(google_type::Money { currency_code: "EUR".into(), units: 120, nanos: 0 });
    request.requirements = None;
    request.incoterm = incoterm.into();
    request
}

async fn rated(served: &Served, request: v1::RateRequest) -> v1::RateResponse {
    served.shipping().rate(request).await.unwrap().into_inner()
}

fn decision_of(rated: &v1::RateResponse) -> v1::RegionalDecision {
    rated.quote.as_ref().unwrap().regional_decision.clone().unwrap()
}

fn purchase(key: &str, rated: &v1::RateResponse, offer: &v1::Offer) -> v1::PurchaseRequest {
    let quote_id = rated.quote.as_ref().unwrap().id.clone();
    let offer = v1::OfferSelection { quote_id, offer_id: offer.id.clone() };
    v1::PurchaseRequest {
        idempotency_key: key.into(),
        selection: Some(v1::purchase_request::Selection::Offer(offer)),
        ..Default::default()
    }
}

fn reasons(rated: &v1::RateResponse) -> Vec<(String, String)> {
    let all = rated.ineligible.iter().flat_map(|one| &one.reasons);
    all.map(|reason| (reason.code.clone(), reason.observed.clone())).collect()
}

#[tokio::test]
async fn mail_to_the_us_needs_prepaid_duty_and_express_does_not() {
    let served = Served::start().await;
    let rated = rated(&served, de_to_us(v1::Incoterm::Dap)).await;
    let found = ("REGIONAL_BLOCK".to_owned(), "E_DDP_REQUIRED".to_owned());
    assert!(reasons(&rated).contains(&found), "{:?}", rated.ineligible);
    let told = rated.ineligible.iter().flat_map(|one| &one.reasons).find(|one| one.code == found.0).unwrap();
    assert!(told.remedy.contains("DDP") && told.rule_id == "service.clearance", "{told:?}");
    assert_ne!(decision_of(&rated).severity(), v1::Severity::Block, "others can carry it");
    assert!(!rated.offers.is_empty());
}

#[tokio::test]
async fn the_offer_that_is_bought_keeps_its_own_decision() {
    let served = Served::start().await;
    let rated = rated(&served, de_to_us(v1::Incoterm::Ddp)).await;
    assert_eq!(decision_of(&rated).scheme, "US_EXPRESS_INFORMAL");
    let (own, others): (Vec<_>, Vec<_>) =
        rated.offers.iter().partition(|offer| offer.regional_decision.is_some());
    assert!(!own.is_empty() && !others.is_empty(), "{:?} {:?}", rated.ineligible, rated.carriers);
    for (key, offer, scheme) in
        [("mail", own[0], "US_POSTAL_INFORMAL"), ("express", others[0], "US_EXPRESS_INFORMAL")]
    {
        let bought = served.shipping().purchase(purchase(key, &rated, offer)).await.unwrap().into_inner();
        let shipment_id = bought.shipment.unwrap().id;
        let get = v1::GetShipmentRequest { shipment_id };
        let kept = served.shipping().get_shipment(get).await.unwrap().into_inner().shipment.unwrap();
        let decision = kept.regional_decision.unwrap();
        assert_eq!(decision.scheme, scheme);
        assert_eq!(decision.terms.unwrap().incoterm(), v1::Incoterm::Ddp);
        if let Some(offered) = &offer.regional_decision {
            assert_eq!(offered.scheme, decision.scheme);
        }
    }
}

#[tokio::test]
async fn a_service_without_a_place_for_a_required_number_is_not_offered() {
    let served = Served::start().await;
    let mut request = order("fr-domestic");
    request.ship_to = Some(party("Kari Nord", "Karl Johans gate 1", "Oslo", "0154", "NO", "+47 22 41 00 00"));
    request.items = order("de-domestic").items;
    request.items[0].description = "Mugs, stoneware, glazed".into();
    request.items[0].hs_code = "691200".into();
    request.items[0].origin_country = "FR".into();
    request.items[0].parcel_index = None;
    request.parcels.truncate(1);
    request.incoterm = v1::Incoterm::Ddp.into();
    request.identifiers = vec![number(v1::IdentifierType::Voec, "VOEC2001234")];
    let told = rated(&served, request.clone()).await;
    assert_eq!(decision_of(&told).scheme, "NO_VOEC", "{:?}", decision_of(&told));
    let found = ("CANNOT_CARRY_ID".to_owned(), "E_FIELD:CARRIER_CANNOT_CARRY:VOEC".to_owned());
    assert!(reasons(&told).contains(&found), "{:?}", told.ineligible);
    let without: Vec<_> = told.ineligible.iter().map(|one| one.carrier.clone()).collect();
    assert!(told.offers.iter().all(|offer| !without.contains(&offer.carrier)), "{without:?}");
    assert!(!told.offers.is_empty(), "somebody carries it: {:?}", told.carriers);

    request.identifiers.clear();
    assert!(!reasons(&rated(&served, request).await).contains(&found), "nothing has to go along");
}

#[tokio::test]
async fn what_forbids_it_everywhere_is_rated_and_never_bought() {
    let served = Served::start().await;
    let mut request = order("gb-to-fr");
    request.items[0].hs_code.clear();
    let told = rated(&served, request).await;
    let decision = decision_of(&told);
    assert_eq!(decision.severity(), v1::Severity::Block);
    let worst = &decision.findings[0];
    assert_eq!((worst.code.as_str(), worst.severity()), ("E_FIELD:HS6", v1::Severity::Block));
    assert!(worst.remedy.contains("items[].hs_code"), "{worst:?}");
    let missing = decision.data.iter().find(|one| one.missing).unwrap();
    assert_eq!((missing.key.as_str(), missing.field.as_str()), ("HS6", "items[].hs_code"));
    let offer = told.offers.first().unwrap_or_else(|| unreachable!("{:?}", told.ineligible));
    let refused = served.shipping().purchase(purchase("k", &told, offer)).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(refused.get_error_details().error_info().unwrap().reason, "REGIONAL_BLOCK");
    assert!(refused.message().contains("E_FIELD:HS6"), "{}", refused.message());
    assert_eq!(served.labels_made(), 0);
}

fn preview_of(request: v1::RateRequest) -> v1::PreviewDutyRequest {
    v1::PreviewDutyRequest {
        order: request.order,
        ship_from: request.ship_from,
        ship_to: request.ship_to,
        parcels: request.parcels,
        items: request.items,
        ship_at: request.ship_at,
        content_type: request.content_type,
        incoterm: request.incoterm,
        invoice: request.invoice,
        identifiers: request.identifiers,
        tax_policy: request.tax_policy,
    }
}

#[tokio::test]
async fn duty_is_told_as_far_as_it_is_known_with_who_pays_it() {
    let served = Served::start().await;
    let request = order("cn-to-de-50-eur");
    let known = served.customs().preview_duty(preview_of(request.clone())).await.unwrap().into_inner();
    let three = google_type::Money { currency_code: "EUR".into(), units: 3, nanos: 0 };
    assert_eq!(known.lines.len(), 1);
    assert_eq!(
        (known.lines[0].amount.clone(), known.lines[0].hs_code.as_str()),
        (Some(three.clone()), "610910")
    );
    let due = |kind: v1::DueKind| known.dues.iter().find(|due| due.kind() == kind).unwrap();
    assert_eq!(
        (due(v1::DueKind::Duty).amount.clone(), due(v1::DueKind::Duty).payer()),
        (Some(three), v1::Payer::Seller)
    );
    assert_eq!(due(v1::DueKind::Tax).payer(), v1::Payer::PaidWithSale);
    assert!(known.terms.unwrap().fit);

    let mut dap = request;
    dap.incoterm = v1::Incoterm::Dap.into();
    let known = served.customs().preview_duty(preview_of(dap)).await.unwrap().into_inner();
    let terms = known.terms.unwrap();
    assert!(
        !terms.fit && terms.payer() == v1::Payer::Recipient && terms.message.contains("DDP"),
        "{terms:?}"
    );

    let known = served.customs().preview_duty(preview_of(order("us-to-ca"))).await.unwrap().into_inner();
    assert!(
        known.unknown.iter().any(|words| words.contains("no database of tariffs")),
        "{:?}",
        known.unknown
    );
    assert!(known.dues.iter().all(|due| due.amount.is_none()), "nothing is guessed: {:?}", known.dues);
    let used = known.decision.unwrap().exchange_rates;
    assert!(used.iter().all(|rate| !rate.source.is_empty()) && !used.is_empty());

    let known = served.customs().preview_duty(preview_of(order("us-domestic"))).await.unwrap().into_inner();
    assert!(known.dues.is_empty() && known.terms.is_none() && known.unknown.is_empty(), "{known:?}");
}
