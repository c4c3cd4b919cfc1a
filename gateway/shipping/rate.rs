//! Offers for a shipment: every eligible carrier account is asked at once, each
//! answers in its own time, and one that does not costs only its own offers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{Notice, Refusal, Shipment};
use parcelgate_kit::operation::{RateQuery, Rates};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::ShippingError;
use super::gateway::Gateway;
use super::quote::{CarrierReport, Ineligible, Offer, Quote, RateEvent, ReportOutcome};
use super::request::{LateOffers, RateRequest};
use crate::carriers::{Call, CarrierHost, LinkedAccount};
use crate::promise::{
    Reason, ReasonCode, Wishes, rank, screen_carrier, screen_offer, screen_service, zone_of,
};
use crate::regional::Decision;
use crate::tenancy::TenantId;

/// What a caller is given to read before carriers have to wait.
const STREAM_ROOM: usize = 64;

/// One carrier account and what may be asked of it.
struct Asked {
    host: Arc<CarrierHost>,
    account: LinkedAccount,
    services: Vec<String>,
}

/// What is the same for every carrier of a request.
struct Terms {
    quote: Uuid,
    shipment: Shipment,
    wishes: Wishes,
    late: LateOffers,
}

impl Gateway {
    /// The whole quote at once.
    ///
    /// # Errors
    /// [`ShippingError`] when the request cannot be rated at all. Carriers that
    /// fail are reports, not errors.
    pub async fn rate(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: RateRequest,
        budget: Duration,
    ) -> Result<Quote, ShippingError> {
        use tokio_stream::StreamExt;
        let mut events = self.stream_rates(tenant, request, budget).await?;
        while let Some(event) = events.next().await {
            if let RateEvent::Summary(quote) = event? {
                return Ok(*quote);
            }
        }
        Err(ShippingError::Internal("the rating ended without a summary".to_owned()))
    }

    /// Offers, reasons and reports as they come, the ranked whole at the end.
    /// Dropping the stream stops the questions to carriers.
    ///
    /// # Errors
    /// As [`Gateway::rate`].
    pub async fn stream_rates(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: RateRequest,
        budget: Duration,
    ) -> Result<ReceiverStream<Result<RateEvent, ShippingError>>, ShippingError> {
        let now = self.now();
        let decision = self.decide(&request, now);
        let accounts = self.accounts_for(tenant, &request.accounts).await?;
        let fingerprint = request.fingerprint;
        let shipment = request.shipment(now, decision.customs_required, decision.regional_ids());
        let terms = Terms {
            quote: Uuid::now_v7(),
            wishes: wishes(&request, &decision),
            shipment,
            late: request.late_offers,
        };
        let quote = Quote {
            id: format!("q_{}", terms.quote.simple()),
            created_at: now,
            expires_at: now,
            fingerprint,
            shipment: terms.shipment.clone(),
            decision,
            offers: Vec::new(),
            ineligible: Vec::new(),
            reports: Vec::new(),
        };
        let budget = budget.saturating_sub(self.settings.rate_margin).min(self.settings.rate_budget);
        let (sender, receiver) = mpsc::channel(STREAM_ROOM);
        let gathering = Gathering { gateway: Arc::clone(self), tenant: tenant.clone(), quote, out: sender };
        tokio::spawn(gathering.run(terms, accounts, budget));
        Ok(ReceiverStream::new(receiver))
    }
}

/// A quote while it is being gathered.
struct Gathering {
    gateway: Arc<Gateway>,
    tenant: TenantId,
    quote: Quote,
    out: mpsc::Sender<Result<RateEvent, ShippingError>>,
}

/// The caller went away.
struct Gone;

/// What one carrier account's task brings.
struct Brought {
    offers: Vec<Offer>,
    ineligible: Vec<Ineligible>,
    report: CarrierReport,
    lifetime: u64,
}

impl Gathering {
    async fn run(mut self, terms: Terms, accounts: Vec<LinkedAccount>, budget: Duration) {
        // A caller that went away is nobody to tell.
        let _ = self.gather(terms, accounts, budget).await;
    }

