//! The key that signs decisions: the configured one, else a file beside the database.
//!
//! Start at [`key`].

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::config::{Config, Place};
use crate::proof::SigningKey;
use crate::seal::key_file;

/// The key of this gateway. Where none is configured and the database is a file, one is made beside it at the first start;
/// one that was lost is made anew, and what the old one signed still verifies by its public half, which the store keeps.
///
/// # Errors
/// When the key file cannot be read, made or kept from others.
pub(super) fn key(config: &Config) -> Result<Option<Arc<SigningKey>>> {
    if let Some(key) = &config.protection.signing_key {
        return Ok(Some(Arc::clone(key)));
    }
    let Place::Sqlite(database) = &config.store.place else { return Ok(None) };
    let mut path = database.as_os_str().to_owned();
    path.push(".signkey");
    let path = PathBuf::from(path);
    let text = key_file::read_or_make(&path, SigningKey::generate)?;
    let key = SigningKey::parse(&text).with_context(|| format!("the key file `{}`", path.display()))?;
    Ok(Some(Arc::new(key)))
}
