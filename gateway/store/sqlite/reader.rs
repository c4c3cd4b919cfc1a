//! The few threads that read, each on its own connection that cannot write.
//!
//! They never wait for the writer, nor it for them: the database is in WAL mode. Start at [`serve`].

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::store::Result;

/// What is sent to the readers; one of them takes it.
pub(super) enum Message {
    /// A read that also answers.
    Read(Box<dyn FnOnce(&Connection) + Send>),
    /// Let go of the database, then say so. Each reader needs its own.
    Stop(oneshot::Sender<()>),
}

/// The queue that the readers share.
pub(super) type Queue = Arc<Mutex<mpsc::Receiver<Message>>>;

/// A message that carries this read, and where its answer arrives.
pub(super) fn message<T: Send + 'static>(
    read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
) -> (Message, oneshot::Receiver<Result<T>>) {
    let (reply, answer) = oneshot::channel();
    let job = move |connection: &Connection| {
        if !reply.is_closed() {
            let _ = reply.send(read(connection));
        }
    };
    (Message::Read(Box::new(job)), answer)
}

/// Serves the queue until it is closed or this reader is stopped.
pub(super) fn serve(connection: Connection, queue: Queue) {
    let done = loop {
        // The lock is held while waiting, so that one reader waits in the queue and the others for the lock.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match next {
            Some(Message::Read(job)) => job(&connection),
            Some(Message::Stop(done)) => break Some(done),
            None => break None,
        }
    };
    drop(connection);
    drop(queue);
    if let Some(done) = done {
        let _ = done.send(());
    }
}
