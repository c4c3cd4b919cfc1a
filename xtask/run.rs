//! Runs other programs: their output is shown as it comes, and read on the way.
//!
//! Never judges what a program says; that is its step's work. Start with [`run`].

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use anyhow::{Context, Result};

use crate::say::say;

/// What a program left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Whether it ended with status 0.
    pub(crate) ok: bool,
    /// Its lines on both outputs, without colours, in the order of their arrival.
    pub(crate) lines: Vec<String>,
}

/// A command of cargo in the workspace, free of what `cargo run` told this
/// program about itself: crates that watch those variables would be built again.
pub(crate) fn cargo(repo: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(repo).args(arguments);
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_CRATE_NAME"
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end and shows its output.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run(command: &mut Command) -> Result<Finished> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{name}`"))?;
    let (sender, lines) = channel();
    let readers = [
        child.stdout.take().map(|out| forward(out, sender.clone())),
        child.stderr.take().map(|out| forward(out, sender.clone())),
    ];
    drop(sender);
    let mut kept = Vec::new();
    for line in lines {
        say(&line);
        kept.push(without_colours(&line));
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join(); // ended when the channel closed
    }
    Ok(Finished { ok: child.wait()?.success(), lines: kept })
}

/// Whether a program can be started.
pub(crate) fn is_there(program: impl AsRef<std::ffi::OsStr>) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

fn forward(out: impl Read + Send + 'static, sender: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(out);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(text).is_err() {
                return;
            }
            line.clear();
        }
    })
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("\u{1b}[32;1m  ok\u{1b}[0m 3 passed"), "  ok 3 passed");
    }

    #[test]
    fn both_outputs_and_the_status_are_kept() {
        let finished = run(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"])).unwrap();
        let mut lines = finished.lines;
        lines.sort();
        assert_eq!((finished.ok, lines), (false, vec!["one".to_owned(), "two".to_owned()]));
    }
}
