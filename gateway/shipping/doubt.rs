//! Purchases of which it is not known whether the carrier made a label.
//!
//! The guard of the carrier decides what is done: the same bytes under the same
//! key, a look for the reference, or a person. Absence is a hint and no proof:
//! what was not found counts as refused and stays watched. See the table in
//! ARCHITECTURE.md.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::{FindQuery, Purchased, VoidOrder};

use super::alarm;
use super::error::ShippingError;
use super::gateway::Gateway;
use super::holding::Holding;
use super::journal::StoreJournal;
use super::running::{End, event};
use super::shipment::{PurchaseBody, ShipmentView};
use crate::carriers::{Call, CarrierHost};
use crate::store::{Alarms, Change, PurchaseRow, PurchaseState as State};

/// How often a carrier is looked through before a purchase counts as refused.
const LOOKUPS: u32 = 3;
/// Rounds without an answer after which a person is told.
const ROUNDS_BEFORE_ALARM: u32 = 6;
/// When a refused purchase is looked for again: so many settling times after
/// it was refused, each time.
const WATCHES: [u32; 5] = [10, 60, 360, 1_440, 4_320];

impl Gateway {
    /// Not known: written down with when somebody looks into it, or with an
    /// alarm when only a person can.
    pub(super) async fn in_doubt(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        fault: Fault,
    ) -> Result<ShipmentView, ShippingError> {
        tracing::warn!(shipment = row.id, carrier = row.carrier, kind = ?fault.kind, "a purchase is in doubt");
        let at = self.now();
        let from = if row.state == State::InDoubt { State::InDoubt } else { State::Sending };
        let next = self.next_look(row, &body, &fault);
        body.doubted_at.get_or_insert(at);
        let alarms = if next.is_none() || body.lookups >= ROUNDS_BEFORE_ALARM {
            alarm::in_doubt(&fault)
        } else {
            Alarms::default()
        };
        body.fault = Some(fault);
        self.alarmed(row, &alarms);
        let change = Change {
            from: vec![from],
            to: State::InDoubt,
            body: Some(self.sealed_body(row, &body)?),
            next_action_at: next,
            event: (from != State::InDoubt).then(|| event(row, State::InDoubt)),
            alarms,
            at,
        };
        self.store.set_state(&held.hold, change).await?;
        self.store.release_lease(&held.hold, next).await?;
        self.count(&row.carrier, State::InDoubt);
        Ok(body.view(row, State::InDoubt, at))
    }

    /// When to look into a purchase in doubt; never where only a person can.
    fn next_look(&self, row: &PurchaseRow, body: &PurchaseBody, fault: &Fault) -> Option<Timestamp> {
        let host = self.carriers.get(&row.carrier)?;
        let wait = host.settle().saturating_mul(1 << body.lookups.min(6));
        let next = later(self.now(), wait);
        match host.descriptor().purchase_guard {
            Guard::FindByReference { .. } => Some(next),
            // Code that no longer makes what the journal has will not do so later.
            Guard::Key { .. } | Guard::RefusesDuplicates if fault.kind == FaultKind::Diverged => None,
            Guard::RefusesDuplicates => Some(next),
            // Past its lifetime the key would buy a second label.
            Guard::Key { lifetime } => {
                let started = body.started_at.unwrap_or(row.created_at);
                Some(next).filter(|next| *next < later(started, Duration::from_secs(lifetime)))
            }
            Guard::None => None,
        }
    }

    /// Settles a purchase in doubt by the means that its carrier gives.
    pub(super) async fn settle(&self, held: &Holding, row: PurchaseRow) -> Result<(), ShippingError> {
        self.while_held(
            held,
            Box::pin(async {
                let mut body = self.body_of(&row)?;
                body.lookups = body.lookups.saturating_add(1);
                let asked = self.ask_carrier(held, &row, &body).await;
                // A look that failed says nothing, not even a hint.
                body.absences = body.absences.saturating_add(u32::from(matches!(asked, Asked::Absent)));
                match asked {
                    Asked::Bought(purchased) => {
                        self.purchased(held, &row, body, *purchased).await?;
                    }
                    Asked::Absent if body.absences >= LOOKUPS => self.not_found(held, &row, body).await?,
                    Asked::Absent => {
                        let words = "the carrier does not have it yet, which proves nothing";
                        let fault = Fault::new(FaultKind::NotFound, words).at(Phase::InDoubt);
                        self.in_doubt(held, &row, body, fault).await?;
                    }
                    Asked::Refused(fault) => {
                        self.refused(held, &row, body, fault).await?;
                    }
                    Asked::Open(fault) => {
                        self.in_doubt(held, &row, body, fault.at(Phase::InDoubt)).await?;
                    }
                    Asked::Nobody => self.store.release_lease(&held.hold, None).await?,
                }
                Ok(())
            }),
        )
        .await
    }

