//! Cases: what carriers push is kept once, looked at by one, and goes with age.

use super::Place;
use super::samples::{TENANT, at};
use crate::store::{AccountRow, HookState, NewHook};

fn hook(account: &str, fingerprint: u8, received: i64) -> NewHook {
    NewHook {
        tenant: TENANT.to_owned(),
        carrier: "acme".to_owned(),
        account: account.to_owned(),
        fingerprint: [fingerprint; 32],
        body: vec![fingerprint],
        received_at: at(received),
    }
}

pub(crate) async fn a_push_is_kept_once_an_account(place: &impl Place) {
    let store = place.open();
    let first = store.put_hook(hook("main", 1, 5)).await.unwrap();
    assert!(first.is_some());
    assert_eq!(store.put_hook(hook("main", 1, 9)).await.unwrap(), None);
    assert!(store.put_hook(hook("other", 1, 5)).await.unwrap().is_some());
    assert!(store.put_hook(NewHook { tenant: "t2".into(), ..hook("main", 1, 5) }).await.unwrap().is_some());
    let kept = store.claim_hooks(at(5), at(50), 10).await.unwrap();
    assert_eq!(kept.len(), 3);
    let row = kept.iter().find(|row| Some(row.id) == first).unwrap();
    assert_eq!((&row.hook, row.state, row.attempts), (&hook("main", 1, 5), HookState::Kept, 1));
}

pub(crate) async fn pushes_are_taken_oldest_first_and_again_when_left(place: &impl Place) {
    let store = place.open();
    for n in [3, 1, 2] {
        store.put_hook(hook("main", n, i64::from(n))).await.unwrap();
    }
    let taken = |rows: Vec<crate::store::HookRow>| {
        rows.into_iter().map(|row| (row.hook.fingerprint[0], row.attempts)).collect::<Vec<_>>()
    };
    assert_eq!(taken(store.claim_hooks(at(3), at(50), 2).await.unwrap()), [(1, 1), (2, 1)]);
    assert_eq!(taken(store.claim_hooks(at(3), at(60), 2).await.unwrap()), [(3, 1)]);
    assert_eq!(taken(store.claim_hooks(at(49), at(60), 9).await.unwrap()), []);
    assert_eq!(taken(store.claim_hooks(at(50), at(60), 9).await.unwrap()), [(1, 2), (2, 2)]);
}

pub(crate) async fn a_settled_push_is_due_no_more(place: &impl Place) {
    let store = place.open();
    for (n, state) in [(1, HookState::Merged), (2, HookState::Refused), (3, HookState::Unreadable)] {
        let id = store.put_hook(hook("main", n, 1)).await.unwrap().unwrap();
        store.settle_hook(id, state).await.unwrap();
    }
    assert_eq!(store.claim_hooks(at(999), at(1000), 9).await.unwrap(), vec![]);
    assert_eq!(store.put_hook(hook("main", 1, 2)).await.unwrap(), None, "a replay is one after all");
}

pub(crate) async fn old_pushes_are_purged(place: &impl Place) {
    let store = place.open();
    for n in 1..=5 {
        store.put_hook(hook("main", n, i64::from(n))).await.unwrap();
    }
    assert_eq!(store.purge_hooks(at(4), 2).await.unwrap(), 2);
    assert_eq!(store.purge_hooks(at(4), 2).await.unwrap(), 1);
    assert_eq!(store.purge_hooks(at(4), 2).await.unwrap(), 0);
    let left = store.claim_hooks(at(9), at(50), 9).await.unwrap();
    assert_eq!(left.iter().map(|row| row.hook.fingerprint[0]).collect::<Vec<_>>(), [4, 5]);
}

pub(crate) async fn accounts_are_found_by_name(place: &impl Place) {
    let store = place.open();
    for (tenant, carrier, id) in [("b", "acme", "main"), ("a", "acme", "main"), ("a", "bravo", "other")] {
        let row = AccountRow {
            tenant: tenant.to_owned(),
            id: id.to_owned(),
            carrier: carrier.to_owned(),
            name: id.to_owned(),
            settings: vec![],
            sealed_secrets: vec![],
            updated_at: at(0),
        };
        store.put_account(row).await.unwrap();
    }
    let named = store.accounts_named("acme", "main").await.unwrap();
    assert_eq!(named.iter().map(|row| row.tenant.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(store.accounts_named("bravo", "main").await.unwrap().len(), 0);
}
