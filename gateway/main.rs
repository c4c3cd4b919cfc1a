//! The `parcelgate` program.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Measured against the system's allocator: docs/performance.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    parcelgate::cli::main()
}
