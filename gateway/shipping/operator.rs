//! What people who run the gateway see and decide: purchases in doubt of any
//! tenant, and alarms.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::model::TrackingNumber;
use parcelgate_kit::operation::Purchased;

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::shipment::{Resolution, ShipmentView};
use crate::store::{AlarmRow, Claimed, PageCursor, PurchaseRow, PurchaseState as State};
use crate::tenancy::TenantId;

/// A purchase in doubt, as an operator sees it.
#[derive(Clone, Debug)]
pub struct InDoubt {
    /// Whose it is.
    pub tenant: String,
    /// The shipment.
    pub shipment: ShipmentView,
    /// How long it has been in doubt.
    pub age: SignedDuration,
    /// When the gateway looks into it next by itself; none when only a person
    /// can settle it.
    pub next_look_at: Option<Timestamp>,
    /// Exchanges in its journal: how many were sent, how many were answered.
    pub exchanges: (usize, usize),
}

/// What became of a purchase, by a person's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The carrier has a label; one number a parcel.
    Bought {
        /// The carrier's own id, for voiding; empty when it has none.
        carrier_shipment_id: String,
        /// The numbers.
        tracking: Vec<TrackingNumber>,
    },
    /// The carrier has none.
    NotBought,
}

/// A person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// The shipment's tenant.
    pub tenant: TenantId,
    /// The shipment.
    pub shipment: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Who says so.
    pub by: String,
    /// What it rests on.
    pub evidence: String,
}

impl Gateway {
    /// Purchases in doubt of any tenant, oldest first, and where the next page
    /// begins if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn in_doubt_of_all(
        &self,
        after: Option<PageCursor>,
        limit: u32,
    ) -> Result<(Vec<InDoubt>, Option<PageCursor>), ShippingError> {
        let rows = self.store.in_doubt(after, limit).await?;
        let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let last = rows.last().map(|row| PageCursor { created_at: row.created_at, id: row.id.clone() });
        let mut shown = Vec::with_capacity(rows.len());
        for row in &rows {
            shown.push(self.doubt_of(row).await?);
        }
        Ok((shown, last.filter(|_| full)))
    }

    async fn doubt_of(&self, row: &PurchaseRow) -> Result<InDoubt, ShippingError> {
        let shipment = self.view_of(row)?;
        let journal = self.store.journal(&row.id, "purchase").await?;
        let answered = journal.iter().filter(|step| step.reply.is_some()).count();
        Ok(InDoubt {
            tenant: row.tenant.clone(),
            age: self.now().duration_since(shipment.doubted_at.unwrap_or(row.created_at)),
            shipment,
            next_look_at: row.next_action_at,
            exchanges: (journal.len(), answered),
        })
    }

    /// Settles a purchase in doubt by a person's word, which is kept with it.
    ///
    /// # Errors
    /// [`ShippingError`]: nothing was changed. One that is not in doubt, or
    /// being looked into at this moment, cannot be settled by hand.
    pub async fn resolve(self: &Arc<Self>, resolve: Resolve) -> Result<ShipmentView, ShippingError> {
        let now = self.clocks.lease.now();
        let (tenant, id) = (resolve.tenant.as_str(), resolve.shipment.as_str());
        let (hold, row) = match self.store.claim_purchase(tenant, id, self.lease(), now).await? {
            None => return Err(ShippingError::NotFound { what: "shipment", id: id.to_owned() }),
            Some(Claimed::Terminal(row)) => return Err(not_in_doubt(&row)),
            Some(Claimed::Held(_)) => {
                return Err(ShippingError::Running { retry_after: std::time::Duration::from_secs(2) });
            }
            Some(Claimed::Taken(hold, row)) => (hold, row),
        };
        if row.state != State::InDoubt {
            self.store.release_lease(&hold, row.next_action_at).await?;
            return Err(not_in_doubt(&row));
        }
        let held = self.holding(hold);
        let mut body = self.body_of(&row)?;
        let parcels = body.order.shipment.parcels.len();
        body.resolution =
            Some(Resolution { by: resolve.by.clone(), evidence: resolve.evidence, at: self.now() });
        tracing::warn!(shipment = row.id, by = resolve.by, "an operator settles a purchase");
        match resolve.outcome {
            Outcome::Bought { tracking, .. } if tracking.len() != parcels => {
                self.store.release_lease(&held.hold, row.next_action_at).await?;
                let words = format!("has {} numbers, the shipment {parcels} parcels", tracking.len());
                Err(ShippingError::invalid("bought.tracking_numbers", words))
            }
            Outcome::Bought { carrier_shipment_id, tracking } => {
                let purchased = Purchased::new(carrier_shipment_id, tracking, Vec::new());
                self.purchased(&held, &row, body, purchased).await
            }
            Outcome::NotBought => {
                let words = "an operator found that the carrier has no such purchase";
                let fault = Fault::new(FaultKind::NotFound, words).at(Phase::Answered);
                self.refused(&held, &row, body, fault).await
            }
        }
    }

    /// Open alarms of any tenant, oldest first, from behind the id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn alarms(&self, after: u64, limit: u32) -> Result<Vec<AlarmRow>, ShippingError> {
        Ok(self.store.alarms(after, limit).await?)
    }

    /// Closes an alarm in a person's name.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`] when none of this id is open.
    pub async fn close_alarm(&self, id: u64, by: &str) -> Result<(), ShippingError> {
        tracing::warn!(alarm = id, by, "an operator closes an alarm");
        if self.store.close_alarm(id, by, self.now()).await? {
            Ok(())
        } else {
            Err(ShippingError::NotFound { what: "open alarm", id: id.to_string() })
        }
    }
}

fn not_in_doubt(row: &PurchaseRow) -> ShippingError {
    let words = format!("shipment `{}` is {}, not in doubt: there is nothing to settle", row.id, row.state);
    ShippingError::precondition(Cause::WrongState, words)
}
