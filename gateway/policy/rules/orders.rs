//! Late shipment, cancellation and order defects.

use super::Confidence::{High, Low, Medium};
use super::DefectRule::{
    BorneByMarketplace, BuyerCancelled, CameBack, Chargeback, Claim, LostByCarrier, Stars, StruckReview,
};
use super::Metric::{Cancellation, LateShipment, OrderDefect};
use super::Sets::{AtMost, Below, Defect, Holds, Margin, Window};
use super::{AMAZON, Rule, rule};

const HELP: &str = "marketplace help, account health";
const API: &str = "account health report, 2020-11-18";
const ODR: &str = "marketplace help, order defect rate";
const CLAIMS: &str = "marketplace help, claims protection";

/// The rows.
pub(super) const RULES: &[Rule] = &[
    rule("LSR-01", LateShipment, &[], "late is what is confirmed after the ship-by time", Holds, HELP, High),
    rule("LSR-02", LateShipment, AMAZON, "less than 4 %", Below(400), API, High),
    rule("LSR-02A", LateShipment, AMAZON, "over 30 days", Window { days: 30, lag: 0 }, API, High),
    rule("LSR-02B", LateShipment, AMAZON, "and over 10 days", Window { days: 10, lag: 0 }, HELP, High),
    rule(
        "LSR-02W",
        LateShipment,
        &[],
        "a rate within a point of its target is a warning",
        Margin(100),
        "design",
        High,
    ),
    rule("CXL-01", Cancellation, AMAZON, "less than 2.5 %", Below(250), HELP, High),
    rule("CXL-01A", Cancellation, AMAZON, "over 7 days", Window { days: 7, lag: 0 }, HELP, High),
    rule("CXL-01W", Cancellation, &[], "a rate within half a point is a warning", Margin(50), "design", High),
    rule(
        "CXL-03",
        Cancellation,
        &[],
        "what the buyer asked to be cancelled is not the seller's",
        Defect(BuyerCancelled),
        HELP,
        High,
    ),
    rule(
        "WMT-05",
        Cancellation,
        &["walmart.com"],
        "at most 2 %",
        AtMost(200),
        "seller help, excerpts",
        Medium,
    ),
    rule(
        "WMT-15",
        Cancellation,
        &["walmart.ca"],
        "at most 3 %",
        AtMost(300),
        "seller help, excerpts",
        Medium,
    ),
    rule(
        "WMT-06",
        Cancellation,
        &["walmart.com", "walmart.ca"],
        "30 days; the lag is not told",
        Window { days: 30, lag: 0 },
        "seller help, excerpts",
        Low,
    ),
    rule("BOL-03", Cancellation, &["bol.com"], "at most 2 %", AtMost(200), "partner platform", High),
    rule(
        "BOL-04",
        Cancellation,
        &["bol.com"],
        "a week",
        Window { days: 7, lag: 0 },
        "partner platform",
        High,
    ),
    rule("ODR-01", OrderDefect, AMAZON, "less than 1 % of orders", Below(100), API, High),
    rule(
        "ODR-01W",
        OrderDefect,
        &[],
        "a rate within a quarter of a point is a warning",
        Margin(25),
        "design",
        High,
    ),
    rule(
        "ODR-02",
        OrderDefect,
        AMAZON,
        "60 days by the day of the order, the last of them 15 days ago",
        Window { days: 60, lag: 15 },
        API,
        High,
    ),
    rule("ODR-03R", OrderDefect, &[], "a rating of one or two stars", Defect(Stars(2)), ODR, High),
    rule("ODR-03A", OrderDefect, &[], "a claim that was not denied", Defect(Claim), ODR, High),
    rule("ODR-03B", OrderDefect, &[], "a chargeback", Defect(Chargeback), ODR, High),
    rule("ODR-04", OrderDefect, &[], "a rating that was struck is none", Defect(StruckReview), ODR, High),
    rule(
        "ODR-05",
        OrderDefect,
        &[],
        "nor a claim that the marketplace bears",
        Defect(BorneByMarketplace),
        CLAIMS,
        High,
    ),
    rule("ODR-06", OrderDefect, &[], "nor one for a parcel that came back", Defect(CameBack), CLAIMS, High),
    rule(
        "ODR-07",
        OrderDefect,
        &[],
        "nor one for a parcel that the carrier lost with tracking",
        Defect(LostByCarrier),
        CLAIMS,
        Medium,
    ),
];
