//! Cases: accounts, quotes, times, and the walls between tenants.

use jiff::{SignedDuration, Timestamp};

use super::Place;
use super::samples::{TENANT, at, document, event, finished, lease, purchase_in, tracking};
use crate::store::{AccountRow, Finished, PurchaseState, QuoteRow, RateDay, StoreError};

fn account(id: &str) -> AccountRow {
    AccountRow {
        tenant: TENANT.into(),
        id: id.into(),
        carrier: "acme".into(),
        name: "main".into(),
        settings: b"{}".to_vec(),
        sealed_secrets: vec![0, 255, 1],
        updated_at: at(0),
    }
}

pub(super) fn quote(id: &str, expires: i64) -> QuoteRow {
    QuoteRow {
        tenant: TENANT.into(),
        id: id.into(),
        created_at: at(0),
        expires_at: at(expires),
        fingerprint: [3; 32],
        body: b"offers".to_vec(),
    }
}

pub(crate) async fn accounts_are_written_over_and_removed(place: &impl Place) {
    let store = place.open();
    store.put_account(account("b")).await.unwrap();
    store.put_account(account("a")).await.unwrap();
    let changed = AccountRow {
        name: "second".into(),
        carrier: "dhl".into(),
        settings: b"[]".to_vec(),
        sealed_secrets: vec![2],
        updated_at: at(1),
        ..account("b")
    };
    store.put_account(changed.clone()).await.unwrap();
    assert_eq!(store.account(TENANT, "b").await.unwrap(), Some(changed.clone()));
    assert_eq!(store.accounts(TENANT).await.unwrap(), vec![account("a"), changed]);
    assert!(store.delete_account(TENANT, "b").await.unwrap());
    assert!(!store.delete_account(TENANT, "b").await.unwrap());
    assert_eq!(store.account(TENANT, "b").await.unwrap(), None);
}

pub(crate) async fn a_quote_reads_back_once_written(place: &impl Place) {
    let store = place.open();
    store.put_quote(quote("q1", 60)).await.unwrap();
    assert_eq!(store.quote(TENANT, "q1").await.unwrap(), Some(quote("q1", 60)));
    let error = store.put_quote(quote("q1", 90)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.quote(TENANT, "q1").await.unwrap(), Some(quote("q1", 60)));
}

pub(crate) async fn expired_quotes_are_purged(place: &impl Place) {
    let store = place.open();
    for (id, expires) in [("a", 10), ("b", 20), ("c", 30), ("d", 40)] {
        store.put_quote(quote(id, expires)).await.unwrap();
    }
    assert_eq!(store.purge_quotes(at(40), 2).await.unwrap(), 2);
    assert_eq!(store.quote(TENANT, "b").await.unwrap(), None);
    assert!(store.quote(TENANT, "c").await.unwrap().is_some());
    assert_eq!(store.purge_quotes(at(40), 2).await.unwrap(), 1);
    assert_eq!(store.purge_quotes(at(40), 2).await.unwrap(), 0);
    assert!(store.quote(TENANT, "d").await.unwrap().is_some());
}

pub(crate) async fn times_are_kept_to_the_microsecond(place: &impl Place) {
    let store = place.open();
    let fine = at(0) + SignedDuration::from_nanos(123_456_789);
    for (id, written, kept) in [
        ("fine", fine, at(0) + SignedDuration::from_micros(123_456)),
        ("min", Timestamp::MIN, Timestamp::MIN),
        (
            "old",
            Timestamp::UNIX_EPOCH - SignedDuration::from_micros(1),
            "1969-12-31T23:59:59.999999Z".parse().unwrap(),
        ),
    ] {
        store.put_account(AccountRow { updated_at: written, ..account(id) }).await.unwrap();
        assert_eq!(store.account(TENANT, id).await.unwrap().unwrap().updated_at, kept, "{id}");
    }
}

