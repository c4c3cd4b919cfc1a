//! The terminal: the one place that writes to standard output and error.

use std::io::{IsTerminal, Write};

/// Writes a line to standard output. A reader that went away misses it.
pub(super) fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
}

/// Writes a line to standard error.
pub(super) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
}

/// A spinner on standard error, when somebody is looking.
pub(super) fn progress(words: &'static str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let spinner = indicatif::ProgressBar::new_spinner().with_message(words);
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}
