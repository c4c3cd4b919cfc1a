//! Offers for a shipment: every eligible carrier account is asked at once, each
//! answers in its own time, and one that does not costs only its own offers.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::RegionalIds;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::ShippingError;
use super::approving::approved;
use super::asking::{Asked, Brought, Group, Terms, ask, skipped};
use super::customs::{CustomsFacts, Decisions};
use super::gateway::Gateway;
use super::promising::Promising;
use super::quote::{CarrierReport, Ineligible, Quote, RateEvent};
use super::request::{LateOffers, RateRequest};
use crate::carriers::{Call, CarrierHost, LinkedAccount};
use crate::promise::{Reason, ReasonCode, Wishes, mend, rank, screen_carrier, screen_service, zone_of};
use crate::tenancy::TenantId;

/// What a caller is given to read before carriers have to wait.
const STREAM_ROOM: usize = 64;

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
        let mut events = self.start_rating(tenant, request, budget, Telling::Whole).await?;
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
        self.start_rating(tenant, request, budget, Telling::Pieces).await
    }

    async fn start_rating(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: RateRequest,
        budget: Duration,
        telling: Telling,
    ) -> Result<ReceiverStream<Result<RateEvent, ShippingError>>, ShippingError> {
        let now = self.now();
        let accounts = self.accounts_for(tenant, &request.accounts).await?;
        let fingerprint = request.fingerprint;
        let mut shipment = request.shipment(now, true, RegionalIds::default());
        let facts = CustomsFacts::of(&request, &shipment)
            .ok_or_else(|| ShippingError::Internal("a shipment was made without its declaration".into()))?;
        let decisions = self.decisions(&facts, &shipment);
        let decision = decisions.base().clone();
        shipment.customs = shipment.customs.filter(|_| decision.customs_required);
        shipment.regional_ids = decision.regional_ids();
        let wishes = wishes(&request, now);
        // Most of the caller's time is the carriers'.
        let history = self.history(tenant, &shipment, now, budget / 4).await;
        let terms = Terms {
            quote: Uuid::now_v7(),
            promising: Promising::of(&request, &shipment, &wishes, history, now),
            wishes,
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
            facts: Some(facts),
            order: request.order.reference(),
            ranking: request.preferences.ranking,
            offers: Vec::new(),
            ineligible: Vec::new(),
            reports: Vec::new(),
        };
        let budget = budget.saturating_sub(self.settings.rate_margin).min(self.settings.rate_budget);
        let (sender, receiver) = mpsc::channel(STREAM_ROOM);
        let (gateway, tenant) = (Arc::clone(self), tenant.clone());
        let gathering = Gathering { gateway, tenant, quote, decisions, telling, out: sender };
        tokio::spawn(gathering.run(terms, accounts, budget));
        Ok(ReceiverStream::new(receiver))
    }
}

/// What a caller wants to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// Each piece as it comes, and the whole at the end.
    Pieces,
    /// The whole at the end.
    Whole,
}

/// A quote while it is being gathered.
struct Gathering {
    gateway: Arc<Gateway>,
    tenant: TenantId,
    quote: Quote,
    decisions: Decisions,
    telling: Telling,
    out: mpsc::Sender<Result<RateEvent, ShippingError>>,
}

/// The caller went away.
struct Gone;

impl Gathering {
    async fn run(self, terms: Terms, accounts: Vec<LinkedAccount>, budget: Duration) {
        // A caller that went away is nobody to tell.
        let _ = self.gather(terms, accounts, budget).await;
    }

