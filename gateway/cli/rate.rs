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
    let progress = show::progress("carriers are being asked");
    let request = v1::StreamRatesRequest { rate_request: Some(request) };
    let mut pieces = client.stream_rates(request).await?.into_inner();
    let mut rated = v1::RateResponse::default();
    let mut ranking = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if json {
            message::print("StreamRatesResponse", &piece, true)?;
            continue;
        }
        ranking.extend(take(&mut rated, piece));
        if let Some(report) = rated.carriers.last() {
            let offers = render::count(rated.offers.len(), "offer");
            progress.set_message(format!("{} answered, {offers} so far", report.carrier));
        }
    }
    drop(progress);
    if json {
        return Ok(());
    }
    rank(&mut rated.offers, &ranking);
    print(&rated);
    Ok(())
}

/// Puts a piece of the stream to the others; the summary's is the ranking.
fn take(rated: &mut v1::RateResponse, piece: v1::StreamRatesResponse) -> Vec<String> {
    use v1::stream_rates_response::Piece;
    match piece.piece {
        Some(Piece::Offer(offer)) => rated.offers.push(*offer),
        Some(Piece::Ineligible(one)) => rated.ineligible.push(one),
        Some(Piece::CarrierReport(report)) => rated.carriers.push(report),
        Some(Piece::Summary(summary)) => {
            rated.quote = summary.quote;
            return summary.ranked_offer_ids;
        }
        None => {}
    }
    Vec::new()
}

/// Best first; an offer that is not ranked comes last.
fn rank(offers: &mut [v1::Offer], ranking: &[String]) {
    offers.sort_by_key(|offer| ranking.iter().position(|id| *id == offer.id).unwrap_or(usize::MAX));
}

/// The whole answer for a person.
pub(super) fn print(rated: &v1::RateResponse) {
    if rated.offers.is_empty() {
        show::line("No offer.");
    } else {
        show::line(render::offers(&rated.offers).to_string());
    }
    section("Protections withheld", render::withheld(&rated.offers));
    section("Not offered", render::ineligible(&rated.ineligible));
    let quote = rated.quote.clone().unwrap_or_default();
    if let Some(decision) = &quote.regional_decision {
        section("Customs and tax", render::decision(decision));
    }
    section("Decided otherwise", render::otherwise(&rated.offers));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranking_orders_the_offers_and_the_unranked_come_last() {
        let offer = |id: &str| v1::Offer { id: id.into(), ..Default::default() };
        let mut offers = [offer("new"), offer("b"), offer("a")];
        rank(&mut offers, &["a".into(), "b".into()]);
        assert_eq!(offers.map(|offer| offer.id), ["a", "b", "new"]);
    }
}
