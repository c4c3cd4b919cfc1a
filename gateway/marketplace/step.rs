//! What is to be done next with a confirmation, and what came of it: pure decisions.
//!
//! It sends nothing, stores nothing and reads no clock. Start at [`next`] and [`after`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Moment, Offers, Outcome, Policy};
use crate::store::{Alarms, ConfirmationChange, ConfirmationRow, ConfirmationState as State, NewAlarm};

/// It is not confirmed although its time is nearly over.
pub(super) const LATE: &str = "CONFIRMATION_LATE";
/// The marketplace refuses it, or it was given up.
pub(super) const REFUSED: &str = "CONFIRMATION_REFUSED";
/// Its label was voided, and the marketplace does not give it back.
pub(super) const NOT_WITHDRAWN: &str = "CONFIRMATION_NOT_WITHDRAWN";
/// What operators may be told of confirmations.
pub const CODES: [&str; 3] = [LATE, REFUSED, NOT_WITHDRAWN];

/// How often the marketplace is looked at before it is told anew.
const LOOKS: u32 = 3;
/// How often it is told anew.
const RESENDS: u32 = 3;
/// How often a withdrawal is tried.
const WITHDRAWALS: u32 = 10;
/// The first pause after a failure, which then doubles, and the longest.
const PAUSES: (i64, i64) = (2, 15 * 60);
/// The longest that a marketplace may ask to be left alone.
const LONGEST_WISH: Duration = Duration::from_secs(3600);

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Tell it; whether it takes the place of what is there.
    Confirm {
        /// As in a telling.
        edits: bool,
    },
    /// Look whether it was kept.
    Look,
    /// Take it back.
    Withdraw,
    /// Nothing is sent: the row changes so.
    Rest(Rest),
}

/// A change without an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Its label was voided, and it is not at the marketplace.
    Withdrawn,
    /// Its label was voided, the marketplace takes nothing back, and it is not known whether it is there.
    Unknown,
    /// Its label was voided, and it stays at the marketplace until a replacement edits it.
    Left,
    /// The one that it replaces is being worked on.
    Wait,
    /// It would edit what may no longer be edited.
    TooLate,
    /// It was taken by a marketplace that shows nothing: that is all there will be.
    Believed,
    /// Nothing but the alarm.
    Nothing,
}

/// What the row stands beside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside<'a> {
    /// The confirmation that it replaces.
    pub(super) replaced: Option<&'a ConfirmationRow>,
    /// Whether another one replaces it.
    pub(super) is_replaced: bool,
    /// The present time of the leases' clock.
    pub(super) lease_now: Option<Timestamp>,
}

/// What is to be done with a claimed row.
pub(super) fn next(
    row: &ConfirmationRow,
    beside: Beside<'_>,
    offers: Offers,
    policy: &Policy,
    now: Timestamp,
) -> Act {
    let is_due = row.next_attempt_at.is_some_and(|at| at <= now);
    if row.voided_at.is_some() {
        return if is_due { voided(row, beside, offers) } else { Act::Rest(Rest::Nothing) };
    }
    match row.state {
        State::Pending if is_due => confirm(row, beside, policy, now),
        State::Sent if is_due && offers.read_back.is_some() => Act::Look,
        State::Sent if is_due => Act::Rest(Rest::Believed),
        _ => Act::Rest(Rest::Nothing),
    }
}

fn voided(row: &ConfirmationRow, beside: Beside<'_>, offers: Offers) -> Act {
    if matches!(row.state, State::Withdrawn | State::Superseded) {
        return Act::Rest(Rest::Nothing);
    }
    if row.attempts == 0 || (row.state == State::Refused && row.sent_at.is_none()) {
        return Act::Rest(Rest::Withdrawn);
    }
    if beside.is_replaced {
        return Act::Rest(Rest::Left);
    }
    if offers.withdraw {
        return Act::Withdraw;
    }
    Act::Rest(if row.sent_at.is_some() { Rest::Left } else { Rest::Unknown })
}

