//! A gateway killed at each named place, once, and once more at each place of
//! the recovery.
//!
//! The places are read from the gateway's source, so that a new one takes part
//! without anybody enrolling it. Start with [`places`] and [`at`].

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use parcelgate::api::proto::v1;
use parcelgate_kit::exchange::Guard;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use crate::books::Books;
use crate::caller::{self, Deal, Told};
use crate::carriers::Carriers;
use crate::gateway::{Gateway, Keeping, Site, shipping};
use crate::judge;

/// Passings of one place that are tried; no plan is longer.
const PASSINGS: u32 = 3;
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

/// Kills a gateway at one place: at its first passing once, and then once more
/// in the recovery, at the same place and at the one after it; at each later
/// passing once. How many deaths there were.
pub(crate) async fn at(carrier: &'static str, number: usize, places: &[String]) -> Result<u32> {
    let place = &places[number];
    // Only these lie on the way of a recovery; where a purchase begins it never comes again.
    let recovery: Vec<_> = places.iter().filter(|place| *place != BEGINNING).collect();
    let nth = |number: usize| Some(recovery[number % recovery.len()]);
    let journeys = [None, nth(number), nth(number + 1)].map(|second| journey(carrier, place, 1, second));
    let mut deaths = 0;
    for way in futures::future::join_all(journeys).await {
        match way? {
            Way::NotPassed => bail!("`{place}` was never passed: nothing is proved of it"),
            Way::Held(more) => deaths += more,
        }
    }
    for passing in 2..=PASSINGS {
        match journey(carrier, place, passing, None).await? {
            Way::NotPassed => break,
            Way::Held(more) => deaths += more,
        }
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
    let answered = if voiding {
        void(&gateway.channel).await
    } else {
        let told = books.entries[deal].deal.buy(gateway.channel.clone()).await;
        books.note(deal, told.clone());
        matches!(told, Told::Final(_) | Told::InDoubt { .. })
    };
    if answered {
        return Ok(Way::NotPassed);
    }
    let died = tokio::time::timeout(LONGEST, gateway.program.ended()).await;
    died.context("the call had no answer, and the gateway lives")??;
    let mut deaths = 1;
    if let Some(second) = second {
        let mut gateway = site.start_to_die_at(second, 1).await?;
        deaths += u32::from(dies_or_settles(&mut gateway, &mut books, &carriers, voiding).await?);
    }
    let gateway = site.start().await?;
    let channels = [gateway.channel.clone()];
    if voiding {
        let settled = tokio::time::timeout(LONGEST, voided(&gateway.channel)).await;
        if let Ok(done) = settled {
            done?;
        } else {
            bail!("the void never ended: {:?}", only_shipment(&gateway.channel).await?);
        }
        let ledger = carriers.ledger().await?;
        let live = ledger.get(carrier).map_or(0, |made| made.iter().filter(|label| !label.voided).count());
        ensure!(live == 0, "told as voided, and {live} labels live");
        return Ok(Way::Held(deaths));
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
async fn dies_or_settles(
    gateway: &mut Gateway,
    books: &mut Books,
    carriers: &Carriers,
    voiding: bool,
) -> Result<bool> {
    let channel = gateway.channel.clone();
    let settled = async {
        match voiding {
            true => voided(&channel).await,
            false => bought(&channel, books, carriers).await,
        }
    };
    tokio::select! {
        biased;
        ended = gateway.program.ended() => ended.map(|_| true),
        settled = settled => match settled {
            Ok(()) => Ok(false),
            // The answer broke off: the death is about to be seen.
            Err(_) => {
                let ended = tokio::time::timeout(LONGEST, gateway.program.ended()).await;
                ended.context("it answers no more, and lives")?.map(|_| true)
            }
        },
        () = tokio::time::sleep(LONGEST) => bail!("it neither died nor settled"),
    }
}

/// Asks until the purchase has its last word, or waits for an operator.
async fn bought(channel: &Channel, books: &mut Books, carriers: &Carriers) -> Result<()> {
    loop {
        let told = books.entries[0].deal.buy(channel.clone()).await;
        let over = match &told {
            Told::Final(_) => true,
            Told::InDoubt { .. } => carriers.guard(books.entries[0].deal.carrier) == Guard::None,
            _ => false,
        };
        books.note(0, told);
        if over {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks for the one shipment to be voided; whether there was an answer.
async fn void(channel: &Channel) -> bool {
    let Ok(shipment) = only_shipment(channel).await else { return false };
    match shipping(channel.clone()).void(v1::VoidRequest { shipment_id: shipment.id }).await {
        Ok(_) => true,
        Err(status) => status.get_error_details().error_info().is_some(),
    }
}

/// Asks, again where it has to, until the one shipment is voided.
async fn voided(channel: &Channel) -> Result<()> {
    loop {
        match only_shipment(channel).await?.state() {
            v1::ShipmentState::Voided => return Ok(()),
            v1::ShipmentState::Purchased => {
                void(channel).await;
            }
            _ => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn only_shipment(channel: &Channel) -> Result<v1::Shipment> {
    let all = shipping(channel.clone()).list_shipments(v1::ListShipmentsRequest::default()).await?;
    all.into_inner().shipments.pop().context("the shipment is lost")
}
