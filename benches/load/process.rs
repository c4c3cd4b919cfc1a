//! Processes that are measured or that serve a measurement, and what the system says of them.
//!
//! They live in this program's process group and end with it. Start with [`Served`].

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Time for a process to say where it listens.
const START: Duration = Duration::from_secs(60);
/// Ticks a second of the times in `/proc`, part of Linux's contract with programs.
const TICKS: f64 = 100.0;
/// Words before the address in this program's own servers.
pub(crate) const LISTENING: &str = "listening on ";

/// A process that listens, ended when dropped.
pub(crate) struct Served {
    _child: Child,
    /// Its id.
    pub(crate) pid: u32,
    /// Where it listens.
    pub(crate) at: SocketAddr,
}

impl Served {
    /// Starts `command` and waits until a line holds `marker` and a loopback address.
    ///
    /// # Errors
    /// When it cannot be started, ends, or does not say where it listens: with its last words.
    pub(crate) async fn start(mut command: Command, marker: &str) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().with_context(|| format!("cannot start `{name}`: is it built?"))?;
        let pid = child.id().with_context(|| format!("`{name}` ended at once"))?;
        let (sender, lines) = unbounded_channel();
        child.stdout.take().into_iter().for_each(|out| forward(out, sender.clone()));
        child.stderr.take().into_iter().for_each(|out| forward(out, sender.clone()));
        drop(sender);
        let told = tokio::time::timeout(START, address(lines, marker)).await;
        let at =
            told.context("it took too long").flatten().with_context(|| format!("`{name}` does not serve"))?;
        Ok(Self { _child: child, pid, at })
    }
}

/// Reads lines for as long as the process writes any: a full pipe would stop it.
fn forward(out: impl AsyncRead + Unpin + Send + 'static, lines: UnboundedSender<String>) {
    tokio::spawn(async move {
        let mut reader = BufReader::new(out).lines();
        while let Ok(Some(line)) = reader.next_line().await {
            let _ = lines.send(line); // nobody listens once the address is known
        }
    });
}

async fn address(mut lines: UnboundedReceiver<String>, marker: &str) -> Result<SocketAddr> {
    let mut last = VecDeque::new();
    while let Some(line) = lines.recv().await {
        if let Some(at) = loopback_in(&line, marker) {
            return Ok(at);
        }
        last.push_back(line);
        if last.len() > 20 {
            last.pop_front();
        }
    }
    bail!("it said: {}", last.into_iter().collect::<Vec<_>>().join("\n"))
}

fn loopback_in(line: &str, marker: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(marker)?;
    let rest = rest.get(rest.find("127.0.0.1:")?..)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// Processor time that a process has used so far, in all of its threads, seconds.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{path}`"))?;
    ticks(&text).map(|ticks| ticks / TICKS).with_context(|| format!("`{path}` is not as expected"))
}

/// User and system time; the name before them may hold anything, spaces and parentheses too.
fn ticks(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_behind_its_marker_alone() {
        let at = |line| loopback_in(line, "gRPC on ").map(|at| at.port());
        assert_eq!(at("gRPC on 127.0.0.1:7001, admin on http://127.0.0.1:7002"), Some(7001));
        assert_eq!(at("admin on http://127.0.0.1:7002"), None);
        assert_eq!(at("gRPC on 10.0.0.1:7001"), None);
    }

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 9 9 20 0 3 0 1 1 1";
        assert_eq!(ticks(stat), Some(300.0));
        assert_eq!(ticks("nonsense"), None);
        assert!(cpu_seconds(std::process::id()).unwrap() >= 0.0);
    }
}
