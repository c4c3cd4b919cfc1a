//! What is done next with a confirmation, and what comes of it, case by case.

use jiff::civil::date;

use super::*;
use crate::marketplace::Policies;
use crate::store::Lease;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn row(state: State) -> ConfirmationRow {
    ConfirmationRow {
        tenant: "t".into(),
        id: "cf_1".into(),
        marketplace: "m".into(),
        order: "o".into(),
        shipment: "sh_1".into(),
        parcel: 1,
        carrier: "acme".into(),
        number: "1Z".into(),
        package: 1,
        replaces: None,
        state,
        content: vec![],
        content_sha256: [0; 32],
        attempts: 1,
        looks: 0,
        resent: 0,
        by_hand: false,
        fault: None,
        created_at: at(0),
        updated_at: at(0),
        scanned_at: None,
        sent_at: None,
        confirmed_at: None,
        voided_at: None,
        alarm_at: Some(at(100_000)),
        next_attempt_at: Some(at(0)),
        fence: 1,
        lease: None,
    }
}

fn policy(marketplace: &str) -> Policy {
    Policies::built_in().unwrap().in_force(marketplace, date(2026, 1, 1)).unwrap().clone()
}

const SHOWS: Offers = Offers { withdraw: false, read_back: Some(Duration::from_secs(60)) };
const TAKES_BACK: Offers = Offers { withdraw: true, read_back: None };

fn act(row: &ConfirmationRow, beside: Beside<'_>, offers: Offers) -> Act {
    next(row, beside, offers, &policy("amazon"), at(10))
}

fn alone(row: &ConfirmationRow, offers: Offers) -> Act {
    act(row, Beside::default(), offers)
}

fn came(row: &ConfirmationRow, act: Act, outcome: &Outcome, offers: Offers) -> ConfirmationChange {
    after(row, act, outcome, offers, &policy("amazon"), at(10))
}

const CONFIRM: Act = Act::Confirm { edits: false };

fn later_in(seconds: u64) -> Outcome {
    Outcome::Later { code: "C".into(), words: "w".into(), after: Some(Duration::from_secs(seconds)) }
}

#[test]
fn what_is_due_is_told_and_what_was_taken_is_looked_for() {
    assert_eq!(alone(&row(State::Pending), SHOWS), CONFIRM);
    assert_eq!(alone(&row(State::Sent), SHOWS), Act::Look);
    assert_eq!(alone(&row(State::Sent), TAKES_BACK), Act::Rest(Rest::Believed));
    for state in [State::Confirmed, State::Refused, State::Withdrawn, State::Superseded] {
        assert_eq!(alone(&row(state), SHOWS), Act::Rest(Rest::Nothing), "{state:?}");
    }
    let waits = ConfirmationRow { next_attempt_at: Some(at(11)), ..row(State::Pending) };
    assert_eq!(alone(&waits, SHOWS), Act::Rest(Rest::Nothing));
    let kept = rest(&waits, Rest::Nothing, &policy("amazon"), at(10));
    assert_eq!(kept.next_attempt_at, Some(at(11)));
    let over = rest(&row(State::Confirmed), Rest::Nothing, &policy("amazon"), at(10));
    assert_eq!(over.next_attempt_at, None);
}

#[test]
fn a_void_is_withdrawn_where_that_is_offered() {
    let voided = |state| ConfirmationRow { voided_at: Some(at(5)), sent_at: Some(at(1)), ..row(state) };
    assert_eq!(alone(&voided(State::Confirmed), TAKES_BACK), Act::Withdraw);
    assert_eq!(alone(&voided(State::Confirmed), SHOWS), Act::Rest(Rest::Left));
    let replaced = Beside { is_replaced: true, ..Beside::default() };
    assert_eq!(act(&voided(State::Confirmed), replaced, TAKES_BACK), Act::Rest(Rest::Left));
    let unanswered = ConfirmationRow { sent_at: None, ..voided(State::Pending) };
    assert_eq!(alone(&unanswered, TAKES_BACK), Act::Withdraw, "it may be there");
    assert_eq!(alone(&unanswered, SHOWS), Act::Rest(Rest::Unknown));
    let never = ConfirmationRow { attempts: 0, ..unanswered };
    assert_eq!(alone(&never, TAKES_BACK), Act::Rest(Rest::Withdrawn));
    let refused = ConfirmationRow { sent_at: None, ..voided(State::Refused) };
    assert_eq!(alone(&refused, TAKES_BACK), Act::Rest(Rest::Withdrawn));
    assert_eq!(alone(&voided(State::Withdrawn), TAKES_BACK), Act::Rest(Rest::Nothing));
    let left = rest(&voided(State::Confirmed), Rest::Left, &policy("amazon"), at(10));
    assert_eq!((left.state, left.next_attempt_at), (State::Confirmed, None));
    let unknown = rest(&voided(State::Pending), Rest::Unknown, &policy("amazon"), at(10));
    assert_eq!((unknown.state, unknown.fault.unwrap().0.as_str()), (State::Withdrawn, "IN_DOUBT"));
}

