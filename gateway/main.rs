//! The `parcelgate` program.

fn main() {}
