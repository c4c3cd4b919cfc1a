//! Every compiled-in carrier's simulator behind one real socket.
//!
//! A carrier answers under `/{carrier}/...`; `/_control/...` moves the clock,
//! switches faults and shows the ledger. It opens nothing but its own listener
//! and makes no decision of its own. Start with [`Sandbox`].

mod clock;
mod control;
mod push;
mod serve;

pub use clock::SandboxClock;
pub use serve::Sandbox;
