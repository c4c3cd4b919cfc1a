//! The baseline of Purchase: durable writes through the store's own writer, with no gRPC, carrier or seal around them.
//!
//! It runs as a process of its own, so that its processor time can be told from the caller's. One JSON line in asks for
//! one measurement, one JSON line out tells it. Start with [`serve`].

use std::io::stdin;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::arguments;
use crate::engine::{Load, Outcome, run};
use crate::report::say;
use crate::store::{StoreKind, write_one};

/// One measurement that is asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Ask {
    load: Load,
    shape: Shape,
}

/// What one purchase writes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// How often it writes.
    pub(crate) writes: u32,
    /// Bytes of each.
    pub(crate) bytes: usize,
}

/// Answers measurements until standard input ends.
///
/// # Errors
/// When the store cannot be opened or a line is none of ours.
pub(crate) async fn serve(asked: arguments::Commits) -> Result<()> {
    let store = asked.store.open(&asked.folder).await?;
    let mut batch = 0_u64;
    while let Some(line) = tokio::task::spawn_blocking(|| stdin().lines().next()).await?.transpose()? {
        let Ask { load, shape } = serde_json::from_str(&line).context("this line asks for nothing known")?;
        batch += 1;
        let (store, batch) = (Arc::clone(&store), batch);
        let outcome = run(load, move |index| {
            let store = Arc::clone(&store);
            async move {
                let id = format!("sh_{:016x}{batch:04x}", index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                write_one(store.as_ref(), &id, shape.writes, shape.bytes).await.map_err(|e| format!("{e:#}"))
            }
        })
        .await?;
        say(serde_json::to_string(&outcome)?);
    }
    Ok(store.close().await?)
}

/// A process of [`serve`], ended when dropped.
pub(crate) struct Commits {
    _child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    shape: Shape,
    /// Its id.
    pub(crate) pid: u32,
}

impl Commits {
    /// Starts one over a store in `folder`.
    ///
    /// # Errors
    /// When this program cannot be started again.
    pub(crate) fn start(store: StoreKind, folder: &Path, shape: Shape) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("commits").args(["--store", store.name()]).arg("--folder").arg(folder);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the commits")?;
        let pid = child.id().context("the commits ended at once")?;
        let stdin = child.stdin.take().context("no way to the commits")?;
        let stdout = child.stdout.take().context("no way back from the commits")?;
        Ok(Self { _child: child, stdin, stdout: BufReader::new(stdout).lines(), shape, pid })
    }

    /// Puts `load` on it.
    ///
    /// # Errors
    /// When it ended: it says why on standard error.
    pub(crate) async fn run(&mut self, load: Load) -> Result<Outcome> {
        let mut line = serde_json::to_string(&Ask { load, shape: self.shape })?;
        line.push('\n');
        self.stdin.write_all(line.as_bytes()).await?;
        self.stdin.flush().await?;
        let answer = self.stdout.next_line().await?.context("the commits ended")?;
        serde_json::from_str(&answer).with_context(|| format!("the commits said `{answer}`"))
    }
}
