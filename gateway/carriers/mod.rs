//! The one room that talks to carriers.
//!
//! A [`CarrierHost`] runs an adapter's plans; [`driver`] is the lifecycle of one
//! exchange, in the order that is the contract. Nothing here knows a carrier's
//! name, a tax rule or a marketplace. Start with [`CarrierHost`].

mod account;
mod breaker;
mod checkpoint;
mod clock;
mod driver;
mod host;
mod journal;
mod limits;
mod retry;
mod tokens;
mod transport;
mod veil;

pub use account::LinkedAccount;
pub use breaker::BreakerSettings;
pub use checkpoint::{Checkpoint, NoCheckpoint};
pub use clock::{Clock, ManualClock, SteadyClock, SystemClock};
pub use driver::Call;
pub use host::{CarrierHost, Carriers, HostSettings};
pub use journal::{Journal, JournalFailure, Past, PlanId, Unjournalled};
pub use limits::Priority;
pub use retry::RetrySettings;
pub use transport::{HttpTransport, InProcess, SendFailure, Transport, TransportSettings};
pub use veil::Veil;
