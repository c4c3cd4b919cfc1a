//! Looking at the papers that carriers sent, and telling operators of bad ones.
//!
//! It runs beside the purchases: a bad paper flags itself and raises an alarm,
//! and never undoes what was bought. Start with [`Gateway::keep_checking`].

use std::sync::Arc;
use std::time::Duration;

use parcelgate_kit::model::{DocumentKind, LabelFormat};
use tokio::sync::watch;

use super::alarm;
use super::documents::off_thread;
use super::error::ShippingError;
use super::gateway::Gateway;
use crate::documents::{Finding, Flaw, Paper, check};
use crate::store::{Alarms, DocumentRow, StoreError};

/// Documents that are looked at one behind the other before the loop rests.
const AT_ONCE: u32 = 32;
/// Shortest time between two looks.
const GATHER: Duration = Duration::from_millis(500);
/// Longest time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(10);

impl Gateway {
    /// Looks at new documents until `stop` says so: soon after something was
    /// written, and now and then for what other gateways wrote.
    pub async fn keep_checking(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut told = self.store.told();
        loop {
            told.mark_unchanged();
            match self.check_documents(AT_ONCE).await {
                Ok(count) if usize::try_from(AT_ONCE).is_ok_and(|most| count >= most) => continue,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "documents could not be looked at and will be tried again")
                }
            }
            let written = async {
                // Papers of many purchases are looked at together.
                tokio::time::sleep(GATHER).await;
                if told.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                _ = tokio::time::timeout(LOOK_EVERY, written) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Looks at up to `limit` documents of any tenant that nobody has looked at
    /// yet, and says how many there were. What is wrong is written to the
    /// document, with an alarm. Many gateways may do so at once: each finds the
    /// same.
    ///
    /// # Errors
    /// When the store fails; what was not written down is looked at again.
    pub async fn check_documents(&self, limit: u32) -> Result<usize, ShippingError> {
        let rows = self.store.unchecked_documents(limit).await?;
        let count = rows.len();
        for row in rows {
            let findings = self.look_at(&row).await?;
            let codes: Vec<_> = findings.iter().map(|finding| finding.flaw.code()).collect();
            let alarms = alarms(&row, &findings);
            let raised: Vec<_> = alarms.raise.iter().map(|alarm| alarm.code).collect();
            self.store.document_checked(&row.tenant, &row.id, &codes.join(","), alarms, self.now()).await?;
            for code in raised {
                tracing::error!(code, shipment = row.shipment, document = row.id, "an operator is needed");
                self.metrics.alarm(code);
            }
        }
        Ok(count)
    }

    async fn look_at(&self, row: &DocumentRow) -> Result<Vec<Finding>, ShippingError> {
        let bytes = match self.store.document(&row.tenant, &row.id).await {
            Ok(Some((_, bytes))) => bytes,
            Ok(None) => return Ok(Vec::new()),
            Err(StoreError::Damaged { .. }) => {
                let words = "its stored bytes are not those that the carrier sent: restore a backup";
                return Ok(vec![Finding { flaw: Flaw::Damaged, words: words.to_owned() }]);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(purchase) = self.store.purchase(&row.tenant, &row.shipment).await? else {
            return Ok(Vec::new());
        };
        let bought = self.body_of(&purchase)?.bought;
        let tracking = bought.map(|bought| bought.tracking).unwrap_or_default();
        let numbers =
            self.carriers.get(&purchase.carrier).map(|host| host.descriptor().numbers).unwrap_or_default();
        let (format, kind) = (format_of(row), kind_of(row));
        let parcel = row.parcel.and_then(|number| u16::try_from(number.checked_sub(1)?).ok());
        let looked = off_thread(move || {
            check(&Paper { bytes: &bytes, format, kind, parcel, tracking: &tracking, numbers })
        });
        match looked.await {
            Ok(verdict) => Ok(verdict.findings),
            Err(error) => {
                // Nothing is known then, and the next look would end the same.
                tracing::error!(document = row.id, %error, "a document could not be looked at");
                Ok(Vec::new())
            }
        }
    }
}

fn alarms(row: &DocumentRow, findings: &[Finding]) -> Alarms {
    if findings.is_empty() {
        return Alarms::default();
    }
    let found: Vec<_> = findings.iter().map(|finding| finding.words.as_str()).collect();
    let words = format!(
        "{} `{}` is flawed: {}; look at it before it is printed, and ask the carrier for another",
        row.kind.to_lowercase().replace('_', " "),
        row.id,
        found.join("; ")
    );
    alarm::raise(alarm::DOCUMENT_FLAWED, words)
}

/// What the bytes of a stored document are called.
pub(super) fn format_of(row: &DocumentRow) -> LabelFormat {
    match row.format.as_str() {
        "PNG" => LabelFormat::Png,
        "GIF" => LabelFormat::Gif,
        "ZPL" => LabelFormat::Zpl,
        _ => LabelFormat::Pdf,
    }
}

/// What a stored document is for.
pub(super) fn kind_of(row: &DocumentRow) -> DocumentKind {
    match row.kind.as_str() {
        "CUSTOMS_FORM" => DocumentKind::CustomsForm,
        "INVOICE" => DocumentKind::Invoice,
        "RECEIPT" => DocumentKind::Receipt,
        _ => DocumentKind::Label,
    }
}
