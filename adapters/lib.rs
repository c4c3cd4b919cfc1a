//! Every carrier that is compiled in.
//!
//! One line here and one in `Cargo.toml` is all that a carrier needs outside of
//! its folder; `cargo xtask new-carrier` adds both. Start with [`all`].

pub mod page;

use parcelgate_kit::carrier::Entry;

/// The carriers of the product.
pub fn all() -> Vec<Entry> {
    vec![
        // one line a carrier
        parcelgate_chronopost::entry(),
        parcelgate_dhl_parcel_de::entry(),
        parcelgate_ups::entry(),
    ]
}

/// The carriers of the product and the samples that new ones are copied from:
/// what conformance runs over. No gateway offers a sample.
pub fn with_template() -> Vec<Entry> {
    let mut entries = all();
    entries.extend([parcelgate_template::entry(), parcelgate_template_soap::entry()]);
    entries
}
