//! Tracking numbers and marketplaces' carriers over the wire.

use parcelgate::api::proto::{google_type, v1};
use tonic::Code;
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

async fn identify(served: &Served, number: &str) -> Vec<v1::TrackingNumberCandidate> {
    let request =
        v1::IdentifyTrackingNumberRequest { tracking_number: number.to_owned(), country: String::new() };
    served.carriers().identify_tracking_number(request).await.unwrap().into_inner().candidates
}

async fn validate(
    served: &Served,
    request: v1::ValidateTrackingNumberRequest,
) -> v1::ValidateTrackingNumberResponse {
    served.carriers().validate_tracking_number(request).await.unwrap().into_inner()
}

fn claim(carrier: &str, number: &str) -> v1::ValidateTrackingNumberRequest {
    v1::ValidateTrackingNumberRequest {
        carrier: carrier.to_owned(),
        tracking_number: number.to_owned(),
        ..Default::default()
    }
}

fn codes(answer: &v1::ValidateTrackingNumberResponse) -> Vec<&str> {
    answer.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test]
async fn an_adapters_numbers_are_its_own() {
    let served = Served::start().await;
    // Every number of a descriptor is known as its carrier's, and a mistyped
    // one is not where the check digit is firm.
    for entry in parcelgate_adapters::all() {
        for format in entry.carrier.descriptor().numbers {
            let found = identify(&served, &format.example.to_lowercase()).await;
            let own = found.iter().find(|candidate| candidate.carrier == entry.id());
            let own = own.unwrap_or_else(|| panic!("{}: {found:?}", format.example));
            assert!(own.served && !own.why.is_empty(), "{own:?}");
            let valid = validate(&served, claim(entry.id(), format.example)).await;
            assert!(valid.valid, "{}: {}", format.example, valid.message);
        }
        assert_eq!(codes(&validate(&served, claim(entry.id(), "??")).await), ["BAD_CHARACTERS"]);
        let services = entry.carrier.descriptor().services;
        let format = entry.carrier.descriptor().numbers[0];
        let service = |code: &str| v1::ValidateTrackingNumberRequest {
            service: code.to_owned(),
            ..claim(entry.id(), format.example)
        };
        let no_such = validate(&served, service("no-such-service")).await;
        assert_eq!(codes(&no_such), ["CARRIER_SERVICE_MISMATCH"]);
        assert!(validate(&served, service(services[0].code)).await.valid);
    }
}

#[tokio::test]
async fn carriers_that_are_not_spoken_to_are_known_by_their_numbers() {
    let served = Served::start().await;
    let first = identify(&served, "9400 1112 0108 0805 4830 16").await.swap_remove(0);
    assert_eq!(first.confidence(), v1::MatchConfidence::High, "{first:?}");
    assert_eq!(first.check_digit(), v1::CheckDigitVerdict::Right);
    let right = validate(&served, claim(&first.carrier, "9400111201080805483016")).await;
    assert!(right.valid && right.message.is_empty() && right.read_as.is_some(), "{right:?}");
    let wrong = validate(&served, claim(&first.carrier, "9400111201080805483017")).await;
    assert!(!wrong.valid && codes(&wrong) == ["CHECK_DIGIT"], "{wrong:?}");
    assert!(!wrong.findings[0].way_out.is_empty());
    let unknown = served.carriers().validate_tracking_number(claim("nobody", "123456")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_number_that_another_shipment_has_is_told_of() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let offer = v1::OfferSelection {
        quote_id: rated.quote.as_ref().unwrap().id.clone(),
        offer_id: rated.offers[0].id.clone(),
    };
    let wanted = v1::PurchaseRequest {
        idempotency_key: "k-1".to_owned(),
        selection: Some(v1::purchase_request::Selection::Offer(offer)),
        ..Default::default()
    };
    let bought = served.shipping().purchase(wanted).await.unwrap().into_inner().shipment.unwrap();
    let carrier = rated.offers[0].carrier.clone();
    let number = bought.parcels[0].tracking_number.clone();

    let again = validate(&served, claim(&carrier, &number)).await;
    assert_eq!(codes(&again), ["DUPLICATE_ID"]);
    assert!(again.findings[0].message.contains(&bought.id), "{again:?}");
    let own =
        v1::ValidateTrackingNumberRequest { shipment_id: bought.id.clone(), ..claim(&carrier, &number) };
    assert!(validate(&served, own).await.valid);

    let voided = v1::VoidRequest { shipment_id: bought.id };
    served.shipping().void(voided).await.unwrap();
    assert!(validate(&served, claim(&carrier, &number)).await.valid, "a voided label gives its number back");
}

#[tokio::test]
async fn a_marketplace_tells_its_carriers() {
    let served = Served::start().await;
    let list = async |marketplace: &str, date| {
        let request = v1::ListApprovedCarriersRequest {
            marketplace: marketplace.to_owned(),
            date,
            ..Default::default()
        };
        served.carriers().list_approved_carriers(request).await
    };
    let listed =
        list("de", Some(google_type::Date { year: 2024, month: 6, day: 1 })).await.unwrap().into_inner();
    assert!(listed.requirement.contains("2025-01-15"), "{}", listed.requirement);
    for carrier in &listed.carriers {
        let entry = parcelgate_adapters::all().into_iter().find(|entry| entry.id() == carrier.carrier);
        let tracks = entry.as_ref().is_some_and(|entry| entry.carrier.descriptor().capabilities.track);
        assert_eq!((carrier.served, carrier.real_time_status), (entry.is_some(), tracks), "{carrier:?}");
        assert!(!carrier.source.is_empty() && carrier.verified_on.is_some(), "{carrier:?}");
    }
    assert!(listed.carriers.iter().any(|carrier| carrier.real_time_status));
    assert!(listed.carriers.iter().any(|carrier| !carrier.served));
    assert!(list("DE", None).await.unwrap().into_inner().date.is_some());

    let none = list("ZW", None).await.unwrap_err();
    assert!(none.message().contains("marketplace") || none.get_error_details().bad_request().is_some());
    assert_eq!(list("", None).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_marketplaces_list_is_part_of_the_validation() {
    let served = Served::start().await;
    let typed = |name: &str| v1::ValidateTrackingNumberRequest {
        carrier_name: name.to_owned(),
        marketplace: "IT".to_owned(),
        ..claim("", "123456789012")
    };
    assert_eq!(codes(&validate(&served, typed("Bartolini")).await), ["CARRIER_VIA_OTHER"]);
    let stranger = validate(&served, typed("My own van")).await;
    assert!(stranger.valid && codes(&stranger) == ["NOT_INTEGRATED"], "{stranger:?}");
    let both = v1::ValidateTrackingNumberRequest { carrier: "acme".to_owned(), ..typed("Acme") };
    let refused = served.carriers().validate_tracking_number(both).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
