//! The suite on SQLite, and what only a file can suffer: a second process, damage, strange schemas, a full disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, StatementStatus};
use tempfile::TempDir;

use super::{SqliteOptions, SqliteStore};
use crate::store::suite::{Place, store_suite};
use crate::store::{AccountRow, Due, Lease, NewPurchase, QuoteRow, Result, Store, StoreError};

struct Folder(TempDir);

impl Folder {
    fn file(&self) -> PathBuf {
        self.0.path().join("deep/er/parcelgate.sqlite")
    }

    fn try_open(&self) -> Result<SqliteStore> {
        SqliteStore::open(&SqliteOptions::new(self.file()))
    }

    /// A connection behind the store's back.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }
}

impl Place for Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.try_open().unwrap())
    }

    fn damage_documents(&self) {
        let changed = self.raw().execute("UPDATE blobs SET bytes = CAST(bytes || 'x' AS BLOB)", []).unwrap();
        assert!(changed > 0);
    }
}

store_suite!(Folder);

fn account(id: &str) -> AccountRow {
    AccountRow {
        tenant: "t".into(),
        id: id.into(),
        carrier: "acme".into(),
        name: "n".into(),
        settings: vec![],
        sealed_secrets: vec![],
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_second_opening_is_refused_until_the_first_is_gone() {
    let folder = Folder::new();
    let first = folder.try_open().unwrap();
    let error = folder.try_open().unwrap_err();
    assert!(matches!(&error, StoreError::InUse { path } if path.ends_with("parcelgate.sqlite")), "{error}");
    // Another name of the same file does not help.
    let alias = folder.0.path().join("alias.sqlite");
    std::os::unix::fs::symlink(folder.file(), &alias).unwrap();
    let error = SqliteStore::open(&SqliteOptions::new(alias)).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    drop(first);
    folder.try_open().unwrap();
}

#[test]
fn the_file_and_its_folder_are_the_owners_alone() {
    let folder = Folder::new();
    let _store = folder.try_open().unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.0.path().join("deep")), 0o700);
    assert_eq!(mode(folder.0.path().join("deep/er")), 0o700);
    for ending in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(super::open::sibling(&folder.file(), ending)), 0o600, "{ending}");
    }
}

#[test]
fn strange_schemas_are_refused_and_left_untouched() {
    let cases = [
        "INSERT INTO schema_migrations VALUES (9999, '9999_later', x'00', 0)",
        "UPDATE schema_migrations SET sha256 = x'00' WHERE version = 1",
        "DELETE FROM schema_migrations WHERE version = 1",
        "DROP TABLE schema_migrations",
    ];
    for sql in cases {
        let folder = Folder::new();
        drop(folder.try_open().unwrap());
        folder.raw().execute_batch(sql).unwrap();
        let before = fs::read(folder.file()).unwrap();
        let error = folder.try_open().unwrap_err();
        match &error {
            StoreError::NewerSchema { found: 9999, known } => assert!(*known < 9999),
            StoreError::ForeignSchema { .. } => assert!(!sql.contains("9999")),
            other => panic!("{sql}: {other}"),
        }
        assert_eq!(SqliteStore::open_read_only(&folder.file()).unwrap_err(), error);
        assert_eq!(fs::read(folder.file()).unwrap(), before, "{sql}");
    }
}

#[tokio::test]
async fn damaged_files_are_refused_and_left_untouched() {
    for damage in ["header", "middle", "cut"] {
        let folder = Folder::new();
        let store = folder.try_open().unwrap();
        for n in 0..200 {
            store
                .put_account(AccountRow { settings: vec![7; 900], ..account(&format!("a{n}")) })
                .await
                .unwrap();
        }
        store.close().await.unwrap();
        drop(store);
        let mut bytes = fs::read(folder.file()).unwrap();
        let middle = bytes.len() / 2;
        match damage {
            "header" => bytes[..16].fill(0x55),
            "middle" => bytes[middle..middle + 8192].fill(0x55),
            _ => bytes.truncate(middle),
        }
        fs::write(folder.file(), &bytes).unwrap();
        let error = folder.try_open().unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{damage}: {error}");
        assert_eq!(fs::read(folder.file()).unwrap(), bytes, "{damage}");
    }
}

#[tokio::test]
async fn a_read_only_opening_reads_beside_the_owner_and_never_writes() {
    let folder = Folder::new();
    assert!(matches!(SqliteStore::open_read_only(&folder.file()), Err(StoreError::Io { .. })));
    let store = folder.try_open().unwrap();
    store.put_account(account("a")).await.unwrap();
    let tool = SqliteStore::open_read_only(&folder.file()).unwrap();
    assert!(tool.account("t", "a").await.unwrap().is_some());
    assert_eq!(tool.put_account(account("b")).await, Err(StoreError::ReadOnly));
    store.put_account(account("b")).await.unwrap();
    assert!(tool.account("t", "b").await.unwrap().is_some());
    tool.ping().await.unwrap();
    tool.close().await.unwrap();
    store.put_account(account("c")).await.unwrap();
}

