//! What happens to one order: rated, bought, its papers saved, followed home.

use std::path::Path;

use anyhow::Result;

use super::super::arguments::{Connection, Format, Size};
use super::super::{buy, connect, failure, label, rate, render, show, track};
use crate::api::proto::v1;
use crate::run::Running;

/// How far the clock is moved for a parcel to arrive.
const JOURNEY_SECONDS: i64 = 16 * 24 * 3600;

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// No carrier serves it, and each said why.
    NotOffered,
    /// Every parcel arrived.
    Delivered,
    /// It was offered, and did not come to an end.
    Unfinished,
}

/// What became of one order.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) order: &'static str,
    pub(super) end: End,
    pub(super) bought: String,
    pub(super) price: String,
    pub(super) number: String,
    pub(super) labels: Vec<String>,
    pub(super) identifiers: String,
    pub(super) status: String,
    shipment: String,
}

/// The way from order to order.
pub(super) struct Tour<'a> {
    pub(super) running: &'a Running,
    pub(super) connection: Connection,
    pub(super) out: &'a Path,
}

impl Tour<'_> {
    /// Rates an order and buys the best offer, if there is one.
    pub(super) async fn tell(&self, name: &'static str, order: v1::RateRequest) -> Result<Story> {
        show::line(format!("\n=== {name}: {}", headline(&order)));
        let rated = connect::shipping(&self.connection)?.rate(order).await?.into_inner();
        rate::print(&rated);
        let quote = rated.quote.unwrap_or_default();
        let attached = quote.regional_decision.unwrap_or_default().attached;
        let mut story = Story {
            order: name,
            end: End::NotOffered,
            bought: String::new(),
            price: String::new(),
            number: String::new(),
            labels: Vec::new(),
            identifiers: attached.into_iter().map(|id| id.type_text).collect::<Vec<_>>().join(", "),
            status: "not offered".to_owned(),
            shipment: String::new(),
        };
        match rated.offers.first() {
            Some(best) => self.buy(&mut story, best, &quote.id).await?,
            None => show::line("No carrier that is compiled in serves this order; the reasons stand above."),
        }
        Ok(story)
    }

    async fn buy(&self, story: &mut Story, offer: &v1::Offer, quote: &str) -> Result<()> {
        story.end = End::Unfinished;
        let offered = v1::OfferSelection { quote_id: quote.to_owned(), offer_id: offer.id.clone() };
        let request = v1::PurchaseRequest {
            idempotency_key: format!("demo-{}", story.order),
            selection: Some(v1::purchase_request::Selection::Offer(offered)),
            label: Some(self.label_of(&offer.carrier).await?),
            ..v1::PurchaseRequest::default()
        };
        let shipment = match connect::shipping(&self.connection)?.purchase(request).await {
            Ok(bought) => bought.into_inner().shipment.unwrap_or_default(),
            Err(status) => {
                show::line("\nNot bought");
                failure::lines(&status).iter().for_each(|line| show::line(format!("  {line}")));
                story.status = "not bought".to_owned();
                return Ok(());
            }
        };
        show::line("\nBought the best offer");
        render::shipment(&shipment).iter().for_each(|line| show::line(format!("  {line}")));
        story.bought = format!("{} / {}", shipment.carrier, offer.service.clone().unwrap_or_default().name);
        story.price = render::money(shipment.total.as_ref());
        let numbers: Vec<_> = shipment.parcels.iter().map(|parcel| parcel.tracking_number.clone()).collect();
        story.number = numbers.join(", ");
        story.labels = self.save(story.order, &shipment).await?;
        story.status = render::bare(shipment.state().as_str_name(), "SHIPMENT_STATE_");
        story.shipment = shipment.id;
        Ok(())
    }

    /// PDF where the carrier makes it, else the first format that it makes.
    async fn label_of(&self, carrier: &str) -> Result<v1::LabelSpec> {
        let request = v1::GetCarrierRequest { carrier: carrier.to_owned() };
        let got = connect::carriers(&self.connection)?.get_carrier(request).await?.into_inner();
        let made = got.carrier.unwrap_or_default();
        let mut spec = buy::label(Format::Pdf, Size::Inch4x6);
        let formats: Vec<_> = made.label_formats().collect();
        if let Some(first) = formats.first().filter(|_| !formats.contains(&v1::DocumentFormat::Pdf)) {
            spec.format = (*first).into();
        }
        Ok(spec)
    }

    /// Saves every paper; the names of the labels come back.
    async fn save(&self, name: &str, shipment: &v1::Shipment) -> Result<Vec<String>> {
        let mut client = connect::shipping(&self.connection)?;
        let mut labels = Vec::new();
        for (document, file) in shipment.documents.iter().zip(file_names(name, &shipment.documents)) {
            let request = v1::GetDocumentRequest { document_id: document.id.clone(), ..Default::default() };
            let got = client.get_document(request).await?.into_inner();
            let path = self.out.join(&file);
            label::save(&path, &got.content)?;
            show::line(format!("  saved {} ({} bytes)", path.display(), got.content.len()));
            if document.kind() == v1::DocumentKind::Label {
                labels.push(file);
            }
        }
        Ok(labels)
    }

    /// Lets the parcels travel, and looks where each has come.
    pub(super) async fn follow_all(&self, stories: &mut [Story]) -> Result<()> {
        if stories.iter().all(|story| story.shipment.is_empty()) {
            return Ok(());
        }
        if let Some((sandbox, _)) = &self.running.sandbox {
            sandbox.clock().skip(JOURNEY_SECONDS);
        }
        show::line(format!("\n=== The sandbox's clock moves on by {} days", JOURNEY_SECONDS / 86_400));
        for story in stories.iter_mut().filter(|story| !story.shipment.is_empty()) {
            show::line(format!("\n{}", story.order));
            let target = Some(v1::track_request::Target::ShipmentId(story.shipment.clone()));
            let request = v1::TrackRequest { target };
            let tracked = connect::shipping(&self.connection)?.track(request).await?.into_inner();
            track::print(&tracked);
            let states: Vec<_> = track::parcels(&tracked).map(|parcel| track::state(&parcel)).collect();
            if states.iter().all(|state| state == "DELIVERED") {
                story.end = End::Delivered;
            }
            let open = states.iter().find(|state| *state != "DELIVERED");
            story.status = open.or(states.first()).cloned().unwrap_or_default();
        }
        Ok(())
    }
}

