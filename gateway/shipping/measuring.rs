//! What purchases, confirmations and tracking say of their orders, told to the room `performance` as facts.
//!
//! The store notes news in the transaction that has it, so that none is lost however a gateway ends; telling the same
//! facts twice changes nothing, so that several gateways may do it. The gateway stands in for a marketplace's own label
//! service: its labels count as bought through it. Start with [`Gateway::measure`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parcelgate_kit::model::{EventSource, TrackStatus};
use tokio::sync::watch;

use super::approving::followed;
use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::promising::Prospect;
use super::shipment::PurchaseBody;
use super::track::{Heard, Knowledge};
use crate::casebook::{Casebook, CasebookError};
use crate::performance::{OWN, Performance, PerformanceError, ToldFact};
use crate::policy::{
    Confirmed, Fact, Marketplace, NumberChecks, NumberFormat, Package, Placed, Scan, ScanKind, Scans,
};
use crate::promise::OnTime;
use crate::store::{ConfirmationRow, ConfirmationsOf, MAX_ROWS, PurchaseRow, PurchaseState, StoreError};
use crate::tenancy::TenantId;
use crate::tracking::instant_of;

/// News that is worked on in one go.
const AT_ONCE: u32 = 200;
/// Shipments with one number that are looked at, the newest first; carriers use numbers again after months.
const WITH_ONE_NUMBER: u32 = 16;
/// Between two looks for news.
const EVERY: Duration = Duration::from_secs(2);

/// A shipment's order and what the shipment says of it.
struct OfOrder {
    market: &'static Marketplace,
    order: String,
    facts: Vec<ToldFact>,
}

impl Gateway {
    /// The performance of its tenants.
    pub fn performance(&self) -> &Performance {
        &self.performance
    }

    /// The decisions on its tenants' claims and ratings.
    pub fn casebook(&self) -> &Casebook {
        &self.casebook
    }

