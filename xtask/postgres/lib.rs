//! A private, throw-away PostgreSQL server for tests, and databases in it.
//!
//! It never touches a server that it did not start, and keeps its files in a temporary folder that goes with it, also
//! when the program that started it is killed. Start at [`Server::start`] for a server of one's own and at
//! [`Database::cloned`] for a database in the one that `cargo xtask test` runs.

mod database;
mod programs;

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

pub use database::{Database, VARIABLE};
use programs::Programs;

/// Who owns the databases. The socket lies in a folder of the server's own, so it needs no password.
const OWNER: &str = "parcelgate";

/// A server that runs, reached by a socket in its own folder alone. It is stopped and removed when it is dropped.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    folder: PathBuf,
    /// Stops the server and removes its folder once its input ends: with this program, however that ends.
    keeper: Child,
}

impl Server {
    /// Whether PostgreSQL's programs are here.
    pub fn is_installed() -> bool {
        Programs::find().is_ok()
    }

    /// Makes a server and starts it: about two seconds. It syncs to the disk as a real one does.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, with what to install, or does not start, with its own words.
    pub fn start() -> Result<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("parcelgate-postgres-").tempdir()?.keep();
        programs.give(&folder)?;
        let keeper = keep(&programs, &folder)?;
        let server = Self { programs, folder, keeper };
        let data = server.data();
        let mut init = server.programs.command("initdb", &server.folder);
        init.arg("--pgdata").arg(&data).args(["--username", OWNER, "--auth", "trust", "--encoding", "UTF8"]);
        run(init.args(["--locale", "C", "--no-sync"]))?;
        server.boot()?;
        Ok(server)
    }

    /// The address of its database `postgres`.
    pub fn url(&self) -> String {
        format!("postgresql:///postgres?user={OWNER}&host={}", self.folder.display())
    }

    /// Stops it as a loss of power would stop its processes: nothing is finished, nobody is told.
    ///
    /// # Errors
    /// When it was not running.
    pub fn kill(&self) -> Result<()> {
        self.stop("immediate")
    }

    /// Stops it in order: transactions that run are undone.
    ///
    /// # Errors
    /// When it was not running.
    pub fn shut_down(&self) -> Result<()> {
        self.stop("fast")
    }

    /// Starts it again, with all that was committed.
    ///
    /// # Errors
    /// When it does not start, with its own words.
    pub fn boot(&self) -> Result<()> {
        let folder = self.folder.display();
        // Quiet settings only: what a commit promises stays as it is by default.
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories='{folder}' -c unix_socket_permissions=0777 \
             -c max_connections=300 -c fsync=on -c max_wal_size=256MB -c log_min_messages=fatal"
        );
        let mut start = self.programs.command("pg_ctl", &self.folder);
        start.args(["start", "--wait", "--silent", "--timeout", "60", "--pgdata"]).arg(self.data());
        let log = self.log();
        start.arg("--log").arg(&log).args(["--options", &settings]);
        run(&mut start).with_context(|| {
            format!("postgresql does not start: {}", std::fs::read_to_string(&log).unwrap_or_default())
        })
    }

    fn stop(&self, mode: &str) -> Result<()> {
        let mut stop = self.programs.command("pg_ctl", &self.folder);
        stop.args(["stop", "--wait", "--silent", "--mode", mode, "--pgdata"]).arg(self.data());
        run(&mut stop)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Where it fails, the keeper still does its work, only later.
        let _ = self.keeper.wait();
        // A folder in which the server's user may remove nothing is left empty by it.
        let _ = std::fs::remove_dir(&self.folder);
    }
}

/// A shell that waits for the end of its input, which ends with this program, and then clears up. It is in a process
/// group of its own, so that a signal from the terminal does not end it first.
fn keep(programs: &Programs, folder: &Path) -> Result<Child> {
    let script = "read -r _; \"$1\" stop --silent --mode immediate --pgdata \"$2/data\" 2>/dev/null; \
                  cd / && rm -rf \"$2\"";
    let mut shell = programs.plain("sh", folder);
    shell.args(["-c", script, "keeper"]).arg(programs.path("pg_ctl")).arg(folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut keeper = shell.spawn().context("cannot start `sh`")?;
    if let Some(input) = &mut keeper.stdin {
        input.flush()?;
    }
    Ok(keeper)
}

/// Runs a program to its end.
fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output();
    let name = command.get_program().to_string_lossy().into_owned();
    let output = output.with_context(|| format!("cannot start `{name}`"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("`{name}` failed with {}: {}", output.status, words.trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_is_killed_starts_again_and_leaves_nothing() {
        let server = Server::start().unwrap();
        let folder = server.folder.clone();
        let database = Database::empty(&server.url()).unwrap();
        database.run("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").unwrap();
        server.kill().unwrap();
        assert!(database.run("SELECT 1").is_err());
        server.boot().unwrap();
        assert_eq!(database.run("SELECT n FROM kept").unwrap(), "7");
        drop(database);
        drop(server);
        assert!(!folder.exists());
    }

    #[test]
    fn a_database_is_cloned_from_a_template_that_is_made_once() {
        let server = Server::start().unwrap();
        let make = |url: &str| Database::at(url).run("CREATE TABLE made (n int)").map(|_| ());
        let one = Database::cloned_in(&server.url(), "template", make).unwrap();
        let two = Database::cloned_in(&server.url(), "template", |_| bail!("it is there")).unwrap();
        one.run("INSERT INTO made VALUES (1)").unwrap();
        assert_eq!(two.run("SELECT count(*) FROM made").unwrap(), "0");
        assert_ne!(one.url(), two.url());
    }
}
