//! What callers asked for and what they were told: held against each other as
//! the answers come, and against the ledger at the end.
//!
//! Start with [`Books::note`].

use crate::caller::{Deal, Final, Told};

/// One deal and what is known of it.
pub(crate) struct Entry {
    /// What is wanted.
    pub(crate) deal: Deal,
    /// The shipment that answers named.
    pub(crate) shipment: Option<String>,
    /// The last word, once it was said.
    pub(crate) last: Option<Final>,
    /// The newest answer, to explain what is left open.
    pub(crate) newest: Option<Told>,
}

/// All deals.
#[derive(Default)]
pub(crate) struct Books {
    /// In the order in which they were made.
    pub(crate) entries: Vec<Entry>,
    /// One key, two shipments.
    pub(crate) doubled: Vec<String>,
    /// A last word that was taken back or changed.
    pub(crate) broken: Vec<String>,
}

impl Books {
    /// Takes up a deal; its number.
    pub(crate) fn open(&mut self, deal: Deal) -> usize {
        self.entries.push(Entry { deal, shipment: None, last: None, newest: None });
        self.entries.len() - 1
    }

    /// Writes down an answer, unless it contradicts an earlier one: then that is
    /// written down.
    pub(crate) fn note(&mut self, number: usize, told: Told) {
        let entry = &mut self.entries[number];
        let named = match &told {
            Told::Final(last) => Some(&last.shipment),
            Told::InDoubt { shipment } => Some(shipment),
            _ => None,
        };
        if let Some(named) = named {
            let before = entry.shipment.get_or_insert_with(|| named.clone());
            if before != named {
                self.doubled.push(format!("key {}: first {before}, then {named}", entry.deal.key()));
            }
        }
        match (&entry.last, &told) {
            (None, Told::Final(last)) => entry.last = Some(last.clone()),
            (Some(before), Told::Final(now)) if before == now => {}
            (Some(before), Told::Final(_) | Told::InDoubt { .. } | Told::NotBegun(_)) => self.broken.push(
                format!("key {}: the last word was {}, then came {told:?}", entry.deal.key(), brief(before)),
            ),
            (None, Told::NotBegun(words)) if entry.shipment.is_some() => {
                self.broken.push(format!("key {}: it was begun, then {words}", entry.deal.key()));
            }
            _ => {}
        }
        entry.newest = Some(told);
    }

    /// Numbers of the deals without a last word.
    pub(crate) fn open_ones(&self) -> Vec<usize> {
        let open = |(number, entry): (usize, &Entry)| entry.last.is_none().then_some(number);
        self.entries.iter().enumerate().filter_map(open).collect()
    }
}

fn brief(last: &Final) -> String {
    match last.bought {
        true => format!("{} bought, {} bytes", last.shipment, last.words.len()),
        false => format!("{} refused, {}", last.shipment, String::from_utf8_lossy(&last.words)),
    }
}
