//! What something costs, as the carrier tells it.
//!
//! Must never let money pass through a float, and never leave a breakdown that does not add up.
//! Start with [`read`].
// file only with rate|purchase

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Charge, ChargeKind, Currency, Money};

use crate::wire::Price;

/// The charges of a price, which add up to its total, and that total.
///
/// # Errors
/// `Unreadable` when an amount is none.
pub(crate) fn read(price: &Price) -> Result<(Vec<Charge>, Money), Fault> {
    let currency = Currency::parse(&price.currency)?;
    let total = Money::parse(&price.total, currency)?;
    let mut charges = Vec::new();
    for line in &price.lines {
        let mut charge =
            Charge::new(kind(&line.code), line.name.as_str(), Money::parse(&line.amount, currency)?);
        charge.code = Some(line.code.clone());
        charges.push(charge);
    }
    let told = Money::sum(charges.iter().map(|charge| charge.amount))?.unwrap_or(Money::zero(currency));
    // What the carrier does not itemise still belongs to the total.
    let rest = total.checked_sub(told)?;
    if !rest.amount().is_zero() {
        charges.push(Charge::new(ChargeKind::Other, "not itemised", rest));
    }
    Ok((charges, total))
}

/// A code that is not known is an accessorial with its own name: nothing is lost.
fn kind(code: &str) -> ChargeKind {
    match code {
        "BASE" => ChargeKind::Base,
        "FUEL" => ChargeKind::Fuel,
        "VAT" => ChargeKind::Tax,
        _ => ChargeKind::Accessorial,
    }
}
