//! Facts of orders, as marketplaces know them.

use jiff::Timestamp;
use parcelgate_kit::model::{CountryCode, Text};

use super::parcel::optional;
use super::{Reading, value};
use crate::api::proto::v1;
use crate::performance::ToldFact;
use crate::policy::{
    Cancellation, Claim, ClaimKind, ClaimState, Confirmed, Fact, Marketplace, Message, Metric, NumberChecks,
    NumberFormat, Package, Party, Placed, Refund, Review, Scan, ScanKind, Scans,
};
use crate::shipping::ShippingError;

/// Most facts of one request.
const MOST_FACTS: usize = 500;
/// Most scans of one package.
const MOST_SCANS: usize = 200;

/// A marketplace that rules are known for.
pub(in crate::api) fn marketplace(raw: &str) -> Result<&'static Marketplace, ShippingError> {
    let name = super::required_id("marketplace_id", raw, 64)?;
    Marketplace::find(&name).ok_or_else(|| {
        let words =
            format!("is `{name}`, for which no rules are known: docs/metrics.md lists the marketplaces");
        ShippingError::invalid("marketplace_id", words)
    })
}

/// A metric.
pub(in crate::api) fn metric(raw: i32) -> Result<Metric, ShippingError> {
    match v1::Metric::try_from(raw) {
        Ok(v1::Metric::ValidTracking) => Ok(Metric::ValidTracking),
        Ok(v1::Metric::LateShipment) => Ok(Metric::LateShipment),
        Ok(v1::Metric::OnTimeDelivery) => Ok(Metric::OnTimeDelivery),
        Ok(v1::Metric::Cancellation) => Ok(Metric::Cancellation),
        Ok(v1::Metric::OrderDefect) => Ok(Metric::OrderDefect),
        Ok(v1::Metric::Unspecified) | Err(_) => {
            let words =
                "must be VALID_TRACKING, LATE_SHIPMENT, ON_TIME_DELIVERY, CANCELLATION or ORDER_DEFECT";
            Err(ShippingError::invalid("metric", words))
        }
    }
}

/// The facts, each with its order.
pub(in crate::api) fn order_facts(raw: Vec<v1::OrderFact>) -> Result<Vec<(String, ToldFact)>, ShippingError> {
    let mut reading = Reading::default();
    if raw.is_empty() || raw.len() > MOST_FACTS {
        reading.note("facts", format!("has {} entries, 1 to {MOST_FACTS} are allowed", raw.len()));
        return reading.finish(None);
    }
    let count = raw.len();
    let mut facts = Vec::with_capacity(count);
    for (index, raw) in raw.into_iter().enumerate() {
        facts.extend(At { reading: &mut reading, path: format!("facts[{index}]") }.told(raw));
    }
    // One that is missing has its bad fields noted.
    let facts = (facts.len() == count).then_some(facts);
    reading.finish(facts)
}

/// Where in the request something is read.
struct At<'a> {
    reading: &'a mut Reading,
    path: String,
}