    async fn gather(
        &mut self,
        terms: Terms,
        accounts: Vec<LinkedAccount>,
        budget: Duration,
    ) -> Result<(), Gone> {
        let asked = self.screen(&terms, accounts).await?;
        let terms = Arc::new(terms);
        let call = Call::within(budget);
        let mut lifetime = u64::MAX;
        let mut tasks = JoinSet::new();
        for asked in asked {
            let terms = Arc::clone(&terms);
            tasks.spawn(async move { ask(asked, &terms, call).await });
        }
        loop {
            let brought = tokio::select! {
                () = self.out.closed() => return Err(Gone),
                next = tasks.join_next() => match next {
                    None => break,
                    Some(Ok(brought)) => brought,
                    // A panic in an adapter costs that adapter's offers only.
                    Some(Err(_)) => continue,
                },
            };
            lifetime = lifetime.min(brought.lifetime);
            self.take(brought).await?;
        }
        self.finish(lifetime).await
    }

    /// Sorts out what cannot be asked, with reasons.
    async fn screen(&mut self, terms: &Terms, accounts: Vec<LinkedAccount>) -> Result<Vec<Asked>, Gone> {
        let mut asked = Vec::new();
        let carriers = self.gateway.carriers.clone();
        for host in carriers.iter() {
            let descriptor = host.descriptor();
            if !descriptor.capabilities.rate {
                continue;
            }
            let own: Vec<_> =
                accounts.iter().filter(|account| account.carrier == descriptor.id).cloned().collect();
            let mut reasons = screen_carrier(descriptor, &terms.shipment, &terms.wishes);
            if own.is_empty() {
                let words = format!("there is no account with {}", descriptor.name);
                reasons.push(Reason::new(ReasonCode::NoAccount, "accounts", words).remedy("link an account"));
            }
            if !reasons.is_empty() {
                self.ineligible(Ineligible {
                    carrier: descriptor.id.to_owned(),
                    account: String::new(),
                    service: String::new(),
                    service_name: String::new(),
                    reasons,
                })
                .await?;
                self.report(skipped(descriptor.id, "")).await?;
                continue;
            }
            let services = self.services(host, terms).await?;
            for account in own {
                if services.is_empty() {
                    self.report(skipped(descriptor.id, &account.id)).await?;
                } else {
                    asked.push(Asked { host: Arc::clone(host), account, services: services.clone() });
                }
            }
        }
        Ok(asked)
    }

    async fn services(&mut self, host: &CarrierHost, terms: &Terms) -> Result<Vec<String>, Gone> {
        let descriptor = host.descriptor();
        let (from, to) = (terms.shipment.ship_from.country, terms.shipment.ship_to.country);
        let mut eligible = Vec::new();
        for service in descriptor.services.iter().filter(|service| service.serves(from, to)) {
            let reasons = screen_service(descriptor, service, &terms.shipment, &terms.wishes);
            if reasons.is_empty() {
                eligible.push(service.code.to_owned());
                continue;
            }
            self.ineligible(Ineligible {
                carrier: descriptor.id.to_owned(),
                account: String::new(),
                service: service.code.to_owned(),
                service_name: service.name.to_owned(),
                reasons,
            })
            .await?;
        }
        Ok(eligible)
    }

    async fn take(&mut self, brought: Brought) -> Result<(), Gone> {
        for offer in brought.offers {
            self.send(RateEvent::Offer(Box::new(offer.clone()))).await?;
            self.quote.offers.push(offer);
        }
        for ineligible in brought.ineligible {
            self.ineligible(ineligible).await?;
        }
        self.report(brought.report).await
    }

