//! What was charged, held against what the caller allows, once the carrier has
//! said it with the label.

use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::model::{Charge, Money, Notice};
use parcelgate_kit::operation::{Purchased, VoidOrder};

use super::alarm;
use super::error::ShippingError;
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
                Ok(Priced::GivenBack(Fault::new(FaultKind::Refused, words).at(Phase::Answered)))
            }
            Err(fault) if fault.kind == FaultKind::Unkept => Err(self.left_to_recovery(row, &fault)),
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

/// What does not add up in a charge, held against what was quoted. The charge is
/// kept as the carrier told it, whatever this finds.
pub(super) fn unclear(quoted: Money, total: Money, charges: &[Charge]) -> Option<String> {
    if total.currency() != quoted.currency() {
        return Some(format!("the carrier charged {total} where it had offered {quoted}"));
    }
    if total.amount().is_sign_negative() && !total.amount().is_zero() {
        return Some(format!("the carrier charged {total}"));
    }
    if charges.is_empty() {
        return None;
    }
    let none = Money::zero(total.currency());
    match charges.iter().try_fold(none, |sum, charge| sum.checked_add(charge.amount).ok()) {
        Some(sum) if sum == total => None,
        Some(sum) => Some(format!("the carrier charged {total} and lists {sum}")),
        None => Some(format!("the carrier charged {total} and lists amounts that cannot be added up")),
    }
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::model::{ChargeKind, Currency};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn euros(cents: i64) -> Money {
        Money::parse(&Decimal::new(cents, 2).to_string(), Currency::EUR).unwrap()
    }

    fn line(amount: Money) -> Charge {
        Charge::new(ChargeKind::Base, "carriage", amount)
    }

    proptest! {
        #[test]
        fn lines_that_add_up_are_clear_and_a_cent_more_or_less_is_not(
            lines in prop::collection::vec(-5_000_i64..50_000, 1..8),
            off in prop_oneof![-3_i64..=-1, 1_i64..=3],
        ) {
            let sum: i64 = lines.iter().sum();
            prop_assume!(sum >= 0 && sum + off >= 0);
            let charges: Vec<_> = lines.iter().map(|cents| line(euros(*cents))).collect();
            prop_assert_eq!(unclear(euros(1), euros(sum), &charges), None);
            prop_assert!(unclear(euros(1), euros(sum + off), &charges).is_some());
        }
    }

    #[test]
    fn another_currency_and_a_negative_charge_are_unclear() {
        let dollars = Money::parse("10.00", Currency::parse("USD").unwrap()).unwrap();
        assert!(unclear(euros(1_000), dollars, &[]).is_some());
        assert!(unclear(euros(1_000), euros(1_000), &[line(dollars)]).is_some());
        assert!(unclear(euros(1_000), euros(-1), &[]).is_some());
        assert_eq!(unclear(euros(1_000), euros(0), &[]), None);
        assert_eq!(unclear(euros(1_000), euros(2_000), &[]), None, "dearer is another matter");
    }
}
