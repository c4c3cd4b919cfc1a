//! Parcelgate: one gRPC interface in front of the world's parcel carriers.

pub mod config;
pub mod seal;
pub mod telemetry;
pub mod tenancy;
pub mod tls;
