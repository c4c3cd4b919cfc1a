//! The store behind the gateway and behind the baseline of Purchase: where it lies, how it is filled.
//!
//! A store belongs to a folder: its file lies there, or the address of its database. Another kind of store is another
//! arm of [`StoreKind`]'s methods. Rows here hold no body that anybody reads. Start with [`StoreKind`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};
use parcelgate::store::postgres::{PostgresOptions, PostgresStore};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::store::{
    Alarms, Begun, Finished, Following, Hold, Lease, NewIntent, NewPurchase, NewReply, PurchaseState, Store,
    Tracking,
};
use parcelgate_test_postgres::Database;
use tokio::task::JoinSet;

/// The tenant of a gateway without tenants.
const TENANT: &str = "demo";
/// Writers that fill a store at once: a full group of a commit.
const FILLERS: usize = 64;
/// The file of a folder that holds the address of its database.
const ADDRESS: &str = "database.url";

/// Kinds of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// A file beside the gateway.
    Sqlite,
    /// A database in a server that is started for the run.
    Postgres,
}

impl StoreKind {
    /// Its name in the gateway's configuration and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// The `[store]` section of a gateway whose files lie in `folder`.
    ///
    /// # Errors
    /// When the folder was given no database and takes one.
    pub(crate) fn section(self, folder: &Path) -> Result<toml::Table> {
        let mut section = toml::Table::new();
        section.insert("kind".to_owned(), self.name().into());
        match self {
            Self::Sqlite => {
                let path = folder.join("gateway.sqlite").to_string_lossy().into_owned();
                section.insert("path".to_owned(), path.into());
            }
            Self::Postgres => {
                section.insert("url".to_owned(), address(folder)?.into());
            }
        }
        Ok(section)
    }

    /// Opens the store of `folder` in this process.
    ///
    /// # Errors
    /// When it cannot be opened, such as a file that a gateway has open.
    pub(crate) async fn open(self, folder: &Path) -> Result<Arc<dyn Store>> {
        match self {
            Self::Sqlite => {
                let store = SqliteStore::open(&SqliteOptions::new(folder.join("gateway.sqlite")))?;
                Ok(Arc::new(store))
            }
            Self::Postgres => {
                Ok(Arc::new(PostgresStore::open(&PostgresOptions::new(address(folder)?)).await?))
            }
        }
    }

    /// Brings what was just filled into the state that it would have after a while.
    fn settle(self, folder: &Path) -> Result<()> {
        match self {
            Self::Sqlite => Ok(()),
            // The server would do it by itself, in the middle of a measurement.
            Self::Postgres => Database::at(&address(folder)?).run("VACUUM ANALYZE").map(|_| ()),
        }
    }
}

/// Has `folder` keep its store in the database at `url`.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn keep_address(folder: &Path, url: &str) -> Result<()> {
    std::fs::write(folder.join(ADDRESS), url).context("cannot write the address of a database")
}

fn address(folder: &Path) -> Result<String> {
    let path = folder.join(ADDRESS);
    std::fs::read_to_string(&path).with_context(|| format!("there is no database for `{}`", folder.display()))
}

fn lease(now: Timestamp) -> Lease {
    Lease { owner: "load".to_owned(), until: now + SignedDuration::from_secs(60) }
}

/// A purchase with a body of so many bytes.
fn purchase(id: &str, bytes: usize, now: Timestamp) -> NewPurchase {
    NewPurchase {
        tenant: TENANT.to_owned(),
        id: id.to_owned(),
        idempotency_key: format!("key-{id}"),
        fingerprint: [7; 32],
        carrier: "carrier".to_owned(),
        account: "account".to_owned(),
        service: "11".to_owned(),
        reference: format!("ref-{id}"),
        body: vec![b'x'; bytes],
        created_at: now,
        lease: lease(now),
    }
}

fn finished(state: PurchaseState, bytes: usize, tracking: Vec<(String, String)>, at: Timestamp) -> Finished {
    let body = Some(vec![b'y'; bytes]);
    Finished {
        state,
        body,
        answer: None,
        tracking,
        following: Following::Unchanged,
        documents: Vec::new(),
        confirmations: Vec::new(),
        watch_at: None,
        event: None,
        alarms: Alarms::default(),
        at,
    }
}

