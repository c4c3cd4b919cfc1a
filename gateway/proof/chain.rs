//! An order's decisions, one after another. Start at [`verify_chain`].

use std::collections::BTreeMap;

use super::ProofError;
use super::jws::{Verified, verify};
use super::key::KeySet;

/// Verifies the decisions of one order, from its first on: each signature, that none is missing or stands elsewhere, and
/// that each names the one before it.
///
/// # Errors
/// [`ProofError::BrokenChain`] for the first document that does not hold.
pub fn verify_chain<T: AsRef<str>>(documents: &[T], keys: &KeySet) -> Result<Vec<Verified>, ProofError> {
    let mut chain: Vec<Verified> = Vec::new();
    let mut latest: BTreeMap<(&'static str, String), String> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        let position = index + 1;
        let broken = |why: String| ProofError::BrokenChain { position, why };
        let next = verify(document.as_ref(), keys).map_err(|error| broken(error.to_string()))?;
        let statement = &next.statement;
        if usize::try_from(statement.sequence) != Ok(position) {
            return Err(broken(format!("it is number {} of its order", statement.sequence)));
        }
        let before = chain.last();
        if let Some(before) = before {
            let of = |one: &Verified| {
                let one = &one.statement;
                (one.tenant.clone(), one.marketplace.clone(), one.order.clone())
            };
            if of(before) != of(&next) {
                return Err(broken(format!("it is of order `{}`", statement.order)));
            }
            if statement.evaluated_at < before.statement.evaluated_at {
                return Err(broken("it was decided before the one before it".to_owned()));
            }
        }
        if statement.previous.as_deref() != before.map(|before| before.sha256.as_str()) {
            return Err(broken("it does not name the document before it".to_owned()));
        }
        let subject = (statement.kind.as_str(), statement.subject.clone());
        let superseded = latest.insert(subject, statement.id.clone());
        if statement.supersedes != superseded {
            return Err(broken(
                "it does not supersede the decision before it on the same subject".to_owned(),
            ));
        }
        chain.push(next);
    }
    Ok(chain)
}
