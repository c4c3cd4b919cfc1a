//! Orders and identifiers on file.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use parcelgate_kit::model::{CountryCode, IdRole, Identifier, Text};

use super::parcel::optional;
use super::{Reading, value};
use crate::api::identifier::kind;
use crate::api::proto::v1;
use crate::calendar::Weekend;
use crate::promise::SellerDays;
use crate::regional::{BuyerKind, IdOnFile};
use crate::shipping::{OrderFacts, OrderLine, OrderWindows, OtherShipment};

/// Most identifiers on file.
const MOST_IDS: usize = 50;

/// What is known of the order; nothing when it is absent.
pub(super) fn order(reading: &mut Reading, raw: Option<&v1::Order>, parcels: usize) -> OrderFacts {
    let Some(raw) = raw else { return OrderFacts::default() };
    let mut text = |field: &str, raw: &str| {
        optional(reading, &format!("order.{field}"), raw, 64).map(|text| text.as_str().to_owned())
    };
    let marketplace = text("marketplace_id", &raw.marketplace_id);
    let order_id = text("order_id", &raw.order_id);
    let seller_id = text("seller_id", &raw.seller_id);
    let deemed = text("deemed_supplier_marketplace_id", &raw.deemed_supplier_marketplace_id);
    let marketplace_country = (!raw.marketplace_country.is_empty())
        .then(|| reading.take("order.marketplace_country", CountryCode::parse(&raw.marketplace_country)));
    let paid = value::instant(reading, "order.paid_at", raw.paid_at.as_ref());
    let ordered = value::instant(reading, "order.ordered_at", raw.ordered_at.as_ref());
    let ship_by = value::instant(reading, "order.ship_by", raw.ship_by.as_ref());
    let promised = value::instant(reading, "order.deliver_by_promised", raw.deliver_by_promised.as_ref());
    let seller_set = value::instant(reading, "order.deliver_by_seller", raw.deliver_by_seller.as_ref());
    let schedule = schedule(reading, raw.schedule.as_ref());
    let automated = raw.schedule.clone().unwrap_or_default();
    OrderFacts {
        deemed_supplier: deemed.is_some(),
        placed_on: marketplace.clone(),
        lines: lines(reading, &raw.lines, parcels),
        marketplace: deemed.or(marketplace),
        marketplace_country: marketplace_country.flatten(),
        order_id,
        seller_id,
        ordered_on: paid.or(ordered).map(|at| TimeZone::UTC.to_datetime(at).date()),
        ship_by,
        deliver_by: promised.or(seller_set),
        ordered_at: ordered.or(paid),
        schedule,
        automated_handling: automated.automated_handling,
        automated_transit: automated.automated_transit,
        windows: OrderWindows { ordered_at: ordered, ship_by, promised, promised_by_seller: seller_set },
        private_sender: raw.sales_channel() == v1::SalesChannel::None,
        remessa_conforme: raw.remessa_conforme,
        buyer: match raw.buyer_kind() {
            v1::BuyerKind::Business => BuyerKind::Business,
            v1::BuyerKind::Consumer => BuyerKind::Consumer,
            v1::BuyerKind::Unspecified => BuyerKind::Unknown,
        },
        others: others(reading, &raw.other_shipments),
    }
}

/// Most lines of an order.
const MOST_LINES: usize = 200;

fn lines(reading: &mut Reading, raw: &[v1::OrderLine], parcels: usize) -> Vec<OrderLine> {
    let field = "order.lines";
    if raw.len() > MOST_LINES {
        reading.note(field, format!("has {} entries, at most {MOST_LINES} are allowed", raw.len()));
        return Vec::new();
    }
    raw.iter().enumerate().filter_map(|(index, raw)| line(reading, index, raw, parcels)).collect()
}

fn line(reading: &mut Reading, index: usize, raw: &v1::OrderLine, parcels: usize) -> Option<OrderLine> {
    let path = |field: &str| format!("order.lines[{index}].{field}");
    let id = reading.take(path("order_line_id"), Text::parse(&raw.order_line_id, 64));
    if raw.quantity == 0 || raw.quantity > 1_000_000 {
        reading.note(path("quantity"), format!("is {}, 1 to 1000000 are allowed", raw.quantity));
    }
    let parcel = match raw.parcel_index {
        None if parcels > 1 => {
            reading.note(path("parcel_index"), "is required where there are several parcels");
            None
        }
        None => None,
        Some(at) => {
            let fits = usize::try_from(at).is_ok_and(|at| at < parcels);
            // Without any parcel that is what is wrong, not the line.
            if !fits && parcels > 0 {
                let words = format!("is {at}, there are {parcels} parcels counted from 0");
                reading.note(path("parcel_index"), words);
            }
            u16::try_from(at).ok().filter(|_| fits)
        }
    };
    Some(OrderLine { id: id?.as_str().to_owned(), quantity: raw.quantity, parcel })
}

