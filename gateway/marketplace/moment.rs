//! When a marketplace is told, and how long it may be edited: dated data.
//!
//! Changing a rule is an edit of `data/moments.toml`. It reads no clock. Start at [`Policies::in_force`].

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The rules that are compiled in.
const BUILT_IN: &str = include_str!("data/moments.toml");

/// The moment at which a marketplace is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Moment {
    /// When the label is bought.
    AtPurchase,
    /// When the carrier first has the parcel in its hands.
    AtFirstScan,
}

/// What holds at a marketplace for a time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The rule's id.
    pub rule: String,
    /// The marketplace; `*` for every one.
    pub marketplace: String,
    /// The first day.
    #[serde(deserialize_with = "day")]
    pub from: Date,
    /// The last day; still in force when absent.
    #[serde(default, deserialize_with = "some_day")]
    pub until: Option<Date>,
    /// When it is told.
    pub moment: Moment,
    /// Hours after hand-over within which it must be confirmed.
    confirm_within: u16,
    /// Hours before that at which operators are told.
    alarm_before: u16,
    /// Hours after it was taken within which it may be edited.
    edit_within: u16,
    /// Where the rule comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: String,
}

impl Policy {
    /// When operators are told of a parcel that was handed over at `handed_over`, or then at the earliest.
    pub fn alarm_at(&self, handed_over: Timestamp) -> Option<Timestamp> {
        let hours = self.confirm_within.saturating_sub(self.alarm_before);
        handed_over.checked_add(SignedDuration::from_hours(hours.into())).ok()
    }

    /// Whether what was taken at `taken` may still be edited at `now`.
    pub fn may_edit(&self, taken: Timestamp, now: Timestamp) -> bool {
        let hours = SignedDuration::from_hours(self.edit_within.into());
        self.edit_within > 0 && taken.checked_add(hours).is_ok_and(|last| now <= last)
    }
}

/// Every rule there is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    moment: Vec<Policy>,
}

impl Policies {
    /// The rules that are compiled in.
    ///
    /// # Errors
    /// When they are damaged, which a test rules out.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        Self::parse(BUILT_IN)
    }

    /// Rules of this text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The rule of a marketplace on a day.
    pub fn in_force(&self, marketplace: &str, day: Date) -> Option<&Policy> {
        let fits = |policy: &&Policy| {
            (policy.marketplace == marketplace || policy.marketplace == "*")
                && policy.from <= day
                && policy.until.is_none_or(|until| day <= until)
        };
        self.moment.iter().find(fits)
    }
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let raw = toml::value::Datetime::deserialize(deserializer)?;
    raw.to_string().parse().map_err(serde::de::Error::custom)
}

fn some_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_marketplace_has_a_rule_on_every_day_of_today() {
        let policies = Policies::built_in().unwrap();
        for name in ["amazon", "bol", "tiktok", "somebody"] {
            assert!(policies.in_force(name, date(2026, 11, 26)).is_some(), "{name}");
        }
        assert_eq!(policies.in_force("tiktok", date(2026, 1, 1)).unwrap().moment, Moment::AtFirstScan);
        assert_eq!(policies.in_force("tiktok", date(2023, 1, 1)).unwrap().rule, "MKT-ANY-1");
    }

    #[test]
    fn hours_count_from_their_beginning() {
        let policies = Policies::built_in().unwrap();
        let policy = policies.in_force("amazon", date(2026, 1, 1)).unwrap();
        let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let after = |hours| at + SignedDuration::from_hours(hours);
        assert_eq!(policy.alarm_at(at), Some(after(20)));
        assert!(policy.may_edit(at, after(24)));
        assert!(!policy.may_edit(at, after(25)));
        let never = policies.in_force("bol", date(2026, 1, 1)).unwrap();
        assert!(!never.may_edit(at, at));
    }

    #[test]
    fn a_rule_ends_on_its_last_day() {
        let text = "[[moment]]\nrule='A'\nmarketplace='m'\nfrom=2020-01-01\nuntil=2020-12-31\nmoment='AT_FIRST_SCAN'\n\
                    confirm_within=1\nalarm_before=2\nedit_within=0\nsource=''\nconfidence=''\n";
        let policies = Policies::parse(text).unwrap();
        assert!(policies.in_force("m", date(2020, 12, 31)).is_some());
        assert!(policies.in_force("m", date(2021, 1, 1)).is_none());
        assert!(policies.in_force("n", date(2020, 6, 1)).is_none());
    }
}
