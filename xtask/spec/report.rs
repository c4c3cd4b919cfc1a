//! What spec-check found, as numbers and as a table.

use comfy_table::{CellAlignment, ContentArrangement, Table};

/// The result over all carriers.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// One row a carrier and operation.
    pub(super) rows: Vec<Row>,
    /// What does not hold: carrier, place, words.
    pub(crate) failures: Vec<String>,
}

/// The numbers of one carrier's operation.
#[derive(Debug, Default)]
pub(super) struct Row {
    carrier: String,
    operation: String,
    /// Golden cases.
    pub(super) cases: usize,
    /// Request messages in them.
    pub(super) requests: usize,
    /// Requests that hold to the specification, exceptions included.
    pub(super) valid: usize,
    /// Requests for which no specification was published.
    pub(super) unchecked: usize,
    /// Differences that an exception of the carrier's `spec.toml` excuses.
    pub(super) exceptions: usize,
    /// Cases that restate a sample of the carrier's own.
    pub(super) published: usize,
}

impl Row {
    /// A row without cases yet.
    pub(super) fn new(carrier: &str, operation: &str) -> Self {
        Self { carrier: carrier.to_owned(), operation: operation.to_owned(), ..Self::default() }
    }

    fn cells(&self) -> [String; 8] {
        let numbers =
            [self.cases, self.requests, self.valid, self.unchecked, self.exceptions, self.published];
        let [cases, requests, valid, unchecked, exceptions, published] = numbers.map(|n| n.to_string());
        let (carrier, operation) = (self.carrier.clone(), self.operation.clone());
        [carrier, operation, cases, requests, valid, unchecked, exceptions, published]
    }
}

impl Report {
    /// Notes a failure of a carrier.
    pub(super) fn fail(&mut self, carrier: &str, words: impl AsRef<str>) {
        self.failures.push(format!("{carrier}: {}", words.as_ref()));
    }

    /// Requests that hold to their specification.
    pub(crate) fn valid(&self) -> usize {
        self.rows.iter().map(|row| row.valid).sum()
    }

    /// Requests without a published specification.
    pub(crate) fn unchecked(&self) -> usize {
        self.rows.iter().map(|row| row.unchecked).sum()
    }

    /// The table, with the totals in the last row.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header([
            "carrier",
            "operation",
            "cases",
            "requests",
            "valid",
            "no spec",
            "exceptions",
            "published",
        ]);
        let mut total = Row::new("total", "");
        for row in &self.rows {
            total.cases += row.cases;
            total.requests += row.requests;
            total.valid += row.valid;
            total.unchecked += row.unchecked;
            total.exceptions += row.exceptions;
            total.published += row.published;
            table.add_row(row.cells());
        }
        table.add_row(total.cells());
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}
