//! Carriers' status codes as data: which state each puts a parcel in.
//!
//! A table is a constant of rows. A code that is not in it is told as
//! [`StatusMatch::Unknown`], never guessed to be on the way. Start with
//! [`StatusTable`].

use crate::model::TrackStatus;

/// One code of a carrier, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// The carrier's code, or [`StatusRow::ANY`].
    pub code: &'static str,
    /// The detail code that refines it; absent in the row of the code itself.
    pub detail: Option<&'static str>,
    /// State it puts the parcel in; absent when it says nothing about that.
    pub status: Option<TrackStatus>,
    /// Whether the carrier had the parcel in its hands.
    pub is_physical_scan: bool,
    /// What it means, in words of our own.
    pub words: &'static str,
}

impl StatusRow {
    /// The code of a row whose detail means the same under every code.
    pub const ANY: &'static str = "*";

    /// A scan of the parcel in the carrier's hands.
    pub const fn scan(code: &'static str, status: TrackStatus, words: &'static str) -> Self {
        Self { code, detail: None, status: Some(status), is_physical_scan: true, words }
    }

    /// A notice that changes the state though nobody held the parcel: data
    /// received, label cancelled.
    pub const fn notice(code: &'static str, status: TrackStatus, words: &'static str) -> Self {
        Self { code, detail: None, status: Some(status), is_physical_scan: false, words }
    }

    /// A remark that says nothing about the state: a message was sent.
    pub const fn remark(code: &'static str, words: &'static str) -> Self {
        Self { code, detail: None, status: None, is_physical_scan: false, words }
    }

    /// The same for the code together with `detail` only.
    pub const fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// What a look-up found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusMatch {
    /// A row for exactly what was asked.
    Known(&'static StatusRow),
    /// A row for the code; the detail that came with it is in no row. Count
    /// it: the table may want one.
    CodeOnly(&'static StatusRow),
    /// No row.
    Unknown,
}

impl StatusMatch {
    /// State it puts the parcel in: `None` when the code says nothing about
    /// that, [`TrackStatus::Unknown`] when there is no row.
    pub fn status(self) -> Option<TrackStatus> {
        self.row().map_or(Some(TrackStatus::Unknown), |row| row.status)
    }

    /// Whether the carrier had the parcel in its hands; false when unknown.
    pub fn is_physical_scan(self) -> bool {
        self.row().is_some_and(|row| row.is_physical_scan)
    }

    /// Whether there is a row for the code, with or without its detail.
    pub fn is_known(self) -> bool {
        self.row().is_some()
    }

    /// The row that was found.
    pub fn row(self) -> Option<&'static StatusRow> {
        match self {
            Self::Known(row) | Self::CodeOnly(row) => Some(row),
            Self::Unknown => None,
        }
    }
}

/// A carrier's codes.
///
/// ```
/// use parcelgate_kit::model::TrackStatus;
/// use parcelgate_kit::status::{StatusRow, StatusTable};
///
/// const CODES: StatusTable = StatusTable::new(&[
///     StatusRow::scan("LA", TrackStatus::InTransit, "in storage"),
///     StatusRow::scan("LA", TrackStatus::AvailableForPickup, "waits at an outlet").with_detail("HLDCC"),
/// ]);
/// assert_eq!(CODES.look_up("LA").status(), Some(TrackStatus::InTransit));
/// assert_eq!(CODES.look_up_refined("LA", "HLDCC").status(), Some(TrackStatus::AvailableForPickup));
/// assert_eq!(CODES.look_up("XX").status(), Some(TrackStatus::Unknown));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StatusTable {
    rows: &'static [StatusRow],
}

impl StatusTable {
    /// A table of `rows`, whose order means nothing. A test of the adapter
    /// calls [`StatusTable::check`].
    pub const fn new(rows: &'static [StatusRow]) -> Self {
        Self { rows }
    }

