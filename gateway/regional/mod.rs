//! Which tax and customs identifiers a parcel must carry, and why.
//!
//! [`decide`] is a pure function: typed facts, dates and exchange rates in,
//! one [`Decision`] out; the same facts give the same decision for ever. This
//! room does no I/O, reads no clock and never guesses: what no rule covers is
//! said plainly. Start with [`Query`], then `lanes/` for a destination and
//! `rules/` for the dated data that the lanes apply.

mod case;
mod closing;
mod code;
mod decision;
mod element;
mod goods;
mod identifiers;
mod lanes;
mod place;
mod publication;
mod query;
mod rates;
mod rules;
mod scheme;
mod terms;
mod territory;
#[cfg(test)]
mod tests;

pub use code::{Code, Severity, all_codes};
pub use decision::{Attached, Border, Decision, DutyLine, ExchangeUse, NotAttached, RuleUse};
pub use element::DataElement;
pub use identifiers::{DropReason, label};
pub use place::Place;
pub use query::{
    Buyer, BuyerKind, CarrierFacts, Dates, GoodsLine, IdOnFile, Linked, OrderFacts, Query, SaleCurrency,
    SaleTerms, Seller, StandardId, TaxPolicy,
};
pub use rates::{RateTable, RatesError};
pub use rules::{Confidence, Rule, RuleValue, Trigger, all_rules};
pub use scheme::{Scheme, all_schemes};
pub use terms::{DuePayer, Terms};
pub use territory::Territory;

/// Decides what one consignment needs at its border.
///
/// It never fails: what is missing or contradicts itself is in the decision's
/// codes, and [`Decision::severity`] says whether a label may be bought.
pub fn decide(query: &Query, rates: &RateTable) -> Decision {
    let mut case = case::Case::open(query, rates);
    // A lane that stops early has written down why; the decision is then as it stands.
    let _stopped = lanes::run(&mut case).is_err();
    case.close()
}
