//! Requests for documents.

use parcelgate_kit::model::{DocumentKind, LabelFormat, Text};

use super::Reading;
use crate::api::proto::v1;
use crate::shipping::{ShippingError, Wanted};

/// Which document is wanted, and how. Either a document or a shipment is named.
pub(in crate::api) fn wanted_document(raw: &v1::GetDocumentRequest) -> Result<Wanted, ShippingError> {
    let mut reading = Reading::default();
    let format = format(&mut reading, raw.format);
    let kind = kind(&mut reading, raw.kind);
    let id = |reading: &mut Reading, field: &str, raw: &str| {
        reading.take(field, Text::parse(raw, 64)).map(|id| id.as_str().to_owned())
    };
    let wanted = match (raw.document_id.as_str(), raw.shipment_id.as_str()) {
        (document, "") => {
            if raw.kind != 0 {
                reading.note("kind", "goes with `shipment_id`: a document is of one kind");
            }
            id(&mut reading, "document_id", document)
                .zip(format)
                .map(|(id, format)| Wanted::One { id, format })
        }
        ("", shipment) => {
            if !matches!(format, None | Some(None | Some(LabelFormat::Pdf))) {
                reading.note("format", "must be PDF or left out: documents are joined as PDF alone");
            }
            id(&mut reading, "shipment_id", shipment)
                .zip(kind)
                .map(|(shipment, kind)| Wanted::Joined { shipment, kind })
        }
        _ => {
            reading.note("shipment_id", "goes without `document_id`: name one of the two");
            None
        }
    };
    reading.finish(wanted)
}

fn format(reading: &mut Reading, raw: i32) -> Option<Option<LabelFormat>> {
    match v1::DocumentFormat::try_from(raw) {
        Ok(v1::DocumentFormat::Unspecified) => Some(None),
        Ok(v1::DocumentFormat::Pdf) => Some(Some(LabelFormat::Pdf)),
        Ok(v1::DocumentFormat::Png) => Some(Some(LabelFormat::Png)),
        Ok(v1::DocumentFormat::Zpl) => Some(Some(LabelFormat::Zpl)),
        Ok(v1::DocumentFormat::Gif) => Some(Some(LabelFormat::Gif)),
        Err(_) => {
            reading.note("format", format!("is {raw}, which is no document format"));
            None
        }
    }
}

fn kind(reading: &mut Reading, raw: i32) -> Option<DocumentKind> {
    match v1::DocumentKind::try_from(raw) {
        Ok(v1::DocumentKind::Unspecified | v1::DocumentKind::Label) => Some(DocumentKind::Label),
        Ok(v1::DocumentKind::CustomsForm) => Some(DocumentKind::CustomsForm),
        Ok(v1::DocumentKind::Invoice) => Some(DocumentKind::Invoice),
        Ok(v1::DocumentKind::Receipt) => Some(DocumentKind::Receipt),
        Err(_) => {
            reading.note("kind", format!("is {raw}, which is no kind of document"));
            None
        }
    }
}
