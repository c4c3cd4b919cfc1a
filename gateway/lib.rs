//! Parcelgate: one gRPC interface in front of the world's parcel carriers.

pub mod admin;
pub mod api;
pub mod calendar;
pub mod carriers;
pub mod cli;
pub mod config;
pub mod documents;
pub mod events;
pub mod exchange;
pub mod marketplace;
pub mod numbers;
pub mod performance;
pub mod policy;
pub mod promise;
pub mod proof;
pub mod protection;
pub mod regional;
pub mod run;
pub mod sandbox;
pub mod seal;
pub mod shipping;
pub mod store;
pub mod telemetry;
pub mod tenancy;
pub mod tls;
pub mod tracking;
