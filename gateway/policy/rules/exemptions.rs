//! Valid tracking: packages that are not counted at all.
//!
//! The sources disagree about cheap packages in Europe from 2025 on; VTR-X10 then stands in the place of the rows of
//! 2021, since it says of itself that everything above its limit is counted.

use jiff::civil::{Date, date};

use super::Confidence::{High, Low, Medium};
use super::Exemption::{
    BoughtServices, Domestic, LetterBetween, ListedFreight, ListedUntracked, NotShipped, Services,
    Worth as OfWorth,
};
use super::Metric::ValidTracking as M;
use super::Sets::Exempt;
use super::Worth::{Any, Below, UpTo};
use super::{AMAZON, EU_AND_UK, Rule, from, rule, until};

const NEW: Date = date(2025, 1, 15);
const EU_START: Date = date(2021, 4, 19);
const HELP: &str = "marketplace help, valid tracking rate";
const LIST: &str = "orders API discussion 772";
const NOTICES: &str = "notices of the change of January 2025";
const UK_NOTICES: &str = "notices to sellers in the United Kingdom";
const LANES: &[&str] = &["DE", "FR", "IT", "ES", "NL", "PT", "PL", "AT", "SE", "GB"];
const UK_LETTERS: &[&str] = &["Royal Mail 1st Class Letter", "Royal Mail 2nd Class Letter"];

/// The rows. All that fit a package are told.
pub(super) const RULES: &[Rule] = &[
    rule("VTR-X1", M, AMAZON, "goods that are not shipped, or are collected", Exempt(NotShipped), HELP, High),
    rule(
        "VTR-X2",
        M,
        &["amazon.com"],
        "domestic flats below USD 10 with exactly these services",
        Exempt(Services(
            Below(10, "USD"),
            &["USPS Standard Mail envelopes", "USPS First Class Mail envelopes"],
        )),
        HELP,
        High,
    ),
    rule(
        "VTR-X3",
        M,
        &["amazon.com"],
        "heavy goods with listed freight carriers",
        Exempt(ListedFreight),
        HELP,
        High,
    ),
    from(
        date(2021, 8, 9),
        rule(
            "VTR-X4",
            M,
            &["amazon.ca"],
            "domestic envelopes with exactly these services",
            Exempt(Services(
                Any,
                &["Canada Post Standard Mail envelopes", "Canada Post First Class Mail envelopes"],
            )),
            HELP,
            Medium,
        ),
    ),
    until(
        NEW,
        from(
            EU_START,
            rule(
                "VTR-X5",
                M,
                &["amazon.de"],
                "below EUR 20 with a listed untracked service",
                Exempt(ListedUntracked(Below(20, "EUR"))),
                LIST,
                High,
            ),
        ),
    ),
    until(
        NEW,
        from(
            EU_START,
            rule(
                "VTR-X6",
                M,
                &["amazon.es"],
                "below EUR 15 with a listed untracked service",
                Exempt(ListedUntracked(Below(15, "EUR"))),
                LIST,
                High,
            ),
        ),
    ),
    until(
        NEW,
        from(
            EU_START,
            rule(
                "VTR-X7",
                M,
                &["amazon.fr"],
                "below EUR 10 with a listed untracked service",
                Exempt(ListedUntracked(Below(10, "EUR"))),
                LIST,
                High,
            ),
        ),
    ),
    until(
        NEW,
        from(
            EU_START,
            rule(
                "VTR-X8",
                M,
                &["amazon.it"],
                "with a listed untracked service",
                Exempt(ListedUntracked(Any)),
                HELP,
                Medium,
            ),
        ),
    ),
    until(
        date(2023, 3, 31),
        rule(
            "VTR-X9",
            M,
            &["amazon.co.uk"],
            "first and second class letters",
            Exempt(Services(Any, UK_LETTERS)),
            UK_NOTICES,
            Medium,
        ),
    ),
    from(
        date(2023, 3, 31),
        rule(
            "VTR-X9",
            M,
            &["amazon.co.uk"],
            "first and second class letters with postage of the service",
            Exempt(BoughtServices(UK_LETTERS)),
            UK_NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-X10",
            M,
            &["amazon.de", "amazon.fr", "amazon.it", "amazon.es", "amazon.nl"],
            "domestic up to EUR 15; sources disagree by country",
            Exempt(Domestic(UpTo(15, "EUR"))),
            NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-X10K",
            M,
            &["amazon.co.uk"],
            "domestic up to GBP 15; sources disagree by country",
            Exempt(Domestic(UpTo(15, "GBP"))),
            NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-X11",
            M,
            EU_AND_UK,
            "letters below EUR 20 between these countries; the wording is not clear",
            Exempt(LetterBetween(Below(20, "EUR"), LANES)),
            NOTICES,
            Low,
        ),
    ),
    until(
        date(2022, 8, 23),
        rule(
            "VTR-X12",
            M,
            &["amazon.co.jp"],
            "below JPY 2000",
            Exempt(OfWorth(Below(2000, "JPY"))),
            HELP,
            Medium,
        ),
    ),
    from(
        date(2022, 8, 23),
        rule(
            "VTR-X12",
            M,
            &["amazon.co.jp"],
            "below JPY 1000",
            Exempt(OfWorth(Below(1000, "JPY"))),
            HELP,
            High,
        ),
    ),
];