    async fn finish(&mut self, lifetime: u64) -> Result<(), Gone> {
        rank(&mut self.quote.offers);
        self.quote.ineligible.sort_by(|a, b| (&a.carrier, &a.service).cmp(&(&b.carrier, &b.service)));
        self.quote.reports.sort_by(|a, b| (&a.carrier, &a.account).cmp(&(&b.carrier, &b.account)));
        let lifetime = Duration::from_secs(lifetime).min(self.gateway.settings.quote_lifetime);
        let lifetime = SignedDuration::try_from(lifetime).unwrap_or_default();
        self.quote.expires_at = self.quote.created_at.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let stored = self.gateway.put_quote(&self.tenant, &self.quote).await;
        let last = stored.map(|()| RateEvent::Summary(Box::new(self.quote.clone())));
        self.out.send(last).await.map_err(|_| Gone)
    }

    async fn ineligible(&mut self, ineligible: Ineligible) -> Result<(), Gone> {
        self.send(RateEvent::Ineligible(Box::new(ineligible.clone()))).await?;
        self.quote.ineligible.push(ineligible);
        Ok(())
    }

    async fn report(&mut self, report: CarrierReport) -> Result<(), Gone> {
        self.send(RateEvent::Report(Box::new(report.clone()))).await?;
        self.quote.reports.push(report);
        Ok(())
    }

    async fn send(&self, event: RateEvent) -> Result<(), Gone> {
        self.out.send(Ok(event)).await.map_err(|_| Gone)
    }
}

fn skipped(carrier: &str, account: &str) -> CarrierReport {
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
async fn ask(asked: Asked, terms: &Terms, call: Call) -> Brought {
    let descriptor = asked.host.descriptor();
    let started = Instant::now();
    let query = RateQuery::new(terms.shipment.clone(), asked.services.clone());
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
    let ineligible = |service: &str, reasons: Vec<Reason>| Ineligible {
        carrier: descriptor.id.to_owned(),
        account: asked.account.id.clone(),
        service: service.to_owned(),
        service_name: name(service),
        reasons,
    };
    let (mut offers, mut refused) = (Vec::new(), Vec::new());
    let mut unanswered = asked.services.clone();
    for mut offer in rates.offers {
        if !descriptor.capabilities.void {
            let words = format!("{} takes no label back: what is bought stays bought", descriptor.name);
            offer.notices.push(Notice::new("VOID_NOT_OFFERED", words));
        }
        unanswered.retain(|code| *code != offer.service);
        let mut reasons = screen_offer(&offer, &terms.wishes);
        let late = reasons.iter().any(|reason| reason.code == ReasonCode::Late);
        if terms.late != LateOffers::Hide {
            reasons.retain(|reason| reason.code != ReasonCode::Late);
        }
        if !reasons.is_empty() {
            refused.push(ineligible(&offer.service, reasons));
            continue;
        }
        let number = format!("{}/{}/{}", descriptor.id, asked.account.id, offer.service);
        offers.push(Offer {
            id: format!("o_{}", Uuid::new_v5(&terms.quote, number.as_bytes()).simple()),
            carrier: descriptor.id.to_owned(),
            account: asked.account.id.clone(),
            service_name: name(&offer.service),
            level: descriptor.service(&offer.service, from, to).map(|service| service.level),
            offer,
            late: late && terms.late == LateOffers::Mark,
        });
    }
    for refusal in rates.refusals {
        let service = refusal.service.clone().unwrap_or_default();
        if service.is_empty() {
            unanswered.clear();
        }
        unanswered.retain(|code| *code != service);
        refused.push(ineligible(&service, vec![said_by_carrier(refusal)]));
    }
    for code in unanswered {
        let words = "the carrier priced other services and did not mention this one";
        let reason = Reason::new(ReasonCode::NotOfferedByCarrier, "carrier", words);
        refused.push(ineligible(&code, vec![reason]));
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

fn wishes(request: &RateRequest, decision: &Decision) -> Wishes {
    Wishes {
        allowed: request.preferences.allowed.clone(),
        blocked: request.preferences.blocked.clone(),
        must_be_tracked: request.preferences.must_be_tracked,
        price_cap: request.preferences.price_cap,
        deliver_by: request.order.deliver_by.map(|by| zone_of(&request.ship_to).to_datetime(by)),
        required_ids: decision.regional_ids().0.iter().map(|id| id.kind).collect(),
    }
}
