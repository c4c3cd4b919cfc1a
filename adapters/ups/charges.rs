//! What a price is made of, so that the parts add up to the total exactly.
//!
//! Serves rating and shipping, whose replies show prices alike. Start with
//! [`Price::of`].

use rust_decimal::Decimal;

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Charge, ChargeKind, Money, PriceSource};

use crate::wire::Amount;
use crate::wire::rate::{ItemizedCharge, NegotiatedPrices, Prices, TaxCharge};

/// One price with its parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) total: Money,
    pub(crate) parts: Vec<Charge>,
    pub(crate) source: PriceSource,
    /// The published price beside the account's own.
    pub(crate) list_total: Option<Money>,
}

/// Surcharges of single packages, published and negotiated.
#[derive(Default)]
pub(crate) struct PackageItems {
    pub(crate) published: Vec<ItemizedCharge>,
    pub(crate) negotiated: Vec<ItemizedCharge>,
}

impl Price {
    /// The account's own price if UPS tells one, else the published one; with
    /// taxes if it tells them. `None` when there is no price at all.
    ///
    /// # Errors
    /// When a total is no amount of money.
    pub(crate) fn of(
        list: &Prices,
        negotiated: Option<&NegotiatedPrices>,
        packages: &PackageItems,
    ) -> Result<Option<Self>, Fault> {
        let published = total(list.total_charges_with_taxes.as_ref(), list.total_charges.as_ref())?;
        let own = match negotiated {
            Some(own) => total(own.total_charges_with_taxes.as_ref(), own.total_charge.as_ref())?,
            None => None,
        };
        Ok(match (own, negotiated, published) {
            (Some(total), Some(own), published) => {
                let base = &own.base_service_charge;
                let lines = Lines {
                    base,
                    items: &own.itemized_charges,
                    packages: &packages.negotiated,
                    taxes: &own.tax_charges,
                };
                let (source, list_total) = (PriceSource::Negotiated, published);
                Some(Self { total, parts: lines.parts(total)?, source, list_total })
            }
            (_, _, Some(total)) => {
                let base = &list.base_service_charge;
                let lines = Lines {
                    base,
                    items: &list.itemized_charges,
                    packages: &packages.published,
                    taxes: &list.tax_charges,
                };
                Some(Self { total, parts: lines.parts(total)?, source: PriceSource::List, list_total: None })
            }
            _ => None,
        })
    }
}

fn total(with_taxes: Option<&Amount>, without: Option<&Amount>) -> Result<Option<Money>, Fault> {
    let Some(amount) = with_taxes.or(without) else { return Ok(None) };
    amount.money().map(Some).ok_or_else(|| Fault::unreadable("a total is no amount of money"))
}

/// What UPS itemises of one price.
struct Lines<'a> {
    base: &'a [Amount],
    items: &'a [ItemizedCharge],
    packages: &'a [ItemizedCharge],
    taxes: &'a [TaxCharge],
}

impl Lines<'_> {
    /// The parts of `total`. Items of packages stand apart from those of the
    /// shipment; where adding them overshoots they were in there already. What
    /// is left over, either way, becomes a line of its own.
    fn parts(&self, total: Money) -> Result<Vec<Charge>, Fault> {
        let mut parts: Vec<Charge> = Vec::new();
        let base =
            self.base.iter().filter_map(Amount::money).filter(|base| base.currency() == total.currency());
        parts.extend(Money::sum(base)?.map(|base| Charge::new(ChargeKind::Base, "carriage", base)));
        parts.extend(self.items.iter().filter_map(|item| charge_of(item, total)));
        parts.extend(self.taxes.iter().filter_map(|tax| {
            let amount = Money::parse(&tax.monetary_value, total.currency()).ok()?;
            Some(Charge::new(
                ChargeKind::Tax,
                if tax.r#type.is_empty() { "tax" } else { &tax.r#type },
                amount,
            ))
        }));
        let of_packages: Vec<_> = self.packages.iter().filter_map(|item| charge_of(item, total)).collect();
        let rest = |parts: &[Charge]| match Money::sum(parts.iter().map(|part| part.amount))? {
            Some(sum) => total.checked_sub(sum),
            None => Ok(total),
        };
        let packages = Money::sum(of_packages.iter().map(|part| part.amount))?;
        if packages.map_or(Decimal::ZERO, |sum| sum.amount()) <= rest(&parts)?.amount() {
            parts.extend(of_packages);
        }
        let rest = rest(&parts)?;
        parts.retain(|part| !part.amount.amount().is_zero());
        if !rest.amount().is_zero() || parts.is_empty() {
            parts.push(Charge::new(ChargeKind::Other, "not itemised by UPS", rest));
        }
        Ok(parts)
    }
}

