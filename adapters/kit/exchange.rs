//! One request and its reply, both pure.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::fault::Fault;
use crate::wire::{Reply, Wire};

/// One request/reply pair of a carrier's protocol. Neither half does I/O.
pub trait Exchange: Sync {
    /// What the request is built from.
    type In: ?Sized + Sync;
    /// What the reply says.
    type Out: Send;
    /// Its name in journals, logs and metrics, in snake case.
    const NAME: &'static str;
    /// What it does to the world.
    const EFFECT: Effect;

    /// Builds the request.
    ///
    /// # Errors
    /// A [`Fault`] when the input cannot be said in this protocol.
    fn build(&self, account: &Account, input: &Self::In) -> Result<Wire, Fault>;

    /// Reads the reply. It is called for every reply that the carrier's
    /// classification lets pass, refusals included.
    ///
    /// # Errors
    /// A [`Fault`] with the carrier's words when it refused, or
    /// [`Fault::unreadable`].
    fn parse(&self, account: &Account, input: &Self::In, reply: &Reply) -> Result<Self::Out, Fault>;
}

/// What an exchange does to the world: decides when it may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing: it may be sent as often as one likes.
    Reads,
    /// Sending it twice is the same as once.
    Idempotent,
    /// Makes something that costs money. Sent again only as its guard allows.
    Creates(Guard),
}

/// What keeps a creating exchange from happening twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The carrier remembers a key for so many seconds: within them the very
    /// same bytes may be sent again and are answered as the first time.
    Key {
        /// Seconds that the carrier remembers.
        lifetime: u64,
    },
    /// The carrier refuses a second request with the same reference and names
    /// the first one's result.
    RefusesDuplicates,
    /// The carrier can be asked for a reference, once it has settled.
    FindByReference {
        /// Seconds until a shipment can be found at all.
        settle: u64,
    },
    /// Nothing. A person must look.
    None,
}

/// What a reply means before anyone reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it to [`Exchange::parse`].
    Read,
    /// The credentials were not taken; nothing was done.
    Unauthorized,
    /// Too many requests; nothing was done. Seconds to wait, if told.
    Throttled(Option<u32>),
    /// The carrier is out of order; whether it did something is not known.
    Unavailable,
    /// The carrier is out of order and says that it did nothing.
    DidNothing,
}

impl Verdict {
    /// What most carriers mean by an HTTP status.
    pub fn by_status(reply: &Reply) -> Self {
        match reply.status {
            401 => Self::Unauthorized,
            429 => Self::Throttled(reply.retry_after()),
            status if status >= 500 => Self::Unavailable,
            _ => Self::Read,
        }
    }
}
