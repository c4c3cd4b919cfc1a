//! A carrier's status codes as data.

use crate::model::TrackStatus;

/// One code of a carrier.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The code.
    pub code: &'static str,
    /// A second code that refines it; empty for any.
    pub detail: &'static str,
    /// The state it puts a parcel in; `None` says nothing about that.
    pub status: Option<TrackStatus>,
    /// Whether the carrier had the parcel in its hands.
    pub physical: bool,
    /// What the carrier means by it.
    pub words: &'static str,
}

impl Row {
    /// The carrier had the parcel in its hands.
    pub const fn scan(code: &'static str, status: TrackStatus, words: &'static str) -> Self {
        Self { code, detail: "", status: Some(status), physical: true, words }
    }

    /// It says something of the parcel's state, from afar.
    pub const fn notice(code: &'static str, status: TrackStatus, words: &'static str) -> Self {
        Self { code, detail: "", status: Some(status), physical: false, words }
    }

    /// It says nothing of the parcel's state.
    pub const fn remark(code: &'static str, words: &'static str) -> Self {
        Self { code, detail: "", status: None, physical: false, words }
    }

    /// The same row for one second code only.
    #[must_use]
    pub const fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = detail;
        self
    }
}

/// All codes of a carrier.
#[derive(Clone, Copy, Debug)]
pub struct StatusTable {
    rows: &'static [Row],
}

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The state; [`TrackStatus::Unknown`] for a code that is not in the table.
    pub status: Option<TrackStatus>,
    /// Whether the carrier had the parcel in its hands; never assumed.
    pub physical: bool,
    /// Whether the code is in the table.
    pub known: bool,
}

impl StatusTable {
    /// A table of these rows.
    pub const fn new(rows: &'static [Row]) -> Self {
        Self { rows }
    }

    /// What `code` with `detail` means: the row of both, else the row of the
    /// code alone, else that it is not known. Blanks around a code are put
    /// aside; case is not.
    pub fn look_up(&self, code: &str, detail: &str) -> Meaning {
        let (code, detail) = (code.trim(), detail.trim());
        let of = |detail: &str| self.rows.iter().find(|row| row.code == code && row.detail == detail);
        let exact = if detail.is_empty() { None } else { of(detail) };
        match exact.or_else(|| of("")) {
            Some(row) => Meaning { status: row.status, physical: row.physical, known: true },
            None => Meaning { status: Some(TrackStatus::Unknown), physical: false, known: false },
        }
    }

    /// Every row.
    pub fn rows(&self) -> &'static [Row] {
        self.rows
    }

    /// Codes that stand in the table twice: there must be none.
    pub fn doubles(&self) -> Vec<(&'static str, &'static str)> {
        let mut keys: Vec<_> = self.rows.iter().map(|row| (row.code, row.detail)).collect();
        keys.sort_unstable();
        keys.windows(2)
            .filter(|pair| pair.first() == pair.last())
            .filter_map(|pair| pair.first().copied())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: StatusTable = StatusTable::new(&[
        Row {
            code: "ZU",
            detail: "",
            status: Some(TrackStatus::Delivered),
            physical: true,
            words: "delivered",
        },
        Row {
            code: "ZU",
            detail: "DSPSD",
            status: Some(TrackStatus::Exception),
            physical: false,
            words: "destroyed",
        },
        Row { code: "SM", detail: "", status: None, physical: false, words: "message sent" },
    ]);

    #[test]
    fn the_finer_row_comes_first_and_an_unknown_code_says_so() {
        assert_eq!(TABLE.look_up(" ZU ", "").status, Some(TrackStatus::Delivered));
        assert_eq!(TABLE.look_up("ZU", "DSPSD").status, Some(TrackStatus::Exception));
        assert_eq!(TABLE.look_up("ZU", "OTHER").status, Some(TrackStatus::Delivered));
        let unknown = TABLE.look_up("zu", "");
        assert_eq!((unknown.status, unknown.known), (Some(TrackStatus::Unknown), false));
        assert!(TABLE.look_up("SM", "").known && TABLE.look_up("SM", "").status.is_none());
        assert!(TABLE.doubles().is_empty());
    }
}