    async fn ask_carrier(&self, held: &Holding, row: &PurchaseRow, body: &PurchaseBody) -> Asked {
        let (host, account) = match self.host_and_account(row).await {
            Ok(found) => found,
            Err(fault) => return Asked::Open(fault),
        };
        let call = Call::within(self.settings.purchase_budget);
        match host.descriptor().purchase_guard {
            Guard::FindByReference { .. } => match self.look_up(row, body).await {
                Ok(Some(purchased)) => Asked::Bought(Box::new(purchased)),
                Ok(None) => Asked::Absent,
                Err(fault) => Asked::Open(fault),
            },
            Guard::Key { .. } | Guard::RefusesDuplicates => {
                let started = body.started_at.unwrap_or(row.created_at);
                let journal = StoreJournal::resumed(self, held, "purchase", started);
                match host.purchase(&account, call.once_more(), &journal, &body.order).await {
                    Ok(purchased) => Asked::Bought(Box::new(purchased)),
                    Err(fault) if fault.phase != Phase::InDoubt && fault.kind == FaultKind::Refused => {
                        Asked::Refused(fault)
                    }
                    Err(fault) => Asked::Open(fault),
                }
            }
            Guard::None => Asked::Nobody,
        }
    }

    async fn look_up(&self, row: &PurchaseRow, body: &PurchaseBody) -> Result<Option<Purchased>, Fault> {
        let (host, account) = self.host_and_account(row).await?;
        let query = FindQuery::new(body.order.clone(), body.started_at.unwrap_or(row.created_at));
        host.find(&account, Call::within(self.settings.purchase_budget), &query).await
    }

    /// Looked for often enough: refused, and watched.
    async fn not_found(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        mut body: PurchaseBody,
    ) -> Result<(), ShippingError> {
        let words = format!(
            "the carrier was looked through {LOOKUPS} times and has no such purchase; it stays watched, and a \
             label that turns up late is cancelled"
        );
        body.fault = Some(Fault::new(FaultKind::NotFound, words).at(Phase::Answered));
        let watch_at = self.next_watch(row, &body);
        self.end(held, row, &body, End { watch_at, ..End::refused() }).await?;
        Ok(())
    }

    fn next_watch(&self, row: &PurchaseRow, body: &PurchaseBody) -> Option<Timestamp> {
        let times = WATCHES.get(usize::try_from(body.watched).ok()?)?;
        let settle = self.carriers.get(&row.carrier).map(|host| CarrierHost::settle(host))?;
        Some(later(self.now(), settle.saturating_mul(*times)))
    }

    /// Looks once more for a purchase that counts as refused. A label that
    /// turned up is cancelled, and a person is told either way.
    pub(super) async fn watch(&self, held: &Holding, row: PurchaseRow) -> Result<(), ShippingError> {
        self.while_held(
            held,
            Box::pin(async {
                let mut body = self.body_of(&row)?;
                let alarms = match self.look_up(&row, &body).await {
                    Ok(Some(purchased)) => {
                        let order =
                            VoidOrder::new(purchased.carrier_shipment_id.clone(), purchased.tracking.clone());
                        let voided = if self.can_void(&row.carrier) {
                            self.plan_void(held, &row, "void-late", &order).await.map(drop)
                        } else {
                            Err(Fault::unsupported("void").at(Phase::Answered))
                        };
                        if let Some(fault) = unkept(&voided) {
                            return Err(self.left_to_recovery(&row, fault));
                        }
                        body.undone = Some(purchased.tracking);
                        alarm::late_label(body.order.reference.as_str(), voided.as_ref().copied())
                    }
                    Ok(None) => {
                        body.watched = body.watched.saturating_add(1);
                        Alarms::default()
                    }
                    // The carrier was not to be asked: that is no look.
                    Err(_) => Alarms::default(),
                };
                let next = if body.undone.is_some() { None } else { self.next_watch(&row, &body) };
                self.alarmed(&row, &alarms);
                let change = Change {
                    from: vec![State::Refused],
                    to: State::Refused,
                    body: Some(self.sealed_body(&row, &body)?),
                    next_action_at: next,
                    event: None,
                    alarms,
                    at: self.now(),
                };
                self.store.set_state(&held.hold, change).await?;
                Ok(self.store.release_lease(&held.hold, next).await?)
            }),
        )
        .await
    }
}

/// What asking the carrier about a purchase in doubt came to.
enum Asked {
    /// There is a label.
    Bought(Box<Purchased>),
    /// The carrier does not have it.
    Absent,
    /// The carrier refused it, and says so.
    Refused(Fault),
    /// Still not known.
    Open(Fault),
    /// There is no means to ask.
    Nobody,
}

fn later(instant: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn unkept<T>(answered: &Result<T, Fault>) -> Option<&Fault> {
    answered.as_ref().err().filter(|fault| fault.kind == FaultKind::Unkept)
}
