//! A database of one test: empty or cloned from a template, and dropped with the test.
//!
//! Start at [`Database::cloned`].

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail, ensure};

/// The variable that names the server of a run of tests, as [`Server::url`](crate::Server::url) does.
pub const VARIABLE: &str = "PARCELGATE_TEST_POSTGRES";

/// A database.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// The server's own database and this one's name, when it is to be dropped.
    made: Option<(String, String)>,
}

impl Database {
    /// A copy of the template of this name, on the server that [`VARIABLE`] names. The first that asks for a template
    /// makes it; `make` gets the address of an empty database and must leave no connection to it.
    ///
    /// # Errors
    /// When the variable is not set, with what to do, or the server refuses.
    pub fn cloned(template: &str, make: impl FnOnce(&str) -> Result<()>) -> Result<Self> {
        Self::cloned_in(&shared()?, template, make)
    }

    /// As [`Database::cloned`], on the server at this address.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn cloned_in(server: &str, template: &str, make: impl FnOnce(&str) -> Result<()>) -> Result<Self> {
        ensure_template(server, template, make)?;
        Self::create(server, &format!(" TEMPLATE {template}"))
    }

    /// An empty database on the server at this address.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn empty(server: &str) -> Result<Self> {
        Self::create(server, "")
    }

    /// The database at this address, which stays when this value is dropped.
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), made: None }
    }

    fn create(server: &str, how: &str) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        Self::at(server).run(&format!("CREATE DATABASE {name}{how}"))?;
        Ok(Self { url: address(server, &name)?, made: Some((server.to_owned(), name)) })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements behind everybody's back; the rows, with tabs between their values.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn run(&self, sql: &str) -> Result<String> {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator", "\t"]);
        psql.args(["--set", "ON_ERROR_STOP=1", "--dbname", &self.url, "--command", sql]);
        let output = psql.stdin(Stdio::null()).output().context("cannot start `psql`")?;
        if !output.status.success() {
            bail!("`psql` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.made {
            // It fails where the test has stopped the server, and then it goes with that.
            let _ = Self::at(server).run(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// The server of this run of tests.
///
/// # Errors
/// When [`VARIABLE`] is not set, with what to do.
fn shared() -> Result<String> {
    let url = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    url.with_context(|| {
        format!(
            "`{VARIABLE}` is not set: `cargo xtask test` does it, or run `cargo xtask postgres` beside and export \
             what it prints"
        )
    })
}

/// Sees to it that the template is there, whoever of many processes comes first.
fn ensure_template(server: &str, template: &str, make: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    let admin = Database::at(server);
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{template}'");
    if admin.run(&there)? == "1" {
        return Ok(());
    }
    let mut hasher = DefaultHasher::new();
    (server, template).hash(&mut hasher);
    let name = std::env::temp_dir().join(format!("parcelgate-template-{:x}.lock", hasher.finish()));
    let lock = File::create(&name).with_context(|| format!("cannot create `{}`", name.display()))?;
    lock.lock().context("cannot lock the template")?;
    if admin.run(&there)? == "1" {
        return Ok(());
    }
    let draft = format!("{template}_draft");
    admin.run(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"))?;
    admin.run(&format!("CREATE DATABASE {draft}"))?;
    make(&address(server, &draft)?)?;
    admin.run(&format!("ALTER DATABASE {draft} RENAME TO {template}"))?;
    // Whoever waits for the lock holds the file open; a later run makes another one.
    let _ = std::fs::remove_file(&name);
    Ok(())
}

/// The address of another database on the same server.
fn address(server: &str, database: &str) -> Result<String> {
    let (scheme, rest) = server.split_once("://").context("the server's address has no `://`")?;
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    ensure!(!database.is_empty(), "a database has a name");
    let question = if query.is_empty() { "" } else { "?" };
    Ok(format!("{scheme}://{host}/{database}{question}{query}"))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_name_of_the_database_is_changed_alone() {
        let cases = [
            ("postgresql:///postgres?user=a&host=/tmp/x", "postgresql:///d?user=a&host=/tmp/x"),
            ("postgresql://a@localhost:5432/postgres", "postgresql://a@localhost:5432/d"),
            ("postgresql://a@localhost", "postgresql://a@localhost/d"),
        ];
        for (server, want) in cases {
            assert_eq!(address(server, "d").unwrap(), want);
        }
        assert!(address("localhost", "d").is_err());
    }
}
