//! Conformance of this adapter, and its way from price to void.
