//! Documents over the wire: as the carrier made them, as PDF, joined, flagged.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parcelgate::api::proto::v1;
use parcelgate_kit::descriptor::Check;
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::label::{LabelFace, draw};
use parcelgate_kit::model::{LabelFormat, LabelSpec};
use parcelgate_kit::sim::{FaultRule, SimFault};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

const FORMATS: [v1::DocumentFormat; 4] =
    [v1::DocumentFormat::Pdf, v1::DocumentFormat::Png, v1::DocumentFormat::Zpl, v1::DocumentFormat::Gif];

fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// Buys the offer that `wanted` takes; none when no offer is, or its carrier
/// makes no such labels.
async fn buy(
    served: &Served,
    request: v1::RateRequest,
    format: v1::DocumentFormat,
    wanted: impl Fn(&v1::Offer) -> bool,
) -> Option<v1::Shipment> {
    let rated = served.shipping().rate(request).await.unwrap().into_inner();
    let quote_id = rated.quote.unwrap().id;
    let offer_id = rated.offers.into_iter().find(wanted)?.id;
    let purchase = v1::PurchaseRequest {
        idempotency_key: format!("{quote_id}-{offer_id}"),
        selection: Some(v1::purchase_request::Selection::Offer(v1::OfferSelection { quote_id, offer_id })),
        label: Some(v1::LabelSpec { format: format.into(), ..Default::default() }),
        ..Default::default()
    };
    match served.shipping().purchase(purchase).await {
        Ok(bought) => bought.into_inner().shipment,
        Err(status) => {
            // The carrier makes no such labels, or sells the service to nobody so.
            let known = ["LABEL_FORMAT_NOT_OFFERED", "SHIPMENT_UNFIT", "CARRIER_REFUSED"];
            assert!(known.contains(&reason(&status).as_str()), "{status:?}");
            None
        }
    }
}

async fn get(served: &Served, request: v1::GetDocumentRequest) -> Result<v1::GetDocumentResponse, Status> {
    Ok(served.shipping().get_document(request).await?.into_inner())
}

async fn original(served: &Served, id: &str) -> v1::GetDocumentResponse {
    get(served, v1::GetDocumentRequest { document_id: id.to_owned(), ..Default::default() }).await.unwrap()
}

fn parcels(name: &str, count: usize) -> v1::RateRequest {
    let mut request = order(name);
    let first = request.parcels[0].clone();
    request.parcels = vec![v1::Parcel { reference: String::new(), ..first }; count];
    request
}

#[tokio::test]
async fn no_label_of_any_carrier_raises_a_false_alarm() {
    let served = Served::start().await;
    let carriers: Vec<_> = served.sandbox.carriers().map(str::to_owned).collect();
    for carrier in &carriers {
        let mut documents = 0;
        for format in FORMATS {
            for name in ["us-domestic", "de-domestic", "fr-domestic"] {
                let of = |offer: &v1::Offer| offer.carrier == *carrier;
                let Some(shipment) = buy(&served, parcels(name, 2), format, of).await else { continue };
                while served.gateway.check_documents(1).await.unwrap() > 0 {}
                for document in shipment.documents {
                    let got = original(&served, &document.id).await.document.unwrap();
                    assert!(got.checked, "{carrier} {name} {format:?}");
                    assert_eq!(got.flaws, Vec::<i32>::new(), "{carrier} {name} {format:?}");
                    documents += 1;
                }
            }
        }
        assert!(documents > 0, "{carrier} sold nothing");
    }
    assert_eq!(served.gateway.store().alarms(0, 100).await.unwrap(), vec![]);
}

/// A number of a carrier that is nobody's, with a check digit that fits.
fn foreign_number(carrier: &str) -> Option<&'static str> {
    let entries = parcelgate_adapters::all();
    let entry = entries.iter().find(|entry| entry.id() == carrier)?;
    let numbers = entry.carrier.descriptor().numbers;
    let sure = numbers.iter().find(|format| !matches!(format.check, Check::None))?;
    Some(sure.example)
}

fn label_for(number: &str) -> Vec<u8> {
    draw(&LabelFace { tracking: number.to_owned(), ..LabelFace::default() }, LabelSpec::default()).to_vec()
}

