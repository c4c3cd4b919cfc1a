//! On-time delivery: targets, windows, the smallest volume, and what protects a late unit.

use jiff::civil::{Date, date};

use super::Confidence::{High, Low, Medium};
use super::Metric::OnTimeDelivery as M;
use super::Protection::{AutomatedHandling, AutomatedHandlingOrDays, Premium};
use super::Sets::{AtLeast, Holds, Margin, MinVolume, Protects, Window};
use super::{AMAZON, EU5, Rule, from, rule};

const US: &[&str] = &["amazon.com"];
const UK: &[&str] = &["amazon.co.uk"];
const US_START: Date = date(2024, 9, 25);
const UK_START: Date = date(2025, 9, 16);
const EU_START: Date = date(2026, 7, 15);
const HELP: &str = "marketplace help, on-time delivery rate";
const UK_NEWS: &str = "announcement to sellers in Europe";
const EU_NEWS: &str = "change log of the selling partner API";
const PRESS: &str = "press reports, February 2026";

/// The rows.
pub(super) const RULES: &[Rule] = &[
    from(US_START, rule("OTD-01", M, US, "at least 90 %", AtLeast(9000), HELP, High)),
    from(UK_START, rule("OTD-01K", M, UK, "at least 90 %", AtLeast(9000), UK_NEWS, High)),
    from(EU_START, rule("OTD-01E", M, EU5, "at least 90 %", AtLeast(9000), EU_NEWS, Medium)),
    rule("OTD-01W", M, &[], "a rate within a point of its target is a warning", Margin(100), "design", High),
    rule("OTD-04", M, &[], "counts units that have a scan of a delivery or an attempt", Holds, HELP, High),
    rule("OTD-05", M, AMAZON, "14 days, promised 21 to 8 days ago", Window { days: 14, lag: 8 }, HELP, High),
    rule("OTD-06", M, UK, "below 20 units nothing is enforced", MinVolume(20), UK_NEWS, High),
    rule("OTD-06E", M, EU5, "below 20 units nothing is enforced", MinVolume(20), "concluded", Low),
    rule("OTD-07", M, &[], "the first attempt counts, until the end of the promised day", Holds, HELP, High),
    rule("OTP-01", M, US, "protected label, both automations", Protects(AutomatedHandling), HELP, High),
    from(
        date(2026, 2, 1),
        rule(
            "OTP-02",
            M,
            US,
            "premium: shipped in time, label of the service",
            Protects(Premium),
            PRESS,
            Medium,
        ),
    ),
    rule("OTP-03", M, US, "free economy shipping is not protected", Holds, HELP, High),
    rule(
        "OTP-04",
        M,
        UK,
        "protected label, automated transit, and automated handling or at most a day of it",
        Protects(AutomatedHandlingOrDays(1)),
        UK_NEWS,
        High,
    ),
    rule(
        "OTP-07",
        M,
        &["amazon.com", "amazon.co.uk"],
        "it must be scanned by the ship-by time",
        Holds,
        UK_NEWS,
        High,
    ),
    rule(
        "WMT-03",
        M,
        &["walmart.com", "walmart.ca"],
        "at least 90 %",
        AtLeast(9000),
        "seller help, excerpts",
        Medium,
    ),
    rule(
        "WMT-04",
        M,
        &["walmart.com", "walmart.ca"],
        "30 days; the lag is not told",
        Window { days: 30, lag: 0 },
        "seller help, excerpts",
        Low,
    ),
    rule("BOL-01", M, &["bol.com"], "at least 93 %", AtLeast(9300), "partner platform", High),
    rule("BOL-02", M, &["bol.com"], "a week", Window { days: 7, lag: 0 }, "partner platform", High),
];
