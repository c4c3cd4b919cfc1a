//! A gateway killed at each named place, once, and once more at each place of
//! the recovery.
//!
//! The places are read from the gateway's source, so that a new one takes part
//! without anybody enrolling it. Start with [`places`] and [`at`].

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures::StreamExt;
use parcelgate::api::proto::v1;
use parcelgate_kit::exchange::Guard;

use crate::books::Books;
use crate::caller::{self, Deal, Told};
use crate::carriers::Carriers;
use crate::gateway::{Gateway, Keeping, Site};
use crate::judge;

/// Passings of one place that are tried; no plan is longer.
const PASSINGS: u32 = 3;
/// Journeys under way at once: they mostly wait for leases to end.
const AT_ONCE: usize = 4;
/// How long a gateway that should die or settle is waited for.
const LONGEST: Duration = Duration::from_secs(30);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(100);
/// The place that only a new purchase passes.
const BEGINNING: &str = "purchase.begun";
/// How the code names a place.
const NAMING: [&str; 2] = ["reach(\"", "checkpoint(\""];

/// Every named place of the gateway.
pub(crate) fn places() -> Result<Vec<String>> {
    let mut found = BTreeSet::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/gateway")), &mut found)?;
    Ok(found.into_iter().collect())
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            let source = std::fs::read_to_string(&path)?;
            for naming in NAMING {
                let names = source.split(naming).skip(1).filter_map(|rest| rest.split_once('"'));
                found.extend(names.map(|(name, _)| name.to_owned()));
            }
        }
    }
    Ok(())
}

/// How a journey with two deaths went.
enum Way {
    /// The first place was not passed so often: the work ended without a death.
    NotPassed,
    /// It held, with so many deaths.
    Held(u32),
}

/// Kills a gateway at one place, at each passing: once, and then once more in
/// the recovery, at the same place and at the one after it. How many deaths
/// there were.
pub(crate) async fn at(carrier: &'static str, number: usize, places: &[String]) -> Result<u32> {
    let place = &places[number];
    // Only these lie on the way of a recovery; where a purchase begins it never comes again.
    let recovery: Vec<_> = places.iter().filter(|place| *place != BEGINNING).collect();
    let seconds = [None, Some(recovery[number % recovery.len()]), Some(recovery[(number + 1) % recovery.len()])];
    let (mut deaths, mut twice) = (0, 0);
    for passing in 1..=PASSINGS {
        let journeys = seconds.iter().map(|second| journey(carrier, place, passing, *second));
        let ways: Vec<_> = futures::stream::iter(journeys).buffer_unordered(AT_ONCE).collect().await;
        let ways = ways.into_iter().collect::<Result<Vec<_>>>()?;
        let held: Vec<_> = ways.iter().filter_map(|way| match way {
            Way::NotPassed => None,
            Way::Held(deaths) => Some(*deaths),
        }).collect();
        if held.is_empty() {
            ensure!(passing > 1, "`{place}` was never passed: nothing is proved of it");
            break;
        }
        deaths += held.iter().sum::<u32>();
        twice += held.iter().filter(|deaths| **deaths > 1).count();
    }
    Ok(deaths)
}

async fn journey(carrier: &'static str, place: &str, passing: u32, second: Option<&String>) -> Result<Way> {
    let at = || format!("{carrier}: killed at {place}:{passing}, then at {second:?}");
    one_journey(carrier, place, passing, second).await.with_context(at)
}

async fn one_journey(
    carrier: &'static str,
    place: &str,
    passing: u32,
    second: Option<&String>,
) -> Result<Way> {
    let carriers = Carriers::start(7).await?;
    let site = Site::new(&carriers, &Keeping::Sqlite)?;
    let mut books = Books::default();
    let voiding = place.starts_with("void.");
    let deal = {
        let gateway = site.start().await?;
        let offer = caller::offer(&gateway, &carriers, carrier).await?;
        let number = books.open(Deal::new(carrier, &offer, "the-key".to_owned()));
        if voiding {
            let told = books.entries[number].deal.buy(gateway.channel.clone()).await;
            books.note(number, told);
        }
        number
    };

    let mut gateway = site.start_to_die_at(place, passing).await?;
    if voiding {
        void(&gateway, &books).await;
    } else {
        let told = books.entries[deal].deal.buy(gateway.channel.clone()).await;
        let ended = matches!(told, Told::Final(_));
        books.note(deal, told);
        if ended {
            return Ok(Way::NotPassed);
        }
    }
    if tokio::time::timeout(LONGEST, gateway.program.ended()).await.is_err() {
        return Ok(Way::NotPassed);
    }
    let mut deaths = 1;
    if let Some(second) = second {
        let mut gateway = site.start_to_die_at(second, 1).await?;
        deaths += u32::from(dies_or_settles(&mut gateway, &mut books, &carriers).await?);
    }
    let gateway = site.start().await?;
    let channels = [gateway.channel.clone()];
    if voiding {
        return voided(&gateway, &carriers, carrier).await.map(|()| Way::Held(deaths));
    }
    judge::settle(&mut books, &carriers, &channels).await;
    judge::ask_again(&mut books, &channels).await;
    let verdict = judge::judge(&books, &carriers, &gateway.channel).await?;
    ensure!(verdict.holds(), "{}", verdict.findings());
    let known = verdict.bought + verdict.refused + verdict.in_doubt;
    ensure!(known == 1, "{known} purchases where one was asked for: {verdict:?}");
    Ok(Way::Held(deaths))
}

/// Asks until the gateway dies or everything is settled; whether it died.
async fn dies_or_settles(gateway: &mut Gateway, books: &mut Books, carriers: &Carriers) -> Result<bool> {
    let channel = gateway.channel.clone();
    let settled = async {
        loop {
            let told = books.entries[0].deal.buy(channel.clone()).await;
            let over = match &told {
                Told::Final(_) => true,
                Told::InDoubt { .. } => carriers.guard(books.entries[0].deal.carrier) == Guard::None,
                _ => false,
            };
            books.note(0, told);
            if over {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        ended = gateway.program.ended() => ended.map(|_| true),
        () = settled => Ok(false),
        () = tokio::time::sleep(LONGEST) => bail!("it neither died nor settled"),
    }
}

async fn void(gateway: &Gateway, books: &Books) {
    if let Some(shipment_id) = books.entries[0].shipment.clone() {
        // It dies meanwhile; the answer is looked at after the recovery.
        let _ = gateway.shipping().void(v1::VoidRequest { shipment_id }).await;
    }
}

/// After a death during a void it is carried to its end, by asking again or by
/// the recovery, and the carrier has no live label where that is told.
async fn voided(gateway: &Gateway, carriers: &Carriers, carrier: &str) -> Result<()> {
    let settled = async {
        loop {
            let all = gateway.shipping().list_shipments(v1::ListShipmentsRequest::default()).await?;
            let shipment = all.into_inner().shipments.pop().context("the shipment is lost")?;
            match shipment.state() {
                v1::ShipmentState::Voided => return Ok::<_, anyhow::Error>(()),
                v1::ShipmentState::Purchased => {
                    let request = v1::VoidRequest { shipment_id: shipment.id.clone() };
                    let _ = gateway.shipping().void(request).await;
                }
                _ => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(LONGEST, settled).await.context("the void never ended")??;
    let ledger = carriers.ledger().await?;
    let live = ledger.get(carrier).map_or(0, |made| made.iter().filter(|label| !label.voided).count());
    ensure!(live == 0, "told as voided, and {live} labels live");
    Ok(())
}
