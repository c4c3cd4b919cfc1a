//! Quotes, offers, reasons and reports.

use parcelgate_kit::descriptor::ServiceLevel;
use parcelgate_kit::model::{Charge, ChargeKind, DeliveryWindow, PriceSource, WindowSource};

use super::{decision, prospect, value};
use crate::api::proto::v1;
use crate::shipping::{CarrierReport, Ineligible, Offer, Quote, ReportOutcome};

/// The whole answer to a rating.
pub(in crate::api) fn rate_response(whole: &Quote) -> v1::RateResponse {
    v1::RateResponse {
        quote: Some(quote(whole)),
        offers: whole.offers.iter().map(offer).collect(),
        ineligible: whole.ineligible.iter().map(ineligible).collect(),
        carriers: whole.reports.iter().map(carrier_report).collect(),
    }
}

/// What holds for all offers of a rating.
pub(in crate::api) fn quote(quote: &Quote) -> v1::Quote {
    v1::Quote {
        id: quote.id.clone(),
        created_at: Some(value::instant(quote.created_at)),
        expires_at: Some(value::instant(quote.expires_at)),
        request_fingerprint: hex::encode(quote.fingerprint),
        regional_decision: Some(decision(&quote.decision)),
    }
}

/// One offer, under these terms of delivery.
pub(in crate::api) fn offer(offer: &Offer) -> v1::Offer {
    let priced = &offer.offer;
    let mut notices: Vec<_> = priced.notices.iter().map(value::notice).collect();
    if offer.late {
        let message = "it is not expected by the promised time".to_owned();
        notices.push(v1::Notice { code: "LATE".to_owned(), message });
    }
    v1::Offer {
        id: offer.id.clone(),
        carrier: offer.carrier.clone(),
        account: offer.account.clone(),
        service: Some(service(&priced.service, &offer.service_name, offer.level)),
        total: Some(value::money(priced.total)),
        breakdown: priced.breakdown.iter().map(charge).collect(),
        price_source: price_source(priced.price_source).into(),
        list_total: priced.list_total.map(value::money),
        delivery_window: priced.delivery.map(delivery_window),
        handed_over: offer.prospect.handed_over.map(value::date),
        on_time: Some(prospect::on_time(&offer.prospect)),
        steps: offer.prospect.steps.clone(),
        benefits: prospect::carried(&offer.prospect.benefits),
        withheld_benefits: prospect::withheld(&offer.prospect.benefits),
        notices,
        regional_decision: offer.decision.as_deref().map(|own| Box::new(decision(own))),
    }
}

pub(super) fn service(code: &str, name: &str, level: Option<ServiceLevel>) -> v1::ServiceReference {
    v1::ServiceReference {
        code: code.to_owned(),
        name: name.to_owned(),
        level: level.map_or(v1::ServiceLevel::Unspecified, service_level).into(),
    }
}

fn service_level(level: ServiceLevel) -> v1::ServiceLevel {
    match level {
        ServiceLevel::Economy => v1::ServiceLevel::Economy,
        ServiceLevel::Standard => v1::ServiceLevel::Standard,
        ServiceLevel::Expedited => v1::ServiceLevel::Expedited,
        ServiceLevel::Express => v1::ServiceLevel::Express,
        ServiceLevel::NextDay => v1::ServiceLevel::NextDay,
        ServiceLevel::SameDay => v1::ServiceLevel::SameDay,
    }
}

pub(super) fn charge(charge: &Charge) -> v1::Charge {
    let kind = match charge.kind {
        ChargeKind::Base => v1::ChargeKind::Base,
        ChargeKind::Fuel => v1::ChargeKind::Fuel,
        ChargeKind::Accessorial => v1::ChargeKind::Accessorial,
        ChargeKind::Insurance => v1::ChargeKind::Insurance,
        ChargeKind::Tax => v1::ChargeKind::Tax,
        ChargeKind::Duty => v1::ChargeKind::Duty,
        ChargeKind::Discount => v1::ChargeKind::Discount,
        ChargeKind::Other => v1::ChargeKind::Other,
    };
    v1::Charge {
        kind: kind.into(),
        code: charge.code.clone().unwrap_or_default(),
        name: charge.name.clone(),
        amount: Some(value::money(charge.amount)),
    }
}

pub(super) fn price_source(source: PriceSource) -> v1::PriceSource {
    match source {
        PriceSource::Negotiated => v1::PriceSource::Negotiated,
        PriceSource::List => v1::PriceSource::List,
        PriceSource::RateCard => v1::PriceSource::RateCard,
        PriceSource::Estimate => v1::PriceSource::Estimate,
    }
}

pub(super) fn delivery_window(window: DeliveryWindow) -> v1::DeliveryWindow {
    let source = match window.source {
        WindowSource::Carrier => v1::WindowSource::Carrier,
        WindowSource::Table => v1::WindowSource::Table,
        WindowSource::History => v1::WindowSource::History,
    };
    v1::DeliveryWindow {
        earliest: Some(value::wall(window.earliest)),
        latest: Some(value::wall(window.latest)),
        source: source.into(),
        guaranteed: window.guaranteed,
        business_days: window.business_days.map(u32::from).unwrap_or_default(),
    }
}

/// A service that is not offered.
pub(in crate::api) fn ineligible(ineligible: &Ineligible) -> v1::Ineligible {
    let named = !ineligible.service.is_empty();
    v1::Ineligible {
        carrier: ineligible.carrier.clone(),
        account: ineligible.account.clone(),
        service: named.then(|| service(&ineligible.service, &ineligible.service_name, None)),
        reasons: ineligible
            .reasons
            .iter()
            .map(|reason| v1::IneligibleReason {
                code: reason.code.as_str().to_owned(),
                observed: reason.observed.clone(),
                limit: reason.limit.clone(),
                rule_id: reason.rule_id.clone(),
                message: reason.message.clone(),
                remedy: reason.remedy.clone(),
            })
            .collect(),
        smallest_change: ineligible.mend.as_ref().map(prospect::change),
    }
}

/// What came of asking a carrier account.
pub(in crate::api) fn carrier_report(report: &CarrierReport) -> v1::CarrierReport {
    let status = match report.outcome {
        ReportOutcome::Answered => v1::CarrierReportStatus::Answered,
        ReportOutcome::Partial => v1::CarrierReportStatus::Partial,
        ReportOutcome::TimedOut => v1::CarrierReportStatus::TimedOut,
        ReportOutcome::Failed => v1::CarrierReportStatus::Failed,
        ReportOutcome::Skipped => v1::CarrierReportStatus::Skipped,
        ReportOutcome::BreakerOpen => v1::CarrierReportStatus::BreakerOpen,
    };
    v1::CarrierReport {
        carrier: report.carrier.clone(),
        account: report.account.clone(),
        status: status.into(),
        latency: Some(value::duration(report.took)),
        offer_count: u32::try_from(report.offers).unwrap_or(u32::MAX),
        fault: report.fault.as_ref().map(value::fault),
        notices: report.notices.iter().map(value::notice).collect(),
    }
}
