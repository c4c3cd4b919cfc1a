//! `POST /v1/rates`.
//!
//! Must answer every service that was asked for, with a price or with a refusal. Start with [`rates`].
// file only with rate

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parcelgate_kit::sim::{World, json_text};
use serde_json::{Value, json};

use super::Answer;
use super::check::{invalid, items, shipment};
use super::tariff::{price, transit_days};

pub(super) fn rates(world: &World, body: &Value) -> Answer {
    shipment(body)?;
    let services = items(body, "services");
    if services.is_empty() {
        return Err(invalid("services is required"));
    }
    let (mut rates, mut refused) = (Vec::new(), Vec::new());
    for service in services.iter().filter_map(Value::as_str) {
        match price(service, body) {
            Ok(price) => {
                let days = transit_days(service);
                // A day that is over counts as today.
                let day = json_text(body, "handOverOn").parse::<Date>().ok();
                let day = day.map(|day| day.max(TimeZone::UTC.to_datetime(world.now).date()));
                let by = day.and_then(|day| day.checked_add(i64::from(days).days()).ok());
                rates.push(json!({
                    "service": service,
                    "price": price,
                    "transitDays": days,
                    "deliverBy": by.map(|day| day.to_string()),
                }));
            }
            Err(why) => refused.push(json!({ "service": service, "code": why.code, "message": why.words })),
        }
    }
    Ok((200, json!({ "rates": rates, "refused": refused })))
}
