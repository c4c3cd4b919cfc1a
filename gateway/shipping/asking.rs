//! One carrier account is asked, and its answer sorted into offers and reasons.
//!
//! Every service that was asked about ends as one or the other. It decides
//! nothing about borders and ranks nothing. Start with [`ask`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{Notice, Refusal, RegionalIds, Shipment};
use parcelgate_kit::operation::{RateQuery, Rates};
use uuid::Uuid;

use super::promising::Promising;
use super::quote::{CarrierReport, Ineligible, Offer, ReportOutcome};
use super::request::LateOffers;
use crate::carriers::{Call, CarrierHost, LinkedAccount};
use crate::promise::{Mend, Reason, ReasonCode, Wishes, screen_offer};
use crate::regional::Decision;

/// One carrier account and what may be asked of it.
pub(super) struct Asked {
    pub(super) host: Arc<CarrierHost>,
    pub(super) account: LinkedAccount,
    pub(super) group: Group,
}

/// Services of one carrier that send the same numbers.
#[derive(Clone)]
pub(super) struct Group {
    ids: RegionalIds,
    services: Vec<String>,
    /// Decisions of those that the quote's does not hold for.
    own: BTreeMap<String, Box<Decision>>,
}

impl Group {
    /// Puts a service to those that send the same numbers.
    pub(super) fn put(groups: &mut Vec<Self>, ids: RegionalIds, service: &str, own: Option<Box<Decision>>) {
        let place = groups.iter().position(|group| group.ids == ids).unwrap_or(groups.len());
        if place == groups.len() {
            groups.push(Self { ids, services: Vec::new(), own: BTreeMap::new() });
        }
        if let Some(group) = groups.get_mut(place) {
            group.services.push(service.to_owned());
            group.own.extend(own.map(|own| (service.to_owned(), own)));
        }
    }
}

/// What is the same for every carrier of a request.
pub(super) struct Terms {
    pub(super) quote: Uuid,
    pub(super) shipment: Shipment,
    pub(super) wishes: Wishes,
    pub(super) promising: Promising,
    pub(super) late: LateOffers,
}

/// What one carrier account's task brings.
pub(super) struct Brought {
    pub(super) offers: Vec<Offer>,
    pub(super) ineligible: Vec<Ineligible>,
    pub(super) report: CarrierReport,
    pub(super) lifetime: u64,
}

/// The report of an account that is not asked.
pub(super) fn skipped(carrier: &str, account: &str) -> CarrierReport {
    CarrierReport {
        carrier: carrier.to_owned(),
        account: account.to_owned(),
        outcome: ReportOutcome::Skipped,
        took: Duration::ZERO,
        offers: 0,
        fault: None,
        notices: Vec::new(),
    }
}

/// Asks one carrier account, by the deadline.
pub(super) async fn ask(asked: Asked, terms: &Terms, call: Call) -> Brought {
    let descriptor = asked.host.descriptor();
    let started = Instant::now();
    let shipment = Shipment { regional_ids: asked.group.ids.clone(), ..terms.shipment.clone() };
    let query = RateQuery::new(shipment, asked.group.services.clone());
    let deadline = tokio::time::Instant::from_std(call.deadline);
    let answered = tokio::time::timeout_at(deadline, asked.host.rate(&asked.account, call, &query)).await;
    let answered =
        answered.unwrap_or_else(|_| Err(Fault::new(FaultKind::TimedOut, "there was no answer in time")));
    let mut report = CarrierReport { took: started.elapsed(), ..skipped(descriptor.id, &asked.account.id) };
    match answered {
        Ok(rates) => {
            report.outcome = ReportOutcome::Answered;
            report.notices.clone_from(&rates.notices);
            sort_out(&asked, terms, rates, report)
        }
        Err(fault) => {
            report.outcome = outcome_of(&fault, &asked.host);
            let ineligible = reason_of(&fault).map(|reason| Ineligible {
                carrier: descriptor.id.to_owned(),
                account: asked.account.id.clone(),
                service: String::new(),
                service_name: String::new(),
                reasons: vec![reason],
                mend: None,
            });
            report.fault = Some(fault);
            let ineligible = ineligible.into_iter().collect();
            Brought { offers: Vec::new(), ineligible, report, lifetime: u64::MAX }
        }
    }
}

fn outcome_of(fault: &Fault, host: &CarrierHost) -> ReportOutcome {
    match fault.kind {
        FaultKind::TimedOut => ReportOutcome::TimedOut,
        FaultKind::Unavailable if host.is_left_alone() => ReportOutcome::BreakerOpen,
        _ => ReportOutcome::Failed,
    }
}

