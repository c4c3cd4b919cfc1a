//! Every carrier that is compiled in.
//!
//! Must name each carrier once, and know nothing else about any of them. Start with [`all`].

pub mod page;

use parcelgate_kit::carrier::Entry;

/// The carriers of the product, in the order of their ids.
pub fn all() -> Vec<Entry> {
    vec![
        // One line a carrier; `cargo xtask new-carrier` adds it.
    ]
}

/// The carriers of the product and the samples that new ones are copied from:
/// what conformance runs over. No gateway offers a sample.
pub fn with_template() -> Vec<Entry> {
    let mut entries = all();
    entries.extend([parcelgate_template::entry(), parcelgate_template_soap::entry()]);
    entries
}