impl At<'_> {
    fn path(&self, field: &str) -> String {
        format!("{}.{field}", self.path)
    }

    fn note(&mut self, field: &str, words: &str) {
        let path = self.path(field);
        self.reading.note(path, words);
    }

    fn text(&mut self, field: &str, raw: &str, most: usize) -> Option<String> {
        let path = self.path(field);
        self.reading.take(path, Text::parse(raw, most)).map(|text| text.as_str().to_owned())
    }

    fn optional(&mut self, field: &str, raw: &str, most: usize) -> String {
        let path = self.path(field);
        optional(self.reading, &path, raw, most).map(|text| text.as_str().to_owned()).unwrap_or_default()
    }

    fn time(&mut self, field: &str, raw: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
        let path = self.path(field);
        value::instant(self.reading, &path, raw)
    }

    fn required_time(&mut self, field: &str, raw: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
        if raw.is_none() {
            self.note(field, "is required");
        }
        self.time(field, raw)
    }

    fn told(mut self, raw: v1::OrderFact) -> Option<(String, ToldFact)> {
        let order = self.text("order_id", &raw.order_id, 64);
        let id = self.text("fact_id", &raw.fact_id, 64).filter(|id| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
            let fits = id.bytes().all(plain) && id.starts_with(|first: char| first.is_ascii_alphanumeric());
            if !fits {
                self.note(
                    "fact_id",
                    "must be letters, digits and . _ : - and begin with a letter or a digit",
                );
            }
            fits
        });
        let occurred_at = self.required_time("occurred_at", raw.occurred_at.as_ref());
        let version = raw.version.max(1);
        if i64::try_from(version).is_err() {
            self.note("version", "is larger than any version may be");
        }
        let fact = match raw.fact {
            None => {
                self.note("fact", "is required");
                None
            }
            Some(fact) => self.fact(fact, occurred_at),
        };
        Some((order?, ToldFact { id: id?, version, occurred_at: occurred_at?, fact: fact? }))
    }

    fn fact(&mut self, raw: v1::order_fact::Fact, at: Option<Timestamp>) -> Option<Fact> {
        use v1::order_fact::Fact as Raw;
        match raw {
            Raw::Windows(raw) => self.windows(&raw).map(Fact::Placed),
            Raw::Package(raw) => self.package(&raw).map(Fact::Package),
            Raw::Confirmation(raw) => self.confirmed(&raw, at).map(Fact::Confirmed),
            Raw::Scans(raw) => self.scans(&raw).map(Fact::Scans),
            Raw::Message(raw) => {
                let from = self.party("message.from", raw.from())?;
                Some(Fact::Message(Message { at: at?, from, about_delivery: raw.about_delivery }))
            }
            Raw::Claim(raw) => self.claim(&raw, at).map(Fact::Claim),
            Raw::Review(raw) => {
                let stars = u8::try_from(raw.stars).ok().filter(|stars| (1..=5).contains(stars));
                if stars.is_none() {
                    self.note("review.stars", "must be 1 to 5");
                }
                Some(Fact::Review(Review { at: at?, stars: stars?, struck: raw.struck }))
            }
            Raw::Refund(raw) => {
                let path = self.path("refund.amount");
                let amount = value::amount(self.reading, &path, raw.amount.as_ref());
                let by = self.party("refund.paid_by", raw.paid_by())?;
                Some(Fact::Refund(Refund { at: at?, by, amount }))
            }
            Raw::Cancellation(raw) => {
                let by = self.party("cancellation.by", raw.by())?;
                Some(Fact::Cancelled(Cancellation { at: at?, by }))
            }
        }
    }

    fn windows(&mut self, raw: &v1::OrderWindows) -> Option<Placed> {
        let path = self.path("windows.value");
        let value = value::amount(self.reading, &path, raw.value.as_ref());
        let handling_days = raw.handling_days.map(u8::try_from).transpose();
        if handling_days.is_err() {
            self.note("windows.handling_days", "must be at most 255");
        }
        Some(Placed {
            ordered_at: self.time("windows.ordered_at", raw.ordered_at.as_ref()),
            ship_by: self.time("windows.ship_by", raw.ship_by.as_ref()),
            promised: self.time("windows.deliver_by_promised", raw.deliver_by_promised.as_ref()),
            promised_by_seller: self.time("windows.deliver_by_seller", raw.deliver_by_seller.as_ref()),
            rescheduled_to: self.time("windows.rescheduled_to", raw.rescheduled_to.as_ref()),
            category: self.optional("windows.category", &raw.category, 64),
            value,
            units: raw.units,
            digital: raw.digital,
            collected_in_store: raw.collected_in_store,
            automated_transit: raw.automated_transit,
            automated_handling: raw.automated_handling,
            handling_days: handling_days.ok()?,
            premium: raw.premium,
            free_economy: raw.free_economy,
        })
    }

    fn package(&mut self, raw: &v1::PackageReady) -> Option<Package> {
        let package = self.text("package.package_id", &raw.package_id, 64);
        let mut country = |field: &str, raw: &str| {
            let path = self.path(field);
            self.reading.take(path, CountryCode::parse(raw))
        };
        let origin = country("package.origin_country", &raw.origin_country);
        let destination = country("package.destination_country", &raw.destination_country);
        let path = self.path("package.value");
        let value = value::amount(self.reading, &path, raw.value.as_ref());
        let category = self.optional("package.category", &raw.category, 64);
        Some(Package {
            package: package?,
            origin: origin?,
            destination: destination?,
            value,
            units: raw.units,
            category,
            bought_through_service: raw.bought_through_service,
            late_protected: raw.late_protected,
            listed_freight: raw.listed_freight,
            voided: raw.voided,
        })
    }

    fn confirmed(&mut self, raw: &v1::PackageConfirmed, at: Option<Timestamp>) -> Option<Confirmed> {
        let package = self.text("confirmation.package_id", &raw.package_id, 64);
        let carrier = self.optional("confirmation.carrier", &raw.carrier, 100);
        let service = self.optional("confirmation.service", &raw.service, 100);
        let tracking_number = self.optional("confirmation.tracking_number", &raw.tracking_number, 64);
        let format = match raw.number_format() {
            v1::NumberFormat::Unspecified => NumberFormat::Unchecked,
            v1::NumberFormat::Fits => NumberFormat::Fits,
            v1::NumberFormat::BadCharacters => NumberFormat::BadCharacters,
            v1::NumberFormat::Mismatch => NumberFormat::Mismatch,
        };
        let checks = NumberChecks {
            format,
            listed_as_other: raw.listed_carrier_as_other,
            of_one_carrier: raw.of_one_carrier,
            integrated: raw.integrated,
            proof_only: raw.proof_of_delivery_only,
            used_before: raw.number_used_before,
            listed_untracked: raw.listed_untracked,
            letter: raw.letter,
        };
        Some(Confirmed { package: package?, at: at?, carrier, service, tracking_number, checks })
    }

    fn scans(&mut self, raw: &v1::PackageScans) -> Option<Scans> {
        let package = self.text("scans.package_id", &raw.package_id, 64);
        if raw.scans.len() > MOST_SCANS {
            self.note("scans.scans", &format!("has more than {MOST_SCANS} entries"));
            return None;
        }
        let mut scans = Vec::with_capacity(raw.scans.len());
        for (index, scan) in raw.scans.iter().enumerate() {
            let at = self.required_time(&format!("scans.scans[{index}].at"), scan.at.as_ref());
            let kind = match scan.kind() {
                v1::ScanKind::Network => Some(ScanKind::Network),
                v1::ScanKind::Attempt => Some(ScanKind::Attempt),
                v1::ScanKind::Delivered => Some(ScanKind::Delivered),
                v1::ScanKind::Unspecified => {
                    self.note(&format!("scans.scans[{index}].kind"), "must be NETWORK, ATTEMPT or DELIVERED");
                    None
                }
            };
            scans.extend(at.zip(kind).map(|(at, kind)| Scan { at, kind }));
        }
        Some(Scans { package: package?, scans })
    }

    fn party(&mut self, field: &str, raw: v1::OrderParty) -> Option<Party> {
        match raw {
            v1::OrderParty::Buyer => Some(Party::Buyer),
            v1::OrderParty::Seller => Some(Party::Seller),
            v1::OrderParty::Marketplace => Some(Party::Marketplace),
            v1::OrderParty::Unspecified => {
                self.note(field, "must be BUYER, SELLER or MARKETPLACE");
                None
            }
        }
    }

    fn claim(&mut self, raw: &v1::OrderClaim, at: Option<Timestamp>) -> Option<Claim> {
        let what = match raw.kind() {
            v1::ClaimKind::NotReceived => Some(ClaimKind::NotReceived),
            v1::ClaimKind::Other => Some(ClaimKind::Other),
            v1::ClaimKind::Chargeback => Some(ClaimKind::Chargeback),
            v1::ClaimKind::Unspecified => None,
        };
        let state = match raw.state() {
            v1::ClaimState::Open => Some(ClaimState::Open),
            v1::ClaimState::Granted => Some(ClaimState::Granted),
            v1::ClaimState::Denied => Some(ClaimState::Denied),
            v1::ClaimState::Withdrawn => Some(ClaimState::Withdrawn),
            v1::ClaimState::Unspecified => None,
        };
        if what.is_none() {
            self.note("claim.kind", "must be NOT_RECEIVED, OTHER or CHARGEBACK");
        }
        if state.is_none() {
            self.note("claim.state", "must be OPEN, GRANTED, DENIED or WITHDRAWN");
        }
        let borne_by = match raw.borne_by() {
            v1::OrderParty::Unspecified => None,
            party => self.party("claim.borne_by", party),
        };
        Some(Claim {
            at: at?,
            what: what?,
            state: state?,
            borne_by,
            came_back: raw.parcel_came_back,
            lost_by_carrier: raw.lost_by_carrier,
        })
    }
}
