//! How many tests passed, failed and were skipped, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

/// Tests by their end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Did what they should.
    pub(crate) passed: usize,
    /// Did not, or took too long.
    pub(crate) failed: usize,
    /// Were not run.
    pub(crate) skipped: usize,
}

impl Counts {
    /// One check, as a whole.
    pub(crate) fn one(ok: bool) -> Self {
        Self { passed: usize::from(ok), failed: usize::from(!ok), skipped: 0 }
    }

    /// Sums up the lines in which the runners report; a runner that failed
    /// without a failed test is a failure of its own.
    pub(crate) fn read(lines: &[String], ok: bool) -> Self {
        let mut counts = Self::default();
        // nextest shows what a failed test printed, and each test runs in a libtest of its own
        let nextest: Vec<_> = lines.iter().filter_map(|line| of_nextest(line)).collect();
        if nextest.is_empty() {
            lines.iter().filter_map(|line| of_libtest(line)).for_each(|part| counts += part);
        } else {
            nextest.into_iter().for_each(|part| counts += part);
        }
        if !ok && counts.failed == 0 {
            counts.failed = 1;
        }
        counts
    }

    /// Passed, failed, skipped, for a table.
    pub(crate) fn cells(self) -> [String; 3] {
        [self.passed, self.failed, self.skipped].map(|count| count.to_string())
    }

    fn add(&mut self, count: usize, word: &str) {
        match word {
            "passed" => self.passed += count,
            "skipped" | "ignored" => self.skipped += count,
            "failed" | "timed" | "exec" => self.failed += count,
            _ => {}
        }
    }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; ...`
fn of_libtest(line: &str) -> Option<Counts> {
    let (_, rest) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    Some(sum(rest.split(';')))
}

/// `Summary [   0.051s] 27 tests run: 26 passed (1 slow), 1 failed, 2 skipped`
fn of_nextest(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("Summary [")?;
    let (_, rest) = rest.split_once(" run: ")?;
    Some(sum(rest.split(',')))
}

fn sum<'a>(parts: impl Iterator<Item = &'a str>) -> Counts {
    let mut counts = Counts::default();
    for part in parts {
        let mut words = part.split_whitespace();
        if let (Some(Ok(count)), Some(word)) = (words.next().map(str::parse), words.next()) {
            counts.add(count, word);
        }
    }
    counts
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str], ok: bool) -> (usize, usize, usize) {
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        let counts = Counts::read(&lines, ok);
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn the_runners_reports_are_summed() {
        let lines = [
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.0s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        assert_eq!(read(&lines, false), (13, 2, 1));
    }

    #[test]
    fn a_failed_test_is_counted_once() {
        let lines = [
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 8 filtered out",
            "     Summary [   0.051s] 9 tests run: 6 passed (1 slow), 1 failed, 2 timed out, 4 skipped",
        ];
        assert_eq!(read(&lines, false), (6, 3, 4));
    }

    #[test]
    fn one_test_is_read_too() {
        assert_eq!(read(&["  Summary [ 0.0s] 1 test run: 1 passed, 0 skipped"], true), (1, 0, 0));
    }

    #[test]
    fn a_runner_that_breaks_is_a_failure() {
        assert_eq!(read(&["error: could not compile"], false), (0, 1, 0));
    }
}