pub(crate) async fn no_tenant_sees_anothers(place: &impl Place) {
    let store = place.open();
    store.put_account(account("a")).await.unwrap();
    store.put_quote(quote("q", 60)).await.unwrap();
    let hold = purchase_in(&store, "p", PurchaseState::Sending).await;
    let end = Finished {
        tracking: vec![("acme".into(), "1Z".into())],
        documents: vec![document("d", b"label")],
        event: event("bought"),
        ..finished(PurchaseState::Purchased)
    };
    store.finish_purchase(&hold, end).await.unwrap();
    store.merge_tracking(tracking("1Z"), 0, None).await.unwrap();
    for (tenant, sees) in
        [(TENANT, true), ("tenant-2", false), ("", false), ("TENANT-1", false), ("tenant-%", false)]
    {
        assert_eq!(store.account(tenant, "a").await.unwrap().is_some(), sees);
        assert_eq!(!store.accounts(tenant).await.unwrap().is_empty(), sees);
        assert_eq!(store.quote(tenant, "q").await.unwrap().is_some(), sees);
        assert_eq!(store.purchase(tenant, "p").await.unwrap().is_some(), sees);
        assert_eq!(store.purchase_by_key(tenant, "key-p").await.unwrap().is_some(), sees);
        assert_eq!(store.purchase_by_tracking(tenant, "acme", "1Z").await.unwrap().is_some(), sees);
        assert_eq!(!store.purchases(tenant, None, None, 9).await.unwrap().is_empty(), sees);
        let state = Some(PurchaseState::Purchased);
        assert_eq!(!store.purchases(tenant, state, None, 9).await.unwrap().is_empty(), sees);
        assert_eq!(store.document(tenant, "d").await.unwrap().is_some(), sees);
        assert_eq!(!store.documents(tenant, "p").await.unwrap().is_empty(), sees);
        assert_eq!(store.tracked(tenant, "acme", "1Z").await.unwrap().is_some(), sees);
        assert_eq!(!store.events(tenant, 0, 9).await.unwrap().is_empty(), sees);
        if !sees {
            assert!(!store.delete_account(tenant, "a").await.unwrap());
            assert_eq!(store.claim_purchase(tenant, "p", lease("b", 99), at(98)).await.unwrap(), None);
        }
    }
    assert!(store.account(TENANT, "a").await.unwrap().is_some());
}

fn rate_day(source: &str, day: &str, rates: &str) -> RateDay {
    RateDay { source: source.to_owned(), day: day.parse().unwrap(), rates: rates.to_owned() }
}

/// Rates are written over by a later word on the same day, and let go of by age.
pub(crate) async fn published_rates_are_kept_by_source_and_day(place: &impl Place) {
    let store = place.open();
    let days = vec![
        rate_day("bank", "2026-11-24", r#"{"USD":"1.10"}"#),
        rate_day("bank", "2026-11-23", r#"{"USD":"1.09"}"#),
        rate_day("other", "2026-11-24", r#"{"USD":"9"}"#),
    ];
    store.put_rate_days(days).await.unwrap();
    let corrected = rate_day("bank", "2026-11-24", r#"{"USD":"1.11"}"#);
    store.put_rate_days(vec![corrected.clone()]).await.unwrap();
    store.put_rate_days(Vec::new()).await.unwrap();

    let before = rate_day("bank", "2026-11-23", r#"{"USD":"1.09"}"#);
    let since = |day: &str| day.parse().unwrap();
    assert_eq!(store.rate_days("bank", since("2026-01-01")).await.unwrap(), [before, corrected.clone()]);
    assert_eq!(store.rate_days("bank", since("2026-11-24")).await.unwrap().len(), 1);

    assert_eq!(store.purge_rate_days(since("2026-11-24")).await.unwrap(), 1);
    drop(store);
    assert_eq!(place.open().rate_days("bank", since("2026-01-01")).await.unwrap(), [corrected]);
}