/// Kinds and names of surcharges, by the three digits of their code.
#[rustfmt::skip]
const ITEMS: &[(&str, ChargeKind, &str)] = &[
    ("100", ChargeKind::Accessorial, "additional handling"),
    ("120", ChargeKind::Accessorial, "delivery confirmation"),
    ("121", ChargeKind::Accessorial, "delivery confirmation"),
    ("190", ChargeKind::Accessorial, "extended area"),
    ("270", ChargeKind::Accessorial, "residential delivery"),
    ("300", ChargeKind::Accessorial, "Saturday delivery"),
    ("310", ChargeKind::Accessorial, "Saturday international processing"),
    ("375", ChargeKind::Fuel, "fuel surcharge"),
    ("376", ChargeKind::Accessorial, "delivery area"),
    ("377", ChargeKind::Accessorial, "large package"),
    ("378", ChargeKind::Accessorial, "shipper pays duty and tax"),
    ("379", ChargeKind::Accessorial, "shipper pays duty and tax"),
    ("400", ChargeKind::Insurance, "declared value"),
    ("430", ChargeKind::Accessorial, "peak season"),
    ("431", ChargeKind::Accessorial, "peak season, large package"),
    ("432", ChargeKind::Accessorial, "peak season, additional handling"),
    ("440", ChargeKind::Accessorial, "large package"),
    ("441", ChargeKind::Accessorial, "carbon neutral"),
    ("480", ChargeKind::Accessorial, "security"),
    ("551", ChargeKind::Accessorial, "UK border fee"),
];

fn charge_of(item: &ItemizedCharge, total: Money) -> Option<Charge> {
    let amount = item.money().filter(|amount| amount.currency() == total.currency())?;
    let known = ITEMS.iter().find(|(code, ..)| *code == item.code);
    let kind = known.map_or(ChargeKind::Accessorial, |(_, kind, _)| *kind);
    let name = match known {
        _ if !item.description.trim().is_empty() => item.description.trim(),
        Some((_, _, name)) => name,
        None => "surcharge",
    };
    Some(Charge { code: Some(item.code.clone()), ..Charge::new(kind, name, amount) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(value: i64) -> Amount {
        Amount { currency_code: "USD".into(), monetary_value: Decimal::new(value, 2).to_string() }
    }

    fn item(code: &str, value: i64) -> ItemizedCharge {
        let Amount { currency_code, monetary_value } = usd(value);
        ItemizedCharge { code: code.into(), description: String::new(), currency_code, monetary_value }
    }

    #[test]
    fn items_of_packages_are_not_counted_twice() {
        let lines = Lines {
            base: &[usd(1000)],
            items: &[item("375", 150)],
            packages: &[item("375", 150)],
            taxes: &[],
        };
        let parts = lines.parts(usd(1150).money().unwrap()).unwrap();
        assert_eq!(
            parts.iter().map(|part| part.kind).collect::<Vec<_>>(),
            [ChargeKind::Base, ChargeKind::Fuel]
        );
    }

    proptest! {
        #[test]
        fn parts_always_add_up(base in 0..9999i64, items in prop::collection::vec(-500..900i64, 0..4), packages in prop::collection::vec(0..900i64, 0..4), total in 1..99999i64) {
            let items: Vec<_> = items.into_iter().map(|value| item("375", value)).collect();
            let packages: Vec<_> = packages.into_iter().map(|value| item("999", value)).collect();
            let total = usd(total).money().unwrap();
            let lines = Lines { base: &[usd(base)], items: &items, packages: &packages, taxes: &[] };
            let parts = lines.parts(total).unwrap();
            prop_assert_eq!(Money::sum(parts.iter().map(|part| part.amount)).unwrap(), Some(total));
        }
    }
}
