//! Secrets by reference: where one stands, and how it is fetched.
//! It must never put a secret into an error, a row or a log line. Start at [`SecretRef::resolve`].

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

/// The longest secret that is read, in bytes: a private key in PEM fits many times.
const MAX_LEN: u64 = 64 << 10;

/// Where a secret stands.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SecretRef {
    /// In the environment variable of this name.
    Env(String),
    /// In this file.
    File(PathBuf),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

impl SecretRef {
    /// Fetches the secret; one newline at the end of a file is put aside.
    /// Blocks on file I/O.
    pub(super) fn resolve(&self, environment: &BTreeMap<String, String>) -> Result<SecretString, String> {
        let text = match self {
            Self::Env(name) => {
                let value = environment.get(name);
                Zeroizing::new(value.ok_or_else(|| format!("refers to {self}, which is not set"))?.clone())
            }
            Self::File(path) => {
                let read = File::open(path).and_then(read_text);
                read.map_err(|error| format!("refers to {self}, which cannot be read: {error}"))?
            }
        };
        let text = match self {
            Self::Env(_) => text.as_str(),
            Self::File(_) => {
                text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text.as_str())
            }
        };
        if text.is_empty() {
            return Err(format!("refers to {self}, which is empty"));
        }
        Ok(SecretString::from(text))
    }
}

fn read_text(file: File) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = file.take(MAX_LEN.saturating_add(1)).read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read <= MAX_LEN) {
        return Ok(text);
    }
    Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {MAX_LEN} bytes")))
}
