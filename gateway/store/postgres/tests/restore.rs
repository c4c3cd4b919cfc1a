//! A dump taken with the server's own tools while a gateway writes, restored into an empty database.

use std::process::Command;

use parcelgate_test_postgres::{Database, VARIABLE};

use super::{fresh, open};
use crate::store::Store;
use crate::store::suite::samples::{TENANT, document, finished, purchase, purchase_in};
use crate::store::{Finished, PurchaseState};

fn tool(name: &str, arguments: &[&str]) {
    let done = Command::new(name).args(arguments).output().unwrap();
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_of_a_database_in_use_is_restored_whole() {
    let database = fresh();
    let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(open(&database).await.unwrap());
    let hold = purchase_in(&store, "p1", PurchaseState::Sending).await;
    let end = Finished { documents: vec![document("d1", b"label")], ..finished(PurchaseState::Purchased) };
    store.finish_purchase(&hold, end).await.unwrap();
    let before = store.purchases(TENANT, None, None, 10).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("parcelgate.dump");
    let file = file.to_str().unwrap();
    tool("pg_dump", &["--format=custom", "--file", file, "--dbname", database.url()]);
    store.begin_purchase(purchase("later")).await.unwrap();
    let other = Database::empty(&std::env::var(VARIABLE).unwrap()).unwrap();
    tool("pg_restore", &["--no-owner", "--exit-on-error", "--dbname", other.url(), file]);

    let restored = open(&other).await.unwrap();
    assert_eq!(restored.purchases(TENANT, None, None, 10).await.unwrap(), before);
    assert_eq!(restored.document(TENANT, "d1").await.unwrap().unwrap().1, b"label");
    assert!(restored.begin_purchase(purchase("p1")).await.is_ok(), "it can be written to");
    restored.close().await.unwrap();
}
