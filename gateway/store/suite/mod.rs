//! What every store must do, said once: a store's tests name the suite and say where it lives.
//!
//! A case knows only the trait, injected times and its [`Place`]. Start at [`store_suite`]; cases are by subject.

pub(super) mod alarms;
pub(super) mod begin;
pub(super) mod confirmations;
pub(super) mod crowd;
pub(super) mod decisions;
pub(super) mod documents;
pub(super) mod facts;
pub(super) mod hooks;
pub(super) mod journal;
pub(super) mod keys;
pub(super) mod leases;
pub(super) mod listing;
pub(super) mod outbox;
pub(super) mod records;
pub(super) mod samples;
pub(super) mod states;
pub(super) mod tracking;
pub(super) mod transits;
pub(super) mod watch;
pub(super) mod whole;

use std::sync::Arc;

use super::Store;

/// Where a store under test lives: empty at first, gone when it is dropped.
pub(super) trait Place: Send + Sync + 'static {
    /// An empty place.
    fn new() -> Self;
    /// Opens the store of the place; what was stored there before is in it.
    fn open(&self) -> Arc<dyn Store>;
    /// Changes a bit of every document's stored bytes behind the store's back.
    fn damage_documents(&self);
}

/// One test a case, on stores of this place.
macro_rules! store_suite {
    ($place:ident: $($subject:ident { $($case:ident),* $(,)? })*) => {
        $(mod $subject {
            use super::$place;
            use crate::store::suite;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let place = <$place as suite::Place>::new();
                suite::$subject::$case(&place).await;
            })*
        })*
    };
    ($place:ident) => {
        $crate::store::suite::store_suite! { $place:
            begin {
                a_new_purchase_reads_back, the_same_key_finds_the_first, a_key_belongs_to_its_tenant,
                many_calls_with_one_key_start_one, many_keys_all_start, a_taken_id_is_a_conflict,
                a_repeat_with_its_own_id_finds_the_first,
            }
            states {
                every_pair_of_states_follows_the_table, an_unexpected_state_is_a_conflict,
                a_change_writes_all_it_brings, finishing_needs_a_state_of_rest, a_terminal_purchase_takes_nothing,
                the_answer_is_set_once, a_refused_void_goes_back_to_purchased, a_failed_finish_leaves_nothing,
            }
            leases {
                a_running_lease_is_left_alone, an_expired_lease_is_taken_with_a_larger_fence,
                the_old_holder_is_fenced_everywhere, a_wrong_owner_is_fenced, an_unknown_purchase_is_fenced,
                renewing_puts_the_expiry_off, releasing_follows_the_schedule, in_doubt_off_the_schedule_waits,
                an_in_doubt_whose_worker_died_is_due, a_purchase_at_rest_is_never_due, due_ones_come_oldest_first,
                what_is_in_hand_is_not_taken_again,
                two_workers_never_share, claiming_one_purchase, a_void_in_flight_is_taken_over,
            }
            journal {
                steps_read_back_in_order, the_first_intent_makes_it_sending, an_intent_is_written_once, a_reply_is_written_once,
                a_reply_needs_its_intent, operations_are_apart, purging_spares_open_purchases,
                a_repeated_exchange_replaces_its_reply,
            }
            documents {
                documents_read_back, the_same_bytes_are_kept_once, damage_is_seen, storing_again_mends_damage,
                a_taken_document_id_is_a_conflict,
            }
            listing {
                pages_are_newest_first, pages_are_stable_while_rows_arrive, equal_times_are_split_by_id,
                a_state_filters, a_limit_is_capped, a_tracking_number_finds_the_newest,
                doubts_of_all_tenants_are_listed_oldest_first, texts_are_compared_byte_by_byte,
            }
            tracking {
                a_number_reads_back, a_stale_merge_is_a_conflict, concurrent_merges_lose_nothing,
                polls_are_taken_once, the_shipment_stays_unless_given, a_bought_number_is_followed_at_once,
                a_number_used_again_begins_anew, a_stopped_number_leaves_the_schedule, a_poll_given_back_is_due_again,
                a_claim_that_was_lost_writes_nothing,
            }
            hooks {
                a_push_is_kept_once_an_account, pushes_are_taken_oldest_first_and_again_when_left,
                a_settled_push_is_due_no_more, old_pushes_are_purged, accounts_are_found_by_name,
            }
            outbox { events_come_in_order_from_a_cursor, events_belong_to_their_tenant, a_failed_change_tells_nothing }
            records {
                accounts_are_written_over_and_removed, a_quote_reads_back_once_written, expired_quotes_are_purged,
                times_are_kept_to_the_microsecond, no_tenant_sees_anothers,
                published_rates_are_kept_by_source_and_day,
            }
            keys {
                an_expired_key_is_free_again, keys_in_use_are_kept, keys_expire_oldest_first_and_limited,
                freed_purchases_stand_side_by_side,
            }
            watch {
                a_watched_refusal_comes_back_when_due, a_watch_ends, only_a_refused_one_is_watched,
                a_watched_refusal_is_terminal_to_callers, leases_and_work_go_by_their_own_clocks,
            }
            alarms {
                a_change_raises_its_alarms, an_open_alarm_is_raised_once, a_settled_alarm_is_gone_and_may_come_back,
                a_person_closes_an_alarm_once, alarms_are_read_page_by_page, a_failed_change_raises_nothing,
                a_look_at_a_document_is_kept_with_its_alarm,
            }
            confirmations {
                it_comes_with_its_purchase, a_failed_end_writes_none, it_is_taken_once_while_its_lease_runs,
                a_settlement_writes_all_it_brings, a_void_ends_what_was_never_sent,
                a_void_makes_what_was_sent_due, a_replacement_takes_the_place_of_the_voided,
                a_scan_wakes_what_waits_for_it, an_alarm_makes_it_due, a_person_has_it_sent_again,
                parcels_of_one_order_are_numbered_apart,
            }
            crowd {
                one_of_many_claims_a_purchase, one_of_many_writes_an_intent, one_of_many_moves_a_purchase,
                a_taken_over_worker_writes_nothing_more, polls_are_shared_out, purges_share_the_work,
                no_event_appears_behind_a_cursor, a_commit_wakes_who_waits_for_events,
                a_failed_end_spares_the_others, what_was_answered_survives_a_fall,
            }
            facts {
                facts_read_back_in_every_version, a_stale_recording_is_a_conflict_and_stores_nothing,
                a_fact_is_recorded_once, sums_follow_what_orders_count, wrong_ones_are_paged_by_day,
                time_alone_makes_wrong, risks_are_counted_once_their_time_is_over, other_rule_sets_are_found,
                places_are_apart, many_recordings_keep_the_sums_true, news_comes_with_what_it_is_about,
                a_taken_confirmation_is_news,
            }
            decisions {
                decisions_read_back_in_their_order, a_taken_place_is_a_conflict, one_of_many_takes_a_place,
                facts_after_a_decision_have_it_reconsidered, no_fact_slips_past_a_decision,
            }
            transits {
                parcels_are_counted_by_their_days, other_lanes_tenants_and_months_are_apart,
                many_tellings_of_one_parcel_count_once,
            }
            whole {
                reopening_keeps_everything, a_closed_store_says_so, closing_stores_what_waits,
                writers_share_commits, a_failing_write_spares_its_group, stats_count, debug_shows_no_body,
                the_clock_goes_on,
            }
        }
    };
}
pub(super) use store_suite;
