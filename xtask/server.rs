//! `cargo xtask postgres`: a throw-away PostgreSQL server in the foreground, for tests that are run by hand.

use std::io::Read;

use anyhow::Result;
use parcelgate_test_postgres::{Server, VARIABLE};

use crate::say::say;

/// Runs the server until the input ends or the program is killed; either way it goes with its files.
///
/// # Errors
/// When PostgreSQL is not installed or does not start.
pub(crate) fn serve() -> Result<()> {
    let server = Server::start()?;
    say("A PostgreSQL server runs until you press Ctrl-C here. For the tests, in another terminal:\n");
    say(format_args!("export {VARIABLE}='{}'", server.url()));
    let mut ignored = [0; 64];
    while std::io::stdin().read(&mut ignored)? > 0 {}
    Ok(())
}
