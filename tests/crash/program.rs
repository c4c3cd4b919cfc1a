//! A child process: started, heard, signalled, and never left behind.
//!
//! It knows nothing of gateways. Start with [`Program::start`].

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;

/// Lines of a child that are kept to explain its failure.
const KEPT: usize = 60;

/// What a child has said so far.
#[derive(Default)]
struct Heard {
    /// The text behind the marker, once it came.
    sign: Option<String>,
    /// Both of its outputs are closed: it has ended, or is about to be reaped.
    silent: bool,
}

/// A running child. Dropped, it is killed and reaped.
pub(crate) struct Program {
    child: Child,
    heard: watch::Receiver<Heard>,
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Program {
    /// Starts it and waits for a line that has `marker`; what follows the
    /// marker up to a comma, space or quote is answered.
    pub(crate) async fn start(command: &mut Command, marker: &'static str) -> Result<(Self, String)> {
        let mut program = Self::launch(command, marker)?;
        let heard = program.heard.wait_for(|heard| heard.sign.is_some() || heard.silent).await;
        let sign = heard.ok().and_then(|heard| heard.sign.clone());
        match sign {
            Some(sign) => Ok((program, sign)),
            None => bail!("it ended before it said `{marker}`:\n{}", program.last_words()),
        }
    }

    /// Starts it and waits for nothing.
    pub(crate) fn launch(command: &mut Command, marker: &'static str) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let (tell, heard) = watch::channel(Heard::default());
        let mut outputs: Vec<Box<dyn Read + Send>> = Vec::new();
        if let Some(out) = child.stdout.take() {
            outputs.push(Box::new(out));
        }
        if let Some(out) = child.stderr.take() {
            outputs.push(Box::new(out));
        }
        let open = Arc::new(Mutex::new(outputs.len()));
        for output in outputs {
            let (tell, lines, open) = (tell.clone(), Arc::clone(&lines), Arc::clone(&open));
            std::thread::spawn(move || listen(output, marker, &tell, &lines, &open));
        }
        Ok(Self { child, heard, lines })
    }

    /// Done when it has ended, however it did.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        let _ = self.heard.wait_for(|heard| heard.silent).await;
        Ok(self.child.wait()?)
    }

    /// kill -9, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), signal)?)
    }

    /// What it said last.
    pub(crate) fn last_words(&self) -> String {
        let lines = self.lines.lock().unwrap();
        lines.iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listen(
    output: impl Read,
    marker: &str,
    tell: &watch::Sender<Heard>,
    lines: &Mutex<VecDeque<String>>,
    open: &Mutex<usize>,
) {
    let mut reader = BufReader::new(output);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        if let Some((_, rest)) = line.split_once(marker) {
            let sign = rest.split([',', ' ', '"', '/', '\n']).next().unwrap_or_default().to_owned();
            tell.send_if_modified(|heard| heard.sign.is_none() && heard.sign.replace(sign).is_none());
        }
        let mut kept = lines.lock().unwrap();
        kept.push_back(line.trim_end().to_owned());
        if kept.len() > KEPT {
            kept.pop_front();
        }
        line.clear();
    }
    let mut open = open.lock().unwrap();
    *open -= 1;
    if *open == 0 {
        tell.send_modify(|heard| heard.silent = true);
    }
}
