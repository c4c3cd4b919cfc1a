//! Reads answers of the shipping service: what was made, what was refused, in which words.
//!
//! A parcel was made when it has a number and ended with 200, whatever its messages are called: a refusal can
//! hold nothing but warnings. Must never take a refusal in part for a purchase. Start with [`created`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use parcelgate_kit::codec::json;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{Document, DocumentKind, LabelFormat, Notice};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::wire::Reply;

use crate::purchase::tracking_number;
use crate::wire::{OrderItem, OrdersReply, Paper, RequestStatus, Status};

/// How creating ended.
pub(crate) enum Outcome {
    /// Every parcel was made.
    Whole(Box<Purchased>),
    /// These were made, and there is a reason why not all were.
    Partly {
        /// Numbers of what was made.
        made: Vec<String>,
        /// What the carrier said of the others.
        refusal: Fault,
    },
}

/// Reads the answer to creating.
///
/// # Errors
/// Refused or account's when nothing was made, unreadable when that is not clear.
pub(crate) fn created(order: &PurchaseOrder, reply: &Reply) -> Result<Outcome, Fault> {
    if !reply.is_success() && reply.status != 400 {
        return Err(match reply.status {
            401..=499 => fault(reply),
            status => Fault::unreadable(format!("status {status}: labels may have been made")),
        });
    }
    let told: OrdersReply = match json::read(&reply.body) {
        Ok(told) => told,
        Err(_) if reply.status == 400 => return Err(fault(reply)),
        Err(error) => return Err(error.into()),
    };
    let made: Vec<String> = told.items.iter().map(number).filter(|number| !number.is_empty()).collect();
    if made.is_empty() {
        if reply.is_success() && told.items.iter().all(is_good) {
            return Err(Fault::unreadable("neither a number nor a refusal came"));
        }
        return Err(refusal(reply.status, &told));
    }
    let wanted = order.shipment.parcels.len();
    if told.items.len() != wanted || !told.items.iter().all(is_good) {
        return Ok(Outcome::Partly { made, refusal: refusal(reply.status, &told) });
    }
    whole(&told).map(|bought| Outcome::Whole(Box::new(bought)))
}

fn number(item: &OrderItem) -> String {
    item.shipment_no.trim().to_owned()
}

fn is_good(item: &OrderItem) -> bool {
    !number(item).is_empty() && item.sstatus.as_ref().is_none_or(|status| matches!(status.code(), "200" | ""))
}