    /// All rows.
    pub fn rows(&self) -> &'static [StatusRow] {
        self.rows
    }

    /// The row of `code`, blanks around it put aside, capitals minded.
    pub fn look_up(&self, code: &str) -> StatusMatch {
        self.look_up_refined(code, "")
    }

    /// The row of `code` refined by `detail`: first the row of both, then the
    /// row of the detail under [`StatusRow::ANY`], then the row of the code
    /// alone. An empty detail is none.
    pub fn look_up_refined(&self, code: &str, detail: &str) -> StatusMatch {
        let (code, detail) = (code.trim(), detail.trim());
        let alone = || self.find(code, None);
        if detail.is_empty() {
            return alone().map_or(StatusMatch::Unknown, StatusMatch::Known);
        }
        match self.find(code, Some(detail)).or_else(|| self.find(StatusRow::ANY, Some(detail))) {
            Some(row) => StatusMatch::Known(row),
            None => alone().map_or(StatusMatch::Unknown, StatusMatch::CodeOnly),
        }
    }

    /// What is wrong with the table, a line a finding; empty when it is right.
    pub fn check(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if self.rows.is_empty() {
            findings.push("the table has no row".to_owned());
        }
        for (index, row) in self.rows.iter().enumerate() {
            let name =
                format!("`{}`{}", row.code, row.detail.map(|d| format!(" + `{d}`")).unwrap_or_default());
            let earlier = self.rows.iter().take(index);
            if earlier.clone().any(|other| (other.code, other.detail) == (row.code, row.detail)) {
                findings.push(format!("{name} has two rows"));
            }
            let texts = [row.code, row.detail.unwrap_or("-"), row.words];
            if texts.iter().any(|text| text.is_empty() || text.trim() != *text) {
                findings.push(format!("{name} has an empty text, or blanks around one"));
            }
            if row.status == Some(TrackStatus::Unknown) {
                findings.push(format!("{name} is in the table and yet unknown"));
            }
            if row.code == StatusRow::ANY && row.detail.is_none() {
                findings.push(format!("{name} would be every code; unknown codes must stay unknown"));
            }
        }
        findings
    }

    fn find(&self, code: &str, detail: Option<&str>) -> Option<&'static StatusRow> {
        let is_any = code == StatusRow::ANY && detail.is_none();
        self.rows.iter().find(|row| row.code == code && row.detail == detail && !is_any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: StatusTable = StatusTable::new(&[
        StatusRow::notice("VA", TrackStatus::PreTransit, "data received"),
        StatusRow::scan("ZU", TrackStatus::Delivered, "delivered"),
        StatusRow::scan("ZU", TrackStatus::Exception, "destroyed").with_detail("DSPSD"),
        StatusRow::remark("GT", "money was sent"),
        StatusRow::remark("GT", "money was sent").with_detail("DLVRD"),
        StatusRow::scan(StatusRow::ANY, TrackStatus::Delivered, "delivered").with_detail("DLVRD"),
    ]);

    #[test]
    fn codes_are_trimmed_and_case_exact() {
        assert_eq!(CODES.check(), Vec::<String>::new());
        assert_eq!(CODES.look_up(" ZU ").status(), Some(TrackStatus::Delivered));
        assert!(CODES.look_up("ZU").is_physical_scan());
        assert!(!CODES.look_up("VA").is_physical_scan());
        assert_eq!(CODES.look_up("zu"), StatusMatch::Unknown);
        assert_eq!(CODES.look_up("GT").status(), None);
    }

    #[test]
    fn details_refine_from_the_exact_to_the_coarse() {
        let status = |code, detail| CODES.look_up_refined(code, detail).status();
        assert_eq!(status("ZU", "DSPSD"), Some(TrackStatus::Exception));
        assert_eq!(status("GT", "DLVRD"), None);
        assert_eq!(status("XX", "DLVRD"), Some(TrackStatus::Delivered));
        assert_eq!(status("ZU", " "), Some(TrackStatus::Delivered));
        let coarse = CODES.look_up_refined("ZU", "NEW");
        assert!(matches!(coarse, StatusMatch::CodeOnly(row) if row.code == "ZU"), "{coarse:?}");
    }

    #[test]
    fn the_unknown_is_never_on_the_way() {
        for (code, detail) in [("XX", ""), ("XX", "NEW"), ("", ""), ("*", ""), ("*", "NEW")] {
            let found = CODES.look_up_refined(code, detail);
            assert_eq!((found.status(), found.is_known()), (Some(TrackStatus::Unknown), false), "{code}");
            assert!(!found.is_physical_scan());
        }
    }

    #[test]
    fn faults_of_a_table_are_found() {
        const ROW: StatusRow = StatusRow::scan("A", TrackStatus::InTransit, "moves");
        const BAD: StatusTable = StatusTable::new(&[
            ROW,
            ROW,
            ROW.with_detail("B"),
            StatusRow::remark("C ", "c"),
            StatusRow::remark("D", ""),
            StatusRow::scan("E", TrackStatus::Unknown, "e"),
            StatusRow::remark("*", "all"),
        ]);
        assert_eq!(BAD.check().len(), 5, "{:?}", BAD.check());
        assert_eq!(StatusTable::new(&[]).check().len(), 1);
    }
}