/// `us-to-ca-label.pdf`; numbered where there are several of a kind.
fn file_names(name: &str, documents: &[v1::Document]) -> Vec<String> {
    let of_a_kind = |kind| documents.iter().filter(|document| document.kind() == kind).count();
    let mut names = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let kind =
            render::bare(document.kind().as_str_name(), "DOCUMENT_KIND_").to_lowercase().replace('_', "-");
        let ending = render::bare(document.format().as_str_name(), "DOCUMENT_FORMAT_").to_lowercase();
        let number = if of_a_kind(document.kind()) > 1 { format!("-{}", index + 1) } else { String::new() };
        names.push(format!("{name}{number}-{kind}.{ending}"));
    }
    names
}

fn headline(order: &v1::RateRequest) -> String {
    let place =
        |party: Option<&v1::Party>| party.map(|p| format!("{} {}", p.city, p.country)).unwrap_or_default();
    let goods = order.items.iter().map(|item| {
        let each = item.unit_value.as_ref().map(|value| format!(" at {}", render::money(Some(value))));
        format!("{} x {}{}", item.quantity, item.description, each.unwrap_or_default())
    });
    let goods: Vec<_> = goods.collect();
    let (from, to) = (place(order.ship_from.as_ref()), place(order.ship_to.as_ref()));
    format!("{from} -> {to}, {}: {}", render::count(order.parcels.len(), "parcel"), goods.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paper_has_a_name_of_its_own() {
        let paper = |kind: v1::DocumentKind| v1::Document {
            kind: kind.into(),
            format: v1::DocumentFormat::Zpl.into(),
            ..Default::default()
        };
        let (label, form) = (paper(v1::DocumentKind::Label), paper(v1::DocumentKind::CustomsForm));
        assert_eq!(file_names("o", &[label.clone(), form.clone()]), ["o-label.zpl", "o-customs-form.zpl"]);
        assert_eq!(
            file_names("o", &[label.clone(), label, form]),
            ["o-1-label.zpl", "o-2-label.zpl", "o-customs-form.zpl"]
        );
    }
}