    async fn gather(
        mut self,
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
                    mend: None,
                })
                .await?;
                self.report(skipped(descriptor.id, "")).await?;
                continue;
            }
            let groups = self.services(host, terms).await?;
            for account in own {
                if groups.is_empty() {
                    self.report(skipped(descriptor.id, &account.id)).await?;
                }
                let account = |group| Asked { host: Arc::clone(host), account: account.clone(), group };
                asked.extend(groups.iter().cloned().map(account));
            }
        }
        Ok(asked)
    }

    /// The services of the lane that can carry the shipment. Those that send
    /// the same numbers are asked for together: nearly always all of them.
    async fn services(&mut self, host: &CarrierHost, terms: &Terms) -> Result<Vec<Group>, Gone> {
        let descriptor = host.descriptor();
        let (from, to) = (terms.shipment.ship_from.country, terms.shipment.ship_to.country);
        let mut groups: Vec<Group> = Vec::new();
        for service in descriptor.services.iter().filter(|service| service.serves(from, to)) {
            let mut reasons = screen_service(descriptor, service, &terms.shipment, &terms.wishes);
            let own = self.decisions.own(service);
            let at_the_border = self.decisions.reasons(own.as_deref());
            let mend = at_the_border
                .is_empty()
                .then(|| mend(descriptor, service, &terms.shipment, &terms.wishes, &reasons))
                .flatten();
            reasons.extend(at_the_border);
            if reasons.is_empty() {
                let ids = own.as_deref().unwrap_or(self.decisions.base()).regional_ids();
                Group::put(&mut groups, ids, service.code, own);
                continue;
            }
            self.ineligible(Ineligible {
                carrier: descriptor.id.to_owned(),
                account: String::new(),
                service: service.code.to_owned(),
                service_name: service.name.to_owned(),
                reasons,
                mend,
            })
            .await?;
        }
        Ok(groups)
    }

    async fn take(&mut self, brought: Brought) -> Result<(), Gone> {
        for offer in brought.offers {
            self.tell(|| RateEvent::Offer(Box::new(offer.clone()))).await?;
            self.quote.offers.push(offer);
        }
        for ineligible in brought.ineligible {
            self.ineligible(ineligible).await?;
        }
        self.report(brought.report).await
    }

    async fn finish(mut self, lifetime: u64) -> Result<(), Gone> {
        rank(&mut self.quote.offers, self.quote.ranking);
        self.quote.ineligible.sort_by(|a, b| (&a.carrier, &a.service).cmp(&(&b.carrier, &b.service)));
        self.quote.reports.sort_by(|a, b| (&a.carrier, &a.account).cmp(&(&b.carrier, &b.account)));
        let lifetime = Duration::from_secs(lifetime).min(self.gateway.settings.quote_lifetime);
        let lifetime = SignedDuration::try_from(lifetime).unwrap_or_default();
        self.quote.expires_at = self.quote.created_at.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let stored = self.gateway.put_quote(&self.tenant, &self.quote).await;
        let last = stored.map(|()| RateEvent::Summary(Box::new(self.quote)));
        self.out.send(last).await.map_err(|_| Gone)
    }

    async fn ineligible(&mut self, ineligible: Ineligible) -> Result<(), Gone> {
        self.tell(|| RateEvent::Ineligible(Box::new(ineligible.clone()))).await?;
        self.quote.ineligible.push(ineligible);
        Ok(())
    }

    async fn report(&mut self, report: CarrierReport) -> Result<(), Gone> {
        self.tell(|| RateEvent::Report(Box::new(report.clone()))).await?;
        self.quote.reports.push(report);
        Ok(())
    }

    /// Tells a piece to those who want pieces.
    async fn tell(&self, piece: impl FnOnce() -> RateEvent) -> Result<(), Gone> {
        match self.telling {
            Telling::Pieces => self.out.send(Ok(piece())).await.map_err(|_| Gone),
            Telling::Whole => Ok(()),
        }
    }
}

fn wishes(request: &RateRequest, now: Timestamp) -> Wishes {
    let origin = zone_of(&request.ship_from);
    Wishes {
        allowed: request.preferences.allowed.clone(),
        blocked: request.preferences.blocked.clone(),
        must_be_tracked: request.preferences.must_be_tracked,
        must_be_protected: request.preferences.must_be_protected,
        price_cap: request.preferences.price_cap,
        deliver_by: request.order.deliver_by.map(|by| zone_of(&request.ship_to).to_datetime(by)),
        // Who is late already must still ship: it costs the protections, and the offer only where late ones are hidden.
        ship_by: (request.late_offers == LateOffers::Hide)
            .then_some(request.order.ship_by)
            .flatten()
            .map(|by| origin.to_datetime(by)),
        today: Some(origin.to_datetime(now).date()),
        approved: approved(request, origin.to_datetime(now).date()),
    }
}