fn confirm(row: &ConfirmationRow, beside: Beside<'_>, policy: &Policy, now: Timestamp) -> Act {
    let Some(old) = beside.replaced else { return Act::Confirm { edits: false } };
    let held = old.lease.as_ref().zip(beside.lease_now).is_some_and(|(lease, now)| lease.until > now);
    if held {
        return Act::Rest(Rest::Wait);
    }
    let taken = old.sent_at.filter(|_| old.state.is_there());
    match taken {
        Some(taken) if !row.by_hand && !policy.may_edit(taken, now) => Act::Rest(Rest::TooLate),
        Some(_) => Act::Confirm { edits: true },
        // What was sent and never answered may be there.
        None => Act::Confirm { edits: old.attempts > 0 && old.state != State::Withdrawn },
    }
}

/// What the row becomes when nothing is sent.
pub(super) fn rest(row: &ConfirmationRow, rest: Rest, policy: &Policy, now: Timestamp) -> ConfirmationChange {
    let mut change = ConfirmationChange::none(row, now);
    match rest {
        Rest::Withdrawn => withdrawn(&mut change),
        Rest::Unknown => {
            withdrawn(&mut change);
            let words =
                "the label was voided before the marketplace had answered: whether it has it is not known";
            change.fault = Some(("IN_DOUBT".to_owned(), words.to_owned()));
        }
        Rest::Left => (change.next_attempt_at, change.alarm_at) = (None, None),
        Rest::Wait => {
            change.attempts = change.attempts.saturating_sub(1);
            change.next_attempt_at = later(now, Duration::from_secs(2));
        }
        Rest::TooLate => {
            change.attempts = change.attempts.saturating_sub(1);
            let words = "the voided parcel was confirmed too long ago to be edited: mend it at the marketplace, or \
                         have this one sent all the same with a retry";
            refuse(&mut change, "EDIT_TOO_LATE", words);
        }
        Rest::Believed => confirmed(&mut change),
        Rest::Nothing => change.next_attempt_at = change.next_attempt_at.filter(|at| *at > now),
    }
    ring(row, &mut change, policy);
    change
}

/// What the row becomes when its marketplace is left alone until then.
pub(super) fn put_off(
    row: &ConfirmationRow,
    act: Act,
    until: Option<Timestamp>,
    policy: &Policy,
    now: Timestamp,
) -> ConfirmationChange {
    let mut change = ConfirmationChange::none(row, now);
    change.attempts = row.attempts.saturating_sub(matches!(act, Act::Confirm { .. }).into());
    change.next_attempt_at = until;
    ring(row, &mut change, policy);
    change
}

/// What the row becomes after an exchange.
pub(super) fn after(
    row: &ConfirmationRow,
    act: Act,
    outcome: &Outcome,
    offers: Offers,
    policy: &Policy,
    now: Timestamp,
) -> ConfirmationChange {
    let mut change = ConfirmationChange::none(row, now);
    match (act, outcome) {
        (Act::Withdraw, outcome) => after_withdrawal(row, &mut change, outcome),
        (_, Outcome::Kept) => confirmed(&mut change),
        (Act::Confirm { .. }, Outcome::Taken) => match offers.read_back {
            None => confirmed(&mut change),
            Some(wait) => {
                (change.state, change.fault, change.looks) = (State::Sent, None, 0);
                change.sent_at = Some(now);
                change.next_attempt_at = later(now, wait);
            }
        },
        (Act::Confirm { .. }, Outcome::Absent) => {
            change.next_attempt_at = later(now, pause(row.attempts, None));
        }
        (Act::Confirm { .. }, Outcome::Refused { code, words }) => refuse(&mut change, code, words),
        (Act::Confirm { .. }, Outcome::Later { code, words, after }) => {
            change.fault = Some((code.clone(), words.clone()));
            change.next_attempt_at = later(now, pause(row.attempts, *after));
        }
        (_, Outcome::Absent | Outcome::Taken) => not_kept(row, &mut change, offers),
        (_, Outcome::Refused { code, words }) => {
            change.fault = Some((code.clone(), words.clone()));
            change.next_attempt_at = later(now, pause(u32::MAX, None));
        }
        (_, Outcome::Later { code, words, after }) => {
            change.fault = Some((code.clone(), words.clone()));
            change.next_attempt_at = later(now, pause(row.looks.saturating_add(4), *after));
        }
    }
    ring(row, &mut change, policy);
    change
}

