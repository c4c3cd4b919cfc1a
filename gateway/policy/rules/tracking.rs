//! Valid tracking: target, window and the tests of a package, in the order in which they are made.

use jiff::civil::date;

use super::Confidence::{High, Low, Medium};
use super::Metric::ValidTracking as M;
use super::Sets::{AtLeast, Days, Holds, Hours, Margin, Test, Warns, Window};
use super::{AMAZON, Rule, from, rule, until};
use crate::policy::code::Code;

const US: &[&str] = &["amazon.com"];
const HELP: &str = "marketplace help, valid tracking rate";
const API: &str = "account health report, 2020-11-18";
const CONFIRM: &str = "orders API discussions 413, 489 and 772";

/// The rows. Tests are made in the order of the rows.
pub(super) const RULES: &[Rule] = &[
    rule("VTR-01", M, AMAZON, "the rate counts packages, not orders", Holds, HELP, High),
    rule("VTR-02", M, AMAZON, "at least 95 %; exactly 95 % is a warning", AtLeast(9500), HELP, High),
    rule("VTR-02W", M, &[], "a rate within a point of its target is a warning", Margin(100), "design", High),
    rule(
        "VTR-03",
        M,
        AMAZON,
        "30 days, the last of them 10 days ago",
        Window { days: 30, lag: 10 },
        API,
        High,
    ),
    rule("VTR-04", M, &[], "a package counts on its promised day", Holds, HELP, High),
    rule("VTR-07", M, AMAZON, "each product category by itself", Holds, HELP, High),
    rule("VTR-T1", M, &[], "a tracking number was told", Test(Code::NoTrackingId), HELP, High),
    rule("VTR-T2", M, &[], "it has letters and digits only", Test(Code::BadCharacters), HELP, High),
    from(
        date(2021, 7, 7),
        rule("VTR-T3", M, US, "it is one of the carrier's", Test(Code::FormatMismatch), CONFIRM, High),
    ),
    from(
        date(2021, 7, 7),
        rule(
            "VTR-T3E",
            M,
            &[
                "amazon.ca",
                "amazon.com.mx",
                "amazon.co.uk",
                "amazon.de",
                "amazon.fr",
                "amazon.it",
                "amazon.es",
                "amazon.nl",
                "amazon.in",
                "amazon.co.jp",
                "ebay.com",
                "walmart.com",
                "walmart.ca",
            ],
            "it is one of the carrier's; the date is the first marketplace's",
            Test(Code::FormatMismatch),
            CONFIRM,
            Low,
        ),
    ),
    rule("VTR-T4", M, &[], "a listed carrier is named by its code", Test(Code::CarrierViaOther), HELP, High),
    rule(
        "VTR-T5",
        M,
        &[],
        "carrier, service and number are of one carrier",
        Test(Code::CarrierServiceMismatch),
        HELP,
        High,
    ),
    rule("VTR-T6", M, &[], "told before the delivery scan", Test(Code::EnteredAfterDelivery), HELP, High),
    rule(
        "VTR-T7",
        M,
        AMAZON,
        "edits count within 24 hours of the confirmation",
        Hours(Code::EditTooLate, 24),
        HELP,
        High,
    ),
    rule(
        "VTR-T8",
        M,
        &[],
        "confirm within 24 hours of the hand-over (a warning)",
        Warns(Code::ConfirmSlow, 24),
        "marketplace advice to sellers",
        Medium,
    ),
    rule("VTR-T9", M, &[], "scanned by the carrier", Test(Code::NoScan), HELP, High),
    rule("VTR-T9S", M, &[], "as many scans as its kind needs", Test(Code::TooFewScans), HELP, Medium),
    rule(
        "VTR-T10",
        M,
        US,
        "delivered at most 17 days after the promised day",
        Days(Code::TooLate, 17),
        HELP,
        Medium,
    ),
    until(
        date(2025, 1, 15),
        rule(
            "VTR-T11",
            M,
            &[
                "amazon.co.uk",
                "amazon.de",
                "amazon.fr",
                "amazon.it",
                "amazon.es",
                "amazon.nl",
                "amazon.co.jp",
            ],
            "the carrier is one that the marketplace follows",
            Test(Code::NotIntegrated),
            HELP,
            High,
        ),
    ),
    rule(
        "VTR-T11I",
        M,
        &["amazon.in"],
        "the carrier is one that the marketplace follows",
        Test(Code::NotIntegrated),
        HELP,
        High,
    ),
    rule("VTR-T12", M, &[], "the service is scanned on the way", Test(Code::ProofOnly), HELP, Medium),
    rule(
        "VTR-T13",
        M,
        &[],
        "the number is of no other order",
        Test(Code::DuplicateId),
        "other marketplaces' seller help",
        Low,
    ),
    rule(
        "LSR-06",
        M,
        &[],
        "confirmed and not scanned for a day (a warning)",
        Warns(Code::NotHandedOver, 24),
        "design",
        Medium,
    ),
    rule("EBY-01", M, &["ebay.com"], "at least 95 %", AtLeast(9500), "seller standards, excerpts", Medium),
    rule(
        "EBY-02",
        M,
        &["ebay.com"],
        "three months",
        Window { days: 90, lag: 0 },
        "seller standards, excerpts",
        Medium,
    ),
    rule("WMT-01", M, &["walmart.com"], "at least 99 %", AtLeast(9900), "seller help, excerpts", Medium),
    rule("WMT-11", M, &["walmart.ca"], "at least 85 %", AtLeast(8500), "seller help, excerpts", Medium),
    rule(
        "WMT-02",
        M,
        &["walmart.com", "walmart.ca"],
        "30 days; the lag is not told",
        Window { days: 30, lag: 0 },
        "seller help, excerpts",
        Low,
    ),
];
