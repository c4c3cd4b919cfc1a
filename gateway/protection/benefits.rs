//! Which protections an offer will carry, told before it is bought.
//!
//! A protection holds in some marketplaces since some day, and asks something
//! of the offer and of the seller's settings; what is asked and not met is told
//! with the way to it. What was told is frozen with the purchase. Start with
//! [`Benefits::of`].

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::claim::{ClaimRules, Sets as ClaimSets};
use super::review::{ReviewRules, Sets as ReviewSets};
use crate::policy::Marketplace;
use crate::policy::rules::{self, Metric, Protection, Sets};

/// A protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Benefit {
    /// A claim that the parcel did not arrive is not the seller's.
    ClaimsProtected,
    /// A late arrival does not count in the on-time delivery rate.
    OnTimeRateProtected,
    /// A comment that is all about a late or lost parcel does not count.
    ReviewProtected,
    /// The parcel counts as validly tracked once it is scanned.
    ValidTracking,
}

impl Benefit {
    /// Its name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaimsProtected => "CLAIMS_PROTECTED",
            Self::OnTimeRateProtected => "ON_TIME_RATE_PROTECTED",
            Self::ReviewProtected => "REVIEW_PROTECTED",
            Self::ValidTracking => "VALID_TRACKING",
        }
    }
}

/// A protection that is not carried, why, and what would bring it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Which one.
    pub benefit: Benefit,
    /// Why not, for a machine.
    pub reason: Cow<'static, str>,
    /// What would bring it; empty when nothing would.
    pub remedy: Cow<'static, str>,
}

/// The protections of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Benefits {
    /// Those that it carries.
    pub carried: Vec<Benefit>,
    /// Those that it does not.
    pub withheld: Vec<Withheld>,
}

/// When an offer arrives, held against the order's last moment for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// In time, as sure as the promise's rules ask for.
    InTime,
    /// Likely in time, but not sure.
    AtRisk,
    /// Too late, or likely so.
    Late,
    /// No date is known.
    Unknown,
}

/// What protections look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// What the marketplace offers; none where nothing was sold on one that has rules.
    pub offered: Option<Offered>,
    /// Whether the offer comes in time.
    pub arrival: Arrival,
    /// Whether its parcels are followed.
    pub tracked: bool,
    /// Whether it is handed over after the order's last moment for that.
    pub ships_late: bool,
    /// The seller lets the marketplace set transit times.
    pub automated_transit: bool,
    /// The seller lets the marketplace set handling times.
    pub automated_handling: bool,
    /// Days of handling that the seller states, where it does.
    pub handling_days: Option<u16>,
}

/// What a protection asks of the seller's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settings {
    /// Nothing.
    Any,
    /// Automated transit and automated handling.
    Automated,
    /// Automated transit, and automated handling or at most so many days of it.
    AutomatedOrDays(u16),
}

const ALL: [Benefit; 4] = [
    Benefit::ClaimsProtected,
    Benefit::OnTimeRateProtected,
    Benefit::ReviewProtected,
    Benefit::ValidTracking,
];

/// The protections that a marketplace offers, looked up once for all offers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered([Option<Settings>; ALL.len()]);

impl Offered {
    /// Those for labels that are bought on a day, which is counted where the marketplace is.
    pub fn on(market: &Marketplace, day: Date) -> Self {
        Self(ALL.map(|benefit| offered(benefit, market, day)))
    }
}

/// What a protection asks of the seller's settings on a marketplace and a day; nothing where it is not offered.
fn offered(benefit: Benefit, market: &Marketplace, day: Date) -> Option<Settings> {
    static CLAIMS: LazyLock<ClaimRules> = LazyLock::new(ClaimRules::published);
    static REVIEWS: LazyLock<ReviewRules> = LazyLock::new(ReviewRules::published);
    let holds =
        |metric, wanted: fn(&Sets) -> bool| rules::find(metric, market, day).any(|rule| wanted(&rule.sets));
    match benefit {
        Benefit::ClaimsProtected => {
            let mut rows = CLAIMS.find(market, day);
            rows.any(|rule| rule.sets == ClaimSets::Offered).then_some(Settings::Any)
        }
        // A rate that is not measured yet needs no protection.
        Benefit::OnTimeRateProtected
            if !holds(Metric::OnTimeDelivery, |sets| matches!(sets, Sets::AtLeast(_))) =>
        {
            None
        }
        // The premium programme's protection asks for a setting that no request tells.
        Benefit::OnTimeRateProtected => {
            rules::find(Metric::OnTimeDelivery, market, day).find_map(|rule| match rule.sets {
                Sets::Protects(Protection::AutomatedHandling) => Some(Settings::Automated),
                Sets::Protects(Protection::AutomatedHandlingOrDays(days)) => {
                    Some(Settings::AutomatedOrDays(days.into()))
                }
                _ => None,
            })
        }
        Benefit::ReviewProtected => {
            let mut rows = REVIEWS.find(market, day);
            rows.any(|rule| rule.sets == ReviewSets::Offered).then_some(Settings::Any)
        }
        Benefit::ValidTracking => {
            holds(Metric::ValidTracking, |sets| matches!(sets, Sets::AtLeast(_))).then_some(Settings::Any)
        }
    }
}

impl Benefits {
    /// The protections of an offer. Without a marketplace there are none to tell of.
    pub fn of(facts: &Facts) -> Self {
        let mut told = Self::default();
        let Some(Offered(offered)) = facts.offered else { return told };
        for (benefit, settings) in ALL.into_iter().zip(offered) {
            match withheld(benefit, settings, facts) {
                None => told.carried.push(benefit),
                Some((reason, remedy)) => {
                    let (reason, remedy) = (Cow::Borrowed(reason), Cow::Borrowed(remedy));
                    told.withheld.push(Withheld { benefit, reason, remedy });
                }
            }
        }
        told
    }
}

