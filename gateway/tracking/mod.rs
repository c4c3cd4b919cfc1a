//! Following parcels: polled on a schedule, pushed by carriers, merged into one knowledge, watched by callers.
//!
//! It never decides about purchases, and talks to carriers only through their hosts. What is known grows by
//! [`Knowledge::merge`] alone, whoever tells it. Start with [`Tracker`]; [`scheduler`] asks by itself, `inbox.rs` reads
//! what carriers push, `watch.rs` tells callers.

mod accounts;
mod budget;
mod event;
mod hooks;
mod inbox;
mod knowledge;
mod pace;
mod scheduler;
#[cfg(test)]
mod tests;
mod tracker;
mod watch;
mod zone;

pub use event::CHANGED;
pub use hooks::{Hooks, HooksSettings, serve as serve_hooks};
pub use inbox::Inbox;
pub use knowledge::{Heard, Knowledge};
pub use pace::{Jitter, Pace, Stage};
pub use scheduler::{Scheduler, SchedulerSettings};
pub use tracker::{Followed, Tracker, TrackerParts, TrackerSettings, TrackingError};
pub use watch::{Told, WatchTarget, Watcher, Watchers};
pub use zone::instant_of;
