//! A carrier's rate request and answer as a plain JSON carrier would have them, to a wanted size.
//!
//! No carrier's format is copied: only sizes and the count of offers are those of real answers. Start with
//! [`Answer::sized`].

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// An amount of money.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Amount {
    pub(crate) value: String,
    pub(crate) currency: String,
}

/// A part of a price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) amount: Amount,
}

/// One service's price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Price {
    pub(crate) service_code: String,
    pub(crate) service_name: String,
    pub(crate) total: Amount,
    pub(crate) parts: Vec<Part>,
    pub(crate) days: u32,
    pub(crate) guaranteed: bool,
}

/// A carrier's answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) request: String,
    pub(crate) prices: Vec<Price>,
}

/// A place as a carrier is told.
#[derive(Debug, Serialize)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) company: &'a str,
    pub(crate) lines: &'a [String],
    pub(crate) city: &'a str,
    pub(crate) postcode: &'a str,
    pub(crate) country: &'a str,
    pub(crate) phone: &'a str,
}

/// A question to a carrier.
#[derive(Debug, Serialize)]
pub(crate) struct Question<'a> {
    pub(crate) account: &'a str,
    pub(crate) from: Option<Place<'a>>,
    pub(crate) to: Option<Place<'a>>,
    pub(crate) weights: Vec<&'a str>,
    /// Brings the question to its size.
    pub(crate) note: Cow<'a, str>,
}

fn amount(cents: usize) -> Amount {
    Amount { value: format!("{}.{:02}", cents / 100, cents % 100), currency: "USD".to_owned() }
}

impl Answer {
    /// So many prices, whose parts fill so many bytes of JSON, to within one part.
    ///
    /// # Errors
    /// Never for numbers of this world: when it cannot be written as JSON.
    pub(crate) fn sized(prices: usize, bytes: usize) -> serde_json::Result<Bytes> {
        let price = |index: usize| Price {
            service_code: format!("{index:02}"),
            service_name: "Express before noon".to_owned(),
            total: amount(4200 + 100 * index),
            parts: Vec::new(),
            days: 2,
            guaranteed: index.is_multiple_of(2),
        };
        let mut answer =
            Self { request: "0123456789abcdef".to_owned(), prices: (0..prices.max(1)).map(price).collect() };
        let mut size = serde_json::to_vec(&answer)?.len();
        let mut turn = 0;
        while size < bytes {
            let at = turn % answer.prices.len();
            turn += 1;
            let Some(price) = answer.prices.get_mut(at) else { break };
            let part =
                Part { code: "375".to_owned(), name: "Fuel surcharge".to_owned(), amount: amount(525) };
            size += serde_json::to_vec(&part)?.len() + 1;
            price.parts.push(part);
        }
        serde_json::to_vec(&answer).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_size_and_the_prices_asked_for() {
        for (prices, bytes) in [(1, 400), (5, 1500), (8, 24_000)] {
            let made = Answer::sized(prices, bytes).unwrap();
            assert!(made.len() >= bytes && made.len() < bytes + 120, "{} for {bytes}", made.len());
            let read: Answer = serde_json::from_slice(&made).unwrap();
            assert_eq!(read.prices.len(), prices);
        }
    }
}
