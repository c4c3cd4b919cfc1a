//! The time limits of a claim: when it could be opened, until when it is answered. They decide nothing by themselves.
//! Start at [`clock`].

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::told::Holds;
use super::facts::EndState;
use super::outcome::ClockLine;
use super::rules::{ClaimRule, Sets};
use super::weigh::Weighing;

/// The limits that can be told of what is known.
pub(super) fn clock(weighing: &Weighing<'_>, ends: &[EndState]) -> Vec<ClockLine> {
    weighing.rows.iter().filter_map(|rule| limit(weighing, rule, ends)).collect()
}

fn limit(weighing: &Weighing<'_>, rule: &ClaimRule, ends: &[EndState]) -> Option<ClockLine> {
    let opened = weighing.facts.opened_at;
    let line = |what: &str, at: Timestamp, kept| {
        Some(ClockLine { rule: rule.id.clone(), what: what.to_owned(), at, kept })
    };
    let from = |at: Timestamp| if opened >= at { Holds::Yes } else { Holds::No };
    let by = |at: Timestamp| if opened <= at { Holds::Yes } else { Holds::No };
    match rule.sets {
        Sets::BuyerWaitsHours(hours) => {
            let contacts = weighing.known(&weighing.facts.contacts)?;
            let first = contacts.value.iter().map(|contact| contact.at).min()?;
            let came_back =
                ends.iter().any(|end| matches!(end, EndState::Returned | EndState::Undeliverable));
            let at = first.checked_add(SignedDuration::from_hours(hours.into())).ok()?;
            line("the buyer has waited", at, if came_back { Holds::Yes } else { from(at) })
        }
        Sets::OpensAfterDays(days) => {
            let at = after(weighing, i64::from(days), false)?;
            let delivered = ends.contains(&EndState::Delivered);
            line("a claim can be opened", at, if delivered { Holds::Yes } else { from(at) })
        }
        Sets::FiledWithinDays(days) => {
            let at = after(weighing, i64::from(days), true)?;
            line("the last moment to open a claim", at, by(at))
        }
        Sets::RespondsWithinHours(hours) => {
            let at = opened.checked_add(SignedDuration::from_hours(hours.into())).ok()?;
            line("the seller's answer is due", at, Holds::Unknown)
        }
        Sets::RespondsWithinDays(days) => {
            let local = opened.in_tz(weighing.market.zone).ok()?;
            let at = local.checked_add(i64::from(days).days()).ok()?.end_of_day().ok()?.timestamp();
            line("the seller's answer is due", at, Holds::Unknown)
        }
        _ => None,
    }
}

/// The beginning, or the end, of the day so many days after the last promised one, where the marketplace is.
fn after(weighing: &Weighing<'_>, days: i64, end: bool) -> Option<Timestamp> {
    let promised = weighing.known(&weighing.facts.promised)?.value.in_tz(weighing.market.zone).ok()?;
    let day = promised.checked_add(days.days()).ok()?;
    let moment = if end { day.end_of_day() } else { day.start_of_day() };
    Some(moment.ok()?.timestamp())
}
