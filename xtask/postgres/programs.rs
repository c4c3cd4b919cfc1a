//! PostgreSQL's own programs: where they are, and as whom they run.
//!
//! The server refuses to run as root, so for root its programs run as the user `postgres`. Start at [`Programs::find`].

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What to tell who has none.
const MISSING: &str = "PostgreSQL's server programs (`initdb`, `pg_ctl`, `postgres`) and `psql` are missing: install \
     PostgreSQL 14 or newer (Debian: apt-get install postgresql; macOS: brew install postgresql)";

/// The programs and the user they run as.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    folder: PathBuf,
    /// User and group, when it must not be this process's own.
    user: Option<(u32, u32)>,
}

impl Programs {
    /// Looks for them in `PATH`, then where Debian puts them, the newest first.
    pub(crate) fn find() -> Result<Self> {
        let folder = candidates().into_iter().find(|folder| {
            ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
        });
        let Some(folder) = folder else { bail!(MISSING) };
        let user = if id("-u", None)? == 0 {
            let why = "the server does not run as root, and there is no user `postgres` to run it as";
            Some((id("-u", Some("postgres")).context(why)?, id("-g", Some("postgres")).context(why)?))
        } else {
            None
        };
        Ok(Self { folder, user })
    }

    /// One of the programs, run in this folder.
    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        self.plain(self.path(program), folder)
    }

    /// Any program, as the same user.
    pub(crate) fn plain(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("LC_ALL", "C");
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// Makes the folder that user's.
    pub(crate) fn give(&self, folder: &Path) -> Result<()> {
        let Some((user, group)) = self.user else { return Ok(()) };
        std::os::unix::fs::chown(folder, Some(user), Some(group))
            .with_context(|| format!("cannot give `{}` to the server's user", folder.display()))
    }
}

/// Folders that may hold the programs.
fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    folders.extend(versions.into_iter().map(|(_, folder)| folder));
    folders
}

fn id(flag: &str, user: Option<&str>) -> Result<u32> {
    let output = Command::new("id").arg(flag).args(user).stderr(Stdio::null()).output();
    let output = output.context("cannot start `id`")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("`id` knows no such user")
}
