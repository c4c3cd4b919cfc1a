//! Shipments and their papers, as their owner reads them.

use parcelgate_kit::model::LabelFormat;

use super::error::ShippingError;
use super::gateway::Gateway;
use super::shipment::ShipmentView;
use crate::store::{DocumentRow, PageCursor, PurchaseState};
use crate::tenancy::TenantId;

/// A document with its bytes.
#[derive(Clone, Debug)]
pub struct StoredDocument {
    /// What it is and whose.
    pub row: DocumentRow,
    /// Its bytes, as the carrier made them.
    pub bytes: Vec<u8>,
}

impl StoredDocument {
    /// Its format.
    pub fn format(&self) -> LabelFormat {
        match self.row.format.as_str() {
            "PNG" => LabelFormat::Png,
            "GIF" => LabelFormat::Gif,
            "ZPL" => LabelFormat::Zpl,
            _ => LabelFormat::Pdf,
        }
    }
}

impl Gateway {
    /// One shipment.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`], also for another tenant's.
    pub async fn shipment(&self, tenant: &TenantId, id: &str) -> Result<ShipmentView, ShippingError> {
        match self.store.purchase(tenant.as_str(), id).await? {
            Some(row) => self.view_of(&row),
            None => Err(ShippingError::NotFound { what: "shipment", id: id.to_owned() }),
        }
    }

    /// Shipments, newest first, and where the next page begins if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn shipments(
        &self,
        tenant: &TenantId,
        state: Option<PurchaseState>,
        after: Option<PageCursor>,
        limit: u32,
    ) -> Result<(Vec<ShipmentView>, Option<PageCursor>), ShippingError> {
        let mut rows = self.store.purchases(tenant.as_str(), state, after, limit.saturating_add(1)).await?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > page;
        rows.truncate(page);
        let last = rows.last().map(|row| PageCursor { created_at: row.created_at, id: row.id.clone() });
        let views = rows.iter().map(|row| self.view_of(row)).collect::<Result<_, _>>()?;
        Ok((views, last.filter(|_| more)))
    }

    /// One document with its bytes, checked against their hash.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`], also for another tenant's.
    pub async fn document(&self, tenant: &TenantId, id: &str) -> Result<StoredDocument, ShippingError> {
        match self.store.document(tenant.as_str(), id).await? {
            Some((row, bytes)) => Ok(StoredDocument { row, bytes }),
            None => Err(ShippingError::NotFound { what: "document", id: id.to_owned() }),
        }
    }
}
