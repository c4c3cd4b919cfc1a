//! The terminal: the one place that writes to standard output and error.
//!
//! Carriers' words come from outside, so no control character of theirs ever
//! reaches the terminal.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

/// Writes a line to standard output. A reader that went away misses it.
pub(super) fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", harmless(text.as_ref()));
}

/// Writes a line to standard error.
pub(super) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(text.as_ref()));
}

/// Writes JSON to standard output as it is.
pub(super) fn json(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// `text` without what could steer a terminal.
fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(steers, "\u{fffd}"))
}

/// A spinner on standard error, when somebody is looking. It is gone as soon
/// as it is dropped.
pub(super) fn progress(words: &'static str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let spinner = indicatif::ProgressBar::new_spinner()
        .with_message(words)
        .with_finish(indicatif::ProgressFinish::AndClear);
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriers_words_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mred\u{9b}0m"), "a\u{fffd}[31mred\u{fffd}0m");
        assert_eq!(harmless("München\n\t│"), "München\n\t│");
    }
}
