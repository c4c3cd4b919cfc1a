//! What a purchase has its order's marketplace told, and what became of that.
//!
//! It plans what is written with the purchase's end; the telling is the room `marketplace`'s. Start with
//! [`Gateway::confirmations_of`].

use jiff::Timestamp;

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::shipment::PurchaseBody;
use crate::marketplace::{Content, Evidence, Sold};
use crate::store::{ConfirmationRow, ConfirmationsOf, MAX_ROWS, NewConfirmation, PurchaseRow};
use crate::tenancy::TenantId;

/// A confirmation with all that was sent and answered.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// Where it stands.
    pub row: ConfirmationRow,
    /// What was sent and answered, oldest first.
    pub evidence: Vec<Evidence>,
}

impl Gateway {
    /// What is to be told of a purchase that was just bought: nothing without an order of a marketplace that is
    /// configured.
    pub(super) fn confirmations_of(
        &self,
        row: &PurchaseRow,
        body: &PurchaseBody,
        at: Timestamp,
    ) -> Result<Vec<NewConfirmation>, ShippingError> {
        let Some((order, bought)) = body.order_reference.as_ref().zip(body.bought.as_ref()) else {
            return Ok(Vec::new());
        };
        let carrier_name =
            self.carriers.get(&row.carrier).map_or(row.carrier.as_str(), |host| host.descriptor().name);
        let sold = Sold {
            tenant: &row.tenant,
            order,
            shipment: &row.id,
            carrier: &row.carrier,
            carrier_name,
            service: &row.service,
            service_name: &body.offer.service_name,
            numbers: bought.tracking.iter().map(|number| number.as_str()).collect(),
            ships_at: body.order.shipment.ship_at.timestamp(),
            bought_at: at,
        };
        let one = |parcel: crate::marketplace::Parcel| {
            let id = format!("{}_{}", row.id.replacen("sh_", "cf_", 1), parcel.content.parcel);
            let internal = |error: String| ShippingError::Internal(error);
            let canonical = parcel.content.canonical().map_err(|error| internal(error.to_string()))?;
            let context = Content::seal_context(&row.tenant, &id);
            let sealed = self.sealer.seal(&context, &canonical);
            Ok(NewConfirmation {
                content: sealed.map_err(|error| internal(error.to_string()))?,
                id,
                marketplace: parcel.marketplace,
                order: parcel.content.order,
                parcel: parcel.content.parcel,
                number: parcel.content.number,
                content_sha256: Content::sha256(&canonical),
                next_attempt_at: parcel.at,
                alarm_at: parcel.alarm_at,
            })
        };
        self.settings.marketplaces.plan(&sold).into_iter().map(one).collect()
    }

    /// The tenant's confirmations of a shipment or an order, each with its evidence.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`] when there is none, and when the store fails.
    pub async fn confirmations(
        &self,
        tenant: &TenantId,
        of: ConfirmationsOf,
    ) -> Result<Vec<Confirmation>, ShippingError> {
        let rows = self.store.confirmations(tenant.as_str(), of.clone(), MAX_ROWS).await?;
        if rows.is_empty() {
            let id = match of {
                ConfirmationsOf::Shipment(id) | ConfirmationsOf::Order(id) => id,
            };
            return Err(ShippingError::NotFound { what: "confirmation", id });
        }
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.push(self.with_evidence(row).await?);
        }
        Ok(all)
    }

    /// The confirmations of a shipment as they stand, without evidence; nothing when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn confirmation_rows(
        &self,
        tenant: &TenantId,
        shipment: &str,
    ) -> Result<Vec<ConfirmationRow>, ShippingError> {
        let of = ConfirmationsOf::Shipment(shipment.to_owned());
        Ok(self.store.confirmations(tenant.as_str(), of, MAX_ROWS).await?)
    }

    /// Has a confirmation that was refused, or waits, sent anew.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`], and a precondition when it is confirmed, its label was voided, or it is being sent
    /// at this moment.
    pub async fn retry_confirmation(
        &self,
        tenant: &TenantId,
        id: &str,
    ) -> Result<Confirmation, ShippingError> {
        tracing::info!(confirmation = id, "a confirmation is sent anew by hand");
        if let Some(row) = self.store.retry_confirmation(tenant.as_str(), id, self.now()).await? {
            return self.with_evidence(row).await;
        }
        let Some(row) = self.store.confirmation(tenant.as_str(), id).await? else {
            return Err(ShippingError::NotFound { what: "confirmation", id: id.to_owned() });
        };
        if row.lease.is_some() {
            return Err(ShippingError::Running { retry_after: std::time::Duration::from_secs(2) });
        }
        let why = if row.voided_at.is_some() { "its label was voided" } else { "there is nothing to send" };
        let words = format!("confirmation `{id}` is {}: {why}", row.state.name());
        Err(ShippingError::precondition(Cause::WrongState, words))
    }

    async fn with_evidence(&self, row: ConfirmationRow) -> Result<Confirmation, ShippingError> {
        let kept = self.store.confirmation_evidence(&row.tenant, &row.id).await?;
        let open = |one| {
            Evidence::open(&self.sealer, &row, one)
                .map_err(|error| ShippingError::Internal(error.to_string()))
        };
        let evidence = kept.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Confirmation { row, evidence })
    }
}
