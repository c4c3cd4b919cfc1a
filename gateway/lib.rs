//! Parcelgate: one gRPC interface in front of the world's parcel carriers.

pub mod api;
pub mod carriers;
pub mod config;
pub mod promise;
pub mod regional;
pub mod sandbox;
pub mod seal;
pub mod shipping;
pub mod store;
pub mod telemetry;
pub mod tenancy;
pub mod tls;
