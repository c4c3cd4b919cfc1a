//! Bad input gets the right code, names every bad field, and changes nothing.

use parcelgate::api::proto::{google_type, v1};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

/// One row: what is done to a good request, and the fields that must be named.
type Row = (&'static str, fn(&mut v1::RateRequest), &'static [&'static str]);

fn money(code: &str, units: i64, nanos: i32) -> Option<google_type::Money> {
    Some(google_type::Money { currency_code: code.to_owned(), units, nanos })
}

fn weight(value: &str, unit: v1::WeightUnit) -> Option<v1::Weight> {
    Some(v1::Weight { value: value.to_owned(), unit: unit.into() })
}

fn from(r: &mut v1::RateRequest) -> &mut v1::Party {
    r.ship_from.get_or_insert_default()
}

fn to(r: &mut v1::RateRequest) -> &mut v1::Party {
    r.ship_to.get_or_insert_default()
}

fn id(r: &mut v1::RateRequest, kind: v1::IdentifierType, value: &str) {
    r.identifiers = vec![v1::IdentifierOnFile {
        r#type: kind.into(),
        value: value.to_owned(),
        holder: v1::IdentifierHolder::Seller.into(),
        ..Default::default()
    }];
}

#[rustfmt::skip]
const RATE: &[Row] = &[
    ("nothing at all", |r| *r = v1::RateRequest::default(), &["ship_from", "ship_to", "parcels"]),
    ("no consignee", |r| r.ship_to = None, &["ship_to"]),
    ("no shipper", |r| r.ship_from = None, &["ship_from"]),
    ("no name", |r| { to(r).name.clear(); to(r).company.clear(); }, &["ship_to.name"]),
    ("name of 101 letters", |r| to(r).name = "x".repeat(101), &["ship_to.name"]),
    ("name of 1 MiB", |r| to(r).name = "x".repeat(1 << 20), &["ship_to.name"]),
    ("name with NUL", |r| to(r).name = "a\0b".into(), &["ship_to.name"]),
    ("name with a line break", |r| to(r).name = "a\nb".into(), &["ship_to.name"]),
    ("name that runs backwards", |r| to(r).name = "a\u{202e}b".into(), &["ship_to.name"]),
    ("name with a secret's marker", |r| to(r).name = "\u{F0000}password\u{F0001}".into(), &["ship_to.name"]),
    ("no street", |r| to(r).lines.clear(), &["ship_to.lines"]),
    ("four street lines", |r| to(r).lines = vec!["a".into(); 4], &["ship_to.lines"]),
    ("an empty street line", |r| to(r).lines = vec![String::new()], &["ship_to.lines[0]"]),
    ("no city", |r| to(r).city.clear(), &["ship_to.city"]),
    ("no country", |r| to(r).country.clear(), &["ship_to.country"]),
    ("unknown country", |r| to(r).country = "ZZ".into(), &["ship_to.country"]),
    ("country in three letters", |r| to(r).country = "USA".into(), &["ship_to.country"]),
    ("the United Kingdom as UK", |r| to(r).country = "UK".into(), &["ship_to.country"]),
    ("no postcode where there are some", |r| to(r).postcode.clear(), &["ship_to.postcode"]),
    ("postcode of another country", |r| to(r).postcode = "SW1A 1AA".into(), &["ship_to.postcode"]),
    ("no state where addresses have one", |r| to(r).subdivision.clear(), &["ship_to.subdivision"]),
    ("unknown state", |r| to(r).subdivision = "QQ".into(), &["ship_to.subdivision"]),
    ("telephone of letters", |r| to(r).phone = "call me".into(), &["ship_to.phone"]),
    ("e-mail without a host", |r| to(r).email = "a@b".into(), &["ship_to.email"]),
    ("two bad ends at once", |r| { from(r).city.clear(); to(r).country = "??".into(); }, &["ship_from.city", "ship_to.country"]),
    ("no parcel", |r| r.parcels.clear(), &["parcels"]),
    ("1,000 parcels", |r| { let p = r.parcels[0].clone(); r.parcels = vec![p; 1000]; }, &["parcels"]),
    ("parcel without weight", |r| r.parcels[0].weight = None, &["parcels[0].weight"]),
    ("negative weight", |r| r.parcels[0].weight = weight("-1", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight of nothing", |r| r.parcels[0].weight = weight("0", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight NaN", |r| r.parcels[0].weight = weight("NaN", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight infinite", |r| r.parcels[0].weight = weight("inf", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight 1e30", |r| r.parcels[0].weight = weight("1e30", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight with a comma", |r| r.parcels[0].weight = weight("1,5", v1::WeightUnit::Kg), &["parcels[0].weight.value"]),
    ("weight without unit", |r| r.parcels[0].weight = weight("1", v1::WeightUnit::Unspecified), &["parcels[0].weight.unit"]),
    ("weight of an unknown unit", |r| r.parcels[0].weight = Some(v1::Weight { value: "1".into(), unit: 99 }), &["parcels[0].weight.unit"]),
    ("a side of nothing", |r| r.parcels[0].dimensions.as_mut().unwrap().height = "0".into(), &["parcels[0].dimensions.height"]),
    ("sides without unit", |r| r.parcels[0].dimensions.as_mut().unwrap().unit = 0, &["parcels[0].dimensions.unit"]),
    ("a reference of 36 letters", |r| r.parcels[0].reference = "x".repeat(36), &["parcels[0].reference"]),
    ("a negative insured value", |r| r.parcels[0].insured_value = money("USD", -5, 0), &["parcels[0].insured_value"]),
    ("an item without description", |r| r.items[0].description.clear(), &["items[0].description"]),
    ("an item of quantity 0", |r| r.items[0].quantity = 0, &["items[0].quantity"]),
    ("an item without value", |r| r.items[0].unit_value = None, &["items[0].unit_value"]),
    ("an item of negative value", |r| r.items[0].unit_value = money("USD", -1, 0), &["items[0].unit_value"]),
    ("an item in no currency", |r| r.items[0].unit_value = money("", 1, 0), &["items[0].unit_value"]),
    ("an item in an unknown currency", |r| r.items[0].unit_value = money("EUX", 1, 0), &["items[0].unit_value"]),
    ("an item with mixed signs", |r| r.items[0].unit_value = money("USD", 1, -5), &["items[0].unit_value"]),
    ("an item with 10^9 nanos", |r| r.items[0].unit_value = money("USD", 1, 1_000_000_000), &["items[0].unit_value"]),
    ("items in two currencies", |r| { let mut i = r.items[0].clone(); i.unit_value = money("EUR", 1, 0); r.items.push(i); }, &["items[1].unit_value"]),
    ("a tariff code of 4 digits", |r| r.items[0].hs_code = "6403".into(), &["items[0].hs_code"]),
    ("a tariff code of letters", |r| r.items[0].hs_code = "abcdef".into(), &["items[0].hs_code"]),
    ("an unknown origin", |r| r.items[0].origin_country = "XX".into(), &["items[0].origin_country"]),
    ("a GTIN with a wrong check digit", |r| r.items[0].product_code = Some(v1::item::ProductCode::Gtin("4006381333932".into())), &["items[0].gtin"]),
    ("an item in a parcel that is not there", |r| r.items[0].parcel_index = Some(9), &["items[0].parcel_index"]),
    ("1,001 items", |r| { let i = r.items[0].clone(); r.items = vec![i; 1001]; }, &["items"]),
    ("another shipment without a value", |r| r.order.get_or_insert_default().other_shipments = vec![v1::OtherShipment::default()], &["order.other_shipments[0].goods_value"]),
    ("another shipment in another currency", |r| r.order.get_or_insert_default().other_shipments = vec![v1::OtherShipment { goods_value: Some(google_type::Money { currency_code: "JPY".into(), units: 1, nanos: 0 }), same_order: true }], &["order.other_shipments[0].goods_value"]),
    ("an identifier of no type", |r| id(r, v1::IdentifierType::Unspecified, "IM2760000742"), &["identifiers[0].type"]),
    ("an empty identifier", |r| id(r, v1::IdentifierType::Vat, ""), &["identifiers[0].value"]),
    ("an identifier of nobody", |r| { id(r, v1::IdentifierType::Vat, "DE136695976"); r.identifiers[0].holder = 0; }, &["identifiers[0].holder"]),
    ("a month of 13", |r| { id(r, v1::IdentifierType::Vat, "DE136695976"); r.identifiers[0].valid_from = Some(google_type::Date { year: 2026, month: 13, day: 1 }); }, &["identifiers[0].valid_from"]),
    ("an unknown time zone", |r| r.ship_at = Some(v1::ShipAt { time: Some(prost_types::Timestamp { seconds: 1, nanos: 0 }), time_zone: "Mars/Base".into() }), &["ship_at.time_zone"]),
    ("a zone without time", |r| r.ship_at = Some(v1::ShipAt { time: None, time_zone: "Europe/Berlin".into() }), &["ship_at.time"]),
    ("an instant beyond time", |r| r.ship_at = Some(v1::ShipAt { time: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }), time_zone: String::new() }), &["ship_at.time"]),
    ("an unknown account", |r| r.accounts = vec!["nobody".into()], &["accounts[0]"]),
    ("an account that is no id", |r| r.accounts = vec!["a b".into()], &["accounts[0]"]),
    ("a service filter without carrier", |r| r.requirements.get_or_insert_default().allowed_services = vec![v1::ServiceFilter::default()], &["requirements.allowed_services[0]"]),
    ("a negative cap", |r| r.requirements.get_or_insert_default().max_total = money("USD", -1, 0), &["requirements.max_total"]),
];

fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let bad = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    bad.into_iter().map(|violation| violation.field).collect()
}

#[tokio::test]
async fn every_bad_field_of_a_rate_request_is_named() {
    let served = Served::start().await;
    let good = order("us-domestic");
    assert!(served.shipping().rate(good.clone()).await.is_ok());
    let mut wrong = Vec::new();
    for (name, spoil, expected) in RATE {
        let mut request = good.clone();
        spoil(&mut request);
        match served.shipping().rate(request).await {
            Ok(_) => wrong.push(format!("{name}: was taken")),
            Err(status) => {
                let named = fields(&status);
                if status.code() != Code::InvalidArgument || named != *expected {
                    wrong.push(format!("{name}: {:?} {named:?} ({})", status.code(), status.message()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(RATE.len() >= 60, "{} rows", RATE.len());
}

#[tokio::test]
async fn nested_requests_name_their_path_and_assess_reads_alike() {
    let served = Served::start().await;
    let mut request = order("us-domestic");
    to(&mut request).city.clear();
    let pick = v1::PickSelection { rate_request: Some(request.clone()), criterion: 0 };
    let wanted = v1::PurchaseRequest {
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..v1::PurchaseRequest::default()
    };
    let refused = served.shipping().purchase(wanted).await.unwrap_err();
    assert_eq!(fields(&refused), ["idempotency_key", "pick.criterion", "pick.rate_request.ship_to.city"]);
    let assess = v1::AssessRequest {
        ship_from: request.ship_from,
        ship_to: request.ship_to,
        parcels: request.parcels,
        items: request.items,
        ..v1::AssessRequest::default()
    };
    assert_eq!(fields(&served.customs().assess(assess).await.unwrap_err()), ["ship_to.city"]);
}

fn selection(quote: &str, offer: &str) -> Option<v1::purchase_request::Selection> {
    let offer = v1::OfferSelection { quote_id: quote.to_owned(), offer_id: offer.to_owned() };
    Some(v1::purchase_request::Selection::Offer(offer))
}

type Spoil = Box<dyn Fn(&mut v1::PurchaseRequest)>;

fn spoiled_purchases(quote: String) -> Vec<(&'static str, Spoil, Code, &'static [&'static str])> {
    vec![
        ("no key", Box::new(|p| p.idempotency_key.clear()), Code::InvalidArgument, &["idempotency_key"]),
        (
            "key of 129",
            Box::new(|p| p.idempotency_key = "k".repeat(129)),
            Code::InvalidArgument,
            &["idempotency_key"],
        ),
        (
            "key with a bell",
            Box::new(|p| p.idempotency_key = "a\u{7}".into()),
            Code::InvalidArgument,
            &["idempotency_key"],
        ),
        ("no selection", Box::new(|p| p.selection = None), Code::InvalidArgument, &["selection"]),
        (
            "no quote",
            Box::new(|p| p.selection = selection("", "x")),
            Code::InvalidArgument,
            &["offer.quote_id"],
        ),
        (
            "dpi 42",
            Box::new(|p| p.label = Some(v1::LabelSpec { dpi: 42, ..Default::default() })),
            Code::InvalidArgument,
            &["label.dpi"],
        ),
        (
            "negative cap",
            Box::new(|p| p.max_total = money("USD", -1, 0)),
            Code::InvalidArgument,
            &["max_total"],
        ),
        ("unknown quote", Box::new(|p| p.selection = selection("q_x", "o_x")), Code::NotFound, &[]),
        ("unknown offer", Box::new(move |p| p.selection = selection(&quote, "o_x")), Code::NotFound, &[]),
        (
            "cap in another currency",
            Box::new(|p| p.max_total = money("JPY", 1_000_000, 0)),
            Code::FailedPrecondition,
            &[],
        ),
    ]
}

#[tokio::test]
async fn bad_purchases_buy_nothing() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let quote = rated.quote.unwrap().id;
    let offer = rated.offers.first().unwrap().id.clone();
    let good = v1::PurchaseRequest {
        idempotency_key: "k".into(),
        selection: selection(&quote, &offer),
        ..v1::PurchaseRequest::default()
    };
    for (name, spoil, code, expected) in spoiled_purchases(quote) {
        let mut request = good.clone();
        spoil(&mut request);
        let refused = served.shipping().purchase(request).await.unwrap_err();
        assert_eq!(
            (refused.code(), fields(&refused)),
            (code, expected.iter().map(ToString::to_string).collect()),
            "{name}"
        );
    }
    assert_eq!(served.labels_made(), 0);
    let list =
        served.shipping().list_shipments(v1::ListShipmentsRequest::default()).await.unwrap().into_inner();
    assert!(list.shipments.is_empty());
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(ToString::to_string).collect()
}

fn bad_documents() -> Vec<(&'static str, v1::GetDocumentRequest, Vec<String>)> {
    let asked = |document: &str, format: i32, shipment: &str, kind: i32| v1::GetDocumentRequest {
        document_id: document.to_owned(),
        format,
        shipment_id: shipment.to_owned(),
        kind,
    };
    vec![
        ("nothing", asked("", 0, "", 0), names(&["document_id"])),
        ("a document and a shipment", asked("doc_1", 0, "sh_1", 0), names(&["shipment_id"])),
        ("a document of a kind", asked("doc_1", 0, "", 1), names(&["kind"])),
        ("an unknown format", asked("doc_1", 99, "", 0), names(&["format"])),
        ("an unknown kind", asked("", 0, "sh_1", 99), names(&["kind"])),
        ("joined as PNG", asked("", 2, "sh_1", 0), names(&["format"])),
        ("two bad fields", asked("a\nb", 99, "", 0), names(&["format", "document_id"])),
        ("a shipment that is no id", asked("", 0, &"s".repeat(65), 0), names(&["shipment_id"])),
    ]
}

fn bad_subscriptions() -> Vec<(&'static str, v1::SubscribeRequest, Vec<String>)> {
    let asked = |cursor: &str, from_now: bool, kinds: &[&str]| v1::SubscribeRequest {
        cursor: cursor.to_owned(),
        from_now,
        kinds: names(kinds),
    };
    vec![
        ("a made-up cursor", asked("4711", false, &[]), names(&["cursor"])),
        ("a cursor of 1 MiB", asked(&"A".repeat(1 << 20), false, &[]), names(&["cursor"])),
        ("a cursor with a bell", asked("a\u{7}", false, &[]), names(&["cursor"])),
        ("a cursor and now", asked("4711", true, &[]), names(&["from_now"])),
        ("21 kinds", asked("", false, &["x"; 21]), names(&["kinds"])),
        (
            "bad kinds",
            asked("", false, &["shipment.*", "", "*", "A", "a*"]),
            names(&["kinds[1]", "kinds[2]", "kinds[3]", "kinds[4]"]),
        ),
    ]
}

#[tokio::test]
async fn unknown_and_ill_formed_ids_are_told_apart() {
    let served = Served::start().await;
    let mut client = served.shipping();
    for (id, code) in [("sh_x", Code::NotFound), ("", Code::InvalidArgument), ("a\nb", Code::InvalidArgument)]
    {
        let id = id.to_owned();
        let get = v1::GetShipmentRequest { shipment_id: id.clone() };
        assert_eq!(client.get_shipment(get).await.unwrap_err().code(), code, "get {id:?}");
        let void = v1::VoidRequest { shipment_id: id.clone() };
        assert_eq!(client.void(void).await.unwrap_err().code(), code, "void {id:?}");
        let paper = v1::GetDocumentRequest { document_id: id.clone(), ..Default::default() };
        assert_eq!(client.get_document(paper).await.unwrap_err().code(), code, "document {id:?}");
        let target = Some(v1::track_request::Target::ShipmentId(id.clone()));
        assert_eq!(client.track(v1::TrackRequest { target }).await.unwrap_err().code(), code, "track {id:?}");
        let carrier = v1::GetCarrierRequest { carrier: id.clone() };
        assert_eq!(served.carriers().get_carrier(carrier).await.unwrap_err().code(), code, "carrier {id:?}");
    }
    for (name, request, expected) in bad_documents() {
        let refused = client.get_document(request).await.unwrap_err();
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, expected), "{name}");
    }
    for (name, request, expected) in bad_subscriptions() {
        let refused = served.events().subscribe(request).await.unwrap_err();
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, expected), "{name}");
    }
    let none = client.track(v1::TrackRequest { target: None }).await.unwrap_err();
    assert_eq!(fields(&none), ["target"]);
    for (size, token) in [(-1, ""), (100_000, ""), (0, "zz"), (0, "00ff")] {
        let list =
            v1::ListShipmentsRequest { page_size: size, page_token: token.to_owned(), ..Default::default() };
        assert_eq!(
            client.list_shipments(list).await.unwrap_err().code(),
            Code::InvalidArgument,
            "{size} {token}"
        );
    }
    let list = v1::ListShipmentsRequest { state: 99, ..Default::default() };
    assert_eq!(client.list_shipments(list).await.unwrap_err().code(), Code::InvalidArgument);
    let number =
        v1::IdentifyTrackingNumberRequest { tracking_number: "a".repeat(1000), ..Default::default() };
    let refused = served.carriers().identify_tracking_number(number).await.unwrap_err();
    assert_eq!(fields(&refused), ["tracking_number"]);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let served = Served::start().await;
    let mut request = order("us-domestic");
    to(&mut request).name = "x".repeat(5 << 20);
    let refused = served.shipping().rate(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange);
}