fn after_withdrawal(row: &ConfirmationRow, change: &mut ConfirmationChange, outcome: &Outcome) {
    let (code, words, again) = match outcome {
        Outcome::Absent | Outcome::Taken | Outcome::Kept => return withdrawn(change),
        Outcome::Refused { code, words } => (code, words, None),
        Outcome::Later { code, words, after } => {
            let last = row.looks >= WITHDRAWALS;
            (code, words, (!last).then(|| pause(row.looks.saturating_add(1), *after)))
        }
    };
    change.looks = row.looks.saturating_add(1);
    change.fault = Some((code.clone(), words.clone()));
    change.next_attempt_at = again.and_then(|pause| later(change.at, pause));
    if again.is_none() {
        let words = format!("the label was voided and the marketplace still shows it: {words}");
        raise(change, NOT_WITHDRAWN, words);
    }
}

/// It was taken, and is not there.
fn not_kept(row: &ConfirmationRow, change: &mut ConfirmationChange, offers: Offers) {
    change.looks = row.looks.saturating_add(1);
    if change.looks < LOOKS {
        let wait = offers.read_back.unwrap_or_default().saturating_mul(1 << change.looks);
        change.next_attempt_at = later(change.at, wait);
        return;
    }
    let words = "the marketplace took the confirmation and does not show it";
    if row.resent < RESENDS {
        change.fault = Some(("NOT_KEPT".to_owned(), words.to_owned()));
        (change.state, change.looks, change.resent) = (State::Pending, 0, row.resent.saturating_add(1));
        change.next_attempt_at = Some(change.at);
    } else {
        refuse(change, "NOT_KEPT", words);
    }
}

fn confirmed(change: &mut ConfirmationChange) {
    change.state = State::Confirmed;
    change.fault = None;
    (change.sent_at, change.confirmed_at) = (Some(change.at), Some(change.at));
    (change.next_attempt_at, change.alarm_at) = (None, None);
    change.alarms.settle.extend([LATE, REFUSED]);
}

fn withdrawn(change: &mut ConfirmationChange) {
    change.state = State::Withdrawn;
    change.fault = None;
    (change.next_attempt_at, change.alarm_at) = (None, None);
    change.alarms.settle.extend(CODES);
}

fn refuse(change: &mut ConfirmationChange, code: &str, words: &str) {
    change.state = State::Refused;
    change.fault = Some((code.to_owned(), words.to_owned()));
    (change.next_attempt_at, change.alarm_at) = (None, None);
    raise(change, REFUSED, format!("the marketplace was not told of the parcel: {words} (`{code}`)"));
}

fn raise(change: &mut ConfirmationChange, code: &'static str, words: String) {
    change.alarms = Alarms { raise: vec![NewAlarm { code, words }], settle: Vec::new() };
}

/// Says it to operators when the time to confirm is nearly over.
fn ring(row: &ConfirmationRow, change: &mut ConfirmationChange, policy: &Policy) {
    let waits = matches!(change.state, State::Pending | State::Sent) && row.voided_at.is_none();
    if !waits {
        return;
    }
    // What waited for a scan counts from there; it was told of nothing before its first attempt.
    let begins = row.attempts <= 1 && policy.moment == Moment::AtFirstScan;
    let from_scan = row.scanned_at.filter(|_| begins).and_then(|at| policy.alarm_at(at));
    let alarm_at = row.alarm_at.or(from_scan);
    change.alarm_at = alarm_at;
    if alarm_at.is_some_and(|at| at <= change.at) {
        change.alarm_at = None;
        let why = change.fault.as_ref().map_or("it was not answered yet", |(_, words)| words.as_str());
        let words = format!("the time to confirm the parcel to the marketplace is nearly over: {why}");
        change.alarms.raise.push(NewAlarm { code: LATE, words });
    }
}

/// The pause before the next attempt after so many.
fn pause(attempts: u32, wish: Option<Duration>) -> Duration {
    let (first, longest) = PAUSES;
    let doubled = first.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20)).min(longest);
    match wish.filter(|wish| !wish.is_zero()) {
        Some(wish) => wish.clamp(Duration::from_secs(1), LONGEST_WISH),
        None => Duration::from_secs(u64::try_from(doubled).unwrap_or_default()),
    }
}

fn later(now: Timestamp, by: Duration) -> Option<Timestamp> {
    now.checked_add(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX)).ok()
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
