//! The messages of both interfaces: only the fields that are used.
//!
//! It sends nothing. Start at [`confirmation`] and [`meaning`].

use std::time::Duration;

use parcelgate_kit::wire::Reply;
use serde::{Deserialize, Serialize};

use super::Settings;
use super::carriers::Named;
use crate::marketplace::{OrderLine, Outcome, Telling};

/// Longest words of theirs that are kept.
const MAX_WORDS: usize = 500;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirmation<'a> {
    marketplace_id: &'a str,
    package_detail: PackageDetail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageDetail<'a> {
    package_reference_id: String,
    carrier_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier_name: Option<&'a str>,
    shipping_method: &'a str,
    tracking_number: &'a str,
    ship_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_from_supply_source_id: Option<&'a str>,
    order_items: Vec<OrderItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderItem<'a> {
    order_item_id: &'a str,
    quantity: u32,
}

/// The body of `confirmShipment`. The same telling is the same bytes.
pub(super) fn confirmation(
    settings: &Settings,
    telling: &Telling,
    named: &Named,
    lines: &[OrderLine],
) -> String {
    let items = lines.iter().map(|line| OrderItem { order_item_id: &line.id, quantity: line.quantity });
    let confirmation = Confirmation {
        marketplace_id: &settings.marketplace,
        package_detail: PackageDetail {
            package_reference_id: telling.package.to_string(),
            carrier_code: &named.code,
            carrier_name: named.name.as_deref(),
            shipping_method: &named.method,
            tracking_number: &telling.content.number,
            ship_date: telling.shipped_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            ship_from_supply_source_id: settings.supply_source.as_deref(),
            order_items: items.collect(),
        },
    };
    serde_json::to_string(&confirmation).unwrap_or_default()
}

/// The answer to `getOrder`.
#[derive(Debug, Deserialize)]
pub(super) struct OrderAnswer {
    pub(super) order: Order,
}

/// An order, without its buyer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    #[serde(default)]
    order_items: Vec<OrderedItem>,
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderedItem {
    order_item_id: String,
    quantity_ordered: u32,
    #[serde(default)]
    fulfillment: Option<ItemFulfillment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemFulfillment {
    quantity_unfulfilled: Option<u32>,
}

/// A package that the marketplace knows of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    package_reference_id: String,
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default)]
    tracking_number: Option<String>,
    #[serde(default)]
    ship_time: Option<String>,
    #[serde(default)]
    package_items: Vec<PackageItem>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PackageItem {
    order_item_id: String,
    quantity: u32,
}

impl Package {
    /// Whether it goes under this number; spaces and case do not count.
    pub(super) fn tracks(&self, number: &str) -> bool {
        let bare = |text: &str| text.replace(' ', "").to_uppercase();
        self.tracking_number.as_deref().is_some_and(|shown| bare(shown) == bare(number))
    }

    /// As it is kept for evidence.
    pub(super) fn shown(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Order {
    /// The package of this number.
    pub(super) fn package(&self, number: u32) -> Option<&Package> {
        self.packages.iter().find(|package| package.package_reference_id == number.to_string())
    }

    /// What is not shipped yet; what is in the package of this number counts as not shipped, since it is told anew.
    pub(super) fn unshipped(&self, package: u32) -> Vec<OrderLine> {
        let inside = |id: &str| -> u32 {
            let items =
                self.package(package).map(|package| package.package_items.as_slice()).unwrap_or_default();
            items.iter().filter(|item| item.order_item_id == id).map(|item| item.quantity).sum()
        };
        let left = |item: &OrderedItem| {
            let open = item.fulfillment.as_ref().and_then(|fulfillment| fulfillment.quantity_unfulfilled);
            open.map_or(item.quantity_ordered, |open| open.saturating_add(inside(&item.order_item_id)))
        };
        let line = |item: &OrderedItem| OrderLine {
            id: item.order_item_id.clone(),
            quantity: left(item),
            parcel: None,
        };
        self.order_items.iter().filter(|item| left(item) > 0).map(line).collect()
    }
}

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It was done.
    Done,
    /// It was not.
    Not(Outcome),
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorEntry>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<String>,
}

/// What an answer means; `interval` is the time that the usage plan wants between two requests.
pub(super) fn meaning(reply: &Reply, interval: Duration) -> Meaning {
    if reply.is_success() {
        return Meaning::Done;
    }
    let (code, words) = told(reply);
    Meaning::Not(match reply.status {
        401 | 403 => {
            Outcome::later("ACCESS_DENIED", format!("the marketplace does not let this gateway in: {words}"))
        }
        429 => {
            let wished = reply.retry_after().map(|seconds| Duration::from_secs(seconds.into()));
            Outcome::Later {
                code: "THROTTLED".to_owned(),
                words: "the marketplace has too many requests of this seller".to_owned(),
                after: Some(wished.unwrap_or(interval)),
            }
        }
        408 | 500.. => Outcome::Later {
            code: "UNAVAILABLE".to_owned(),
            words: format!("the marketplace fails: {words}"),
            after: reply.retry_after().map(|seconds| Duration::from_secs(seconds.into())),
        },
        _ => Outcome::refused(code, words),
    })
}

/// The marketplace's own code and words; the status where it has none.
fn told(reply: &Reply) -> (String, String) {
    let read: Option<Errors> = serde_json::from_slice(&reply.body).ok();
    let errors = read.map(|read| read.errors).unwrap_or_default();
    let Some(first) = errors.first() else {
        return (format!("HTTP_{}", reply.status), format!("it answers with status {}", reply.status));
    };
    let one = |error: &ErrorEntry| match error.details.as_deref().filter(|details| !details.is_empty()) {
        Some(details) => format!("{} ({details})", error.message),
        None => error.message.clone(),
    };
    let words: Vec<_> = errors.iter().map(one).collect();
    (first.code.clone(), words.join("; ").chars().take(MAX_WORDS).collect())
}