#[test]
fn a_replacement_edits_within_the_window() {
    let new = ConfirmationRow { replaces: Some("cf_0".into()), ..row(State::Pending) };
    let told = |old: ConfirmationRow| {
        let beside = Beside { replaced: Some(&old), lease_now: Some(at(10)), ..Beside::default() };
        act(&new, beside, SHOWS)
    };
    let old = |state| ConfirmationRow { voided_at: Some(at(5)), sent_at: Some(at(1)), ..row(state) };
    assert_eq!(told(old(State::Confirmed)), Act::Confirm { edits: true });
    assert_eq!(told(old(State::Withdrawn)), CONFIRM);
    assert_eq!(told(ConfirmationRow { sent_at: None, ..old(State::Pending) }), Act::Confirm { edits: true });
    let lease = |until| Some(Lease { owner: "x".into(), until: at(until) });
    assert_eq!(told(ConfirmationRow { lease: lease(11), ..old(State::Confirmed) }), Act::Rest(Rest::Wait));
    assert_eq!(
        told(ConfirmationRow { lease: lease(10), ..old(State::Confirmed) }),
        Act::Confirm { edits: true }
    );
    let long_ago = ConfirmationRow { sent_at: Some(at(10 - 24 * 3600 - 1)), ..old(State::Confirmed) };
    assert_eq!(told(long_ago.clone()), Act::Rest(Rest::TooLate));
    let by_hand = ConfirmationRow { by_hand: true, ..new.clone() };
    let beside = Beside { replaced: Some(&long_ago), ..Beside::default() };
    assert_eq!(act(&by_hand, beside, SHOWS), Act::Confirm { edits: true });
    let late = rest(&new, Rest::TooLate, &policy("amazon"), at(10));
    assert_eq!((late.state, late.attempts, late.alarms.raise[0].code), (State::Refused, 0, REFUSED));
    let waits = rest(&new, Rest::Wait, &policy("amazon"), at(10));
    assert_eq!((waits.state, waits.attempts, waits.next_attempt_at), (State::Pending, 0, Some(at(12))));
}

#[test]
fn taken_is_not_kept_where_it_can_be_looked_up() {
    let change = came(&row(State::Pending), CONFIRM, &Outcome::Taken, SHOWS);
    assert_eq!(
        (change.state, change.sent_at, change.next_attempt_at),
        (State::Sent, Some(at(10)), Some(at(70)))
    );
    assert_eq!(change.confirmed_at, None);
    let change = came(&row(State::Pending), CONFIRM, &Outcome::Taken, Offers::default());
    assert_eq!((change.state, change.confirmed_at, change.alarm_at), (State::Confirmed, Some(at(10)), None));
    assert_eq!(change.alarms.settle, [LATE, REFUSED]);
}

#[test]
fn what_is_not_kept_is_looked_for_then_told_anew_then_given_up() {
    let mut row = row(State::Sent);
    let mut waits = Vec::new();
    for _ in 1..LOOKS {
        let change = came(&row, Act::Look, &Outcome::Absent, SHOWS);
        assert_eq!(change.state, State::Sent);
        waits.push(change.next_attempt_at.unwrap().as_second() - at(10).as_second());
        row.looks = change.looks;
    }
    assert_eq!(waits, [120, 240]);
    let anew = came(&row, Act::Look, &Outcome::Absent, SHOWS);
    assert_eq!(
        (anew.state, anew.resent, anew.looks, anew.next_attempt_at),
        (State::Pending, 1, 0, Some(at(10)))
    );
    assert_eq!(anew.fault.unwrap().0, "NOT_KEPT");
    row.resent = RESENDS;
    let given_up = came(&row, Act::Look, &Outcome::Absent, SHOWS);
    assert_eq!((given_up.state, given_up.next_attempt_at), (State::Refused, None));
    assert_eq!(given_up.alarms.raise[0].code, REFUSED);
}

