//! What must hold of following as a whole: the same news make the same knowledge, nothing that was taken is lost, and
//! nobody is told nothing.

mod fake;
mod hearing;
mod inbox;
mod scheduler;
mod watch;
