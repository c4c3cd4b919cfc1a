//! Which protections an offer will carry, told before it is bought.
//!
//! A protection holds in some marketplaces since some day, and asks something
//! of the offer and of the seller's settings; what is asked and not met is told
//! with the way to it. What was told is frozen with the purchase. Start with
//! [`Benefits::of`].

use jiff::civil::{Date, date};
use parcelgate_kit::model::CountryCode;
use serde::{Deserialize, Serialize};

use super::OnTime;

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
    pub reason: String,
    /// What would bring it; empty when nothing would.
    pub remedy: String,
}

/// The protections of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Benefits {
    /// Those that it carries.
    pub carried: Vec<Benefit>,
    /// Those that it does not.
    pub withheld: Vec<Withheld>,
}

/// What protections look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The marketplace's country; none where nothing was sold on a marketplace.
    pub marketplace: Option<CountryCode>,
    /// The day on which the label is bought.
    pub on: Date,
    /// Whether the offer comes in time.
    pub on_time: OnTime,
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

/// Where a protection holds, since when, and where that is written. Dates as
/// the marketplaces' help pages gave them.
struct Held {
    benefit: Benefit,
    marketplaces: &'static [&'static str],
    since: Date,
    /// Whether the seller's settings are asked about.
    settings: Settings,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Settings {
    None,
    /// Automated transit and automated handling.
    Both,
    /// Automated transit, and automated handling or at most a day of it.
    TransitAndShortHandling,
}

const ALL: &[&str] = &["US", "CA", "GB", "DE", "FR", "IT", "ES", "NL", "IN", "MX", "JP"];

#[rustfmt::skip]
const HELD: &[Held] = &[
    Held { benefit: Benefit::ClaimsProtected, marketplaces: ALL, since: date(2021, 6, 1), settings: Settings::None },
    Held {
        benefit: Benefit::OnTimeRateProtected, marketplaces: &["US"], since: date(2024, 9, 25), settings: Settings::Both,
    },
    Held {
        benefit: Benefit::OnTimeRateProtected, marketplaces: &["GB"], since: date(2025, 9, 16),
        settings: Settings::TransitAndShortHandling,
    },
    Held {
        benefit: Benefit::OnTimeRateProtected, marketplaces: &["DE", "FR", "IT", "ES"], since: date(2026, 7, 15),
        settings: Settings::TransitAndShortHandling,
    },
    Held {
        benefit: Benefit::ReviewProtected, marketplaces: &["US", "CA", "GB", "DE", "FR", "IT", "ES", "MX"],
        since: date(2021, 6, 1), settings: Settings::None,
    },
    Held { benefit: Benefit::ValidTracking, marketplaces: ALL, since: date(2021, 4, 1), settings: Settings::None },
];

impl Benefits {
    /// The protections of an offer. Without a marketplace there are none to tell of.
    pub fn of(facts: &Facts) -> Self {
        let mut told = Self::default();
        let Some(marketplace) = facts.marketplace else { return told };
        for benefit in [
            Benefit::ClaimsProtected,
            Benefit::OnTimeRateProtected,
            Benefit::ReviewProtected,
            Benefit::ValidTracking,
        ] {
            let held = HELD.iter().find(|held| {
                held.benefit == benefit
                    && held.since <= facts.on
                    && held.marketplaces.contains(&marketplace.as_str())
            });
            match withheld(benefit, held, facts) {
                None => told.carried.push(benefit),
                Some((reason, remedy)) => {
                    let (reason, remedy) = (reason.to_owned(), remedy.to_owned());
                    told.withheld.push(Withheld { benefit, reason, remedy });
                }
            }
        }
        told
    }
}

/// Why a protection is not carried, and what would bring it.
fn withheld(benefit: Benefit, held: Option<&Held>, facts: &Facts) -> Option<(&'static str, &'static str)> {
    let Some(held) = held else { return Some(("MARKETPLACE_NOT_COVERED", "")) };
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
        match facts.on_time {
            OnTime::OnTime => {}
            OnTime::AtRisk => {
                return Some(("LATE_DELIVERY_RISK", "ship earlier, or choose a faster service"));
            }
            OnTime::Late => return Some(("LATE", "ship earlier, or choose a faster service")),
            OnTime::Unknown => return Some(("ARRIVAL_UNKNOWN", "choose a service with a date of delivery")),
        }
    }
    let short = facts.automated_handling || facts.handling_days.is_some_and(|days| days <= 1);
    match held.settings {
        Settings::None => None,
        _ if !facts.automated_transit => {
            Some(("AUTOMATED_TRANSIT_OFF", "let the marketplace set the transit times"))
        }
        Settings::Both if !facts.automated_handling => {
            Some(("AUTOMATED_HANDLING_OFF", "let the marketplace set the handling times"))
        }
        Settings::TransitAndShortHandling if !short => Some((
            "HANDLING_TOO_LONG",
            "let the marketplace set the handling times, or set at most one day of handling",
        )),
        Settings::Both | Settings::TransitAndShortHandling => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(marketplace: &str) -> Facts {
        Facts {
            marketplace: CountryCode::parse(marketplace).ok(),
            on: date(2026, 9, 14),
            on_time: OnTime::OnTime,
            tracked: true,
            ships_late: false,
            automated_transit: true,
            automated_handling: false,
            handling_days: Some(1),
        }
    }

    fn reason(facts: &Facts, benefit: Benefit) -> Option<String> {
        let told = Benefits::of(facts);
        assert_eq!(told.carried.len() + told.withheld.len(), 4);
        told.withheld.into_iter().find(|one| one.benefit == benefit).map(|one| one.reason)
    }

    #[test]
    fn a_protection_is_carried_where_all_that_it_asks_is_met() {
        assert!(Benefits::of(&facts("GB")).withheld.is_empty());
        let cases = [
            (facts("JP"), Benefit::ReviewProtected, "MARKETPLACE_NOT_COVERED"),
            (facts("US"), Benefit::OnTimeRateProtected, "AUTOMATED_HANDLING_OFF"),
            (
                Facts { on_time: OnTime::AtRisk, ..facts("DE") },
                Benefit::ClaimsProtected,
                "LATE_DELIVERY_RISK",
            ),
            (Facts { ships_late: true, ..facts("DE") }, Benefit::ReviewProtected, "SHIP_BY_MISSED"),
            (Facts { tracked: false, ..facts("DE") }, Benefit::ValidTracking, "UNTRACKED_SERVICE"),
            (
                Facts { handling_days: Some(2), ..facts("FR") },
                Benefit::OnTimeRateProtected,
                "HANDLING_TOO_LONG",
            ),
            (
                Facts { on: date(2026, 7, 14), ..facts("FR") },
                Benefit::OnTimeRateProtected,
                "MARKETPLACE_NOT_COVERED",
            ),
            (
                Facts { automated_transit: false, ..facts("GB") },
                Benefit::OnTimeRateProtected,
                "AUTOMATED_TRANSIT_OFF",
            ),
        ];
        for (facts, benefit, expected) in cases {
            assert_eq!(reason(&facts, benefit).as_deref(), Some(expected), "{facts:?}");
        }
        // Whether a comment counts does not depend on how likely the parcel was late.
        assert_eq!(reason(&Facts { on_time: OnTime::AtRisk, ..facts("DE") }, Benefit::ReviewProtected), None);
    }

    #[test]
    fn without_a_marketplace_there_is_nothing_to_tell() {
        assert_eq!(Benefits::of(&Facts { marketplace: None, ..facts("US") }), Benefits::default());
    }
}
