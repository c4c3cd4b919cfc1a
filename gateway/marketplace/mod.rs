//! What marketplaces are told of parcels: that an order was shipped, by whom, under which number.
//!
//! A confirmation is written with the purchase that it is about (by `shipping`, from [`Marketplaces::plan`]) and sent by
//! the [`Uploader`], again and again until the marketplace keeps it or refuses it. This room never buys, never decides
//! what is bought, and knows a marketplace's name nowhere but in its connector's folder and in dated data. Start at
//! [`Marketplaces`] and [`MarketplaceSink`]; what is done next with a confirmation is decided in `step.rs`.

pub mod amazon;
mod content;
mod directory;
mod moment;
mod rest;
mod sink;
mod step;
mod uploader;

pub use content::{Content, OrderLine, OrderReference, OrderWindows, SellerSettings};
pub use directory::{Marketplace, Marketplaces, Parcel, Sold};
pub use moment::{Moment, Policies, Policy};
pub use sink::{Exchange, MarketplaceSink, Offers, Outcome, Telling};
pub use step::CODES;
pub use uploader::{Evidence, Uploader, UploaderClocks};
