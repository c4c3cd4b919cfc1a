//! Waits until everything is settled, then holds the gateway's word against
//! what the carriers really made.
//!
//! It changes nothing but by asking again. Start with [`settle`], then
//! [`judge`].

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::StreamExt;
use parcelgate::api::proto::v1;
use parcelgate_kit::exchange::Guard;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tonic::transport::Channel;

use crate::books::Books;
use crate::caller::Told;
use crate::carriers::{Carriers, Made};
use crate::gateway::shipping;
use crate::operator;

/// How long nothing at all may settle before what is left counts as left open:
/// more than the longest pause between two looks at a carrier, the lease and the
/// carrier's timeout together. There is no limit on the whole: a busy machine is
/// slow, and that says nothing about a purchase.
const STILL: Duration = Duration::from_secs(150);
/// Between two rounds of questions: seldom enough that the gateways' time goes
/// to the looks and not to the answers.
const ROUND: Duration = Duration::from_secs(1);
/// Questions under way at once.
const AT_ONCE: usize = 12;

/// What was found. Each entry of the first three lists is a broken promise.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Verdict {
    /// More than one live label for one reference or key.
    pub(crate) doubled: Vec<String>,
    /// A live label that nobody knows, or a word that did not stay true.
    pub(crate) lost: Vec<String>,
    /// Neither ended nor on anybody's list.
    pub(crate) orphaned: Vec<String>,
    /// Live labels of the carriers.
    pub(crate) labels: usize,
    /// Purchases that ended with a label.
    pub(crate) bought: usize,
    /// Purchases that ended without one.
    pub(crate) refused: usize,
    /// Purchases that wait for an operator, where the carrier gives no other way.
    pub(crate) in_doubt: usize,
    /// What the gateways said last, where something is wrong.
    pub(crate) words: Vec<String>,
}

impl Verdict {
    /// Nothing is wrong.
    pub(crate) fn holds(&self) -> bool {
        self.doubled.is_empty() && self.lost.is_empty() && self.orphaned.is_empty()
    }

    /// Everything that is wrong, a line each.
    pub(crate) fn findings(&self) -> String {
        let lists = [("doubled", &self.doubled), ("lost", &self.lost), ("orphaned", &self.orphaned)];
        let lines =
            lists.iter().flat_map(|(what, list)| list.iter().map(move |one| format!("{what}: {one}")));
        lines.chain(self.words.iter().cloned()).collect::<Vec<_>>().join("\n")
    }
}

/// Asks for every deal again until each has its last word, or is in doubt where
/// only an operator can end it. Whatever is left when nothing settles any more is
/// judged as it is.
pub(crate) async fn settle(books: &mut Books, carriers: &Carriers, channels: &[Channel]) {
    let (mut fewest, mut since) = (usize::MAX, Instant::now());
    loop {
        let open: Vec<_> = books
            .open_ones()
            .into_iter()
            .filter(|number| {
                let entry = &books.entries[*number];
                let waits = matches!(entry.newest, Some(Told::InDoubt { .. }))
                    && carriers.guard(entry.deal.carrier) == Guard::None;
                !waits && !matches!(entry.newest, Some(Told::NotBegun(_)))
            })
            .collect();
        if open.len() < fewest {
            (fewest, since) = (open.len(), Instant::now());
        }
        if open.is_empty() || since.elapsed() > STILL {
            return;
        }
        ask(books, &open, channels).await;
        tokio::time::sleep(ROUND).await;
    }
}

/// Asks for every ended deal once more: the answer must be the same.
pub(crate) async fn ask_again(books: &mut Books, channels: &[Channel]) {
    let ended: Vec<_> =
        (0..books.entries.len()).filter(|number| books.entries[*number].last.is_some()).collect();
    ask(books, &ended, channels).await;
}

async fn ask(books: &mut Books, numbers: &[usize], channels: &[Channel]) {
    let calls = numbers.iter().map(|number| {
        let (deal, channel) =
            (books.entries[*number].deal.clone(), channels[number % channels.len()].clone());
        async move { (*number, deal.buy(channel).await) }
    });
    let calls: Vec<_> = calls.collect();
    let answers: Vec<_> = futures::stream::iter(calls).buffer_unordered(AT_ONCE).collect().await;
    for (number, told) in answers {
        books.note(number, told);
    }
}

/// Holds the books and the gateway's list against the ledgers.
pub(crate) async fn judge(books: &Books, carriers: &Carriers, channel: &Channel) -> Result<Verdict> {
    let mut verdict =
        Verdict { doubled: books.doubled.clone(), lost: books.broken.clone(), ..Verdict::default() };
    let known = shipments(channel).await?;
    let by_reference: BTreeMap<_, _> =
        known.iter().map(|shipment| (shipment.reference.as_str(), shipment)).collect();
    for (carrier, made) in carriers.ledger().await? {
        let mut live: BTreeMap<&str, Vec<&Made>> = BTreeMap::new();
        for label in made.iter().filter(|label| !label.voided) {
            live.entry(label.reference.as_str()).or_default().push(label);
        }
        verdict.labels += live.values().map(Vec::len).sum::<usize>();
        for (reference, labels) in &live {
            if labels.len() > 1 {
                verdict.doubled.push(format!("{carrier} {reference}: {} live labels", labels.len()));
            }
            let shipment = by_reference.get(reference).copied();
            verdict.lost.extend(lost(carrier, labels[0], shipment));
        }
        let phantom = known.iter().filter(|one| {
            one.carrier == carrier
                && one.state() == v1::ShipmentState::Purchased
                && !live.contains_key(one.reference.as_str())
        });
        verdict
            .lost
            .extend(phantom.map(|one| format!("{carrier} {}: told as bought, no live label", one.id)));
    }
    let seen = operator::seen(channel).await?;
    for shipment in &known {
        // An operator has it, and nobody else could end it.
        let watched = carriers.guard(&shipment.carrier) == Guard::None && seen.contains(&shipment.id);
        count(&mut verdict, watched, shipment);
    }
    verdict.lost.extend(forgotten(books, &known));
    verdict.orphaned.extend(never_answered(books, carriers));
    papers(books, &known, channel, &mut verdict).await;
    Ok(verdict)
}

