//! Every carrier that is compiled in.
//!
//! One line here and one in `Cargo.toml` is all that a carrier needs outside of
//! its folder. Start with [`all`].

use parcelgate_kit::carrier::Entry;

/// Every carrier, by its id.
pub fn all() -> Vec<Entry> {
    vec![parcelgate_chronopost::entry(), parcelgate_ups::entry()]
}

/// Every carrier, and the template that new ones are copied from.
pub fn with_template() -> Vec<Entry> {
    all()
}
