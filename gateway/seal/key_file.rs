//! The seal key of a gateway that nobody gave one: a file beside the database.
//! It must never make a new key for a database that an older key may have sealed.
//! Start at [`load_or_create`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{SealError, SealKey};

/// Why the key file could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error("the key file `{path}` cannot be {action}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `created`.
        action: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key is gone but what it sealed is still there.
    #[error(
        "the seal key file `{key}` is missing but the database `{database}` exists; restore the key file, \
         or give the key with `store.seal_key`", key = key.display(), database = database.display()
    )]
    Lost {
        /// The file that is not there.
        key: PathBuf,
        /// The database that is.
        database: PathBuf,
    },
    /// Others on the machine can read it.
    #[error("the key file `{path}` can be read by others; run `chmod 600` on it", path = .0.display())]
    Exposed(PathBuf),
    /// It holds something else.
    #[error("the seal key file `{path}` holds no key: {source}", path = path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with its content.
        source: SealError,
    },
}

/// Where the key file of the database at `database` stands: the same name
/// with `.sealkey` at its end.
pub fn path_beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".sealkey");
    PathBuf::from(name)
}

/// Reads the key at `path`; on the very first start, when neither the key nor
/// the `database` exists, makes one that only its owner can read (mode 0600)
/// and says so in the log. Blocks on file I/O.
///
/// # Errors
/// [`KeyFileError`].
pub fn load_or_create(path: &Path, database: &Path) -> Result<SealKey, KeyFileError> {
    match load(path) {
        Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        done => return done,
    }
    if database.exists() {
        return Err(KeyFileError::Lost { key: path.to_owned(), database: database.to_owned() });
    }
    let key = SealKey::generate().map_err(|source| KeyFileError::BadKey { path: path.to_owned(), source })?;
    let created = create(path, &key.to_text()).map_err(|source| io_error(path, "created", source))?;
    if created {
        tracing::info!(path = %path.display(), key_id = %key.id(), "created a seal key; keep a copy of it");
    }
    // Read back, because another process may have been first.
    load(path)
}

fn load(path: &Path) -> Result<SealKey, KeyFileError> {
    SealKey::parse(&read(path)?).map_err(|source| KeyFileError::BadKey { path: path.to_owned(), source })
}

/// Reads the text at `path`; where there is no file, puts there what `make` makes, for its owner alone (mode 0600).
/// Blocks on file I/O.
///
/// # Errors
/// [`KeyFileError`], and what `make` fails with.
pub fn read_or_make<E>(
    path: &Path,
    make: impl FnOnce() -> Result<SecretString, E>,
) -> anyhow::Result<SecretString>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match read(path) {
        Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        done => return Ok(done?),
    }
    if create(path, &make()?).map_err(|source| io_error(path, "created", source))? {
        tracing::info!(path = %path.display(), "created a key; keep a copy of it");
    }
    // Read back, because another process may have been first.
    Ok(read(path)?)
}

fn read(path: &Path) -> Result<SecretString, KeyFileError> {
    let failed = |source| io_error(path, "read", source);
    let mode = fs::metadata(path).map_err(failed)?.mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed(path.to_owned()));
    }
    Ok(SecretString::from(fs::read_to_string(path).map_err(failed)?))
}

/// Writes the key under a name of its own and links it to `path`, so that
/// nobody ever sees half a key. Says whether this call made the file.
fn create(path: &Path, text: &SecretString) -> io::Result<bool> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", uuid::Uuid::now_v7()));
    let draft = PathBuf::from(draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let linked = file
        .write_all(text.expose_secret().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => File::open(parent)?.sync_all().map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn io_error(path: &Path, action: &'static str, source: io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.to_owned(), action, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_start_makes_a_private_key_and_the_next_reads_it() {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("data/parcelgate.sqlite");
        let path = path_beside(&database);
        let made = load_or_create(&path, &database).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::write(&database, "rows").unwrap();
        assert_eq!(load_or_create(&path, &database).unwrap().id(), made.id());
        let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 2, "no draft is left behind");
    }

    #[test]
    fn a_lost_key_is_never_replaced_silently() {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("parcelgate.sqlite");
        fs::write(&database, "rows").unwrap();
        let error = load_or_create(&path_beside(&database), &database).unwrap_err();
        assert!(matches!(error, KeyFileError::Lost { .. }));
        assert!(!path_beside(&database).exists());
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_no_key_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("parcelgate.sqlite");
        let path = path_beside(&database);
        load_or_create(&path, &database).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(load_or_create(&path, &database).unwrap_err(), KeyFileError::Exposed(_)));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "swordfish").unwrap();
        let error = load_or_create(&path, &database).unwrap_err();
        assert!(matches!(error, KeyFileError::BadKey { .. }));
        assert!(!error.to_string().contains("swordfish"));
    }

    #[test]
    fn a_second_maker_takes_the_first_ones_key() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("k");
        let first = SealKey::generate().unwrap();
        assert!(create(&path, &first.to_text()).unwrap());
        assert!(!create(&path, &SealKey::generate().unwrap().to_text()).unwrap());
        assert_eq!(load(&path).unwrap().id(), first.id());
    }
}