fn whole(told: &OrdersReply) -> Result<Purchased, Fault> {
    let (mut tracking, mut documents, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for (item, index) in told.items.iter().zip(0..) {
        tracking.push(tracking_number(&number(item))?);
        let label =
            item.label.as_ref().ok_or_else(|| Fault::unreadable("a parcel came without its label"))?;
        documents.push(document(DocumentKind::Label, index, label)?);
        if let Some(form) = &item.customs_doc {
            documents.push(document(DocumentKind::CustomsForm, index, form)?);
        }
        for message in &item.validation_messages {
            let words = said(&message.property, &message.validation_message);
            notices.push(Notice::new(message.validation_state.to_ascii_uppercase(), words));
        }
    }
    let id = tracking.first().map(ToString::to_string).unwrap_or_default();
    let mut bought = Purchased::new(id, tracking, documents);
    bought.notices = notices;
    Ok(bought)
}

fn document(kind: DocumentKind, index: u16, paper: &Paper) -> Result<Document, Fault> {
    let (format, bytes) = match (&paper.b64, &paper.zpl2) {
        (Some(b64), _) => {
            let bytes =
                STANDARD.decode(b64.trim()).map_err(|_| Fault::unreadable("a document is no base64"))?;
            (LabelFormat::Pdf, Bytes::from(bytes))
        }
        (None, Some(zpl)) => (LabelFormat::Zpl, Bytes::from(zpl.clone())),
        (None, None) => return Err(Fault::unreadable("a document came without content")),
    };
    Ok(Document { kind, format, parcel: Some(index), bytes })
}

/// The fault of any answer that is no success: with the carrier's code and all its words.
pub(crate) fn fault(reply: &Reply) -> Fault {
    let told: OrdersReply = json::read(&reply.body).unwrap_or_default();
    let fault = refusal(reply.status, &told);
    match reply.status {
        401 | 403 => fault.of_kind(FaultKind::Account),
        404 => fault.of_kind(FaultKind::NotFound),
        429 => fault.of_kind(FaultKind::Throttled).later(reply.retry_after()),
        500.. => fault.of_kind(FaultKind::Unavailable).later(None),
        _ => fault,
    }
}

fn refusal(http: u16, told: &OrdersReply) -> Fault {
    let several = told.items.len() > 1;
    let mut words = Vec::new();
    for (item, place) in told.items.iter().zip(1..) {
        for said in words_of(item) {
            words.push(if several { format!("parcel {place}: {said}") } else { said });
        }
    }
    let whole = match &told.status {
        Some(Status::Line(line)) => Some(line),
        _ => None,
    };
    if words.is_empty() {
        let line = whole.map(line_words).unwrap_or_default();
        let told = [&line, &told.detail, &told.error_description, &told.title, &told.error];
        words.extend(told.into_iter().find(|text| !text.is_empty()).cloned());
    }
    if words.is_empty() {
        words.push(format!("the carrier answered with status {http} and no words"));
    }
    // The code of a refused parcel says more than the whole answer's.
    let refused = told.items.iter().filter(|item| !is_good(item)).find_map(|item| item.sstatus.as_ref());
    let flat = match &told.status {
        Some(Status::Number(code)) => Some(code.as_str()),
        _ => None,
    };
    let code = refused.or(whole).map(RequestStatus::code).or(flat).filter(|code| !code.is_empty());
    Fault::refused(code.map_or_else(|| http.to_string(), str::to_owned), words.join("; "))
}

/// Everything that is said of one parcel or one field that was not taken.
fn words_of(item: &OrderItem) -> Vec<String> {
    if is_good(item) {
        return Vec::new();
    }
    let messages = item.validation_messages.iter();
    let mut words: Vec<String> =
        messages.map(|message| said(&message.property, &message.validation_message)).collect();
    if !item.message.is_empty() {
        words.push(said(&item.property_path, &item.message));
    }
    if words.is_empty() {
        words.extend(item.sstatus.as_ref().map(line_words).filter(|line| !line.is_empty()));
    }
    words
}

fn line_words(line: &RequestStatus) -> String {
    if line.detail.is_empty() { line.title.clone() } else { line.detail.clone() }
}

fn said(property: &str, message: &str) -> String {
    if property.is_empty() { message.to_owned() } else { format!("{property}: {message}") }
}

/// Reads which of `asked` were cancelled and which were not.
///
/// # Errors
/// When the answer cannot be read, or is about something else.
pub(crate) fn deleted(asked: &[String], reply: &Reply) -> Result<Deleted, Fault> {
    if !reply.is_success() && reply.status != 400 {
        return Err(fault(reply));
    }
    let told: OrdersReply = match json::read(&reply.body) {
        Ok(told) => told,
        Err(_) if reply.status == 400 => return Err(fault(reply)),
        Err(error) => return Err(error.into()),
    };
    let mut left = Vec::new();
    for number in asked {
        // Parts of the carrier drop the leading zeros.
        let bare = |raw: &str| raw.trim().trim_start_matches('0').to_owned();
        let item = told.items.iter().find(|item| bare(&item.shipment_no) == bare(number));
        let Some(item) = item else {
            if reply.status == 400 {
                return Err(refusal(reply.status, &told));
            }
            return Err(Fault::unreadable("a number that was to be cancelled is not in the answer"));
        };
        let code = item.sstatus.as_ref().map(RequestStatus::code).unwrap_or_default();
        if code != "200" {
            let words = item.sstatus.as_ref().map(line_words).unwrap_or_default();
            // A success of HTTP, a failure here: the number is not known, any more or at all.
            left.push(Kept { number: number.clone(), unknown: code == "204", code: code.to_owned(), words });
        }
    }
    Ok(Deleted { left })
}

/// What cancelling came to.
pub(crate) struct Deleted {
    /// What was not cancelled.
    pub(crate) left: Vec<Kept>,
}

/// A label that was not cancelled.
pub(crate) struct Kept {
    /// Its number.
    pub(crate) number: String,
    /// Whether the carrier does not know it.
    pub(crate) unknown: bool,
    /// The carrier's code.
    pub(crate) code: String,
    /// The carrier's words.
    pub(crate) words: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Fault {
        fault(&Reply { status: 400, headers: Vec::new(), body: Bytes::from(body.to_owned()) })
    }

    #[test]
    fn every_message_is_told() {
        let fault = told(
            r#"{"status":{"title":"Bad Request","statusCode":400,"detail":"0 of 2"},"items":[
               {"sstatus":{"title":"Bad Request","statusCode":400},"validationMessages":[
                 {"property":"shipper","validationMessage":"One.","validationState":"Warning"},
                 {"property":"consignee","validationMessage":"Two.","validationState":"Error"}]},
               {"propertyPath":"shipments[1].refNo","message":"Three."}]}"#,
        );
        assert_eq!(fault.carrier_code.as_deref(), Some("400"));
        let words =
            "parcel 1: shipper: One.; parcel 1: consignee: Two.; parcel 2: shipments[1].refNo: Three.";
        assert_eq!(fault.carrier_words.as_deref(), Some(words));
    }

    #[test]
    fn errors_of_the_gateway_are_flat() {
        let fault = told(r#"{"title":"Bad Request","status":400,"detail":"Header missing."}"#);
        assert_eq!(fault.carrier_words.as_deref(), Some("Header missing."));
        assert!(told("<html>").carrier_words.is_some());
    }
}
