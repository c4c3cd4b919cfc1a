//! Ratings that are asked about, and rules that are tried out.

use jiff::Timestamp;
use parcelgate_kit::model::Text;

use super::Reading;
use crate::api::proto::v1;
use crate::casebook::AskedReview;
use crate::policy::Marketplace;
use crate::protection::review::{Fulfilment, Label, Language, RemovalReason, Ruling, RulingOn};
use crate::shipping::ShippingError;

/// Longest comment, bytes.
const LONGEST_COMMENT: usize = 10_000;
/// Longest rule file, bytes.
const LONGEST_RULES: usize = 1024 * 1024;
/// Most rulings, removal reasons or names of carriers.
const MOST: usize = 20;

/// A rating with its marketplace and order.
pub(in crate::api) fn asked_review(
    raw: v1::EvaluateReviewRequest,
    now: Timestamp,
) -> Result<(&'static Marketplace, String, AskedReview), ShippingError> {
    let market = super::marketplace(&raw.marketplace_id)?;
    let order = super::required_id("order_id", &raw.order_id, 64)?;
    let review = super::optional_id("review_id", &raw.review_id, 64)?;
    let mut reading = Reading::default();
    if raw.comment.trim().is_empty() {
        reading.note("comment", "is required");
    } else if raw.comment.len() > LONGEST_COMMENT {
        let words = format!("has {} bytes, at most {LONGEST_COMMENT} are allowed", raw.comment.len());
        reading.note("comment", words);
    }
    let language = language(&mut reading, &raw.language);
    for (field, count) in [
        ("rulings", raw.rulings.len()),
        ("carrier_names", raw.carrier_names.len()),
        ("removal_reasons", raw.removal_reasons.len()),
    ] {
        if count > MOST {
            reading.note(field, format!("has {count} entries, at most {MOST} are allowed"));
        }
    }
    let removal = raw.removal_reasons.iter().enumerate().filter_map(|(index, raw)| {
        let found = match v1::RemovalReason::try_from(*raw) {
            Ok(v1::RemovalReason::Obscenity) => Some(RemovalReason::Obscenity),
            Ok(v1::RemovalReason::PersonalData) => Some(RemovalReason::PersonalData),
            Ok(v1::RemovalReason::ProductReview) => Some(RemovalReason::ProductReview),
            Ok(v1::RemovalReason::Unspecified) | Err(_) => None,
        };
        if found.is_none() {
            let words = "must be OBSCENITY, PERSONAL_DATA or PRODUCT_REVIEW";
            reading.note(format!("removal_reasons[{index}]"), words);
        }
        found
    });
    let removal = removal.collect();
    let rulings = raw.rulings.into_iter().enumerate();
    let rulings = rulings.filter_map(|(index, raw)| ruling(&mut reading, index, raw, now)).collect();
    let fulfilment = if raw.fulfilled_by_marketplace { Fulfilment::Marketplace } else { Fulfilment::Seller };
    let asked = AskedReview {
        review,
        comment: raw.comment,
        language,
        fulfilment,
        removal,
        carriers: raw.carrier_names,
        rulings,
    };
    reading.finish(Some((market, order, asked)))
}

fn language(reading: &mut Reading, raw: &str) -> Option<Language> {
    let raw = raw.trim();
    if raw.is_empty() {
        return None;
    }
    let found = Language::find(raw);
    if found.is_none() {
        let words = format!("is `{raw}`; comments are read in `en`, `fr`, `de`, `it`, `es` and `es-MX`");
        reading.note("language", words);
    }
    found
}

fn ruling(reading: &mut Reading, index: usize, raw: v1::ReviewRuling, now: Timestamp) -> Option<Ruling> {
    use v1::review_ruling::On;
    let path = |field: &str| format!("rulings[{index}].{field}");
    let by = reading.take(path("by"), Text::parse(&raw.by, 100));
    let why = reading.take(path("why"), Text::parse(&raw.why, 500));
    let at = match raw.at {
        None => Some(now),
        Some(raw) => match Timestamp::new(raw.seconds, raw.nanos) {
            Ok(at) if at <= now => Some(at),
            _ => {
                reading.note(path("at"), "must be an instant that is not to come");
                None
            }
        },
    };
    let on = match raw.on {
        Some(On::CommentIs(label)) => match label.as_str() {
            "DELIVERY_ONLY" => Some(RulingOn::Comment(Label::DeliveryOnly)),
            "MIXED" => Some(RulingOn::Comment(Label::Mixed)),
            "PRODUCT" => Some(RulingOn::Comment(Label::Product)),
            "OTHER" => Some(RulingOn::Comment(Label::Other)),
            other => {
                let words = format!("is `{other}`; DELIVERY_ONLY, MIXED, PRODUCT or OTHER is wanted");
                reading.note(path("comment_is"), words);
                None
            }
        },
        Some(On::ShippedOnTime(on_time)) => Some(RulingOn::ShippedOnTime(on_time)),
        Some(On::CoversNonArrival(covers)) => Some(RulingOn::NonArrivalUnderLateRule(covers)),
        None => {
            reading.note(path("on"), "is required");
            None
        }
    };
    Some(Ruling { on: on?, by: by?.as_str().to_owned(), at: at?, why: why?.as_str().to_owned() })
}

/// A file of rules, of a size that can be read.
pub(in crate::api) fn rules(raw: &str) -> Result<&str, ShippingError> {
    if raw.trim().is_empty() {
        return Err(ShippingError::invalid(
            "rules",
            "is required: TOML with `[[claim]]` or `[[review]]` rows",
        ));
    }
    if raw.len() > LONGEST_RULES {
        let words = format!("has {} bytes, at most {LONGEST_RULES} are allowed", raw.len());
        return Err(ShippingError::invalid("rules", words));
    }
    Ok(raw)
}
