//! What belongs to one tenant is not there for another.

use parcelgate::api::ApiSettings;
use parcelgate::api::proto::v1;
use parcelgate::tenancy::{Tenant, TenantId, TokenHash, generate_token};
use secrecy::ExposeSecret;
use tonic::{Code, Request};

use crate::orders::order;
use crate::served::Served;

fn with_token<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

fn tenant(name: &str) -> (Tenant, String) {
    let token = generate_token().unwrap().expose_secret().to_owned();
    let id = TenantId::parse(name).unwrap();
    (Tenant { id, tokens: vec![TokenHash::of_token(&token).unwrap()] }, token)
}

#[tokio::test]
async fn shipments_quotes_and_documents_belong_to_one_tenant() {
    let ((a, token_a), (b, token_b)) = (tenant("a"), tenant("b"));
    let linked = [a.id.clone(), b.id.clone()];
    let served = Served::with(&[a, b], &linked, ApiSettings::default()).await;

    let rated =
        served.shipping().rate(with_token(order("us-domestic"), &token_a)).await.unwrap().into_inner();
    let offer = v1::OfferSelection {
        quote_id: rated.quote.as_ref().unwrap().id.clone(),
        offer_id: rated.offers.first().unwrap().id.clone(),
    };
    let wanted = v1::PurchaseRequest {
        idempotency_key: "key".into(),
        selection: Some(v1::purchase_request::Selection::Offer(offer)),
        ..v1::PurchaseRequest::default()
    };
    let stolen = served.shipping().purchase(with_token(wanted.clone(), &token_b)).await.unwrap_err();
    assert_eq!(stolen.code(), Code::NotFound, "another tenant's quote");
    let bought = served.shipping().purchase(with_token(wanted, &token_a)).await.unwrap().into_inner();
    let shipment = bought.shipment.unwrap();
    let document = shipment.documents.first().unwrap().id.clone();

    let mut client = served.shipping();
    let get = v1::GetShipmentRequest { shipment_id: shipment.id.clone() };
    assert_eq!(client.get_shipment(with_token(get, &token_b)).await.unwrap_err().code(), Code::NotFound);
    let void = v1::VoidRequest { shipment_id: shipment.id.clone() };
    assert_eq!(client.void(with_token(void, &token_b)).await.unwrap_err().code(), Code::NotFound);
    let paper = v1::GetDocumentRequest { document_id: document, ..Default::default() };
    assert_eq!(client.get_document(with_token(paper, &token_b)).await.unwrap_err().code(), Code::NotFound);
    let target = Some(v1::track_request::Target::ShipmentId(shipment.id));
    let track = v1::TrackRequest { target };
    assert_eq!(client.track(with_token(track, &token_b)).await.unwrap_err().code(), Code::NotFound);
    let list = v1::ListShipmentsRequest::default();
    let listed = client.list_shipments(with_token(list, &token_b)).await.unwrap().into_inner();
    assert!(listed.shipments.is_empty());
}

#[tokio::test]
async fn a_call_without_a_known_token_is_turned_away() {
    let (a, token) = tenant("a");
    let served = Served::with(&[a], &[], ApiSettings::default()).await;
    let request = v1::ListShipmentsRequest::default();
    let mut client = served.shipping();
    assert_eq!(client.list_shipments(request.clone()).await.unwrap_err().code(), Code::Unauthenticated);
    let wrong = with_token(request.clone(), &token.to_uppercase());
    assert_eq!(client.list_shipments(wrong).await.unwrap_err().code(), Code::Unauthenticated);
    assert!(client.list_shipments(with_token(request, &token)).await.is_ok());
}
