//! What the figures were measured on.
//!
//! Start with [`Machine::look`].

use std::path::Path;
use std::process::Command;

use serde::Serialize;

/// The machine and the programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    /// Cores that this program may use.
    pub(crate) cores: usize,
    /// The processor, as it names itself.
    pub(crate) processor: String,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// The load average at the start: above 0 somebody else is busy too.
    pub(crate) busy: String,
    /// The compiler at hand.
    pub(crate) compiler: String,
    /// The gateway's version.
    pub(crate) gateway: String,
    /// This tool's version.
    pub(crate) tool: &'static str,
}

impl Machine {
    /// Looks. What cannot be seen is empty.
    pub(crate) fn look(gateway: &Path) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processors = read("/proc/cpuinfo");
        let processor = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            processor: processor.map_or_else(String::new, |(_, name)| name.to_owned()),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            busy: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
            compiler: version(Path::new("rustc")),
            gateway: version(gateway),
            tool: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn version(program: &Path) -> String {
    let said = Command::new(program).arg("--version").output();
    said.map_or_else(|_| String::new(), |said| String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