/// What is seen when a carrier sends `paper` in the place of its label.
async fn seen_of(paper: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<(String, Vec<v1::DocumentFlaw>)> {
    let served = Served::start().await;
    let carriers: Vec<_> = served.sandbox.carriers().map(str::to_owned).collect();
    let mut seen = Vec::new();
    for carrier in carriers {
        let Some(paper) = paper(&carrier) else { continue };
        let swapped = SimFault::SwapPdf(STANDARD.encode(&paper));
        served.sandbox.world(&carrier).unwrap().inject(FaultRule::always("", swapped));
        for name in ["us-domestic", "de-domestic", "fr-domestic"] {
            let of = |offer: &v1::Offer| offer.carrier == carrier;
            let Some(shipment) = buy(&served, order(name), v1::DocumentFormat::Pdf, of).await else {
                continue;
            };
            assert_eq!(shipment.state(), v1::ShipmentState::Purchased, "a bad label undoes nothing");
            while served.gateway.check_documents(10).await.unwrap() > 0 {}
            let label = shipment.documents.iter().find(|d| d.kind() == v1::DocumentKind::Label).unwrap();
            let got = original(&served, &label.id).await;
            let told = got.document.unwrap();
            if got.content == paper {
                let alarms = served.gateway.store().alarms(0, 100).await.unwrap();
                let flaws: Vec<_> = told.flaws().collect();
                let alarmed = alarms.iter().any(|alarm| alarm.purchase == shipment.id);
                assert_eq!(alarmed, !flaws.is_empty(), "{carrier}");
                seen.push((carrier.clone(), flaws));
                break;
            }
        }
    }
    assert!(!seen.is_empty(), "no carrier sent it");
    seen
}

#[tokio::test]
async fn a_label_for_another_parcel_is_bought_flagged_and_alarmed() {
    for (carrier, flaws) in seen_of(|carrier| foreign_number(carrier).map(label_for)).await {
        assert_eq!(flaws, [v1::DocumentFlaw::OtherParcel], "{carrier}");
    }
}

#[tokio::test]
async fn a_label_that_is_no_pdf_is_flagged_and_alarmed() {
    let page = b"%PDF-1.4 but the rest is a web page: <html>Service unavailable</html>".to_vec();
    for (carrier, flaws) in seen_of(|_| Some(page.clone())).await {
        assert_eq!(flaws, [v1::DocumentFlaw::NotItsFormat], "{carrier}");
    }
}

#[tokio::test]
async fn a_label_with_a_script_is_flagged_and_alarmed() {
    let with_script = |carrier: &str| {
        let number = foreign_number(carrier)?;
        // The catalog of the drawn label gets an action; readers find it by scanning.
        let label = label_for(number);
        let text = b"/Type /Catalog";
        let at = label.windows(text.len()).position(|window| window == text)?;
        let mut scripted = label[..at].to_vec();
        scripted.extend_from_slice(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> ");
        scripted.extend_from_slice(&label[at..]);
        Some(scripted)
    };
    for (carrier, flaws) in seen_of(with_script).await {
        assert_eq!(flaws, [v1::DocumentFlaw::ActiveContent, v1::DocumentFlaw::OtherParcel], "{carrier}");
    }
}

#[tokio::test]
async fn a_png_is_had_as_pdf_and_the_original_stays_what_it_was() {
    let served = Served::start().await;
    let shipment = buy(&served, order("us-domestic"), v1::DocumentFormat::Png, |_| true).await.unwrap();
    let label = shipment.documents.first().unwrap();
    let before = original(&served, &label.id).await;
    assert!(before.content.starts_with(b"\x89PNG"));
    let wanted = v1::GetDocumentRequest {
        document_id: label.id.clone(),
        format: v1::DocumentFormat::Pdf.into(),
        ..Default::default()
    };
    let made = get(&served, wanted).await.unwrap();
    let told = made.document.unwrap();
    assert_eq!((told.format(), told.media_type.as_str()), (v1::DocumentFormat::Pdf, "application/pdf"));
    assert_eq!(told.size_bytes, u64::try_from(made.content.len()).unwrap());
    assert!(told.file_name.ends_with(".pdf"), "{}", told.file_name);
    let number = shipment.parcels[0].tracking_number.clone();
    assert_eq!(read_barcodes(&made.content, LabelFormat::Pdf).unwrap(), [number]);
    assert_eq!(original(&served, &label.id).await, before);
    let as_it_is = v1::GetDocumentRequest {
        document_id: label.id.clone(),
        format: v1::DocumentFormat::Png.into(),
        ..Default::default()
    };
    assert_eq!(get(&served, as_it_is).await.unwrap().content, before.content);
}

#[tokio::test]
async fn what_cannot_be_converted_is_refused_with_what_can_be_had() {
    let served = Served::start().await;
    for (made, wanted) in [
        (v1::DocumentFormat::Zpl, v1::DocumentFormat::Pdf),
        (v1::DocumentFormat::Pdf, v1::DocumentFormat::Png),
        (v1::DocumentFormat::Png, v1::DocumentFormat::Zpl),
    ] {
        let shipment = buy(&served, order("us-domestic"), made, |_| true).await.unwrap();
        let document_id = shipment.documents[0].id.clone();
        let request = v1::GetDocumentRequest { document_id, format: wanted.into(), ..Default::default() };
        let refused = get(&served, request).await.unwrap_err();
        let told = (refused.code(), reason(&refused));
        assert_eq!(told, (Code::FailedPrecondition, "CONVERSION_NOT_OFFERED".to_owned()), "{made:?}");
        assert!(refused.message().contains("can be had as"), "{}", refused.message());
        if made == v1::DocumentFormat::Zpl {
            let joined = v1::GetDocumentRequest { shipment_id: shipment.id, ..Default::default() };
            let refused = get(&served, joined).await.unwrap_err();
            assert_eq!(reason(&refused), "CONVERSION_NOT_OFFERED");
        }
    }
}

#[tokio::test]
async fn the_labels_of_a_shipment_come_as_one_pdf() {
    let served = Served::start().await;
    for format in [v1::DocumentFormat::Pdf, v1::DocumentFormat::Png] {
        let shipment = buy(&served, parcels("us-domestic", 3), format, |_| true).await.unwrap();
        let request = v1::GetDocumentRequest { shipment_id: shipment.id.clone(), ..Default::default() };
        let joined = get(&served, request).await.unwrap();
        let told = joined.document.unwrap();
        assert_eq!((told.id.as_str(), told.format()), ("", v1::DocumentFormat::Pdf));
        assert_eq!(told.file_name, format!("{}_labels.pdf", shipment.id));
        let numbers: Vec<_> = shipment.parcels.iter().map(|parcel| parcel.tracking_number.clone()).collect();
        assert_eq!(numbers.len(), 3);
        assert_eq!(read_barcodes(&joined.content, LabelFormat::Pdf).unwrap(), numbers, "{format:?}");
        assert!(!told.checked, "nobody has looked at them yet");
        while served.gateway.check_documents(10).await.unwrap() > 0 {}
        let request = v1::GetDocumentRequest { shipment_id: shipment.id, ..Default::default() };
        assert!(get(&served, request).await.unwrap().document.unwrap().checked);
    }
    assert_eq!(served.labels_made(), 2, "a reprint buys nothing");
}

#[tokio::test]
async fn papers_that_are_not_there_are_told() {
    let served = Served::start().await;
    let none = v1::GetDocumentRequest { shipment_id: "sh_x".into(), ..Default::default() };
    assert_eq!(get(&served, none).await.unwrap_err().code(), Code::NotFound);
    let shipment = buy(&served, order("us-domestic"), v1::DocumentFormat::Pdf, |_| true).await.unwrap();
    let receipts = v1::GetDocumentRequest {
        shipment_id: shipment.id,
        kind: v1::DocumentKind::Receipt.into(),
        ..Default::default()
    };
    let refused = get(&served, receipts).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "WRONG_STATE"));
}

#[tokio::test]
async fn new_documents_are_looked_at_by_themselves() {
    let served = Served::start().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let checking = tokio::spawn(std::sync::Arc::clone(&served.gateway).keep_checking(stopped));
    let shipment = buy(&served, order("us-domestic"), v1::DocumentFormat::Pdf, |_| true).await.unwrap();
    while !original(&served, &shipment.documents[0].id).await.document.unwrap().checked {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    checking.await.unwrap();
}
