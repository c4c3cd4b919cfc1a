//! Who a caller is: tenants, their bearer tokens, and the check of both.
//! It must never keep a token in clear, nor tell a caller which part of a refusal was wrong.
//! Start at [`Callers::authenticate`].

mod tenant_id;
mod token;

pub use tenant_id::{BadTenantId, TenantId};
pub use token::{BadToken, TokenHash, generate_token};

use subtle::{Choice, ConditionallySelectable};

/// The caller could not be identified. It says no more than that, on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("give a valid token in the metadata `authorization: Bearer <token>`")]
pub struct Unauthenticated;

/// A tenant and the tokens its callers may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Hashes of its tokens: several, so that a token can be replaced without a gap.
    pub tokens: Vec<TokenHash>,
}

/// Somebody who runs the gateway, and the tokens they may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operator {
    /// Their name, kept with what they decide.
    pub name: String,
    /// Hashes of their tokens.
    pub tokens: Vec<TokenHash>,
}

/// Everybody who may call, ready to be asked on each request.
#[derive(Clone, Debug)]
pub struct Callers {
    operators: Vec<Operator>,
    tenants: Vec<TenantId>,
    /// Each token's hash with the place of its tenant in `tenants`.
    tokens: Vec<(TokenHash, u64)>,
}

impl Callers {
    /// The table of these tenants. With none, callers on this machine's
    /// loopback are the tenant [`TenantId::demo`] and nobody else is anybody.
    pub fn new(tenants: &[Tenant]) -> Self {
        let tokens = (0..).zip(tenants).flat_map(|(at, tenant)| {
            let hashes = tenant.tokens.iter().cloned();
            hashes.map(move |hash| (hash, at))
        });
        let tenants = tenants.iter().map(|tenant| tenant.id.clone()).collect();
        Self { tokens: tokens.collect(), tenants, operators: Vec::new() }
    }

    /// With these operators. With none and no tenants, callers on this
    /// machine's loopback are the operator `demo`.
    #[must_use]
    pub fn with_operators(self, operators: &[Operator]) -> Self {
        Self { operators: operators.to_vec(), ..self }
    }

    /// The name of the operator who sends `authorization`; as
    /// [`Callers::authenticate`] otherwise. A tenant's token opens nothing here.
    ///
    /// # Errors
    /// [`Unauthenticated`], the same for a missing, malformed or unknown token.
    pub fn authenticate_operator(
        &self,
        authorization: Option<&str>,
        peer_is_loopback: bool,
    ) -> Result<&str, Unauthenticated> {
        let Some(authorization) = authorization else {
            let demo = self.tenants.is_empty() && self.operators.is_empty() && peer_is_loopback;
            return if demo { Ok("demo") } else { Err(Unauthenticated) };
        };
        let shown = TokenHash::of(bearer(authorization).unwrap_or_default());
        let mut found = None;
        for operator in &self.operators {
            let same = operator.tokens.iter().fold(Choice::from(0), |same, known| same | known.ct_eq(&shown));
            if bool::from(same) {
                found = Some(operator.name.as_str());
            }
        }
        found.ok_or(Unauthenticated)
    }

    /// Who sends `authorization`, the value of that metadata key, if any.
    /// `peer_is_loopback` is whether the connection comes from this machine:
    /// take it from the socket, never from anything the caller says.
    ///
    /// Every known hash is compared whatever the outcome, in constant time.
    ///
    /// # Errors
    /// [`Unauthenticated`], the same for a missing, malformed or unknown token.
    pub fn authenticate(
        &self,
        authorization: Option<&str>,
        peer_is_loopback: bool,
    ) -> Result<TenantId, Unauthenticated> {
        let Some(authorization) = authorization else {
            let demo = self.tenants.is_empty() && peer_is_loopback;
            return if demo { Ok(TenantId::demo()) } else { Err(Unauthenticated) };
        };
        let shown = TokenHash::of(bearer(authorization).unwrap_or_default());
        let mut found = Choice::from(0);
        let mut at = 0u64;
        for (known, tenant) in &self.tokens {
            let same = known.ct_eq(&shown);
            at.conditional_assign(tenant, same);
            found |= same;
        }
        if !bool::from(found) {
            return Err(Unauthenticated);
        }
        let at = usize::try_from(at).map_err(|_| Unauthenticated)?;
        self.tenants.get(at).cloned().ok_or(Unauthenticated)
    }
}

