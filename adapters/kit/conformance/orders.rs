//! What the behaviour suite ships: the inputs of the carrier's own golden cases.

use super::{Case, Finding, Operation, leaves};
use crate::operation::{PurchaseOrder, RateQuery};
use crate::wire::Reply;

/// Sample inputs of one carrier.
#[derive(Clone, Debug)]
pub struct Orders {
    /// A rate query that is answered with offers.
    pub rate: Option<RateQuery>,
    /// Orders that are carried out, the first with one parcel.
    pub purchases: Vec<PurchaseOrder>,
    /// Replies that refuse a purchase, each with words of it that are told on.
    pub refusals: Vec<(Reply, String)>,
}

/// The reply of a refused case, with the longest text in it that is told on.
fn refusal(case: &Case) -> Result<Option<(Reply, String)>, Finding> {
    let (Some(words), Ok([reply])) = (case.refused_in_words(), <[Reply; 1]>::try_from(case.replies()?))
    else {
        return Ok(None);
    };
    let texts = leaves::of_body(&reply.body, reply.header("content-type").unwrap_or_default()).into_iter();
    let told = texts.map(|leaf| leaf.value).filter(|text| words.contains(text.as_str()));
    Ok(told.max_by_key(String::len).map(|text| (reply, text)))
}

impl Orders {
    /// The inputs of golden cases under `folder` whose result is `ok`.
    ///
    /// # Errors
    /// Cases that cannot be read.
    pub fn of(folder: &str) -> Result<Self, Vec<Finding>> {
        let mut orders = Self { rate: None, purchases: Vec::new(), refusals: Vec::new() };
        for case in Case::all(folder)? {
            if !case.ends_well() {
                if case.operation == Operation::Purchase {
                    orders.refusals.extend(refusal(&case).map_err(|finding| vec![finding])?);
                }
                continue;
            }
            match case.operation {
                Operation::Rate if orders.rate.is_none() => {
                    orders.rate = Some(case.input().map_err(|finding| vec![finding])?);
                }
                Operation::Purchase => orders.purchases.push(case.input().map_err(|finding| vec![finding])?),
                _ => {}
            }
        }
        orders.purchases.sort_by_key(|order| order.shipment.parcels.len());
        Ok(orders)
    }

    /// The rate query.
    ///
    /// # Errors
    /// Words, when the carrier has no such case.
    pub fn rate(&self) -> Result<&RateQuery, String> {
        self.rate.as_ref().ok_or_else(|| "needs a golden case of rate that ends well".to_owned())
    }

    /// The simplest order.
    ///
    /// # Errors
    /// Words, when the carrier has no such case.
    pub fn purchase(&self) -> Result<&PurchaseOrder, String> {
        self.purchases.first().ok_or_else(|| "needs a golden case of purchase that ends well".to_owned())
    }
}
