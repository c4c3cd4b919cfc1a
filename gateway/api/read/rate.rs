//! Requests for offers and for a regional decision.

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use parcelgate_kit::model::{Confirmation, ContentType, Incoterm, Money, Party, Requirements};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{Limits, Reading, order, parcel, place, value};
use crate::api::proto::v1;
use crate::promise::{Ranking, zone_of};
use crate::regional::{SaleTerms, TaxPolicy};
use crate::shipping::{LateOffers, Preferences, RateRequest, ShippingError};

/// Most entries of a list of carriers, services or accounts.
const MOST_NAMES: usize = 200;

/// A request for offers.
pub(in crate::api) fn rate_request(
    raw: &v1::RateRequest,
    limits: Limits,
) -> Result<RateRequest, ShippingError> {
    let mut reading = Reading::within(limits);
    let request = read(&mut reading, raw);
    reading.finish(request)
}

/// A request for a decision is one for offers without wishes.
pub(in crate::api) fn assess_request(
    raw: v1::AssessRequest,
    limits: Limits,
) -> Result<RateRequest, ShippingError> {
    let raw = v1::RateRequest {
        order: raw.order,
        ship_from: raw.ship_from,
        ship_to: raw.ship_to,
        parcels: raw.parcels,
        items: raw.items,
        ship_at: raw.ship_at,
        content_type: raw.content_type,
        incoterm: raw.incoterm,
        invoice: raw.invoice,
        identifiers: raw.identifiers,
        tax_policy: raw.tax_policy,
        ..v1::RateRequest::default()
    };
    rate_request(&raw, limits)
}

/// A request for duty is one for a decision.
pub(in crate::api) fn preview_request(
    raw: v1::PreviewDutyRequest,
    limits: Limits,
) -> Result<RateRequest, ShippingError> {
    let raw = v1::AssessRequest {
        order: raw.order,
        ship_from: raw.ship_from,
        ship_to: raw.ship_to,
        parcels: raw.parcels,
        items: raw.items,
        ship_at: raw.ship_at,
        content_type: raw.content_type,
        incoterm: raw.incoterm,
        invoice: raw.invoice,
        identifiers: raw.identifiers,
        tax_policy: raw.tax_policy,
    };
    assess_request(raw, limits)
}

/// As [`rate_request`], as a part of another message under `path`.
pub(super) fn nested(
    reading: &mut Reading,
    path: &str,
    raw: Option<&v1::RateRequest>,
) -> Option<RateRequest> {
    let Some(raw) = raw else {
        reading.note(path, "is required");
        return None;
    };
    let mut inner = Reading::within(reading.limits);
    let request = read(&mut inner, raw);
    reading.bad.extend(inner.bad.into_iter().map(|mut bad| {
        bad.field = format!("{path}.{}", bad.field);
        bad
    }));
    request
}

fn read(reading: &mut Reading, raw: &v1::RateRequest) -> Option<RateRequest> {
    let order = order::order(reading, raw.order.as_ref(), raw.parcels.len());
    let ship_from = place::party(reading, "ship_from", raw.ship_from.as_ref());
    let ship_to = place::party(reading, "ship_to", raw.ship_to.as_ref());
    let parcels = parcel::parcels(reading, &raw.parcels);
    let items = parcel::items(reading, &raw.items, raw.parcels.len());
    let ship_at = ship_at(reading, raw.ship_at.as_ref(), ship_from.as_ref());
    let invoice_number = raw
        .invoice
        .as_ref()
        .and_then(|invoice| parcel::optional(reading, "invoice.number", &invoice.number, 35));
    let invoice_date =
        raw.invoice.as_ref().and_then(|invoice| value::date(reading, "invoice.date", invoice.date.as_ref()));
    let shipping_charged = raw
        .order
        .as_ref()
        .and_then(|order| value::amount(reading, "order.shipping_charged", order.shipping_charged.as_ref()));
    let currency = |money: &Money| money.currency();
    let goods = items.as_ref().and_then(|items| items.first()).map(|item| item.unit_value.currency());
    if goods.zip(shipping_charged.as_ref().map(currency)).is_some_and(|(goods, charged)| goods != charged) {
        reading.note("order.shipping_charged", "is in another currency than the items");
    }
    for (index, other) in order.others.iter().enumerate() {
        if goods.is_some_and(|goods| goods != other.goods_value.currency()) {
            let field = format!("order.other_shipments[{index}].goods_value");
            reading.note(field, "is in another currency than the items");
        }
    }
    let to = ship_to.as_ref().map(|party| party.country);
    let ids_on_file = order::identifiers(reading, &raw.identifiers, to);
    let (requirements, mut preferences) = requirements(reading, raw.requirements.as_ref());
    preferences.ranking = ranking(reading, raw.ranking.as_ref());
    names(reading, "accounts", &raw.accounts);
    Some(RateRequest {
        fingerprint: Sha256::digest(raw.encode_to_vec()).into(),
        order,
        ship_from: ship_from?,
        ship_to: ship_to?,
        parcels: parcels?,
        items: items?,
        ship_at,
        content: content(raw.content_type()),
        incoterm: payer(raw.incoterm()),
        sale_terms: sale_terms(raw.incoterm()),
        shipping_charged,
        invoice_number,
        invoice_date,
        ids_on_file,
        requirements,
        preferences,
        late_offers: match raw.late_offer_policy() {
            v1::LateOfferPolicy::Hide => LateOffers::Hide,
            v1::LateOfferPolicy::Mark | v1::LateOfferPolicy::Unspecified => LateOffers::Mark,
            v1::LateOfferPolicy::Show => LateOffers::Show,
        },
        accounts: raw.accounts.clone(),
        tax_policy: match raw.tax_policy() {
            v1::TaxPolicy::Strict => TaxPolicy::Strict,
            v1::TaxPolicy::Auto | v1::TaxPolicy::Unspecified => TaxPolicy::Auto,
        },
    })
}

