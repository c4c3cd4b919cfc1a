//! The one integration binary: each module holds one promise of the whole.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod orders;
