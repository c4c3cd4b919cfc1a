//! Orders for a label.

use parcelgate_kit::model::{LabelFormat, LabelSize, LabelSpec, Text};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{Limits, Reading, rate, value};
use crate::api::proto::v1;
use crate::shipping::{Criterion, PurchaseRequest, Selection, ShippingError};

/// An order for a label.
pub(in crate::api) fn purchase_request(
    raw: v1::PurchaseRequest,
    limits: Limits,
) -> Result<PurchaseRequest, ShippingError> {
    let mut reading = Reading::within(limits);
    let key = reading.take("idempotency_key", Text::parse(&raw.idempotency_key, 128));
    let selection = selection(&mut reading, raw.selection.as_ref());
    let max_total = value::amount(&mut reading, "max_total", raw.max_total.as_ref());
    let label = label(&mut reading, raw.label.as_ref());
    let parts = parts(&raw);
    let bare = v1::PurchaseRequest { idempotency_key: String::new(), ..raw };
    let fingerprint = Sha256::digest(bare.encode_to_vec()).into();
    let request = key.zip(selection).zip(label).map(|((key, selection), label)| PurchaseRequest {
        selection,
        idempotency_key: key.as_str().to_owned(),
        max_total,
        label,
        fingerprint,
        parts,
    });
    reading.finish(request)
}

/// The parts by name, shown by a hash: they may hold addresses.
fn parts(raw: &v1::PurchaseRequest) -> Vec<(String, String)> {
    let shown = |bytes: Vec<u8>| hex::encode(Sha256::digest(bytes).get(..8).unwrap_or_default());
    let selection = v1::PurchaseRequest { selection: raw.selection.clone(), ..Default::default() };
    let label = raw.label.map(|label| label.encode_to_vec()).unwrap_or_default();
    let max_total = raw.max_total.as_ref().map(Message::encode_to_vec).unwrap_or_default();
    vec![
        ("selection".to_owned(), shown(selection.encode_to_vec())),
        ("max_total".to_owned(), shown(max_total)),
        ("label".to_owned(), shown(label)),
    ]
}

fn selection(reading: &mut Reading, raw: Option<&v1::purchase_request::Selection>) -> Option<Selection> {
    use v1::purchase_request::Selection as Raw;
    let mut id =
        |field: &str, raw: &str| reading.take(field, Text::parse(raw, 64)).map(|id| id.as_str().to_owned());
    match raw {
        None => {
            reading.note("selection", "is required: one of `offer`, `direct` or `pick`");
            None
        }
        Some(Raw::Offer(offer)) => {
            let quote = id("offer.quote_id", &offer.quote_id);
            let offer = id("offer.offer_id", &offer.offer_id);
            Some(Selection::Offer { quote: quote?, offer: offer? })
        }
        Some(Raw::Direct(direct)) => {
            let carrier = id("direct.carrier", &direct.carrier);
            let service = id("direct.service", &direct.service);
            let request = rate::nested(reading, "direct.rate_request", direct.rate_request.as_ref());
            let mut request = request?;
            if !direct.account.is_empty() {
                request.accounts = vec![direct.account.clone()];
            }
            Some(Selection::Direct { request: Box::new(request), carrier: carrier?, service: service? })
        }
        Some(Raw::Pick(pick)) => {
            let criterion = match pick.criterion() {
                v1::PickCriterion::Cheapest => Some(Criterion::Cheapest),
                v1::PickCriterion::Fastest => Some(Criterion::Fastest),
                v1::PickCriterion::BestValue => Some(Criterion::BestValue),
                v1::PickCriterion::Unspecified => None,
            };
            if criterion.is_none() {
                reading.note("pick.criterion", "must be CHEAPEST, FASTEST or BEST_VALUE");
            }
            let request = rate::nested(reading, "pick.rate_request", pick.rate_request.as_ref());
            Some(Selection::Pick { request: Box::new(request?), criterion: criterion? })
        }
    }
}

fn label(reading: &mut Reading, raw: Option<&v1::LabelSpec>) -> Option<LabelSpec> {
    let Some(raw) = raw else { return Some(LabelSpec::default()) };
    let format = match raw.format() {
        v1::DocumentFormat::Pdf | v1::DocumentFormat::Unspecified => LabelFormat::Pdf,
        v1::DocumentFormat::Png => LabelFormat::Png,
        v1::DocumentFormat::Gif => LabelFormat::Gif,
        v1::DocumentFormat::Zpl => LabelFormat::Zpl,
    };
    let size = match raw.size() {
        v1::LabelSize::Inch4x6 | v1::LabelSize::Unspecified => LabelSize::Inch4x6,
        v1::LabelSize::A6 => LabelSize::A6,
        v1::LabelSize::A4 => LabelSize::A4,
    };
    let dpi = match raw.dpi {
        0 | 203 => 203,
        300 => 300,
        other => {
            reading.note("label.dpi", format!("is {other}, 203 and 300 are allowed"));
            return None;
        }
    };
    Some(LabelSpec { format, size, dpi })
}