/// The token of a `Bearer` header. The scheme's case does not matter (RFC 9110, 11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn tenant(id: &str, tokens: &[&str]) -> Tenant {
        let tokens = tokens.iter().map(|token| TokenHash::of(token)).collect();
        Tenant { id: TenantId::parse(id).unwrap(), tokens }
    }

    #[test]
    fn a_token_names_its_tenant() {
        let callers = Callers::new(&[tenant("one", &["pg_a", "pg_b"]), tenant("two", &["pg_c"])]);
        for (header, want) in
            [("Bearer pg_a", "one"), ("bearer pg_b", "one"), ("BEARER  pg_c ", "two"), ("Bearer pg_c", "two")]
        {
            for loopback in [true, false] {
                assert_eq!(callers.authenticate(Some(header), loopback).unwrap().as_str(), want);
            }
        }
    }

    #[test]
    fn every_refusal_is_the_same() {
        let callers = Callers::new(&[tenant("one", &["pg_a"])]);
        let headers = [
            "",
            "Bearer",
            "Bearer ",
            "Bearer pg_",
            "Bearer pg_A",
            "Bearer pg_a pg_a",
            "Basic pg_a",
            "pg_a",
            "Bearer\u{a0}pg_a",
            "Bearer pg_aa",
        ];
        for header in headers.map(Some).into_iter().chain([None]) {
            assert_eq!(callers.authenticate(header, true), Err(Unauthenticated), "{header:?}");
        }
    }

    #[test]
    fn demo_needs_loopback_no_tenants_and_no_token() {
        let open = Callers::new(&[]);
        assert_eq!(open.authenticate(None, true).unwrap(), TenantId::demo());
        assert!(open.authenticate(None, false).is_err());
        assert!(open.authenticate(Some("Bearer pg_a"), true).is_err());
        assert!(open.authenticate(Some("Bearer "), true).is_err());
    }

    #[test]
    fn a_tenant_without_tokens_cannot_be_entered() {
        let callers = Callers::new(&[tenant("one", &[])]);
        assert!(callers.authenticate(Some("Bearer "), true).is_err());
        assert!(callers.authenticate(None, true).is_err());
    }

    #[test]
    fn operators_and_tenants_open_different_doors() {
        let operator = Operator { name: "ann".to_owned(), tokens: vec![TokenHash::of("pg_o")] };
        let callers = Callers::new(&[tenant("one", &["pg_a"])]).with_operators(&[operator]);
        assert_eq!(callers.authenticate_operator(Some("Bearer pg_o"), false), Ok("ann"));
        assert_eq!(callers.authenticate(Some("Bearer pg_o"), true), Err(Unauthenticated));
        for header in [None, Some("Bearer pg_a"), Some("Bearer "), Some("")] {
            assert_eq!(callers.authenticate_operator(header, true), Err(Unauthenticated), "{header:?}");
        }
        let open = Callers::new(&[]);
        assert_eq!(open.authenticate_operator(None, true), Ok("demo"));
        assert_eq!(open.authenticate_operator(None, false), Err(Unauthenticated));
        let tenants_alone = Callers::new(&[tenant("one", &["pg_a"])]);
        assert_eq!(tenants_alone.authenticate_operator(None, true), Err(Unauthenticated));
    }

    #[test]
    fn a_generated_token_works_and_does_not_show() {
        let token = generate_token().unwrap();
        let text = token.expose_secret();
        let hash = TokenHash::of_token(text).unwrap();
        let callers = Callers::new(&[Tenant { id: TenantId::demo(), tokens: vec![hash] }]);
        assert!(callers.authenticate(Some(&format!("Bearer {text}")), false).is_ok());
        assert!(!format!("{callers:?}{token:?}").contains(text));
        assert_ne!(text, generate_token().unwrap().expose_secret());
    }
}
