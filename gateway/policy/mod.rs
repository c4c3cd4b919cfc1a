//! What marketplaces measure sellers by: their rules as dated data, and the judging of orders against them.
//!
//! Pure functions over typed facts: no clock, no store, no carrier. It never guesses a fact that nobody told; a package
//! that cannot be judged is not counted. Start at [`judge`]; the data is in `rules/`, the facts in `fact.rs`.

mod code;
mod fact;
mod forecast;
mod judge;
mod marketplace;
mod order;
pub mod rules;
mod tally;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use fact::{
    Cancellation, Claim, ClaimKind, ClaimState, Confirmed, Fact, Message, NumberChecks, NumberFormat,
    Package, Party, Placed, Refund, Review, Scan, ScanKind, Scans,
};
pub use forecast::{Forecast, Pace, forecast};
pub use judge::{Failure, Standing, Verdict, judge};
pub use marketplace::Marketplace;
pub use order::{Order, Shipped};
pub use rules::{Metric, rule_set_version};
pub use tally::{Counts, Span, Status, Tally, Target, spans, tally};
