//! An order, put together from its facts.
//!
//! The order in which facts arrive does not matter: each is the newest version of its kind and id, and times decide
//! the rest. Start at [`Order::of`].

use std::collections::BTreeMap;

use super::fact::{
    Cancellation, Claim, Confirmed, Fact, Message, Package, Placed, Refund, Review, Scan, ScanKind,
};
use super::marketplace::Marketplace;

/// What is known of an order.
#[derive(Debug, Clone)]
pub struct Order {
    /// Where it was placed.
    pub market: &'static Marketplace,
    /// Windows and what was sold; absent until told.
    pub placed: Option<Placed>,
    /// Its packages, by id.
    pub packages: BTreeMap<String, Shipped>,
    /// Messages, in the order of their times.
    pub messages: Vec<Message>,
    /// Claims and chargebacks.
    pub claims: Vec<Claim>,
    /// Ratings.
    pub reviews: Vec<Review>,
    /// Refunds.
    pub refunds: Vec<Refund>,
    /// The cancellation; the earliest when several are told.
    pub cancelled: Option<Cancellation>,
}

/// What is known of a package.
#[derive(Debug, Clone, Default)]
pub struct Shipped {
    /// What it is; absent until told.
    pub package: Option<Package>,
    /// Its confirmation and the edits of it, in the order of their times.
    pub confirmations: Vec<Confirmed>,
    /// The carrier's scans, in the order of their times.
    pub scans: Vec<Scan>,
}

impl Shipped {
    /// When it was first scanned.
    pub fn first_scan(&self) -> Option<Scan> {
        self.scans.first().copied()
    }

    /// When delivery was first tried, or it was delivered or put out for pick-up.
    pub fn first_attempt(&self) -> Option<Scan> {
        self.scans.iter().find(|scan| scan.kind != ScanKind::Network).copied()
    }
}

impl Order {
    /// Puts facts together. Of one fact only its newest version is to be given, and windows in the order in which they
    /// were changed: each adds to the ones before it.
    pub fn of<'a>(market: &'static Marketplace, facts: impl IntoIterator<Item = &'a Fact>) -> Order {
        let mut order = Order {
            market,
            placed: None,
            packages: BTreeMap::new(),
            messages: Vec::new(),
            claims: Vec::new(),
            reviews: Vec::new(),
            refunds: Vec::new(),
            cancelled: None,
        };
        for fact in facts {
            order.take(fact);
        }
        order.messages.sort_by_key(|message| message.at);
        for shipped in order.packages.values_mut() {
            shipped.confirmations.sort_by_key(|confirmed| confirmed.at);
            shipped.scans.sort_by_key(|scan| (scan.at, scan.kind != ScanKind::Network));
            shipped.scans.dedup();
        }
        order
    }

    fn take(&mut self, fact: &Fact) {
        match fact {
            Fact::Placed(placed) => self.placed.get_or_insert_default().take(placed),
            Fact::Package(package) => self.shipped(&package.package).package = Some(package.clone()),
            Fact::Confirmed(confirmed) => {
                self.shipped(&confirmed.package).confirmations.push(confirmed.clone());
            }
            Fact::Scans(told) => self.shipped(&told.package).scans.extend(&told.scans),
            Fact::Message(message) => self.messages.push(*message),
            Fact::Claim(claim) => self.claims.push(*claim),
            Fact::Review(review) => self.reviews.push(*review),
            Fact::Refund(refund) => self.refunds.push(*refund),
            Fact::Cancelled(cancelled) => {
                let earlier = self
                    .cancelled
                    .is_none_or(|known| (cancelled.at, cancelled.by.rank()) < (known.at, known.by.rank()));
                if earlier {
                    self.cancelled = Some(*cancelled);
                }
            }
        }
    }

    fn shipped(&mut self, package: &str) -> &mut Shipped {
        self.packages.entry(package.to_owned()).or_default()
    }
}
