//! Valid tracking: which scans a package needs, by where it starts, what it is worth and when it was promised.

use jiff::civil::{Date, date};

use super::Confidence::{High, Low, Medium};
use super::Metric::ValidTracking as M;
use super::Need::{Exempt, One, OneIntegrated, Two, TwoIntegrated};
use super::Origin::{Anywhere, Home, In, NotIn};
use super::Worth::{Any, Below, From};
use super::{EU5, Need, Origin, Rule, Sets, Worth, from, rule, until};

const US: &[&str] = &["amazon.com"];
const UK: &[&str] = &["amazon.co.uk"];
const NEAR: &[&str] = &["CN", "CA", "AS", "UM"];
const NEW: Date = date(2025, 1, 15);
const EU_START: Date = date(2021, 4, 19);
const CN_START: Date = date(2021, 8, 9);
const HELP: &str = "marketplace help, valid tracking rate";
const NOTICES: &str = "notices of the change of January 2025";
const CN_NOTICES: &str = "marketplace help and notices to sellers in China";

const fn scans(from: Origin, worth: Worth, need: Need) -> Sets {
    Sets::Scans { from, worth, need }
}

/// The rows. The first that fits a package is its.
pub(super) const RULES: &[Rule] = &[
    rule("VTR-S1", M, US, "domestic: one scan", scans(Home, Any, One), HELP, High),
    until(
        NEW,
        rule(
            "VTR-S2",
            M,
            US,
            "from China below USD 5: one scan of a followed carrier",
            scans(In(&["CN"]), Below(5, "USD"), OneIntegrated),
            HELP,
            High,
        ),
    ),
    until(
        NEW,
        rule(
            "VTR-S3",
            M,
            US,
            "from China from USD 5: two scans, one of delivery",
            scans(In(&["CN"]), From(5, "USD"), Two),
            HELP,
            High,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-S4",
            M,
            US,
            "from China, Canada and outlying areas below USD 5: one scan",
            scans(In(NEAR), Below(5, "USD"), One),
            NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-S5",
            M,
            US,
            "from China, Canada and outlying areas from USD 5: two scans, one of delivery",
            scans(In(NEAR), From(5, "USD"), Two),
            NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-S6",
            M,
            US,
            "from India and the United Kingdom below USD 15: one scan",
            scans(In(&["IN", "GB"]), Below(15, "USD"), One),
            NOTICES,
            Medium,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-S7",
            M,
            US,
            "from India and the United Kingdom from USD 15: two scans",
            scans(In(&["IN", "GB"]), From(15, "USD"), Two),
            NOTICES,
            Medium,
        ),
    ),
    until(
        NEW,
        rule(
            "VTR-S8",
            M,
            US,
            "from other countries than China: not counted",
            scans(NotIn(&["CN"]), Any, Exempt),
            HELP,
            High,
        ),
    ),
    from(
        NEW,
        rule(
            "VTR-S8",
            M,
            US,
            "from other countries: not counted",
            scans(NotIn(&["CN", "CA", "AS", "UM", "IN", "GB"]), Any, Exempt),
            NOTICES,
            Medium,
        ),
    ),
    from(
        CN_START,
        rule(
            "VTR-S9",
            M,
            EU5,
            "from China below EUR 5: one scan",
            scans(In(&["CN"]), Below(5, "EUR"), One),
            CN_NOTICES,
            Medium,
        ),
    ),
    from(
        CN_START,
        rule(
            "VTR-S10",
            M,
            EU5,
            "from China from EUR 5: two scans of a followed carrier",
            scans(In(&["CN"]), From(5, "EUR"), TwoIntegrated),
            CN_NOTICES,
            Medium,
        ),
    ),
    from(
        CN_START,
        rule(
            "VTR-S9K",
            M,
            UK,
            "from China below GBP 5: one scan; sources name euros",
            scans(In(&["CN"]), Below(5, "GBP"), One),
            CN_NOTICES,
            Low,
        ),
    ),
    from(
        CN_START,
        rule(
            "VTR-S10K",
            M,
            UK,
            "from China from GBP 5: two scans of a followed carrier; sources name euros",
            scans(In(&["CN"]), From(5, "GBP"), TwoIntegrated),
            CN_NOTICES,
            Low,
        ),
    ),
    from(
        EU_START,
        rule(
            "VTR-S11",
            M,
            &["amazon.co.uk", "amazon.de", "amazon.fr", "amazon.it", "amazon.es"],
            "domestic: one scan",
            scans(Home, Any, One),
            HELP,
            High,
        ),
    ),
    rule(
        "VTR-S12",
        M,
        &["amazon.co.jp"],
        "domestic: one scan of a package that is not too cheap to count",
        scans(Home, Any, One),
        HELP,
        High,
    ),
    from(CN_START, rule("VTR-S13", M, &["amazon.ca"], "one scan", scans(Anywhere, Any, One), HELP, Medium)),
    rule(
        "VTR-S14",
        M,
        &["amazon.in"],
        "domestic: one scan of a followed carrier",
        scans(Home, Any, OneIntegrated),
        HELP,
        Medium,
    ),
    rule(
        "VTR-S15",
        M,
        &["amazon.com.mx", "amazon.nl"],
        "domestic: one scan, as in the first marketplace",
        scans(Home, Any, One),
        "concluded",
        Low,
    ),
    rule("VTR-S0", M, &[], "where no other row fits: one scan", scans(Anywhere, Any, One), "design", Low),
];
