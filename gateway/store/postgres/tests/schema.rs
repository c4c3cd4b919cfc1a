//! Schemas and settings: made once by whoever comes first, refused and left alone where they are not ours.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{fresh, open};
use crate::store::postgres::connect::{self, Way};
use crate::store::postgres::{PostgresOptions, PostgresStore};
use crate::store::{Store, StoreError};
use parcelgate_test_postgres::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_that_start_together_migrate_once() {
    let server =
        std::env::var(parcelgate_test_postgres::VARIABLE).expect("`cargo xtask postgres` names a server");
    let database = Arc::new(Database::empty(&server).unwrap());
    assert_eq!(PostgresStore::inspect(&PostgresOptions::new(database.url())).await.unwrap().0, 0);
    let mut openers = JoinSet::new();
    for _ in 0..4 {
        let database = Arc::clone(&database);
        openers.spawn(async move { open(&database).await.unwrap().close().await.unwrap() });
    }
    openers.join_all().await;
    let listed = database.run("SELECT count(*) = max(version) FROM schema_migrations").unwrap();
    assert_eq!(listed, "t");
    let (found, newest) = PostgresStore::inspect(&PostgresOptions::new(database.url())).await.unwrap();
    assert_eq!(found, newest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_schemas_are_refused_and_left_untouched() {
    let cases = [
        "INSERT INTO schema_migrations VALUES (9999, '9999_later', '', 0)",
        "UPDATE schema_migrations SET sha256 = '' WHERE version = 1",
        "DELETE FROM schema_migrations WHERE version = 1",
        "DROP TABLE schema_migrations",
    ];
    let shape = "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'r' \
                 AND relnamespace = 'public'::regnamespace";
    for sql in cases {
        let database = fresh();
        database.run(sql).unwrap();
        let before = database.run(shape).unwrap();
        let error = open(&database).await.unwrap_err();
        match &error {
            StoreError::NewerSchema { found: 9999, known } => assert!(*known < 9999),
            StoreError::ForeignSchema { .. } => assert!(!sql.contains("9999")),
            other => panic!("{sql}: {other}"),
        }
        assert_eq!(database.run(shape).unwrap(), before, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_commits_is_refused() {
    let database = fresh();
    // What the database or the user says by default does not matter: a connection says it itself.
    let name = database.run("SELECT current_database()").unwrap();
    database.run(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
    let store = open(&database).await.unwrap();
    store.ping().await.unwrap();
    let way = Way::new(&PostgresOptions::new(database.url())).unwrap();
    for (setting, value) in [("synchronous_commit", "off"), ("default_transaction_isolation", "serializable")]
    {
        let session = way.session(&watch::Sender::default()).await.unwrap();
        connect::trust(&session.client).await.unwrap();
        session.client.batch_execute(&format!("SET {setting} = '{value}'")).await.unwrap();
        let error = connect::trust(&session.client).await.unwrap_err().to_string();
        assert!(error.contains(setting) && error.contains(value), "{error}");
    }
}

#[tokio::test]
async fn addresses_that_are_unsafe_or_none_are_refused() {
    let cases = [
        ("postgresql://a:secret@localhost/d", "password"),
        ("postgresql://a@db.example.com/d?sslmode=disable", "sslmode=disable"),
        ("postgresql://a@db.example.com/d", "TLS"),
        ("postgresql://a@10.0.0.1/d", "TLS"),
        ("postgresql://a@127.0.0.1/d?sslmode=require", "TLS"),
        ("postgresql:///d?user=a", "host"),
        ("nonsense", "no address"),
    ];
    for (url, what) in cases {
        let error = PostgresStore::open(&PostgresOptions::new(url)).await.unwrap_err().to_string();
        assert!(error.contains(what) && !error.contains("secret"), "{url}: {error}");
    }
    for near in ["postgresql://a@localhost/d", "postgresql://a@[::1]:1/d", "postgresql:///d?host=/tmp&user=a"]
    {
        Way::new(&PostgresOptions::new(near)).map(|_| ()).unwrap();
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let url = "postgresql://a@127.0.0.1:1/orders";
    let error = PostgresStore::open(&PostgresOptions::new(url)).await.unwrap_err().to_string();
    assert!(error.contains("orders at 127.0.0.1"), "{error}");
    assert_eq!(error.matches("the store").count(), 1, "{error}");
}
