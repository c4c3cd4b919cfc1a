//! `rate FILE`.

use std::io::IsTerminal;

use anyhow::Result;
use tokio_stream::StreamExt;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, file: &str) -> Result<()> {
    let request: v1::RateRequest = message::parse("RateRequest", file, &message::text(file)?)?;
    let mut client = connect::shipping(connection)?;
    let request = v1::StreamRatesRequest { rate_request: Some(request) };
    let mut pieces = client.stream_rates(request).await?.into_inner();
    let progress = show::progress("carriers are being asked");
    let mut rated = v1::RateResponse::default();
    let mut ranking = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if json {
            message::print("StreamRatesResponse", &piece, true)?;
            continue;
        }
        match piece.piece {
            Some(v1::stream_rates_response::Piece::Offer(offer)) => rated.offers.push(offer),
            Some(v1::stream_rates_response::Piece::Ineligible(one)) => rated.ineligible.push(one),
            Some(v1::stream_rates_response::Piece::CarrierReport(report)) => {
                progress.set_message(format!(
                    "{} answered, {} offers so far",
                    report.carrier,
                    rated.offers.len()
                ));
                rated.carriers.push(report);
            }
            Some(v1::stream_rates_response::Piece::Summary(summary)) => {
                rated.quote = summary.quote;
                ranking = summary.ranked_offer_ids;
            }
            None => {}
        }
    }
    progress.finish_and_clear();
    if json {
        return Ok(());
    }
    rated.offers.sort_by_key(|offer| ranking.iter().position(|id| *id == offer.id));
    print(&rated);
    Ok(())
}

/// The whole answer for a person.
pub(super) fn print(rated: &v1::RateResponse) {
    if rated.offers.is_empty() {
        show::line("No offer.");
    } else {
        show::line(render::offers(&rated.offers).to_string());
    }
    section("Not offered", render::ineligible(&rated.ineligible));
    let quote = rated.quote.clone().unwrap_or_default();
    if let Some(decision) = &quote.regional_decision {
        section("Customs and tax", render::decision(decision));
    }
    section("Carriers", render::reports(&rated.carriers));
    show::line(format!("\nQuote {}, good until {}", quote.id, render::instant_of(quote.expires_at.as_ref())));
    if let Some(best) = rated.offers.first()
        && std::io::stdout().is_terminal()
    {
        show::line(format!("Buy the first: parcelgate buy --quote {} --offer {}", quote.id, best.id));
    }
}

/// A heading and its lines, nothing when there are none.
pub(super) fn section(heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    show::line(format!("\n{heading}"));
    for line in lines {
        show::line(format!("  {line}"));
    }
}
