//! The `parcelgate` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    parcelgate::cli::main()
}
