//! What has to be known of an order to judge a rating of it, each fact with who told it and when.
//!
//! An absent fact is not known, and is never taken for a good or a bad one. Start at [`ReviewFacts`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::deadline::ShipBy;
use super::super::told::{Origins, Told};
use super::language::Language;
use crate::policy::{Marketplace, Order};

/// Who sends the order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fulfilment {
    /// The seller.
    #[default]
    Seller,
    /// The marketplace, from its own warehouse.
    Marketplace,
}

/// Why a rating is taken away as a whole. Whether one holds is the marketplace's to say; it is passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RemovalReason {
    /// It is obscene.
    Obscenity,
    /// It names persons, addresses or numbers of them.
    PersonalData,
    /// The whole comment reviews the goods.
    ProductReview,
}

/// A package of the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReviewPackage {
    /// Its id within the order.
    pub package: String,
    /// Its label was bought through the service that the marketplace protects.
    pub bought_through_service: Option<Told<bool>>,
    /// Its label was cancelled: the package does not count, and something else was sent or nothing.
    pub voided: Option<Told<bool>>,
    /// The tracking number that the marketplace was told; empty when it was told that there is none.
    pub tracking_number: Option<Told<String>>,
    /// The first scan by the carrier; what the carrier only announced is none.
    pub first_scan: Option<Told<Timestamp>>,
    /// When it was first confirmed to the marketplace.
    pub confirmed: Option<Told<Timestamp>>,
    /// The service was as fast as the one that the marketplace's own shipping settings assigned, or faster.
    pub as_fast_as_assigned: Option<Told<bool>>,
}

/// What is known of a rated order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewFacts {
    /// The marketplace, by a name or id that [`Marketplace::find`] knows.
    pub market: String,
    /// The instant of the decision: nothing is known after it.
    pub asked_at: Timestamp,
    /// When the rating was left.
    pub reviewed_at: Option<Told<Timestamp>>,
    /// Stars, 1 to 5.
    #[serde(default)]
    pub stars: Option<Told<u8>>,
    /// The language that the marketplace tells of the comment; found by its words when absent.
    #[serde(default)]
    pub language: Option<Language>,
    /// Who sent the order.
    #[serde(default)]
    pub fulfilment: Fulfilment,
    /// By when it had to be handed over.
    pub ship_by: Option<Told<ShipBy>>,
    /// Its packages.
    #[serde(default)]
    pub packages: Vec<ReviewPackage>,
    /// The marketplace's own shipping settings assigned the service.
    #[serde(default)]
    pub automated_settings: Option<Told<bool>>,
    /// Reasons for which the marketplace, or whoever read the comment, would take it away.
    #[serde(default)]
    pub removal: Vec<Told<RemovalReason>>,
    /// Names of carriers, which the reading of comments does not take for unknown words.
    #[serde(default)]
    pub carriers: Vec<String>,
}

impl ReviewFacts {
    /// What an order's facts say of the ratings of it. The order's facts do not say whether the service was as fast as the
    /// assigned one, nor why a rating would be taken away.
    pub fn of(order: &Order, asked_at: Timestamp, origins: &Origins) -> ReviewFacts {
        let placed = order.placed.as_ref();
        let packages = order.packages.iter().map(|(id, shipped)| {
            let package = shipped.package.as_ref();
            let number = shipped.confirmations.last().map(|told| told.tracking_number.clone());
            let confirmed = shipped.confirmations.first().map(|told| told.at);
            ReviewPackage {
                package: id.clone(),
                bought_through_service: package
                    .map(|package| origins.told("PACKAGE", id, package.bought_through_service)),
                voided: package.map(|package| origins.told("PACKAGE", id, package.voided)),
                tracking_number: number.map(|number| origins.told("CONFIRMED", id, number)),
                first_scan: shipped.first_scan().map(|scan| origins.told("SCANS", id, scan.at)),
                confirmed: confirmed.map(|at| origins.told("CONFIRMED", id, at)),
                as_fast_as_assigned: None,
            }
        });
        let review = order.reviews.iter().max_by_key(|review| review.at);
        ReviewFacts {
            market: order.market.key.to_owned(),
            asked_at,
            reviewed_at: review.map(|review| origins.told("REVIEW", "", review.at)),
            stars: review.map(|review| origins.told("REVIEW", "", review.stars)),
            language: None,
            fulfilment: Fulfilment::Seller,
            ship_by: placed
                .and_then(|placed| placed.ship_by)
                .map(|at| origins.told("PLACED", "", ShipBy::At(at))),
            packages: packages.collect(),
            automated_settings: placed.map(|placed| origins.told("PLACED", "", placed.automated_transit)),
            removal: Vec::new(),
            carriers: Vec::new(),
        }
    }

    /// The marketplace; none when no rule is known for it.
    pub fn marketplace(&self) -> Option<&'static Marketplace> {
        Marketplace::find(&self.market)
    }
}