#[test]
fn failures_are_tried_again_ever_more_rarely_and_as_wished() {
    let wait = |attempts, outcome: &Outcome| {
        let row = ConfirmationRow { attempts, ..row(State::Pending) };
        let change = came(&row, CONFIRM, outcome, SHOWS);
        assert_eq!(change.state, State::Pending);
        change.next_attempt_at.unwrap().as_second() - at(10).as_second()
    };
    assert_eq!([1, 2, 3, 99].map(|attempts| wait(attempts, &later_in(0))), [2, 4, 8, 900]);
    assert_eq!((wait(1, &later_in(77)), wait(9, &later_in(1))), (77, 1));
    assert_eq!(wait(1, &later_in(1_000_000)), 3600, "no marketplace is left alone for days");
    let refused = came(&row(State::Pending), CONFIRM, &Outcome::refused("Bad", "words"), SHOWS);
    assert_eq!((refused.state, refused.next_attempt_at, refused.alarm_at), (State::Refused, None, None));
    assert_eq!(refused.fault, Some(("Bad".into(), "words".into())));
    let unread = came(&row(State::Sent), Act::Look, &Outcome::refused("Bad", "words"), SHOWS);
    assert_eq!(unread.state, State::Sent, "a look that is refused says nothing about the confirmation");
    assert!(unread.next_attempt_at.is_some());
}

#[test]
fn what_is_put_off_is_no_attempt() {
    let put = |act| put_off(&row(State::Pending), act, Some(at(70)), &policy("amazon"), at(10));
    assert_eq!((put(CONFIRM).attempts, put(CONFIRM).next_attempt_at), (0, Some(at(70))));
    assert_eq!((put(Act::Look).attempts, put(Act::Look).fault), (1, None));
}

#[test]
fn a_withdrawal_is_tried_and_then_left_to_a_person() {
    let voided = ConfirmationRow { voided_at: Some(at(5)), sent_at: Some(at(1)), ..row(State::Confirmed) };
    let gone = came(&voided, Act::Withdraw, &Outcome::Absent, TAKES_BACK);
    assert_eq!((gone.state, gone.next_attempt_at), (State::Withdrawn, None));
    let again = came(&voided, Act::Withdraw, &later_in(0), TAKES_BACK);
    assert_eq!((again.state, again.looks), (State::Confirmed, 1));
    assert!(again.next_attempt_at.is_some() && again.alarms.raise.is_empty());
    let last = ConfirmationRow { looks: WITHDRAWALS, ..voided.clone() };
    for outcome in [later_in(0), Outcome::refused("Unimplemented", "no")] {
        let kept = came(&last, Act::Withdraw, &outcome, TAKES_BACK);
        assert_eq!((kept.state, kept.next_attempt_at), (State::Confirmed, None));
        assert_eq!(kept.alarms.raise[0].code, NOT_WITHDRAWN);
    }
}

#[test]
fn operators_are_told_once_before_the_time_is_over() {
    let rung =
        ConfirmationRow { alarm_at: Some(at(10)), next_attempt_at: Some(at(99)), ..row(State::Pending) };
    let change = rest(&rung, Rest::Nothing, &policy("amazon"), at(10));
    assert_eq!((change.alarm_at, change.next_attempt_at), (None, Some(at(99))));
    assert_eq!(change.alarms.raise[0].code, LATE);
    let early = rest(&rung, Rest::Nothing, &policy("amazon"), at(9));
    assert_eq!((early.alarm_at, early.alarms.raise.len()), (Some(at(10)), 0));
    let confirmed = came(&rung, CONFIRM, &Outcome::Kept, SHOWS);
    assert!(confirmed.alarms.raise.is_empty() && confirmed.alarm_at.is_none());
    let refused = came(&rung, CONFIRM, &Outcome::refused("Bad", "words"), SHOWS);
    assert_eq!(refused.alarms.raise.len(), 1, "the refusal says more");
}

#[test]
fn where_it_is_told_at_the_first_scan_the_time_counts_from_there() {
    let scanned = ConfirmationRow { alarm_at: None, scanned_at: Some(at(0)), ..row(State::Pending) };
    let by = policy("tiktok");
    let first = after(&scanned, CONFIRM, &later_in(0), SHOWS, &by, at(10));
    assert_eq!(first.alarm_at, Some(at(20 * 3600)));
    let second = ConfirmationRow { attempts: 2, ..scanned.clone() };
    assert_eq!(after(&second, CONFIRM, &later_in(0), SHOWS, &by, at(10)).alarm_at, None, "it has rung");
    let heard_late = after(&scanned, CONFIRM, &later_in(0), SHOWS, &by, at(21 * 3600));
    assert_eq!((heard_late.alarm_at, heard_late.alarms.raise[0].code), (None, LATE));
}
