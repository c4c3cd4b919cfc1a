//! What can be wrong with a paper. It decides nothing. Start with [`Flaw`].

/// One thing that is wrong with a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The bytes are not what its format says, or were cut short.
    NotItsFormat,
    /// Its barcode is another parcel's.
    OtherParcel,
    /// It is a PDF that does something when it is opened, or brings files along.
    ActiveContent,
    /// The stored bytes are no longer those that the carrier sent.
    Damaged,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: &'static [Self] =
        &[Self::NotItsFormat, Self::OtherParcel, Self::ActiveContent, Self::Damaged];

    /// The code under which it is stored and told.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotItsFormat => "NOT_ITS_FORMAT",
            Self::OtherParcel => "OTHER_PARCEL",
            Self::ActiveContent => "ACTIVE_CONTENT",
            Self::Damaged => "DAMAGED",
        }
    }

    /// The flaws of a list of codes with commas between. Codes that this
    /// program does not know are left out.
    pub fn of_codes(codes: &str) -> Vec<Self> {
        let known = |code: &str| Self::ALL.iter().copied().find(|flaw| flaw.code() == code);
        codes.split(',').filter_map(known).collect()
    }
}

/// A flaw and how it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub flaw: Flaw,
    /// How it was seen; free of numbers and names.
    pub words: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_unknown_ones_are_left_out() {
        for flaw in Flaw::ALL {
            assert_eq!(Flaw::of_codes(flaw.code()), [*flaw]);
        }
        assert_eq!(
            Flaw::of_codes("OTHER_PARCEL,FROM_THE_FUTURE,DAMAGED"),
            [Flaw::OtherParcel, Flaw::Damaged]
        );
        assert_eq!(Flaw::of_codes(""), []);
    }
}