fn content(raw: v1::ContentType) -> ContentType {
    match raw {
        v1::ContentType::Merchandise | v1::ContentType::Unspecified => ContentType::Merchandise,
        v1::ContentType::Gift => ContentType::Gift,
        v1::ContentType::Sample => ContentType::Sample,
        v1::ContentType::Documents => ContentType::Documents,
        v1::ContentType::Return => ContentType::Return,
        v1::ContentType::Other => ContentType::Other,
    }
}

fn ship_at(reading: &mut Reading, raw: Option<&v1::ShipAt>, from: Option<&Party>) -> Option<ZonedDateTime> {
    let raw = raw?;
    if raw.time.is_none() {
        if !raw.time_zone.is_empty() {
            reading.note("ship_at.time", "is required when a time zone is given");
        }
        return None;
    }
    let instant = value::instant(reading, "ship_at.time", raw.time.as_ref())?;
    let zone = match raw.time_zone.as_str() {
        "" => from.map(zone_of)?,
        name => match TimeZone::get(name) {
            Ok(zone) => zone,
            Err(_) => {
                reading.note("ship_at.time_zone", "is no zone of the IANA database such as Europe/Berlin");
                return None;
            }
        },
    };
    Some(ZonedDateTime::new(instant, zone))
}

fn requirements(reading: &mut Reading, raw: Option<&v1::Requirements>) -> (Requirements, Preferences) {
    let Some(raw) = raw else { return (Requirements::default(), Preferences::default()) };
    let requirements = Requirements {
        confirmation: match raw.confirmation() {
            v1::Confirmation::None | v1::Confirmation::Unspecified => Confirmation::None,
            v1::Confirmation::Signature => Confirmation::Signature,
            v1::Confirmation::AdultSignature => Confirmation::AdultSignature,
        },
        saturday_delivery: raw.saturday_delivery,
        cash_on_delivery: raw.cash_on_delivery,
        age_check: raw.age_check,
    };
    names(reading, "requirements.allowed_carriers", &raw.allowed_carriers);
    names(reading, "requirements.blocked_carriers", &raw.blocked_carriers);
    let pairs = |carriers: &[String], services: &[v1::ServiceFilter]| {
        let services = services.iter().map(|filter| format!("{}/{}", filter.carrier, filter.service));
        carriers.iter().cloned().chain(services).collect::<Vec<_>>()
    };
    for (field, filters) in
        [("allowed_services", &raw.allowed_services), ("blocked_services", &raw.blocked_services)]
    {
        for (index, filter) in filters.iter().enumerate().take(MOST_NAMES) {
            if filter.carrier.is_empty() || filter.service.is_empty() {
                let words = "needs both a carrier and a service";
                reading.note(format!("requirements.{field}[{index}]"), words);
            }
        }
    }
    let preferences = Preferences {
        allowed: pairs(&raw.allowed_carriers, &raw.allowed_services),
        blocked: pairs(&raw.blocked_carriers, &raw.blocked_services),
        must_be_tracked: raw.must_be_tracked,
        must_be_protected: raw.must_be_protected,
        ranking: Ranking::default(),
        price_cap: value::amount(reading, "requirements.max_total", raw.max_total.as_ref()),
    };
    (requirements, preferences)
}

fn names(reading: &mut Reading, field: &str, raw: &[String]) {
    if raw.len() > MOST_NAMES {
        reading.note(field, format!("has {} entries, at most {MOST_NAMES} are allowed", raw.len()));
    }
    for (index, name) in raw.iter().enumerate().take(MOST_NAMES) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            reading.note(format!("{field}[{index}]"), "is no id: 1 to 64 letters, digits, `_`, `-`, `.`");
        }
    }
}

/// Who pays what falls due at the border: the recipient, under all terms but DDP.
fn payer(terms: v1::Incoterm) -> Option<Incoterm> {
    match terms {
        v1::Incoterm::Unspecified => None,
        v1::Incoterm::Ddp => Some(Incoterm::Ddp),
        _ => Some(Incoterm::Dap),
    }
}

fn sale_terms(terms: v1::Incoterm) -> SaleTerms {
    use v1::Incoterm as T;
    match terms {
        T::Unspecified | T::Dap | T::Ddp => SaleTerms::Parcel,
        T::Dpu | T::Cpt | T::Cip | T::Fca | T::Exw => SaleTerms::Business,
        T::Fob | T::Cfr | T::Cif | T::Fas => SaleTerms::Sea,
    }
}

/// In which order offers stand.
fn ranking(reading: &mut Reading, raw: Option<&v1::Ranking>) -> Ranking {
    let Some(raw) = raw else { return Ranking::Price };
    match raw.by() {
        v1::RankBy::Unspecified | v1::RankBy::Price => Ranking::Price,
        v1::RankBy::Speed => Ranking::Speed,
        v1::RankBy::Weighted => match (raw.price_weight, u8::try_from(raw.price_weight)) {
            (0, _) => Ranking::Weighted(50),
            (1..=100, Ok(weight)) => Ranking::Weighted(weight),
            (weight, _) => {
                reading.note("ranking.price_weight", format!("is {weight}, from 0 to 100 are taken"));
                Ranking::Price
            }
        },
    }
}
