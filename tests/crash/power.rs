//! Loss of power: after the kill, what the gateway had not synced is taken back
//! from its files.
//!
//! The layer that writes down each change is `tests/power/forget.c`. Nothing
//! here knows what the files mean. Start with [`Power::cut`].

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use tempfile::TempDir;

use crate::gateway::Site;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/power/forget.c");
/// What a disk writes whole or not at all, bytes.
const SECTOR: usize = 512;
/// Of a hundred cuts, those after which some unsynced writes are there anyway:
/// a disk may keep any of them.
const SOME_KEPT: u8 = 50;

/// What a sync is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syncs {
    /// It keeps what was written.
    Kept,
    /// It keeps nothing, and says that it did.
    Ignored,
}

/// The layer, built.
pub(crate) struct Power {
    folder: TempDir,
    syncs: Syncs,
}

impl Power {
    /// Builds the layer with the machine's C compiler.
    pub(crate) fn new(syncs: Syncs) -> Result<Self> {
        let power = Self { folder: tempfile::tempdir()?, syncs };
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(power.library())
            .args([SOURCE, "-ldl", "-lpthread"])
            .output()
            .context("cannot start `cc`: install a C compiler")?;
        ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Ok(power)
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("forget.so")
    }

    /// Puts the layer under the gateway that `command` starts.
    pub(crate) fn watch(&self, command: &mut Command, site: &Site) -> Result<()> {
        fs::write(log_of(site), [])?;
        command.env("LD_PRELOAD", self.library()).env("FORGET_FOLDER", site.data());
        command.env("FORGET_LOG", log_of(site));
        if self.syncs == Syncs::Ignored {
            command.env("FORGET_SYNCS", "ignored");
        }
        Ok(())
    }

    /// The power is gone: takes back what was not synced, all of it or, by the
    /// dice, all but some writes. How many changes were taken back.
    pub(crate) fn cut(&self, site: &Site, dice: &mut Rng) -> Result<usize> {
        let log = fs::read(log_of(site))?;
        let unsynced = unsynced(entries(&log)?);
        let mut files = Files::of(&site.data())?;
        for change in unsynced.iter().rev() {
            files.take_back(change).with_context(|| format!("{}", change.path.display()))?;
        }
        if dice.u8(..100) < SOME_KEPT {
            for change in unsynced.iter().filter(|change| change.kind == b'W') {
                if dice.bool() {
                    files.keep(change, dice)?;
                }
            }
        }
        Ok(unsynced.len())
    }
}

fn log_of(site: &Site) -> PathBuf {
    site.beside("power.log")
}

/// One entry of the log.
struct Change {
    kind: u8,
    inode: u64,
    offset: u64,
    size: u64,
    path: PathBuf,
    other: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Reads the log; the kill may have cut its last entry off.
fn entries(log: &[u8]) -> Result<Vec<Change>> {
    let mut rest = log;
    let mut all = Vec::new();
    while let Some((head, body)) = rest.split_at_checked(64) {
        let numbers: Vec<u64> = head
            .chunks_exact(8)
            .map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
            .collect();
        let lengths = numbers[4..].iter().map(|length| usize::try_from(*length));
        let lengths = lengths.collect::<Result<Vec<_>, _>>()?;
        let Some((own, next)) = body.split_at_checked(lengths.iter().sum()) else { break };
        let (path, own) = own.split_at(lengths[0]);
        let (other, own) = own.split_at(lengths[1]);
        let (before, after) = own.split_at(lengths[2]);
        all.push(Change {
            kind: u8::try_from(numbers[0])?,
            inode: numbers[1],
            offset: numbers[2],
            size: numbers[3],
            path: PathBuf::from(String::from_utf8(path.to_vec())?),
            other: PathBuf::from(String::from_utf8(other.to_vec())?),
            before: before.to_vec(),
            after: after.to_vec(),
        });
        rest = next;
    }
    Ok(all)
}

/// The changes that no sync followed: of bytes the file's, of names the folder's.
fn unsynced(all: Vec<Change>) -> Vec<Change> {
    let mut open: Vec<Change> = Vec::new();
    for change in all {
        match change.kind {
            b'S' => open.retain(|before| !(b"WT".contains(&before.kind) && before.inode == change.inode)),
            b'D' => open.retain(|before| {
                b"WT".contains(&before.kind) || before.path.parent() != Some(change.path.as_path())
            }),
            _ => open.push(change),
        }
    }
    open
}

/// The files by their inodes: a name may have changed since a write.
struct Files(BTreeMap<u64, PathBuf>);

impl Files {
    fn of(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            files.insert(entry.metadata()?.ino(), entry.path());
        }
        Ok(Self(files))
    }

    fn take_back(&mut self, change: &Change) -> Result<()> {
        match change.kind {
            b'W' | b'T' => {
                let Some(path) = self.0.get(&change.inode) else { return Ok(()) };
                let file = OpenOptions::new().write(true).open(path)?;
                file.write_all_at(&change.before, change.offset)?;
                file.set_len(change.size)?;
            }
            b'C' => {
                if self.0.get(&change.inode) == Some(&change.path) {
                    self.0.remove(&change.inode);
                }
                let _ = fs::remove_file(&change.path);
            }
            b'U' => {
                fs::write(&change.path, &change.before)?;
                self.0.insert(change.inode, change.path.clone());
            }
            b'R' => {
                fs::rename(&change.other, &change.path)?;
                self.0.insert(change.inode, change.path.clone());
                // The offset of a rename says whether it replaced a file.
                if change.offset != 0 {
                    fs::write(&change.other, &change.before)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// An unsynced write, or whole sectors of its beginning, reached the disk.
    fn keep(&self, change: &Change, dice: &mut Rng) -> Result<()> {
        let Some(path) = self.0.get(&change.inode) else { return Ok(()) };
        let sectors = change.after.len().div_ceil(SECTOR);
        let length = (dice.usize(..=sectors) * SECTOR).min(change.after.len());
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(file.write_all_at(&change.after[..length], change.offset)?)
    }
}