    /// Tells what is new until `stop` says so, and judges orders anew whose rules have changed.
    pub async fn keep_measuring(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let again = match self.measure().await {
                Ok(done) => done > 0,
                Err(error) => {
                    tracing::warn!(%error, "orders could not be measured and will be tried again");
                    false
                }
            };
            if again {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Tells what is new of up to 200 shipments, or judges up to 200 orders anew, and says how many. Call it until that
    /// is zero: then all figures are those of everything that happened.
    ///
    /// # Errors
    /// When the store fails; what is left is told the next time.
    pub async fn measure(&self) -> Result<usize, ShippingError> {
        let news = self.store.news(AT_ONCE).await?;
        let shipments: BTreeSet<_> = news.iter().map(|one| (&one.tenant, &one.shipment)).collect();
        for (tenant, shipment) in shipments {
            match self.tell_of(tenant, shipment).await {
                Ok(()) => {}
                Err(ShippingError::Internal(why)) => {
                    tracing::error!(shipment = shipment.as_str(), why, "a shipment cannot be measured");
                }
                Err(error) => return Err(error),
            }
        }
        // Also while news keeps coming.
        let reconsidered = self.casebook.reconsider(self.now()).await?;
        let measured = if news.is_empty() {
            self.performance.judge_anew().await?
        } else {
            self.store.forget_news(news.iter().map(|one| one.id).collect()).await?;
            news.len()
        };
        Ok(measured.saturating_add(reconsidered))
    }

    async fn tell_of(&self, tenant: &str, shipment: &str) -> Result<(), ShippingError> {
        let Some(row) = self.store.purchase(tenant, shipment).await? else { return Ok(()) };
        self.remember_transits(&row).await?;
        let Some(OfOrder { market, order, facts }) = self.facts_of(&row).await? else { return Ok(()) };
        let tenant = TenantId::parse(tenant).map_err(|error| ShippingError::Internal(error.to_string()))?;
        self.performance.tell(&tenant, market, &order, &facts, self.now()).await?;
        Ok(())
    }

    /// What a shipment says of its order; nothing without an order of a marketplace that has rules.
    async fn facts_of(&self, row: &PurchaseRow) -> Result<Option<OfOrder>, ShippingError> {
        let body = self.body_of(row)?;
        let (Some(order), Some(bought)) = (&body.order_reference, &body.bought) else { return Ok(None) };
        let country = order.country.as_ref().map(|country| country.as_str());
        let Some(market) = Marketplace::find_in(&order.marketplace, country) else { return Ok(None) };
        let told = self.store.confirmations(&row.tenant, ConfirmationsOf::Shipment(row.id.clone()), MAX_ROWS);
        let told = told.await?;
        let tenant =
            TenantId::parse(&row.tenant).map_err(|error| ShippingError::Internal(error.to_string()))?;
        let mut facts = vec![placed(row, &body)];
        for (index, number) in (0_u16..).zip(&bought.tracking) {
            let id = format!("{}-{}", row.id, u32::from(index) + 1);
            facts.push(package(row, &body, index, &id));
            let checks = NumberChecks {
                format: NumberFormat::Fits,
                of_one_carrier: Some(true),
                integrated: followed(&row.carrier, market, &body.order.shipment, bought.at),
                used_before: self.used_before(row, &order.order, number.as_str()).await?,
                ..NumberChecks::default()
            };
            facts.extend(confirmed(&body, bought.at, number.as_str(), &id, index, &told, checks));
            let known = self.tracker.known(&tenant, &row.carrier, number).await?;
            facts.extend(scans(&known.knowledge, known.version, &id));
        }
        Ok(Some(OfOrder { market, order: order.order.clone(), facts }))
    }

    /// Whether another order of the tenant had the number before; a voided label has given its number back.
    async fn used_before(&self, row: &PurchaseRow, order: &str, number: &str) -> Result<bool, ShippingError> {
        let rows =
            self.store.purchases_by_tracking(&row.tenant, &row.carrier, number, WITH_ONE_NUMBER).await?;
        for other in rows {
            let is_earlier = other.created_at < row.created_at && other.id != row.id;
            if !is_earlier || other.state == PurchaseState::Voided {
                continue;
            }
            let body = self.body_of(&other)?;
            if body.order_reference.is_some_and(|other| other.order != order) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn own(kind: &str, of: &str) -> String {
    format!("{OWN}{kind}:{of}")
}

/// The windows and settings as they were when the label was bought. What the marketplace tells stands above it.
fn placed(row: &PurchaseRow, body: &PurchaseBody) -> ToldFact {
    let reference = body.order_reference.as_ref();
    let (windows, settings) = reference.map(|order| (order.windows, order.settings)).unwrap_or_default();
    let fact = Fact::Placed(Placed {
        ordered_at: windows.ordered_at,
        ship_by: windows.ship_by,
        promised: windows.promised,
        promised_by_seller: windows.promised_by_seller,
        automated_transit: settings.automated_transit,
        automated_handling: settings.automated_handling,
        handling_days: settings.handling_days.map(|days| u8::try_from(days).unwrap_or(u8::MAX)),
        ..Placed::default()
    });
    ToldFact { id: own("placed", &row.id), version: 1, occurred_at: row.created_at, fact }
}

fn package(row: &PurchaseRow, body: &PurchaseBody, index: u16, id: &str) -> ToldFact {
    let shipment = &body.order.shipment;
    let lines = body.order_reference.iter().flat_map(|order| &order.lines);
    let units = lines
        .filter(|line| line.parcel.unwrap_or(0) == index)
        .fold(0_u32, |sum, line| sum.saturating_add(line.quantity));
    let voided = row.state == PurchaseState::Voided;
    let fact = Fact::Package(Package {
        package: id.to_owned(),
        origin: shipment.ship_from.country,
        destination: shipment.ship_to.country,
        value: None,
        units,
        category: String::new(),
        bought_through_service: true,
        late_protected: !body.offer.late && !at_risk(&body.offer.prospect),
        listed_freight: false,
        voided,
    });
    ToldFact {
        id: own("package", id),
        version: if voided { 2 } else { 1 },
        occurred_at: row.created_at,
        fact,
    }
}

/// Whether the offer was marked as one that may well be late.
fn at_risk(prospect: &Prospect) -> bool {
    matches!(prospect.on_time, Some(OnTime::AtRisk | OnTime::Late))
}

/// The confirmation: when the marketplace first took it. One that nobody is configured to tell counts as told when the
/// label was bought, and one that was not taken yet is none.
fn confirmed(
    body: &PurchaseBody,
    bought_at: Timestamp,
    number: &str,
    id: &str,
    index: u16,
    told: &[ConfirmationRow],
    checks: NumberChecks,
) -> Option<ToldFact> {
    let (at, version) = match told.iter().find(|row| row.parcel == u32::from(index) + 1) {
        None => (bought_at, 1),
        Some(row) => (row.sent_at?, 2),
    };
    let fact = Fact::Confirmed(Confirmed {
        package: id.to_owned(),
        at,
        carrier: body.offer.carrier.clone(),
        service: body.offer.service_name.clone(),
        tracking_number: number.to_owned(),
        checks,
    });
    Some(ToldFact { id: own("confirmed", id), version, occurred_at: at, fact })
}

/// All scans so far; nothing while there is none.
fn scans(knowledge: &Knowledge, version: u64, id: &str) -> Option<ToldFact> {
    let all = scans_of(knowledge);
    let occurred_at = all.iter().map(|scan| scan.at).max()?;
    let fact = Fact::Scans(Scans { package: id.to_owned(), scans: all });
    Some(ToldFact { id: own("scans", id), version, occurred_at, fact })
}

/// Every scan by the carrier, as it came.
fn scans_of(knowledge: &Knowledge) -> Vec<Scan> {
    knowledge.events.iter().filter_map(scan).collect()
}

fn scan(heard: &Heard) -> Option<Scan> {
    let event = &heard.event;
    let kind = match event.status {
        Some(TrackStatus::Delivered) => ScanKind::Delivered,
        Some(TrackStatus::Attempted | TrackStatus::AvailableForPickup) => ScanKind::Attempt,
        _ => ScanKind::Network,
    };
    // Without a zone the clock is taken as if in UTC, which is all that is known.
    let at = instant_of(event).map_or(event.occurred.sort_key(), |(at, _)| at);
    (event.is_physical_scan && heard.source != EventSource::Manual).then_some(Scan { at, kind })
}

impl From<PerformanceError> for ShippingError {
    fn from(error: PerformanceError) -> Self {
        match error {
            PerformanceError::Store(error) => Self::Store(error),
            PerformanceError::Contended { order } => Self::Store(StoreError::Busy {
                what: format!("the facts of order `{order}` are being changed by others"),
            }),
            PerformanceError::Unreadable { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<CasebookError> for ShippingError {
    fn from(error: CasebookError) -> Self {
        let words = error.to_string();
        match error {
            CasebookError::Store(error) => Self::Store(error),
            CasebookError::Facts(error) => error.into(),
            CasebookError::UnknownOrder(order) => Self::NotFound { what: "fact told of order", id: order },
            CasebookError::UnknownDecision(id) => Self::NotFound { what: "decision", id },
            CasebookError::NoSubject(_) => Self::precondition(Cause::NothingToDecide, words),
            CasebookError::Unsigned => Self::precondition(Cause::NoSigningKey, words),
            CasebookError::Rules(_) => Self::invalid("rules", words),
            CasebookError::Contended(_) => Self::Store(StoreError::Busy { what: words }),
            CasebookError::Unreadable { .. } | CasebookError::Proof(_) => Self::Internal(words),
        }
    }
}
