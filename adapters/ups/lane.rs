//! What UPS decides by the two ends of a shipment: units, the level of
//! references and signatures, what customs of the EU ask for.
//!
//! Start with [`Lane`].

use parcelgate_kit::model::{Confirmation, CountryCode, LengthUnit, Shipment, WeightUnit};

use crate::wire::{DeliveryConfirmation, Unit};

/// Where references or a signature are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// On every package.
    Package,
    /// Once for the shipment.
    Shipment,
}

/// From where to where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    from: CountryCode,
    to: CountryCode,
}

impl Lane {
    pub(crate) fn of(shipment: &Shipment) -> Self {
        Self { from: shipment.ship_from.country, to: shipment.ship_to.country }
    }

    fn codes(self) -> (&'static str, &'static str) {
        (self.from.as_str(), self.to.as_str())
    }

    /// Whether the two countries differ.
    pub(crate) fn is_abroad(self) -> bool {
        self.from != self.to
    }

    /// Whether both ends are member states of the EU.
    pub(crate) fn is_within_eu(self) -> bool {
        self.from.is_eu_member() && self.to.is_eu_member()
    }

    /// Whether goods come into the EU.
    pub(crate) fn is_into_eu(self) -> bool {
        !self.from.is_eu_member() && self.to.is_eu_member()
    }

    /// References stand on packages within the US and within Puerto Rico, and
    /// on the shipment everywhere else; the other place is refused.
    pub(crate) fn references(self) -> Level {
        match self.codes() {
            ("US", "US") | ("PR", "PR") => Level::Package,
            _ => Level::Shipment,
        }
    }

    fn signatures(self) -> Level {
        match self.codes() {
            ("US" | "PR", "US" | "PR") | ("CA", "CA") => Level::Package,
            _ => Level::Shipment,
        }
    }

    /// The signature at `level`: nothing where none is asked for or the lane
    /// wants it at the other one. The same number means different things.
    pub(crate) fn confirmation(self, asked: Confirmation, level: Level) -> Option<DeliveryConfirmation> {
        if self.signatures() != level {
            return None;
        }
        let dcis_type = match (asked, level) {
            (Confirmation::None, _) => return None,
            (Confirmation::Signature, Level::Package) | (Confirmation::AdultSignature, Level::Shipment) => {
                "2"
            }
            (Confirmation::AdultSignature, Level::Package) => "3",
            (Confirmation::Signature, Level::Shipment) => "1",
        };
        Some(DeliveryConfirmation { dcis_type })
    }

    /// The value of the invoice is asked for on these lanes, and refused on
    /// others.
    pub(crate) fn wants_invoice_total(self) -> bool {
        matches!(self.codes(), ("US", "CA" | "PR"))
    }

    /// Within these countries the sides of every package are asked for.
    pub(crate) fn wants_sides(self) -> bool {
        matches!(self.codes(), ("GB", "GB") | ("PL", "PL"))
    }

    fn is_imperial(self) -> bool {
        matches!(self.from.as_str(), "US" | "PR" | "VI" | "GU" | "AS" | "MP")
    }

    /// The unit of weight that the origin's rate charts use.
    pub(crate) fn weight_unit(self) -> (WeightUnit, Unit) {
        if self.is_imperial() {
            (WeightUnit::Lb, Unit { code: "LBS", description: "Pounds" })
        } else {
            (WeightUnit::Kg, Unit { code: "KGS", description: "Kilograms" })
        }
    }

    /// The unit of length that goes with [`Lane::weight_unit`].
    pub(crate) fn length_unit(self) -> (LengthUnit, Unit) {
        if self.is_imperial() {
            (LengthUnit::In, Unit { code: "IN", description: "Inches" })
        } else {
            (LengthUnit::Cm, Unit { code: "CM", description: "Centimeters" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(from: &str, to: &str) -> Lane {
        Lane { from: CountryCode::parse(from).unwrap(), to: CountryCode::parse(to).unwrap() }
    }

    #[test]
    fn a_signature_stands_at_one_level_only() {
        for (from, to, package, shipment) in [
            ("US", "US", Some("2"), None),
            ("US", "PR", Some("2"), None),
            ("CA", "CA", Some("2"), None),
            ("US", "CA", None, Some("1")),
            ("CA", "US", None, Some("1")),
            ("DE", "DE", None, Some("1")),
        ] {
            let at = |level| {
                lane(from, to).confirmation(Confirmation::Signature, level).map(|found| found.dcis_type)
            };
            assert_eq!((at(Level::Package), at(Level::Shipment)), (package, shipment), "{from} to {to}");
        }
        let adult = |level| lane("US", "DE").confirmation(Confirmation::AdultSignature, level);
        assert_eq!(adult(Level::Shipment).map(|found| found.dcis_type), Some("2"));
    }

    #[test]
    fn references_leave_the_package_at_the_border() {
        assert_eq!(lane("US", "US").references(), Level::Package);
        assert_eq!(lane("US", "PR").references(), Level::Shipment);
        assert_eq!(lane("DE", "DE").references(), Level::Shipment);
    }
}
