//! Shipments and their papers, as their owner reads them: as the carrier made
//! them, or wrapped and joined as PDF. Nothing here buys or asks a carrier.
//! Start with [`Gateway::document`].

use parcelgate_kit::model::{DocumentKind, LabelFormat};
use sha2::{Digest, Sha256};

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::papers::{format_of, kind_of};
use super::shipment::ShipmentView;
use crate::documents::{Flaw, MakeError, join, png_as_pdf};
use crate::store::{DocumentRow, PageCursor, PurchaseState};
use crate::tenancy::TenantId;

/// Which paper is asked for, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One paper; without a format as the carrier made it.
    One {
        /// Its id.
        id: String,
        /// The format to hand it out in.
        format: Option<LabelFormat>,
    },
    /// All papers of one kind, as one PDF.
    Joined {
        /// The shipment's id.
        shipment: String,
        /// Which papers.
        kind: DocumentKind,
    },
}

/// A paper with its bytes, as it is handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// Its id; absent when papers were joined.
    pub id: Option<String>,
    /// The shipment's id.
    pub shipment: String,
    /// What it is.
    pub kind: DocumentKind,
    /// What its bytes are.
    pub format: LabelFormat,
    /// Index of its parcel, from 0; absent when it covers all.
    pub parcel: Option<u32>,
    /// What is wrong with the carrier's bytes; absent until all were looked at.
    pub flaws: Option<Vec<Flaw>>,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its bytes.
    pub bytes: Vec<u8>,
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

    /// A paper with its bytes, which were checked against their hash.
    ///
    /// # Errors
    /// [`ShippingError::NotFound`], also for another tenant's;
    /// [`Cause::ConversionNotOffered`] when it cannot be had so without loss;
    /// [`Cause::WrongState`] when a shipment that has none is joined.
    pub async fn document(&self, tenant: &TenantId, wanted: &Wanted) -> Result<HandedOut, ShippingError> {
        match wanted {
            Wanted::One { id, format } => self.one_document(tenant, id, *format).await,
            Wanted::Joined { shipment, kind } => self.joined_documents(tenant, shipment, *kind).await,
        }
    }

    async fn one_document(
        &self,
        tenant: &TenantId,
        id: &str,
        wanted: Option<LabelFormat>,
    ) -> Result<HandedOut, ShippingError> {
        let Some((row, bytes)) = self.store.document(tenant.as_str(), id).await? else {
            return Err(ShippingError::NotFound { what: "document", id: id.to_owned() });
        };
        let has = format_of(&row);
        let wanted = wanted.unwrap_or(has);
        let bytes = match (has, wanted) {
            _ if has == wanted => bytes,
            (LabelFormat::Png, LabelFormat::Pdf) => {
                let dpi = self.dpi_of(tenant, &row.shipment).await?;
                let made = off_thread(move || png_as_pdf(&bytes, dpi)).await?;
                made.map_err(|error| not_offered(id, &error))?
            }
            _ => return Err(no_such_conversion(id, has, wanted)),
        };
        Ok(HandedOut {
            id: Some(row.id.clone()),
            kind: kind_of(&row),
            format: wanted,
            parcel: row.parcel.map(|number| number.saturating_sub(1)),
            flaws: row.flaws.as_deref().map(Flaw::of_codes),
            sha256: Sha256::digest(&bytes).into(),
            shipment: row.shipment,
            bytes,
        })
    }

    async fn joined_documents(
        &self,
        tenant: &TenantId,
        shipment: &str,
        kind: DocumentKind,
    ) -> Result<HandedOut, ShippingError> {
        let view = self.shipment(tenant, shipment).await?;
        let mut rows = self.store.documents(tenant.as_str(), shipment).await?;
        rows.retain(|row| kind_of(row) == kind);
        if rows.is_empty() {
            let words = format!("shipment `{shipment}` is {} and has no papers of this kind", view.state);
            return Err(ShippingError::precondition(Cause::WrongState, words));
        }
        // A paper of all parcels first, as the first parcel's are.
        rows.sort_by_key(|row| row.parcel);
        let dpi = self.dpi_of(tenant, shipment).await?;
        let mut parts = Vec::new();
        for row in &rows {
            let has = format_of(row);
            if !matches!(has, LabelFormat::Pdf | LabelFormat::Png) {
                return Err(no_such_conversion(&row.id, has, LabelFormat::Pdf));
            }
            let found = self.store.document(tenant.as_str(), &row.id).await?;
            let (_, bytes) =
                found.ok_or_else(|| ShippingError::NotFound { what: "document", id: row.id.clone() })?;
            parts.push((has, bytes));
        }
        let made = off_thread(move || as_one(parts, dpi)).await?;
        let bytes = made.map_err(|(index, error)| {
            not_offered(rows.get(index).map_or(shipment, |row| row.id.as_str()), &error)
        })?;
        Ok(HandedOut {
            id: None,
            shipment: shipment.to_owned(),
            kind,
            format: LabelFormat::Pdf,
            parcel: None,
            flaws: flaws_of_all(&rows),
            sha256: Sha256::digest(&bytes).into(),
            bytes,
        })
    }

    /// The resolution that the shipment's labels were ordered in.
    async fn dpi_of(&self, tenant: &TenantId, shipment: &str) -> Result<u16, ShippingError> {
        match self.store.purchase(tenant.as_str(), shipment).await? {
            Some(row) => Ok(self.body_of(&row)?.order.label.dpi),
            None => Err(ShippingError::NotFound { what: "shipment", id: shipment.to_owned() }),
        }
    }
}

