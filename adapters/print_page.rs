//! Prints the page of carriers; `cargo xtask docs` runs it.
//!
//! Must never write a file: its caller decides where the page goes.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(parcelgate_adapters::page::render(&parcelgate_adapters::all()).as_bytes())
}
