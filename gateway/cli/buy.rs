//! `buy`.

use anyhow::{Result, bail};

use super::arguments::{Buy, Connection, Format, Pick, Size};
use super::{connect, message, render, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, arguments: Buy) -> Result<()> {
    let request = request(arguments)?;
    show::note(format!("idempotency key {}: the same key never buys twice", request.idempotency_key));
    let progress = show::progress("the label is being bought");
    let bought = connect::shipping(connection)?.purchase(request).await;
    drop(progress);
    let bought = bought?.into_inner();
    let shipment = bought.shipment.clone().unwrap_or_default();
    if json {
        message::print("PurchaseResponse", &bought, false)?;
    } else {
        render::shipment(&shipment).iter().for_each(show::line);
    }
    if shipment.state() == v1::ShipmentState::InDoubt {
        bail!("it is not known yet whether the carrier made the label: ask again with the same key");
    }
    Ok(())
}

fn request(arguments: Buy) -> Result<v1::PurchaseRequest> {
    use v1::purchase_request::Selection;
    let mut request = v1::PurchaseRequest::default();
    request.selection = match (&arguments.file, &arguments.pick, &arguments.service) {
        (None, ..) => Some(Selection::Offer(v1::OfferSelection {
            quote_id: arguments.quote.clone().unwrap_or_default(),
            offer_id: arguments.offer.clone().unwrap_or_default(),
        })),
        (Some(file), Some(pick), _) => {
            let criterion = match pick {
                Pick::Cheapest => v1::PickCriterion::Cheapest,
                Pick::Fastest => v1::PickCriterion::Fastest,
                Pick::BestValue => v1::PickCriterion::BestValue,
            };
            let rate_request = Some(message::parse("RateRequest", file, &message::text(file)?)?);
            Some(Selection::Pick(v1::PickSelection { rate_request, criterion: criterion.into() }))
        }
        (Some(file), None, Some(service)) => {
            let rate_request = Some(message::parse("RateRequest", file, &message::text(file)?)?);
            Some(Selection::Direct(v1::DirectSelection {
                rate_request,
                carrier: service.carrier.clone(),
                service: service.code.clone(),
                account: String::new(),
            }))
        }
        (Some(file), None, None) => {
            request = message::parse("PurchaseRequest", file, &message::text(file)?)?;
            request.selection.take()
        }
    };
    if let Some(key) = arguments.key {
        request.idempotency_key = key;
    }
    if request.idempotency_key.is_empty() {
        request.idempotency_key = uuid::Uuid::now_v7().to_string();
    }
    request.max_total = arguments.max_total.or(request.max_total.take());
    request.label.get_or_insert_with(|| label(arguments.label, arguments.size));
    Ok(request)
}

/// A label of this format and size.
pub(super) fn label(format: Format, size: Size) -> v1::LabelSpec {
    let size = match size {
        Size::Inch4x6 => v1::LabelSize::Inch4x6,
        Size::A6 => v1::LabelSize::A6,
        Size::A4 => v1::LabelSize::A4,
    };
    v1::LabelSpec { format: format.on_the_wire().into(), size: size.into(), dpi: 0 }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::arguments::{Cli, Command};
    use super::*;

    fn made(line: &str) -> Result<v1::PurchaseRequest> {
        let typed = std::iter::once("parcelgate").chain(line.split(' '));
        match Cli::try_parse_from(typed)?.command {
            Command::Buy(arguments) => request(arguments),
            other => bail!("{other:?}"),
        }
    }

    #[test]
    fn an_offer_is_bought_under_the_given_key_and_otherwise_under_a_fresh_one() {
        use v1::purchase_request::Selection;
        let given = made("buy --quote q_1 --offer o_1 --key k --label ZPL --size A6").unwrap();
        let offer = v1::OfferSelection { quote_id: "q_1".into(), offer_id: "o_1".into() };
        assert_eq!(given.selection, Some(Selection::Offer(offer)));
        assert_eq!(given.idempotency_key, "k");
        assert_eq!(given.label, Some(label(Format::Zpl, Size::A6)));
        let fresh = || made("buy --quote q_1 --offer o_1").unwrap().idempotency_key;
        assert!(!fresh().is_empty() && fresh() != fresh());
    }

    #[test]
    fn a_whole_request_keeps_what_it_says_and_what_is_typed_wins() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p.json");
        let text = r#"{"idempotencyKey": "in-file", "offer": {"quoteId": "q"},
            "maxTotal": {"currencyCode": "EUR", "units": "9"}, "label": {"format": "DOCUMENT_FORMAT_ZPL"}}"#;
        std::fs::write(&file, text).unwrap();
        let kept = made(&format!("buy {}", file.display())).unwrap();
        assert_eq!((kept.idempotency_key.as_str(), kept.max_total.as_ref().unwrap().units), ("in-file", 9));
        assert_eq!(kept.label.unwrap().format(), v1::DocumentFormat::Zpl);
        let typed = made(&format!("buy {} --key typed", file.display())).unwrap();
        assert_eq!(typed.idempotency_key, "typed");
    }
}
