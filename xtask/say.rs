//! Words to the person at the terminal: the one place that writes to standard output.
//!
//! Never fails: when nobody reads any more, the work goes on.

use std::fmt::Display;
use std::io::{Write, stdout};

/// Writes one line.
pub(crate) fn say(line: impl Display) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Writes a line that nobody must overlook: something that should have been checked was not.
pub(crate) fn say_loudly(line: impl Display) {
    let text = line.to_string();
    let rule = "!".repeat(72);
    say(format_args!("{rule}\n!! {}\n{rule}", text.replace('\n', "\n!! ")));
}
