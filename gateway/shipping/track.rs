//! Where a parcel is: what is stored, renewed by the carrier when it is stale
//! and there is time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{DeliveryWindow, TrackEvent, TrackStatus, TrackingNumber};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, TrackReport};
use serde::{Deserialize, Serialize};

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use crate::carriers::{Call, LinkedAccount, Priority};
use crate::store::{StoreError, TrackedRow, Tracking};
use crate::tenancy::TenantId;

/// What is to be tracked.
#[derive(Clone, Debug)]
pub enum TrackTarget {
    /// Every parcel of a shipment.
    Shipment(String),
    /// One number, bought here or not.
    Number {
        /// The carrier.
        carrier: String,
        /// Its number.
        number: TrackingNumber,
    },
}

/// One parcel, followed.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The carrier.
    pub carrier: String,
    /// The number.
    pub number: TrackingNumber,
    /// What is known.
    pub knowledge: Knowledge,
    /// Why the carrier could not be asked this time, if it could not.
    pub failure: Option<Fault>,
    /// Until when what is known counts as fresh.
    pub next_poll_at: Option<Timestamp>,
}

/// What is known of a parcel.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Knowledge {
    /// Its state: the last that an event names.
    pub status: Option<TrackStatus>,
    /// Events, oldest first, each with when it was first heard.
    pub events: Vec<(TrackEvent, Timestamp)>,
    /// When it is to arrive.
    pub expected: Option<DeliveryWindow>,
    /// Whether the carrier says that there is no such number.
    pub unknown_number: bool,
    /// When the carrier was last heard; never yet when absent.
    pub as_of: Option<Timestamp>,
}

impl Knowledge {
    /// The first time that the carrier had the parcel in its hands.
    pub fn first_physical_scan(&self) -> Option<&TrackEvent> {
        self.events.iter().map(|(event, _)| event).find(|event| event.is_physical_scan)
    }

    /// When it was delivered.
    pub fn delivered(&self) -> Option<&TrackEvent> {
        let delivered = |event: &&TrackEvent| event.status == Some(TrackStatus::Delivered);
        self.events.iter().map(|(event, _)| event).rev().find(delivered)
    }

    /// Takes over what a carrier reports. Events that are known keep the time
    /// they were first heard; terminal states are left only for a return.
    fn merge(&mut self, report: TrackReport, now: Timestamp) {
        for event in report.events {
            if !self.events.iter().any(|(known, _)| same(known, &event)) {
                self.events.push((event, now));
            }
        }
        self.events.sort_by_key(|(event, _)| event.occurred.sort_key());
        self.status =
            self.events.iter().filter_map(|(event, _)| event.status).fold(None, follow).or(report.status);
        self.expected = report.expected.or(self.expected);
        self.unknown_number = false;
        self.as_of = Some(now);
    }
}

/// One event is the same as another when all that the carrier said is.
fn same(left: &TrackEvent, right: &TrackEvent) -> bool {
    left.carrier_code == right.carrier_code && left.occurred == right.occurred && left.place == right.place
}

/// The state after an event: a delivered parcel stays delivered unless it
/// comes back.
fn follow(before: Option<TrackStatus>, next: TrackStatus) -> Option<TrackStatus> {
    use TrackStatus as S;
    let ended = matches!(before, Some(S::Delivered | S::Returned | S::Lost | S::Cancelled));
    let comes_back = matches!(next, S::Returning | S::Returned | S::Delivered | S::Refused);
    if ended && !comes_back { before } else { Some(next) }
}

impl Gateway {
    /// Where the parcels are.
    ///
    /// # Errors
    /// [`ShippingError`] when there is nothing to track; a carrier that fails
    /// is told in the answer.
    pub async fn track(
        &self,
        tenant: &TenantId,
        target: TrackTarget,
        budget: Duration,
    ) -> Result<Vec<Followed>, ShippingError> {
        let budget = budget.min(self.settings.track_budget);
        match target {
            TrackTarget::Number { carrier, number } => {
                Ok(vec![self.follow(tenant, None, &carrier, None, number, budget).await?])
            }
            TrackTarget::Shipment(id) => {
                let view = self.shipment(tenant, &id).await?;
                let Some(bought) = view.bought else {
                    let words = format!("shipment `{id}` is {}: it has no tracking number", view.state);
                    return Err(ShippingError::precondition(Cause::WrongState, words));
                };
                let mut followed = Vec::new();
                for number in bought.tracking {
                    let account = Some(view.offer.account.as_str());
                    followed.push(
                        self.follow(tenant, Some(&id), &view.offer.carrier, account, number, budget).await?,
                    );
                }
                Ok(followed)
            }
        }
    }

