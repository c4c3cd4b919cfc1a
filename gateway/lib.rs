//! Parcelgate: one gRPC interface in front of the world's parcel carriers.

pub mod store;
