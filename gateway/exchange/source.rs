//! Where the file of reference rates is read: a path, or a web address.
//!
//! It understands no file. Start with [`RateSource`].

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{ETAG, IF_NONE_MATCH};

use crate::carriers::Transport;
use crate::config::BaseUrl;

/// Longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest file, bytes: all days since 1999 are about six million.
pub const LONGEST_FILE: usize = 16 * 1024 * 1024;

/// Why a source could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {words}; check `exchange_rates.file`", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The system's words.
        words: String,
    },
    /// The file is longer than any file of rates.
    #[error("the file of rates is longer than {LONGEST_FILE} bytes: it is another file")]
    TooLong,
    /// The address does not answer as it should.
    #[error("`{url}` cannot be read: {words}; check `exchange_rates.url` and the way to it")]
    Url {
        /// The address.
        url: String,
        /// What happened.
        words: String,
    },
    /// What was read is no text.
    #[error("the file of rates is no UTF-8 text")]
    NoText,
}

/// Where rates are published.
pub trait RateSource: Send + Sync + 'static {
    /// What is published there now; nothing when it is what it was before.
    fn read(&self) -> BoxFuture<'_, Result<Option<String>, SourceError>>;

    /// What was read could not be used: the next reading is to bring it again.
    fn forget(&self) {}
}

/// A file on this machine, which something else brings up to date.
#[derive(Debug)]
pub struct FileSource {
    path: PathBuf,
}

impl FileSource {
    /// The file at this path.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl RateSource for FileSource {
    fn read(&self) -> BoxFuture<'_, Result<Option<String>, SourceError>> {
        let path = self.path.clone();
        Box::pin(async {
            let failed = |words: String| SourceError::File { path: self.path.clone(), words };
            let read = tokio::task::spawn_blocking(move || read_file(&path)).await;
            read.map_err(|error| failed(error.to_string()))?
                .map_err(|error| failed(error.to_string()))?
                .map(Some)
        })
    }
}

/// The text of a file that is not too long.
fn read_file(path: &Path) -> std::io::Result<Result<String, SourceError>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > LONGEST_FILE { Err(SourceError::TooLong) } else { text(bytes) })
}

/// A file on the web; it is read again only when it has changed.
pub struct UrlSource {
    url: BaseUrl,
    transport: Arc<dyn Transport>,
    /// The mark of what was read last, if the server gives one.
    seen: Mutex<Option<String>>,
}

impl UrlSource {
    /// The file at this address, over `transport`.
    pub fn new(url: BaseUrl, transport: Arc<dyn Transport>) -> Self {
        Self { url, transport, seen: Mutex::new(None) }
    }

    fn failed(&self, words: impl Into<String>) -> SourceError {
        SourceError::Url { url: self.url.to_string(), words: words.into() }
    }

    async fn fetch(&self) -> Result<Option<String>, SourceError> {
        let mut request = http::Request::get(self.url.as_str()).header(http::header::ACCEPT, "text/xml");
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(seen) = seen {
            request = request.header(IF_NONE_MATCH, seen);
        }
        let request = request.body(Bytes::new()).map_err(|error| self.failed(error.to_string()))?;
        let answered = tokio::time::timeout(PATIENCE, self.transport.send(request)).await;
        let reply = answered
            .map_err(|_| self.failed("no answer came in time"))?
            .map_err(|failure| self.failed(failure.to_string()))?;
        match reply.status {
            304 => Ok(None),
            200 => {
                let mark = reply.header(ETAG.as_str()).map(str::to_owned);
                let read = text(reply.body.to_vec())?;
                *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = mark;
                Ok(Some(read))
            }
            status => Err(self.failed(format!("it answers with HTTP {status}"))),
        }
    }
}

impl RateSource for UrlSource {
    fn read(&self) -> BoxFuture<'_, Result<Option<String>, SourceError>> {
        Box::pin(self.fetch())
    }

    fn forget(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn text(bytes: Vec<u8>) -> Result<String, SourceError> {
    String::from_utf8(bytes).map_err(|_| SourceError::NoText)
}
