//! Protection of sellers: worked scenarios of claims and ratings, what the reading of comments is worth, decisions that
//! must never change, and the page that says what the rules say.

#![cfg(test)]

#[path = "protection/claim.rs"]
mod claim;
#[path = "protection/claims.rs"]
mod claims;
#[path = "protection/golden.rs"]
mod golden;
#[path = "protection/page.rs"]
mod page;
#[path = "protection/rating.rs"]
mod rating;
#[path = "protection/reviews.rs"]
mod reviews;
#[path = "written_page.rs"]
mod written_page;
