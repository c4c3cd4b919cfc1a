//! Bearer tokens, asked for once and shared.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use parcelgate_kit::fault::Fault;
use parcelgate_kit::wire::Token;
use secrecy::{ExposeSecret, SecretString};

/// Whose token it is: tenant, account, scope.
type Key = (String, String, &'static str);

/// Tokens of one carrier. A token is fetched by one caller while the others
/// wait for it, renewed before it runs out, and dropped when the carrier turns
/// it down.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    slots: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Option<Kept>>>>>,
}

#[derive(Debug)]
struct Kept {
    value: SecretString,
    renew_at: Instant,
}

impl Tokens {
    /// The token of `key`, from `fetch` when there is none or it equals
    /// `rejected`.
    pub(super) async fn get<F, T>(
        &self,
        key: Key,
        rejected: Option<&SecretString>,
        fetch: F,
    ) -> Result<SecretString, Fault>
    where
        F: FnOnce() -> T,
        T: Future<Output = Result<Token, Fault>>,
    {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(slots.entry(key).or_default())
        };
        let mut kept = slot.lock().await;
        let is_rejected = |kept: &Kept| {
            rejected.is_some_and(|rejected| rejected.expose_secret() == kept.value.expose_secret())
        };
        if let Some(kept) = kept.as_ref()
            && !is_rejected(kept)
            && Instant::now() < kept.renew_at
        {
            return Ok(kept.value.clone());
        }
        *kept = None;
        let token = fetch().await?;
        let value = token.value.clone();
        *kept = Some(Kept { value: token.value, renew_at: Instant::now() + good_for(token.lifetime) });
        Ok(value)
    }
}

/// How long a token is used: nine tenths of its life, less a random part, so
/// that gateways that started together do not renew together.
fn good_for(lifetime: u64) -> Duration {
    let lifetime = Duration::from_secs(lifetime.min(7 * 24 * 3600));
    lifetime.mul_f64(0.8 + 0.1 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn key() -> Key {
        ("tenant".into(), "account".into(), "scope")
    }

    #[tokio::test]
    async fn a_hundred_callers_ask_once() {
        let tokens = Tokens::default();
        let asked = AtomicU32::new(0);
        let fetch = || async {
            asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Token { value: "one".to_owned().into(), lifetime: 3600 })
        };
        let all = (0..100).map(|_| tokens.get(key(), None, fetch));
        let got = futures::future::join_all(all).await;
        assert!(got.iter().all(Result::is_ok));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_rejected_token_is_renewed_once_for_all_who_held_it() {
        let tokens = Tokens::default();
        let asked = AtomicU32::new(0);
        let fetch = || async {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            Ok(Token { value: format!("token {number}").into(), lifetime: 3600 })
        };
        let first = tokens.get(key(), None, fetch).await.unwrap();
        for _ in 0..5 {
            let second = tokens.get(key(), Some(&first), fetch).await.unwrap();
            assert_eq!(second.expose_secret(), "token 1");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failed_fetch_is_told_and_not_kept() {
        let tokens = Tokens::default();
        let failed = tokens.get(key(), None, || async { Err(Fault::refused("1", "no")) }).await;
        assert!(failed.is_err());
        let good = || async { Ok(Token { value: "good".to_owned().into(), lifetime: 3600 }) };
        assert_eq!(tokens.get(key(), None, good).await.unwrap().expose_secret(), "good");
    }

    #[tokio::test]
    async fn a_token_without_a_life_is_asked_for_each_time() {
        let tokens = Tokens::default();
        let asked = AtomicU32::new(0);
        for _ in 0..3 {
            let fetch = || async {
                asked.fetch_add(1, Ordering::SeqCst);
                Ok(Token { value: "brief".to_owned().into(), lifetime: 0 })
            };
            tokens.get(key(), None, fetch).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
