//! On-time delivery: the first attempt against the end of the day that the seller's own settings promised.
//!
//! Start at [`judge`].

use super::{Failure, Standing, Verdict, is_measured};
use crate::policy::code::Code;
use crate::policy::fact::{Package, Placed};
use crate::policy::order::{Order, Shipped};
use crate::policy::rules::{Metric, Protection, Sets, find};

const METRIC: Metric = Metric::OnTimeDelivery;

/// The verdict on a confirmed package with a number whose delivery was tried; none on another one.
pub(super) fn judge(order: &Order, id: &str, shipped: &Shipped) -> Option<Verdict> {
    if !is_measured(METRIC, order) {
        return None;
    }
    let placed = order.placed.as_ref()?;
    let package = shipped.package.as_ref()?;
    shipped.confirmations.last().filter(|confirmed| !confirmed.tracking_number.is_empty())?;
    let attempt = shipped.first_attempt()?;
    let day = order.market.day(placed.promised_by_seller?);
    let deadline = placed.rescheduled_to.map_or(day, |later| day.max(order.market.day(later)));
    let is_late = order.market.day(attempt.at) > deadline;
    let excused = if is_late { protections(order, placed, package, shipped) } else { Vec::new() };
    let standing = if is_late && excused.is_empty() {
        Standing::Wrong(vec![Failure { code: Code::DeliveredLate, rule: "OTD-07".to_owned() }])
    } else {
        Standing::Right { excused, until: None }
    };
    let units = if package.units > 0 { package.units } else { placed.units.max(1) };
    let category = if package.category.is_empty() { &placed.category } else { &package.category };
    Some(Verdict {
        metric: METRIC,
        package: id.to_owned(),
        category: category.clone(),
        day,
        weight: units,
        standing,
        warnings: Vec::new(),
    })
}

/// The rules that protect a late unit.
fn protections(order: &Order, placed: &Placed, package: &Package, shipped: &Shipped) -> Vec<String> {
    let shipped_in_time = match (placed.ship_by, shipped.first_scan()) {
        (Some(ship_by), Some(scan)) => scan.at <= ship_by,
        _ => false,
    };
    if !shipped_in_time || !package.bought_through_service || !placed.automated_transit || placed.free_economy
    {
        return Vec::new();
    }
    let day = placed.promised_by_seller.map(|at| order.market.day(at)).unwrap_or_default();
    let protecting = find(METRIC, order.market, day).filter(|rule| match rule.sets {
        Sets::Protects(Protection::AutomatedHandling) => {
            package.late_protected && placed.automated_handling && !placed.premium
        }
        Sets::Protects(Protection::Premium) => placed.premium,
        Sets::Protects(Protection::AutomatedHandlingOrDays(most)) => {
            package.late_protected
                && (placed.automated_handling || placed.handling_days.is_some_and(|days| days <= most))
        }
        _ => false,
    });
    protecting.map(|rule| rule.id.to_owned()).collect()
}