/// Whether the gateway knows of a live label as it should.
fn lost(carrier: &str, label: &Made, shipment: Option<&v1::Shipment>) -> Option<String> {
    let at = format!("{carrier} {} {:?}", label.reference, label.tracking);
    let Some(shipment) = shipment else { return Some(format!("{at}: no shipment has it")) };
    match shipment.state() {
        v1::ShipmentState::Purchased => {
            let told: Vec<_> = shipment.parcels.iter().map(|parcel| parcel.tracking_number.clone()).collect();
            (told != label.tracking).then(|| format!("{at}: {} is told as {told:?}", shipment.id))
        }
        // Settled later or by an operator; who is forgotten there is an orphan.
        v1::ShipmentState::InDoubt | v1::ShipmentState::VoidRequested => None,
        state => Some(format!("{at}: {} is {}", shipment.id, state.as_str_name())),
    }
}

fn count(verdict: &mut Verdict, watched: bool, shipment: &v1::Shipment) {
    match shipment.state() {
        v1::ShipmentState::Purchased => verdict.bought += 1,
        v1::ShipmentState::Refused => verdict.refused += 1,
        v1::ShipmentState::Voided => {}
        v1::ShipmentState::InDoubt if watched => verdict.in_doubt += 1,
        state => verdict.orphaned.push(format!(
            "{} {} is still {}",
            shipment.carrier,
            shipment.id,
            state.as_str_name()
        )),
    }
}

/// Callers were told that it is bought, and the list has it no more.
fn forgotten(books: &Books, known: &[v1::Shipment]) -> Vec<String> {
    let bought = books.entries.iter().filter_map(|entry| entry.last.as_ref()).filter(|last| last.bought);
    let gone = bought.filter(|last| {
        let there = known.iter().find(|shipment| shipment.id == last.shipment);
        there.is_none_or(|shipment| shipment.state() != v1::ShipmentState::Purchased)
    });
    gone.map(|last| format!("{} was told as bought and is no longer", last.shipment)).collect()
}

/// Keys for which no question brings an answer.
fn never_answered(books: &Books, carriers: &Carriers) -> Vec<String> {
    let open = books.entries.iter().filter(|entry| entry.last.is_none());
    let unanswered = open.filter(|entry| match &entry.newest {
        Some(Told::InDoubt { .. }) => carriers.guard(entry.deal.carrier) != Guard::None,
        Some(Told::NotBegun(_)) => false,
        _ => true,
    });
    unanswered
        .map(|entry| format!("{} key {}: {:?}", entry.deal.carrier, entry.deal.key(), entry.newest))
        .collect()
}

/// Every paper of every shipment that was told as bought is there, whole.
async fn papers(books: &Books, known: &[v1::Shipment], channel: &Channel, verdict: &mut Verdict) {
    let told: Vec<_> = books.entries.iter().filter_map(|entry| entry.last.as_ref()).collect();
    let told = |shipment: &v1::Shipment| told.iter().any(|last| last.bought && last.shipment == shipment.id);
    let documents = known.iter().filter(|shipment| told(shipment)).flat_map(|one| one.documents.clone());
    let fetched: Vec<_> = futures::stream::iter(documents.map(|document| {
        let mut client = shipping(channel.clone());
        async move {
            let request = v1::GetDocumentRequest { document_id: document.id.clone(), ..Default::default() };
            match client.get_document(request).await {
                Ok(answer) => {
                    let answer = answer.into_inner();
                    let sum = hex::encode(Sha256::digest(&answer.content));
                    let whole = answer.document.is_some_and(|document| document.sha256 == sum);
                    (!whole).then(|| format!("document {}: its bytes changed", document.id))
                }
                Err(status) => Some(format!("document {}: {status}", document.id)),
            }
        }
    }))
    .buffer_unordered(AT_ONCE)
    .collect()
    .await;
    verdict.lost.extend(fetched.into_iter().flatten());
    // A carrier that gives no label a second time says so.
    let said = |one: &v1::Shipment| one.notices.iter().any(|notice| notice.code.contains("LABEL"));
    let without = known.iter().filter(|one| told(one) && one.documents.is_empty() && !said(one));
    verdict.lost.extend(without.map(|shipment| format!("{} has no label", shipment.id)));
}

/// Every shipment that the gateway knows.
async fn shipments(channel: &Channel) -> Result<Vec<v1::Shipment>> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListShipmentsRequest { page_size: 200, page_token, ..Default::default() };
        let page = shipping(channel.clone()).list_shipments(request).await;
        let page = page.context("the list of shipments")?.into_inner();
        all.extend(page.shipments);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}