/// Most days of handling.
const MOST_HANDLING: u32 = 30;

/// How the seller works; nothing where nothing is said.
fn schedule(reading: &mut Reading, raw: Option<&v1::SellerSchedule>) -> Option<SellerDays> {
    let raw = raw?;
    let path = "order.schedule";
    let cut_off = (!raw.cut_off.is_empty()).then(|| {
        let read =
            Time::strptime("%H:%M:%S", &raw.cut_off).or_else(|_| Time::strptime("%H:%M", &raw.cut_off));
        read.inspect_err(|_| {
            let words = format!("is `{}`: a time of day is written `14:00`", raw.cut_off);
            reading.note(format!("{path}.cut_off"), words);
        })
    });
    if raw.handling_days > MOST_HANDLING {
        let words = format!("is {}, at most {MOST_HANDLING} days are taken", raw.handling_days);
        reading.note(format!("{path}.handling_days"), words);
    }
    Some(SellerDays {
        cut_off: cut_off.and_then(Result::ok),
        handling: u16::try_from(raw.handling_days).unwrap_or_default(),
        weekend: Weekend { saturday: raw.saturday, sunday: raw.sunday },
    })
}

/// Most other shipments of a day.
const MOST_OTHERS: usize = 50;

fn others(reading: &mut Reading, raw: &[v1::OtherShipment]) -> Vec<OtherShipment> {
    let field = "order.other_shipments";
    if raw.len() > MOST_OTHERS {
        reading.note(field, format!("has {} entries, at most {MOST_OTHERS} are allowed", raw.len()));
        return Vec::new();
    }
    let one = |(index, other): (usize, &v1::OtherShipment)| {
        let path = format!("{field}[{index}].goods_value");
        if other.goods_value.is_none() {
            reading.note(path.as_str(), "is required");
        }
        let goods_value = value::amount(reading, &path, other.goods_value.as_ref())?;
        Some(OtherShipment { same_order: other.same_order, goods_value })
    };
    raw.iter().enumerate().filter_map(one).collect()
}

/// Tax and customs numbers that may be attached to what goes `to` a country.
/// Whether a number is well formed is the rules' matter: a rating goes on.
pub(super) fn identifiers(
    reading: &mut Reading,
    raw: &[v1::IdentifierOnFile],
    to: Option<CountryCode>,
) -> Vec<IdOnFile> {
    if raw.len() > MOST_IDS {
        reading.note("identifiers", format!("has {} entries, at most {MOST_IDS} are allowed", raw.len()));
        return Vec::new();
    }
    raw.iter().enumerate().filter_map(|(index, raw)| identifier(reading, index, raw, to)).collect()
}

fn identifier(
    reading: &mut Reading,
    index: usize,
    raw: &v1::IdentifierOnFile,
    to: Option<CountryCode>,
) -> Option<IdOnFile> {
    let path = |field: &str| format!("identifiers[{index}].{field}");
    let issuer = (!raw.issuing_country.is_empty())
        .then(|| reading.take(path("issuing_country"), CountryCode::parse(&raw.issuing_country)))
        .flatten();
    let kind = kind(raw.r#type(), issuer.or(to));
    if kind.is_none() {
        let words = match raw.r#type() {
            v1::IdentifierType::PersonalTaxId => {
                "PERSONAL_TAX_ID is known for KR, CN, BR, MX and TR: name the exact type"
            }
            _ => "must be one of the identifier types",
        };
        reading.note(path("type"), words);
    }
    let value = reading.take(path("value"), Identifier::parse(&raw.value));
    let role = match raw.holder() {
        v1::IdentifierHolder::Seller => Some(IdRole::Seller),
        v1::IdentifierHolder::Marketplace => Some(IdRole::Marketplace),
        v1::IdentifierHolder::Shipper => Some(IdRole::Shipper),
        v1::IdentifierHolder::Consignee => Some(IdRole::Consignee),
        v1::IdentifierHolder::Unspecified => {
            reading.note(path("holder"), "must be SELLER, MARKETPLACE, SHIPPER or CONSIGNEE");
            None
        }
    };
    let valid_from = value::date(reading, &path("valid_from"), raw.valid_from.as_ref());
    let valid_to = value::date(reading, &path("valid_until"), raw.valid_until.as_ref());
    if valid_from.zip(valid_to).is_some_and(|(from, to)| from > to) {
        reading.note(path("valid_until"), "is before valid_from");
    }
    let holder = optional(reading, &path("marketplace_id"), &raw.marketplace_id, 64);
    Some(IdOnFile {
        kind: kind?,
        value: value?,
        role: role?,
        holder: holder.map(|name| name.as_str().to_owned()),
        issuer,
        valid_from,
        valid_to,
        excluded: raw.excluded_for_noncompliance,
        demanded: raw.must_be_sent,
    })
}
