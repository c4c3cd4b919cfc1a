//! Whether a tracking number is in use by another shipment of the tenant.
//!
//! It only looks. A label that was voided has given its number back. Start with
//! [`Gateway::other_with_number`].

use parcelgate_kit::model::TrackingNumber;

use super::{Gateway, ShippingError};
use crate::store::PurchaseState;
use crate::tenancy::TenantId;

/// Shipments that are looked at, the newest first; carriers use numbers again after months.
const MOST: u32 = 16;

impl Gateway {
    /// The newest shipment of the tenant that has the number, `own` and voided ones left out.
    ///
    /// # Errors
    /// [`ShippingError`] when the store fails.
    pub async fn other_with_number(
        &self,
        tenant: &TenantId,
        carrier: &str,
        number: &TrackingNumber,
        own: Option<&str>,
    ) -> Result<Option<String>, ShippingError> {
        let rows = self.store.purchases_by_tracking(tenant.as_str(), carrier, number.as_str(), MOST).await?;
        let mut others =
            rows.into_iter().filter(|row| row.state != PurchaseState::Voided && own != Some(row.id.as_str()));
        Ok(others.next().map(|row| row.id))
    }
}
