//! What callers see: the one room that knows proto.

pub mod proto;
