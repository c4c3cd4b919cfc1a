//! Looks a purchase up by its reference, when its answer was lost.
//!
//! Must never take one silence for absence: label recovery and tracking, both
//! asked by the reference, must know nothing before `None` is said. Start with
//! [`find`].

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{Notice, TrackingNumber};
use parcelgate_kit::operation::{FindQuery, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::labels::{self, By, Recover, Recovered};
use crate::refusal;
use crate::settings::CallId;
use crate::status;
use crate::track::NOT_FOUND;
use crate::wire::track::TrackReply;

/// Looks for the order's reference.
pub(crate) async fn find(cx: &mut Cx<'_>, query: &FindQuery) -> Result<Option<Purchased>, Fault> {
    let format = query.order.label.format;
    let call = CallId::next(cx);
    let by = By::Reference(query.order.reference.as_str());
    let found = match cx.send(&Recover { call, by }, &format).await {
        Ok(found) => found,
        Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::NotFound) => Recovered::default(),
        Err(fault) => return Err(fault),
    };
    let mut numbers: Vec<TrackingNumber> = found.labels.iter().map(|(number, _)| number.clone()).collect();
    numbers.extend(found.candidates.iter().cloned());
    if numbers.len() < query.order.shipment.parcels.len() {
        let call = CallId::next(cx);
        numbers.extend(cx.send(&TrackReference(call), query).await?);
    }
    // Numbers of one shipment are handed out one after the other, in the order
    // of its packages.
    numbers.sort();
    numbers.dedup();
    let (known, bought) = (numbers.len(), query.order.shipment.parcels.len());
    match known {
        0 => return Ok(None),
        _ if known == bought => {}
        _ => return Err(Fault::unreadable(format!("the reference fits {known} packages, not {bought}"))),
    }
    let purchased = with_labels(cx, query, found, numbers).await?;
    Ok(Some(purchased))
}

async fn with_labels(
    cx: &mut Cx<'_>,
    query: &FindQuery,
    found: Recovered,
    numbers: Vec<TrackingNumber>,
) -> Result<Purchased, Fault> {
    let format = query.order.label.format;
    let (mut documents, mut form) = (labels::labels_of(&numbers, &found), found.form);
    if documents.len() < numbers.len() {
        let (labels, paper) = labels::recover(cx, &numbers, format).await?;
        (documents, form) = (labels, form.or(paper));
    }
    let other = documents.iter().any(|document| document.format != format);
    documents.extend(form);
    let leading = found.shipment.as_ref().or(numbers.first()).map(ToString::to_string).unwrap_or_default();
    let mut purchased = Purchased::new(leading, numbers, documents);
    if other {
        let words = "UPS gives this label a second time as GIF only";
        purchased.notices.push(Notice::new("LABEL_FORMAT", words));
    }
    Ok(purchased)
}

/// Asks tracking which packages carry the reference.
struct TrackReference(CallId);

impl Exchange for TrackReference {
    type In = FindQuery;
    type Out = Vec<TrackingNumber>;
    const NAME: &'static str = "track_reference";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, query: &FindQuery) -> Result<Wire, Fault> {
        let sent = query.sent_at.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        // A day either way: the carrier counts in its own zones.
        let from = sent.yesterday().unwrap_or_else(|_| sent.clone());
        let until = query.order.shipment.ship_at.date().max(sent.date());
        let until = until.tomorrow().unwrap_or(until);
        let call = HttpCall::get("/api/track/v1/reference/details")
            .segment(query.order.reference.as_str())
            .query("locale", "en_US")
            .query("fromPickUpDate", from.strftime("%Y%m%d").to_string())
            .query("toPickUpDate", until.strftime("%Y%m%d").to_string())
            .query("shipperNum", account.require("shipper_number")?)
            .query("refNumType", "SmallPackage");
        Ok(self.0.sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, _: &FindQuery, reply: &Reply) -> Result<Vec<TrackingNumber>, Fault> {
        if !reply.is_success() {
            let fault = refusal::fault(reply);
            let is_unknown =
                fault.kind == FaultKind::NotFound || NOT_FOUND.contains(&refusal::first_code(&fault));
            return if is_unknown { Ok(Vec::new()) } else { Err(fault) };
        }
        let reply: TrackReply = json::read(&reply.body)?;
        let packages = reply.track_response.shipment.into_iter().flat_map(|shipment| shipment.package);
        packages
            .filter(|package| !package.current_status.as_ref().is_some_and(status::is_voided))
            .map(|package| Ok(TrackingNumber::parse(&package.tracking_number)?))
            .collect()
    }
}