    async fn follow(
        &self,
        tenant: &TenantId,
        shipment: Option<&str>,
        carrier: &str,
        account: Option<&str>,
        number: TrackingNumber,
        budget: Duration,
    ) -> Result<Followed, ShippingError> {
        let stored = self.store.tracked(tenant.as_str(), carrier, number.as_str()).await?;
        let mut followed = Followed {
            carrier: carrier.to_owned(),
            number: number.clone(),
            knowledge: self.known(stored.as_ref())?,
            failure: None,
            next_poll_at: stored.as_ref().and_then(|row| row.tracking.next_poll_at),
        };
        let fresh = followed.next_poll_at.is_some_and(|next| self.now() < next);
        if fresh {
            return Ok(followed);
        }
        let account = self.tracking_account(tenant, carrier, account).await?;
        match self.ask(&account, carrier, &number, budget).await {
            Ok(TrackOutcome::Found(report)) => {
                self.count_unknown_codes(carrier, &report.unknown_codes);
                followed.knowledge.merge(report, self.now());
            }
            Ok(TrackOutcome::NoDataYet) => {
                followed.knowledge.unknown_number = false;
                followed.knowledge.as_of = Some(self.now());
            }
            Ok(TrackOutcome::UnknownNumber) => {
                followed.knowledge.unknown_number = followed.knowledge.events.is_empty();
                followed.knowledge.as_of = Some(self.now());
            }
            Ok(TrackOutcome::Failed(fault)) | Err(fault) => {
                followed.failure = Some(fault);
                return Ok(followed);
            }
        }
        self.keep(tenant, shipment, &mut followed, stored).await?;
        Ok(followed)
    }

    fn count_unknown_codes(&self, carrier: &str, codes: &[String]) {
        let Some(host) = self.carriers.get(carrier) else { return };
        for code in codes {
            self.metrics.unknown_tracking_code(host.descriptor().id, code);
        }
    }

    pub(super) fn known(&self, stored: Option<&TrackedRow>) -> Result<Knowledge, ShippingError> {
        match stored {
            None => Ok(Knowledge::default()),
            Some(row) => {
                let of = &row.tracking;
                self.open(&[&of.tenant, "tracking", &of.carrier, &of.number], &of.body)
            }
        }
    }

    /// The account to ask with: the shipment's own, else any of the carrier.
    async fn tracking_account(
        &self,
        tenant: &TenantId,
        carrier: &str,
        account: Option<&str>,
    ) -> Result<LinkedAccount, ShippingError> {
        if self.carriers.get(carrier).is_none() {
            return Err(ShippingError::NotFound { what: "carrier", id: carrier.to_owned() });
        }
        if let Some(id) = account
            && let Ok(account) = self.account(tenant.as_str(), id).await
        {
            return Ok(account);
        }
        let all = self.accounts_for(tenant, &[]).await?;
        all.into_iter().find(|account| account.carrier == carrier).ok_or_else(|| {
            ShippingError::precondition(
                Cause::NotFound,
                format!("there is no account with `{carrier}`: link one"),
            )
        })
    }

    async fn ask(
        &self,
        account: &LinkedAccount,
        carrier: &str,
        number: &TrackingNumber,
        budget: Duration,
    ) -> Result<TrackOutcome, Fault> {
        let host = self.carriers.get(carrier).ok_or_else(|| Fault::unsupported("track"))?;
        let query = TrackQuery::new(vec![number.clone()]);
        let asked =
            host.track(account, Call { priority: Priority::Background, ..Call::within(budget) }, &query);
        let answers = tokio::time::timeout(budget, asked)
            .await
            .unwrap_or_else(|_| Err(Fault::new(FaultKind::TimedOut, "the carrier did not answer in time")))?;
        let answer = answers.into_iter().find(|answer| answer.number == *number);
        Ok(answer.map_or(TrackOutcome::NoDataYet, |answer| answer.outcome))
    }

    async fn keep(
        &self,
        tenant: &TenantId,
        shipment: Option<&str>,
        followed: &mut Followed,
        stored: Option<TrackedRow>,
    ) -> Result<(), ShippingError> {
        let now = self.now();
        let fresh_for = SignedDuration::try_from(self.settings.track_fresh_for).unwrap_or_default();
        followed.next_poll_at = now.checked_add(fresh_for).ok();
        let version = stored.map_or(0, |row| row.version);
        let number = followed.number.as_str().to_owned();
        let tracking = Tracking {
            tenant: tenant.as_str().to_owned(),
            carrier: followed.carrier.clone(),
            shipment: shipment.map(str::to_owned),
            status: format!("{:?}", followed.knowledge.status.unwrap_or(TrackStatus::Unknown)),
            body: self
                .seal(&[tenant.as_str(), "tracking", &followed.carrier, &number], &followed.knowledge)?,
            number,
            as_of: now,
            next_poll_at: followed.next_poll_at,
            delivered_at: followed.knowledge.delivered().map(|event| event.occurred.sort_key()),
        };
        match self.store.merge_tracking(tracking, version, None).await {
            // Somebody else was faster, with news as fresh as ours.
            Ok(_) | Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(scan) = followed.knowledge.first_physical_scan() {
            let (seen, number) = (scan.occurred.sort_key(), followed.number.as_str());
            self.store.handed_over(tenant.as_str(), &followed.carrier, number, seen, now).await?;
        }
        Ok(())
    }
}
