//! A whole run: the cases that were asked for, one after the other, and the report.
//!
//! Start with [`run`].

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use parcelgate::api::proto::{DESCRIPTOR_SET, v1};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use tempfile::TempDir;

use crate::arguments::{Case, Run};
use crate::machine::Machine;
use crate::raw::Caller;
use crate::report::{Report, progress, say};
use crate::servers::Servers;
use crate::{growth, purchase, rate, track};

/// What every case needs.
pub(crate) struct Session {
    /// What was asked for.
    pub(crate) run: Run,
    /// The order that is rated and bought.
    pub(crate) order: v1::RateRequest,
    servers: Servers,
    folder: TempDir,
}

impl Session {
    /// A new folder of its own for one process's files, and a new store that belongs to it.
    ///
    /// # Errors
    /// When either cannot be made.
    pub(crate) fn folder(&self, name: &str) -> Result<std::path::PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make `{}`", path.display()))?;
        self.servers.prepare(&path)?;
        Ok(path)
    }
}

/// Measures and reports. It fails only when it could not measure: a goal that is not met is a figure like another.
///
/// # Errors
/// What could not be started or failed.
pub(crate) async fn run(mut run: Run) -> Result<ExitCode> {
    run.gateway = run.gateway.canonicalize().context("there is no such gateway: is it built?")?;
    run.before =
        run.before.map(|program| program.canonicalize()).transpose().context("no such build before")?;
    let folder =
        run.folder.canonicalize().with_context(|| format!("no folder `{}`", run.folder.display()))?;
    let folder = tempfile::Builder::new().prefix("load-").tempdir_in(folder)?;
    let order = order(&run.order)?;
    let machine = Machine::look(&run.gateway);
    let (seed, store) = (run.seed, run.store.name());
    let servers = Servers::start(run.store)?;
    let session = Session { run, order, servers, folder };
    let mut lines = Vec::new();
    for case in &session.run.only {
        progress(format_args!("measuring {case:?}"));
        lines.extend(match case {
            Case::Rate => rate::measure(&session).await?,
            Case::Track => track::measure(&session).await?,
            Case::Purchase => purchase::measure(&session).await?,
            Case::Growth => growth::measure(&session).await?,
        });
    }
    let report = Report { machine, seed, store, lines };
    if session.run.json {
        say(report.json())
    } else {
        say(report)
    }
    Ok(ExitCode::SUCCESS)
}

fn order(path: &Path) -> Result<v1::RateRequest> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let pool = DescriptorPool::decode(DESCRIPTOR_SET)?;
    let kind = pool.get_message_by_name("parcelgate.v1.RateRequest").context("there is no RateRequest")?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let message = DynamicMessage::deserialize(kind, &mut reader)
        .with_context(|| format!("`{}` is no RateRequest", path.display()))?;
    Ok(message.transcode_to()?)
}

/// Calls once and reads the answer.
///
/// # Errors
/// What the server answered.
pub(crate) async fn once<A: Message + Default>(caller: &Caller, request: &impl Message) -> Result<A> {
    let answer = caller.call(0, Bytes::from(request.encode_to_vec())).await.map_err(anyhow::Error::msg)?;
    ensure!(!answer.is_empty(), "the answer is empty");
    Ok(A::decode(answer)?)
}