async fn begin(store: &dyn Store, id: &str, bytes: usize) -> Result<Hold> {
    match store.begin_purchase(purchase(id, bytes, Timestamp::now())).await? {
        Begun::Started(hold) => Ok(hold),
        Begun::Existing(_) => bail!("`{id}` is there already"),
    }
}

/// One purchase's worth of durable writes: a beginning, an end, and journal rows up to `writes`, `bytes` each.
///
/// # Errors
/// When a write fails.
pub(crate) async fn write_one(store: &dyn Store, id: &str, writes: u32, bytes: usize) -> Result<()> {
    let hold = begin(store, id, bytes).await?;
    for number in 0..writes.saturating_sub(2) {
        let (operation, step, at) = ("purchase".to_owned(), number / 2, Timestamp::now());
        if number % 2 == 0 {
            let (name, request) = ("step".to_owned(), vec![b'q'; bytes]);
            let intent = NewIntent { operation, step, name, request, request_sha256: [9; 32], at };
            store.journal_intent(&hold, intent).await?;
        } else {
            store
                .journal_reply(
                    &hold,
                    NewReply { operation, step, reply: vec![b'r'; bytes], replaces: false, at },
                )
                .await?;
        }
    }
    // The end that is legal from the beginning, so that two writes are a whole purchase.
    store
        .finish_purchase(&hold, finished(PurchaseState::Refused, bytes, Vec::new(), Timestamp::now()))
        .await?;
    Ok(())
}

/// Fills the store of `folder` with `count` ended purchases of the gateway's tenant, each with its tracking row.
///
/// # Errors
/// When the store cannot be opened or written.
pub(crate) async fn fill(kind: StoreKind, folder: &Path, count: u64) -> Result<()> {
    let store = kind.open(folder).await.context("cannot open the store to fill it")?;
    let next = Arc::new(AtomicU64::new(0));
    let mut fillers = JoinSet::new();
    for _ in 0..FILLERS {
        let (store, next) = (Arc::clone(&store), Arc::clone(&next));
        fillers.spawn(async move {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return anyhow::Ok(());
                }
                fill_one(store.as_ref(), index).await?;
            }
        });
    }
    while let Some(filled) = fillers.join_next().await {
        filled??;
    }
    store.close().await?;
    kind.settle(folder)
}

async fn fill_one(store: &dyn Store, index: u64) -> Result<()> {
    // Scattered like real ids, which do not come in the order of their creation.
    let id = format!("sh_{:016x}{index:016x}", index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let hold = begin(store, &id, 1024).await?;
    let at = Timestamp::now();
    let sending = parcelgate::store::Change {
        from: vec![PurchaseState::Intent],
        to: PurchaseState::Sending,
        body: None,
        next_action_at: None,
        event: None,
        alarms: Alarms::default(),
        at,
    };
    store.set_state(&hold, sending).await?;
    let number = format!("N{index:012}");
    let tracking = vec![("carrier".to_owned(), number.clone())];
    store.finish_purchase(&hold, finished(PurchaseState::Purchased, 1024, tracking, at)).await?;
    let tracking = Tracking {
        tenant: TENANT.to_owned(),
        carrier: "carrier".to_owned(),
        number,
        shipment: Some(id),
        account: None,
        status: "Delivered".to_owned(),
        body: vec![b'z'; 512],
        as_of: at,
        next_poll_at: None,
        failures: 0,
        delivered_at: Some(at),
    };
    store.merge_tracking(tracking, 0, None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_told_the_database_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let section = |kind: StoreKind| kind.section(folder.path()).map(|section| section.to_string());
        assert!(section(StoreKind::Postgres).unwrap_err().to_string().contains("no database"));
        keep_address(folder.path(), "postgresql:///test_1_0?user=a").unwrap();
        let told = section(StoreKind::Postgres).unwrap();
        assert_eq!(told, "kind = \"postgres\"\nurl = \"postgresql:///test_1_0?user=a\"\n");
        assert!(section(StoreKind::Sqlite).unwrap().contains("gateway.sqlite"));
    }
}