/// The flaws of all, each once; absent while one was not looked at.
fn flaws_of_all(rows: &[DocumentRow]) -> Option<Vec<Flaw>> {
    let all: Option<Vec<Vec<Flaw>>> =
        rows.iter().map(|row| row.flaws.as_deref().map(Flaw::of_codes)).collect();
    let mut flaws = all?.concat();
    flaws.sort_unstable();
    flaws.dedup();
    Some(flaws)
}

/// Papers behind each other. One PDF alone stays as the carrier made it.
fn as_one(parts: Vec<(LabelFormat, Vec<u8>)>, dpi: u16) -> Result<Vec<u8>, (usize, MakeError)> {
    let mut pdfs = Vec::new();
    for (index, (format, bytes)) in parts.into_iter().enumerate() {
        pdfs.push(match format {
            LabelFormat::Png => png_as_pdf(&bytes, dpi).map_err(|error| (index, error))?,
            _ => bytes,
        });
    }
    if pdfs.len() == 1
        && let Some(alone) = pdfs.pop()
    {
        return Ok(alone);
    }
    let pdfs: Vec<&[u8]> = pdfs.iter().map(Vec::as_slice).collect();
    join(&pdfs)
}

/// Runs work on bytes where it keeps no other call waiting.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ShippingError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ShippingError::Internal(format!("work on a document failed: {error}")))
}

fn not_offered(id: &str, error: &MakeError) -> ShippingError {
    let words = format!("document `{id}` cannot be made a PDF: {error}; take it as the carrier made it");
    refusal(words, id)
}

fn no_such_conversion(id: &str, has: LabelFormat, wanted: LabelFormat) -> ShippingError {
    let name = |format: LabelFormat| format.extension().to_uppercase();
    let can = match has {
        LabelFormat::Png => "PNG, as the carrier made it, or PDF".to_owned(),
        _ => format!("{}, as the carrier made it, alone", name(has)),
    };
    refusal(format!("document `{id}` cannot be had as {}: it can be had as {can}", name(wanted)), id)
}

fn refusal(words: String, id: &str) -> ShippingError {
    let details = vec![("document_id", id.to_owned())];
    ShippingError::Precondition { cause: Cause::ConversionNotOffered, words, details }
}