#[tokio::test]
async fn a_full_store_refuses_writes_reads_on_and_recovers_alone() {
    let folder = Folder::new();
    let mut options = SqliteOptions::new(folder.file());
    options.size_limit_bytes = Some(512 << 10);
    let store = SqliteStore::open(&options).unwrap();
    let quote = |n: u32| QuoteRow {
        tenant: "t".into(),
        id: format!("q{n}"),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
        fingerprint: [0; 32],
        body: vec![1; 40_000],
    };
    let mut kept = 0;
    let error = loop {
        match store.put_quote(quote(kept)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 20, "the limit does not hold");
    };
    assert_eq!(error, StoreError::Full);
    assert!(kept > 1);
    assert!(store.quote("t", "q0").await.unwrap().is_some());
    assert_eq!(store.quote("t", &format!("q{kept}")).await.unwrap(), None);
    store.ping().await.unwrap();
    assert_eq!(store.purge_quotes(Timestamp::MAX, 500).await.unwrap(), u64::from(kept));
    store.put_quote(quote(kept)).await.unwrap();
}

#[tokio::test]
async fn writes_that_wait_together_share_one_commit() {
    let folder = Folder::new();
    let store = Arc::new(folder.try_open().unwrap());
    // A tool keeps the writer at its door until all have queued up.
    let raw = folder.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..64 {
        let store = Arc::clone(&store);
        calls.spawn(async move { store.put_account(account(&format!("a{n}"))).await });
    }
    // The one thread of the runtime polls them all before it comes back here.
    tokio::task::yield_now().await;
    while store.stats().await.unwrap().queued < 63 {
        tokio::task::yield_now().await;
    }
    raw.execute_batch("COMMIT").unwrap();
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.writes, stats.commits), (64, 1));
}

#[tokio::test]
async fn a_call_given_up_before_its_turn_is_not_served() {
    let folder = Folder::new();
    let store = Arc::new(folder.try_open().unwrap());
    let raw = folder.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.put_account(account("first")).await }
    });
    let second = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.put_account(account("second")).await }
    });
    while store.stats().await.unwrap().queued == 0 {
        tokio::task::yield_now().await;
    }
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    raw.execute_batch("COMMIT").unwrap();
    first.await.unwrap().unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.account("t", "second").await.unwrap(), None);
}

#[tokio::test]
async fn the_promise_of_durability_is_kept_by_the_settings() {
    let folder = Folder::new();
    let store = folder.try_open().unwrap();
    let read = |name: &'static str| {
        store.write(move |connection| {
            Ok(connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?)
        })
    };
    assert_eq!(read("synchronous").await.unwrap(), 2);
    assert_eq!(read("foreign_keys").await.unwrap(), 1);
    let mode = store.read(|connection| {
        Ok(connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))?)
    });
    assert_eq!(mode.await.unwrap(), "wal");
    let written = store.read(|connection| Ok(connection.execute("DELETE FROM accounts", [])?)).await;
    assert_eq!(written, Err(StoreError::ReadOnly));
}

#[tokio::test]
async fn a_kept_statement_is_not_prepared_anew_for_other_values() {
    let folder = Folder::new();
    let store = folder.try_open().unwrap();
    let prepared_anew = store.read(|connection| {
        let text = "SELECT * FROM accounts WHERE tenant = ?1 ORDER BY id";
        for tenant in ["first", "second", "third"] {
            assert!(!connection.prepare_cached(text)?.exists([tenant])?);
        }
        Ok(connection.prepare_cached(text)?.get_status(StatementStatus::RePrepare))
    });
    assert_eq!(prepared_anew.await.unwrap(), 0);
}

#[tokio::test]
async fn leases_of_processes_that_are_gone_are_over_at_once() {
    let folder = Folder::new();
    let store = folder.try_open().unwrap();
    let far = Timestamp::now() + SignedDuration::from_hours(9);
    let lease = Lease { owner: "dead".to_owned(), until: far };
    let new = NewPurchase { lease: lease.clone(), ..crate::store::suite::samples::purchase("p1") };
    store.begin_purchase(new).await.unwrap();
    let due = Due { lease_at: store.now().await.unwrap(), work_at: far, except: vec![] };
    assert_eq!(store.claim_due(lease.clone(), due.clone(), 9).await.unwrap(), vec![]);
    drop(store);
    let store = folder.try_open().unwrap();
    let taken = store.claim_due(Lease { owner: "living".to_owned(), ..lease }, due, 9).await.unwrap();
    assert_eq!(taken.len(), 1);
}
