//! What was charged, held against what the caller allows, once the carrier has
//! said it with the label.

use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::model::Notice;
use parcelgate_kit::operation::{Purchased, VoidOrder};

use super::alarm;
use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::holding::Holding;
use super::shipment::PurchaseBody;
use crate::store::{Alarms, PurchaseRow};

/// What became of a label whose price is known.
pub(super) enum Priced {
    /// It costs no more than is allowed, as far as can be told.
    Fine,
    /// It cost more and was cancelled: the purchase is refused.
    GivenBack(Fault),
    /// It costs more, or may, and could not be cancelled.
    Kept(Alarms, Notice),
}

impl Gateway {
    /// Cancels a label that costs more than the caller allows. The cancellation
    /// is journalled as a plan of its own, so that a crash in the middle of it
    /// is told the same answers.
    pub(super) async fn hold_against_max(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: &PurchaseBody,
        purchased: &Purchased,
    ) -> Result<Priced, ShippingError> {
        let (Some(max), Some(total)) = (body.max_total, purchased.total) else { return Ok(Priced::Fine) };
        let kept = |why: &str| {
            let words = format!("the carrier charged {total}, above the {max} allowed; {why}");
            Ok(Priced::Kept(alarm::above_max(total, max, why), Notice::new(alarm::PRICE_ABOVE_MAX, words)))
        };
        if total.currency() != max.currency() {
            return kept("the two cannot be compared, so the label was kept");
        }
        if total.amount() <= max.amount() {
            return Ok(Priced::Fine);
        }
        if !self.can_void(&row.carrier) {
            return kept("the carrier takes no label back");
        }
        let order = VoidOrder::new(purchased.carrier_shipment_id.clone(), purchased.tracking.clone());
        match self.plan_void(held, row, "void-price", &order).await {
            Ok(_) => {
                let numbers: Vec<_> = purchased.tracking.iter().map(|number| number.as_str()).collect();
                let words = format!(
                    "the carrier charged {total} with the label, above the {max} allowed; label {} was cancelled",
                    numbers.join(", ")
                );
                let fault = Fault::new(FaultKind::Refused, words);
                Ok(Priced::GivenBack(fault.said(Cause::PriceChanged.as_str(), "").at(Phase::Answered)))
            }
            Err(fault) if fault.phase == Phase::InDoubt => {
                kept("its cancellation was asked for and the answer is not known")
            }
            Err(fault) => kept(&format!("the carrier did not cancel it: {}", fault.message)),
        }
    }

    /// Whether the carrier can take a label back at all.
    pub(super) fn can_void(&self, carrier: &str) -> bool {
        self.carriers.get(carrier).is_some_and(|host| host.descriptor().capabilities.void)
    }
}