/// The reason that a fault is for all services; a carrier that was silent or
/// out of order is no reason but a report.
fn reason_of(fault: &Fault) -> Option<Reason> {
    let rule = |prefix: &str| format!("{prefix}.{}", fault.field.as_deref().unwrap_or("request"));
    match fault.kind {
        FaultKind::Unfit => {
            let reason = Reason::new(ReasonCode::ShipmentUnfit, &rule("adapter"), fault.to_string());
            Some(reason.remedy("change the field that is named"))
        }
        FaultKind::Account => {
            let reason = Reason::new(ReasonCode::AccountRejected, &rule("account"), fault.to_string());
            Some(reason.remedy("check the account's settings and secrets"))
        }
        FaultKind::Refused | FaultKind::NotFound => {
            let code = fault.carrier_code.clone().unwrap_or_default();
            let words = fault.carrier_words.clone().unwrap_or_else(|| fault.to_string());
            Some(Reason::new(ReasonCode::CarrierRefused, &format!("carrier.{code}"), words).seen(code, ""))
        }
        _ => None,
    }
}

/// Turns a carrier's answer into offers and reasons: every service that was
/// asked about ends as one or the other.
fn sort_out(asked: &Asked, terms: &Terms, rates: Rates, mut report: CarrierReport) -> Brought {
    let descriptor = asked.host.descriptor();
    let (from, to) = (terms.shipment.ship_from.country, terms.shipment.ship_to.country);
    let name = |code: &str| descriptor.service(code, from, to).map_or("", |service| service.name).to_owned();
    let ineligible = |service: &str, reasons: Vec<Reason>, mend: Option<Mend>| Ineligible {
        carrier: descriptor.id.to_owned(),
        account: asked.account.id.clone(),
        service: service.to_owned(),
        service_name: name(service),
        reasons,
        mend,
    };
    let (mut offers, mut refused) = (Vec::new(), Vec::new());
    let mut unanswered = asked.group.services.clone();
    for mut offer in rates.offers {
        if !descriptor.capabilities.void {
            let words = format!("{} takes no label back: what is bought stays bought", descriptor.name);
            offer.notices.push(Notice::new("VOID_NOT_OFFERED", words));
        }
        unanswered.retain(|code| *code != offer.service);
        let service = descriptor.service(&offer.service, from, to);
        let prospect = terms.promising.complete(&mut offer, &asked.host, service);
        let mut reasons = screen_offer(&offer, &terms.wishes);
        reasons.extend(terms.promising.reasons(&prospect, &terms.wishes));
        let is_late = |reason: &Reason| matches!(reason.code, ReasonCode::Late | ReasonCode::LateRisk);
        let late = reasons.iter().any(is_late);
        let only_late = late && reasons.iter().all(is_late);
        if terms.late != LateOffers::Hide {
            reasons.retain(|reason| !is_late(reason));
        }
        if !reasons.is_empty() {
            let mend =
                only_late.then(|| terms.promising.in_time(&offer, &prospect, &asked.host, service)).flatten();
            refused.push(ineligible(&offer.service, reasons, mend));
            continue;
        }
        let number = format!("{}/{}/{}", descriptor.id, asked.account.id, offer.service);
        offers.push(Offer {
            id: format!("o_{}", Uuid::new_v5(&terms.quote, number.as_bytes()).simple()),
            carrier: descriptor.id.to_owned(),
            account: asked.account.id.clone(),
            service_name: name(&offer.service),
            level: service.map(|service| service.level),
            late: late && terms.late == LateOffers::Mark,
            prospect,
            decision: asked.group.own.get(&offer.service).cloned(),
            offer,
        });
    }
    for refusal in rates.refusals {
        let service = refusal.service.clone().unwrap_or_default();
        if service.is_empty() {
            unanswered.clear();
        }
        unanswered.retain(|code| *code != service);
        refused.push(ineligible(&service, vec![said_by_carrier(refusal)], None));
    }
    for code in unanswered {
        let words = "the carrier priced other services and did not mention this one";
        let reason = Reason::new(ReasonCode::NotOfferedByCarrier, "carrier", words);
        refused.push(ineligible(&code, vec![reason], None));
    }
    report.offers = offers.len();
    if !offers.is_empty() && !refused.is_empty() {
        report.outcome = ReportOutcome::Partial;
    }
    Brought { offers, ineligible: refused, report, lifetime: descriptor.quote_lifetime }
}

fn said_by_carrier(refusal: Refusal) -> Reason {
    let mut reason =
        Reason::new(ReasonCode::CarrierRefused, &format!("carrier.{}", refusal.code), refusal.words);
    reason.observed = refusal.observed.unwrap_or(refusal.code);
    reason.limit = refusal.limit.unwrap_or_default();
    reason
}
