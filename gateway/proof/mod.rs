//! Decisions that can be shown to somebody else: canonical JSON (RFC 8785), signed (Ed25519, JWS) and chained per order.
//!
//! Whoever has the public keys can verify a decision, a chain or a bundle without a gateway. Nothing here reads a file, a
//! store or a clock, and a document holds hashes of evidence and no text, name or address. Start at [`Statement`],
//! [`SigningKey::sign`] and [`verify`].

mod bundle;
mod canonical;
mod chain;
mod error;
mod jws;
mod key;
mod statement;
#[cfg(test)]
mod tests;

pub use bundle::{Bundle, BundleFact, Checked};
pub use canonical::{canonical, sha256_hex};
pub use chain::verify_chain;
pub use error::ProofError;
pub use jws::{Verified, statement_of, verify};
pub use key::{KeyError, KeySet, PublicKey, SigningKey};
pub use statement::{Evidence, FORMAT, Kind, Statement, Trigger};
