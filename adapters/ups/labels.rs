//! Labels: their formats, their bytes, and getting them a second time.
//!
//! The shipping call makes GIF, PNG and ZPL. A PDF comes from label recovery
//! only, as does every label of a purchase that is looked up. Start with
//! [`recover`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Document, DocumentKind, LabelFormat, LabelSize, LabelSpec, TrackingNumber};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::refusal;
use crate::settings::CallId;
use crate::wire::label::{
    Image, LabelSpecification, RecoveryEnvelope, RecoveryReply, RecoveryRequest, RecoveryResponse,
    ReferenceValues,
};
use crate::wire::rate::Request;
use crate::wire::ship::ReferenceNumber;

/// Checks what UPS can print.
///
/// # Errors
/// Another stock than 4 by 6 inches, or ZPL for 300 dots an inch.
pub(crate) fn check(spec: &LabelSpec) -> Result<(), Fault> {
    if spec.size != LabelSize::Inch4x6 {
        return Err(Fault::unfit("label.size", "must be 4 by 6 inches: UPS prints no other"));
    }
    if spec.format == LabelFormat::Zpl && spec.dpi != 203 {
        return Err(Fault::unfit("label.dpi", "must be 203: UPS draws ZPL for no other"));
    }
    Ok(())
}

/// The format that the shipping call is asked for.
pub(crate) fn shipping_code(format: LabelFormat) -> &'static str {
    match format {
        LabelFormat::Zpl => "ZPL",
        LabelFormat::Png => "PNG",
        _ => "GIF",
    }
}

/// The format that recovery is asked for: it has no PNG.
fn recovery_code(format: LabelFormat) -> &'static str {
    match format {
        LabelFormat::Zpl => "ZPL",
        LabelFormat::Pdf => "PDF",
        _ => "GIF",
    }
}

/// The bytes of an image; `None` when there are none or in a format that is
/// none of ours.
pub(crate) fn document(kind: DocumentKind, parcel: Option<usize>, image: &Image) -> Option<Document> {
    let format = match image.image_format.as_ref()?.code.trim() {
        "GIF" => LabelFormat::Gif,
        "PNG" => LabelFormat::Png,
        "ZPL" => LabelFormat::Zpl,
        "PDF" => LabelFormat::Pdf,
        _ => return None,
    };
    let text: String = image.graphic_image.split_whitespace().collect();
    let bytes = STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())?;
    let parcel = parcel.and_then(|index| u16::try_from(index).ok());
    Some(Document { kind, format, parcel, bytes: Bytes::from(bytes) })
}

/// What to recover labels by.
pub(crate) enum By<'a> {
    /// The number of one package.
    Number(&'a TrackingNumber),
    /// The shipper's reference.
    Reference(&'a str),
}

/// What label recovery knows.
#[derive(Default)]
pub(crate) struct Recovered {
    /// Number of the leading package, which is the shipment's id.
    pub(crate) shipment: Option<TrackingNumber>,
    /// Labels by their package.
    pub(crate) labels: Vec<(TrackingNumber, Option<Image>)>,
    /// Packages that the reference fits, when it fits several.
    pub(crate) candidates: Vec<TrackingNumber>,
    /// The invoice.
    pub(crate) form: Option<Document>,
}

/// Asks for the labels of one package or of one reference.
pub(crate) struct Recover<'a> {
    pub(crate) call: CallId,
    pub(crate) by: By<'a>,
}

impl Exchange for Recover<'_> {
    type In = LabelFormat;
    type Out = Recovered;
    const NAME: &'static str = "label_recovery";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, format: &LabelFormat) -> Result<Wire, Fault> {
        let (tracking_number, reference_values) = match self.by {
            By::Number(number) => (Some(number.to_string()), None),
            By::Reference(reference) => {
                let shipper_number = account.require("shipper_number")?.to_owned();
                let reference_number = ReferenceNumber { value: reference.to_owned() };
                (None, Some(ReferenceValues { reference_number, shipper_number }))
            }
        };
        let envelope = RecoveryEnvelope {
            label_recovery_request: RecoveryRequest {
                request: Request { request_option: "Non_Validate", sub_version: "1903" },
                label_specification: LabelSpecification::of(recovery_code(*format)),
                tracking_number,
                reference_values,
            },
        };
        let call = HttpCall::post_json("/api/labels/v1/recovery", &envelope)?;
        Ok(self.call.sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, _: &LabelFormat, reply: &Reply) -> Result<Recovered, Fault> {
        if !reply.is_success() {
            return Err(refusal::fault(reply));
        }
        let reply: RecoveryReply = json::read(&reply.body)?;
        let response = reply.label_recovery_response;
        if !response.response.is_success() {
            return Err(refusal::of_head(&response.response));
        }
        read(response)
    }
}

fn read(response: RecoveryResponse) -> Result<Recovered, Fault> {
    let id = response.shipment_identification_number;
    let labels = response.label_results.into_iter().filter(|label| !label.tracking_number.is_empty());
    let candidates = response.tracking_candidate.into_iter();
    let form = response.form.and_then(|form| form.image);
    Ok(Recovered {
        shipment: if id.is_empty() { None } else { Some(TrackingNumber::parse(&id)?) },
        labels: labels
            .map(|label| Ok((TrackingNumber::parse(&label.tracking_number)?, label.label_image)))
            .collect::<Result<_, Fault>>()?,
        candidates: candidates
            .map(|candidate| Ok(TrackingNumber::parse(&candidate.tracking_number)?))
            .collect::<Result<_, Fault>>()?,
        form: form.and_then(|image| document(DocumentKind::Invoice, None, &image)),
    })
}

/// Labels of all `numbers`, which are in the order of the parcels, and the
/// invoice if there is one. UPS answers with one package or with its whole
/// shipment; only what is missing is asked for.
///
/// # Errors
/// When one of them cannot be had.
pub(crate) async fn recover(
    cx: &mut Cx<'_>,
    numbers: &[TrackingNumber],
    format: LabelFormat,
) -> Result<(Vec<Document>, Option<Document>), Fault> {
    let (mut documents, mut form): (Vec<Document>, _) = (Vec::new(), None);
    for (index, number) in numbers.iter().enumerate() {
        let here = u16::try_from(index).ok();
        if documents.iter().any(|document| document.parcel == here) {
            continue;
        }
        let call = CallId::next(cx);
        let found = cx.send(&Recover { call, by: By::Number(number) }, &format).await?;
        for label in labels_of(numbers, &found) {
            if documents.iter().all(|had| had.parcel != label.parcel) {
                documents.push(label);
            }
        }
        form = form.or(found.form);
        if !documents.iter().any(|document| document.parcel == here) {
            return Err(Fault::unreadable(format!("no label of parcel {} came back", index + 1)));
        }
    }
    documents.sort_by_key(|document| document.parcel);
    Ok((documents, form))
}

/// The labels of a recovery as documents of the parcels whose numbers are given.
pub(crate) fn labels_of(numbers: &[TrackingNumber], found: &Recovered) -> Vec<Document> {
    let of_parcel = |(number, image): &(TrackingNumber, Option<Image>)| {
        let index = numbers.iter().position(|known| known == number)?;
        document(DocumentKind::Label, Some(index), image.as_ref()?)
    };
    found.labels.iter().filter_map(of_parcel).collect()
}
