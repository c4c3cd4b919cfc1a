//! Why a proof does not hold.

/// Why a document, a chain or a bundle does not prove what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Something has no JSON form, or is none.
    #[error("it is no JSON of the expected form: {0}")]
    NotJson(String),
    /// It is not three parts of base64url.
    #[error("it is no signed document: {0}")]
    NotSigned(&'static str),
    /// The header names another algorithm or type.
    #[error("its header has `{found}` as `{field}`; `{expected}` is what decisions have")]
    OtherHeader {
        /// The header's field.
        field: &'static str,
        /// What it says.
        found: String,
        /// What it should.
        expected: &'static str,
    },
    /// Nobody gave the key.
    #[error("the key `{0}` that signed it is not among the given ones")]
    UnknownKey(String),
    /// The signature is of something else.
    #[error("the signature does not fit: it was altered, or another key signed it")]
    BadSignature,
    /// The payload is not in its one canonical form.
    #[error("its content is not canonical JSON")]
    NotCanonical,
    /// A document of another format.
    #[error("its format is `{0}`, which this program does not know")]
    OtherFormat(String),
    /// A chain does not hold.
    #[error("document {position} of the chain: {why}")]
    BrokenChain {
        /// Its place, from 1.
        position: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Evidence is not what was signed.
    #[error("the evidence `{id}` is not what was signed")]
    AlteredEvidence {
        /// The evidence's id.
        id: String,
    },
}