/// Why a protection is not carried, and what would bring it.
fn withheld(
    benefit: Benefit,
    settings: Option<Settings>,
    facts: &Facts,
) -> Option<(&'static str, &'static str)> {
    let Some(settings) = settings else {
        return Some(("MARKETPLACE_NOT_COVERED", ""));
    };
    if !facts.tracked {
        return Some(("UNTRACKED_SERVICE", "choose a tracked service"));
    }
    if benefit == Benefit::ValidTracking {
        return None;
    }
    if facts.ships_late {
        return Some(("SHIP_BY_MISSED", "ship earlier"));
    }
    if benefit != Benefit::ReviewProtected {
        match facts.arrival {
            Arrival::InTime => {}
            Arrival::AtRisk => {
                return Some(("LATE_DELIVERY_RISK", "ship earlier, or choose a faster service"));
            }
            Arrival::Late => return Some(("LATE", "ship earlier, or choose a faster service")),
            Arrival::Unknown => return Some(("ARRIVAL_UNKNOWN", "choose a service with a date of delivery")),
        }
    }
    of_settings(settings, facts)
}

/// What is amiss in the seller's settings.
fn of_settings(settings: Settings, facts: &Facts) -> Option<(&'static str, &'static str)> {
    let days = match settings {
        Settings::Any => return None,
        Settings::Automated => None,
        Settings::AutomatedOrDays(days) => Some(days),
    };
    if !facts.automated_transit {
        return Some(("AUTOMATED_TRANSIT_OFF", "let the marketplace set the transit times"));
    }
    match days {
        _ if facts.automated_handling => None,
        None => Some(("AUTOMATED_HANDLING_OFF", "let the marketplace set the handling times")),
        Some(most) if facts.handling_days.is_some_and(|days| days <= most) => None,
        Some(_) => Some((
            "HANDLING_TOO_LONG",
            "let the marketplace set the handling times, or set at most one day of handling",
        )),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn offered_on(marketplace: &str, day: Date) -> Option<Offered> {
        Marketplace::find(marketplace).map(|market| Offered::on(market, day))
    }

    fn facts(marketplace: &str) -> Facts {
        Facts {
            offered: offered_on(marketplace, date(2026, 9, 14)),
            arrival: Arrival::InTime,
            tracked: true,
            ships_late: false,
            automated_transit: true,
            automated_handling: false,
            handling_days: Some(1),
        }
    }

    fn reason(facts: &Facts, benefit: Benefit) -> Option<Cow<'static, str>> {
        let told = Benefits::of(facts);
        assert_eq!(told.carried.len() + told.withheld.len(), 4);
        told.withheld.into_iter().find(|one| one.benefit == benefit).map(|one| one.reason)
    }

    #[test]
    fn a_protection_is_carried_where_all_that_it_asks_is_met() {
        use Benefit::{ClaimsProtected, OnTimeRateProtected, ReviewProtected, ValidTracking};
        assert!(Benefits::of(&facts("amazon.co.uk")).withheld.is_empty());
        let (uk, de) = (facts("amazon.co.uk"), facts("amazon.de"));
        let last_year = offered_on("amazon.co.uk", date(2025, 9, 15));
        for (facts, benefit, expected) in [
            (facts("amazon.co.jp"), ReviewProtected, "MARKETPLACE_NOT_COVERED"),
            (facts("amazon.com"), OnTimeRateProtected, "AUTOMATED_HANDLING_OFF"),
            // No rule protects late units there, though the rate is measured.
            (de, OnTimeRateProtected, "MARKETPLACE_NOT_COVERED"),
            (facts("amazon.fr"), OnTimeRateProtected, "MARKETPLACE_NOT_COVERED"),
            (facts("ebay.com"), ClaimsProtected, "MARKETPLACE_NOT_COVERED"),
            (Facts { arrival: Arrival::AtRisk, ..de }, ClaimsProtected, "LATE_DELIVERY_RISK"),
            (Facts { arrival: Arrival::Late, ..de }, ClaimsProtected, "LATE"),
            (Facts { arrival: Arrival::Unknown, ..de }, ClaimsProtected, "ARRIVAL_UNKNOWN"),
            (Facts { ships_late: true, ..de }, ReviewProtected, "SHIP_BY_MISSED"),
            (Facts { tracked: false, ..de }, ValidTracking, "UNTRACKED_SERVICE"),
            (Facts { handling_days: Some(2), ..uk }, OnTimeRateProtected, "HANDLING_TOO_LONG"),
            (Facts { offered: last_year, ..uk }, OnTimeRateProtected, "MARKETPLACE_NOT_COVERED"),
            (Facts { automated_transit: false, ..uk }, OnTimeRateProtected, "AUTOMATED_TRANSIT_OFF"),
        ] {
            assert_eq!(reason(&facts, benefit).as_deref(), Some(expected), "{facts:?}");
        }
        // Whether a comment counts does not depend on how likely the parcel was late.
        assert_eq!(reason(&Facts { arrival: Arrival::AtRisk, ..de }, ReviewProtected), None);
    }

    #[test]
    fn without_a_marketplace_there_is_nothing_to_tell() {
        assert_eq!(Benefits::of(&Facts { offered: None, ..facts("amazon.com") }), Benefits::default());
    }
}
