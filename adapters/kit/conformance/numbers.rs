//! Where tax and customs numbers go: to the carrier when it carries them, into
//! a field of their own, and nowhere else.
//!
//! Every service is asked for every kind of number. What is looked at is the
//! request itself, taken apart into values, so that a number that lands inside
//! a reference, a note or a description is found. Start with [`services`].

use futures::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

use super::golden::account_of;
use super::leaves::{self, Leaf};
use super::{Bench, Case, Finding, Operation};
use crate::account::Account;
use crate::carrier::Entry;
use crate::descriptor::Service;
use crate::exchange::Effect;
use crate::fault::{Fault, FaultKind, Phase};
use crate::model::{AttachedId, IdKind, IdRole, Identifier, Party, RegionalIds};
use crate::operation::{FindQuery, PurchaseOrder, RateQuery};
use crate::plan::{Cx, Port, Step};
use crate::wire::{Reply, Wire};

/// Words in the names of fields that people write into.
const FREE_TEXT: &[&str] = &[
    "reference",
    "note",
    "descri",
    "comment",
    "instruct",
    "remark",
    "memo",
    "message",
    "(path)",
    "(header)",
];

/// What is wrong with the numbers of a golden case: those that its service
/// carries are in fields of their own, all others and all numbers of other
/// operations are not sent.
pub async fn of_case(entry: &Entry, case: &Case) -> Vec<Finding> {
    let (ids, carries) = match case.operation {
        Operation::Rate => match case.input::<RateQuery>() {
            Ok(query) => (query.shipment.regional_ids, &[][..]),
            Err(finding) => return vec![finding],
        },
        Operation::Find => match case.input::<FindQuery>() {
            Ok(query) => (query.order.shipment.regional_ids, &[][..]),
            Err(finding) => return vec![finding],
        },
        Operation::Purchase => match case.input::<PurchaseOrder>() {
            Ok(order) => {
                let lane = (order.shipment.ship_from.country, order.shipment.ship_to.country);
                let service = entry.carrier.descriptor().service(&order.service, lane.0, lane.1);
                (order.shipment.regional_ids, service.map_or(&[][..], |service| service.carries))
            }
            Err(finding) => return vec![finding],
        },
        Operation::Void | Operation::Track | Operation::Push => return Vec::new(),
    };
    let account = account_of(entry, case);
    let mut port = Catch::new(entry, case.about.now);
    if let Err(finding) = case.run(entry.carrier.as_ref(), &mut Cx::new(&account, &mut port)).await {
        return vec![finding];
    }
    let sent = port.leaves();
    let expected = case.operation == Operation::Purchase && case.ends_well();
    let mut findings = Vec::new();
    for id in &ids.0 {
        let carried = carries.contains(&id.kind);
        let problem = misplaced(&sent, id).or_else(|| match (carried, is_there(&sent, id)) {
            (true, false) if expected => Some("is not sent".to_owned()),
            (false, true) => Some("is sent, and nothing says that it is carried".to_owned()),
            _ => None,
        });
        findings.extend(
            problem.map(|problem| Finding::new(case.name(), format!("the {} number {problem}", id.kind))),
        );
    }
    findings
}

/// Asks every service for every kind of number, held by sender and consignee.
pub async fn services(entry: &Entry) -> Vec<Finding> {
    let descriptor = entry.carrier.descriptor();
    if !descriptor.capabilities.purchase {
        return Vec::new();
    }
    let samples = match Samples::of(entry) {
        Ok(samples) => samples,
        Err(findings) => return findings,
    };
    let mut findings = Vec::new();
    for service in descriptor.services {
        let at = format!("service {} ({})", service.code, service.name);
        let Some(order) = samples.order(entry, service).await else {
            let what = "cannot be tried: no golden purchase has goods and parties that it takes";
            findings.push(Finding::new(at, what));
            continue;
        };
        for kind in IdKind::ALL {
            let problem = probe(entry, &samples.account, service, &order, *kind).await;
            findings.extend(problem.map(|words| Finding::new(&at, format!("the {kind} number {words}"))));
        }
    }
    findings
}

/// What is wrong with one kind of number on one service.
async fn probe(
    entry: &Entry,
    account: &Account,
    service: &Service,
    order: &PurchaseOrder,
    kind: IdKind,
) -> Option<String> {
    let carried = service.carries.contains(&kind);
    let mut sent_for_somebody = false;
    for holder in [IdRole::Seller, IdRole::Marketplace, IdRole::Consignee] {
        let id = AttachedId { kind, value: sample(kind)?, holder, issuer: None };
        let mut order = order.clone();
        order.shipment.regional_ids = RegionalIds(vec![id.clone()]);
        let sent = sent_for(entry, account, &order).await.leaves();
        if let Some(problem) = misplaced(&sent, &id) {
            return Some(problem);
        }
        let there = is_there(&sent, &id);
        if there && !carried {
            return Some("is sent, and `carries` does not list it".to_owned());
        }
        sent_for_somebody |= there;
    }
    (carried && !sent_for_somebody).then(|| "is listed in `carries` and never sent".to_owned())
}

/// A value that stands in no other field.
fn sample(kind: IdKind) -> Option<Identifier> {
    let place = IdKind::ALL.iter().position(|other| *other == kind)?;
    Identifier::parse(&format!("QX{place:02}K9Z7PW")).ok()
}

fn is_there(sent: &[Leaf], id: &AttachedId) -> bool {
    sent.iter().any(|leaf| leaf.value.contains(id.value.expose()))
}

/// Where a number stands that is no field of its own.
fn misplaced(sent: &[Leaf], id: &AttachedId) -> Option<String> {
    let value = id.value.expose();
    let bad = sent.iter().filter(|leaf| leaf.value.contains(value)).find(|leaf| {
        let name = leaf.name();
        leaf.value != value || FREE_TEXT.iter().any(|word| name.contains(word) || leaf.path.starts_with(word))
    });
    bad.map(|leaf| format!("stands in `{}`, which is no field of its own", leaf.path))
}

/// Everything that buying `order` sends before and with its creating exchange.
async fn sent_for(entry: &Entry, account: &Account, order: &PurchaseOrder) -> Catch {
    let mut port = Catch::new(entry, order.shipment.ship_at.timestamp());
    // How it ends is of no interest: what was sent is.
    let _ = entry.carrier.purchase(&mut Cx::new(account, &mut port), order).await;
    port
}

/// Goods of the carrier's golden purchases, parties of its ratings, too.
struct Samples {
    account: Account,
    orders: Vec<PurchaseOrder>,
    parties: Vec<Party>,
}

impl Samples {
    fn of(entry: &Entry) -> Result<Self, Vec<Finding>> {
        let account = entry.sim.account().account();
        let mut samples = Self { account, orders: Vec::new(), parties: Vec::new() };
        for case in Case::all(entry.folder)? {
            let mut shipment = match case.operation {
                Operation::Rate => case.input::<RateQuery>().map_err(|finding| vec![finding])?.shipment,
                Operation::Purchase => {
                    case.input::<PurchaseOrder>().map_err(|finding| vec![finding])?.shipment
                }
                Operation::Find | Operation::Void | Operation::Track | Operation::Push => continue,
            };
            if !case.ends_well() {
                continue;
            }
            shipment.regional_ids = RegionalIds::default();
            samples.parties.extend([shipment.ship_from.clone(), shipment.ship_to.clone()]);
            if case.operation == Operation::Purchase {
                let order: PurchaseOrder = case.input().map_err(|finding| vec![finding])?;
                samples.orders.push(PurchaseOrder { shipment, ..order });
            }
        }
        Ok(samples)
    }

    /// An order that the adapter carries out with this service: with a
    /// declaration exactly where the service has places for numbers.
    async fn order(&self, entry: &Entry, service: &Service) -> Option<PurchaseOrder> {
        let crosses = !service.carries.is_empty();
        let goods = self.orders.iter().filter(|order| order.shipment.customs.is_some() == crosses);
        for order in goods {
            let own = [(&order.shipment.ship_from, &order.shipment.ship_to)];
            let others = self.parties.iter().flat_map(|from| self.parties.iter().map(move |to| (from, to)));
            for (from, to) in own.into_iter().chain(others) {
                if !service.serves(from.country, to.country) {
                    continue;
                }
                let mut order = order.clone();
                service.code.clone_into(&mut order.service);
                order.shipment.ship_from = from.clone();
                order.shipment.ship_to = to.clone();
                if sent_for(entry, &self.account, &order).await.created {
                    return Some(order);
                }
            }
        }
        None
    }
}

/// A port that keeps what is sent. The simulator answers what only reads, and
/// nobody answers what creates something.
struct Catch {
    bench: Bench,
    wires: Vec<Wire>,
    created: bool,
}

impl Catch {
    fn new(entry: &Entry, now: Timestamp) -> Self {
        Self { bench: Bench::new(entry.clone(), now), wires: Vec::new(), created: false }
    }

    fn leaves(&self) -> Vec<Leaf> {
        self.wires.iter().flat_map(leaves::of).collect()
    }
}

impl Port for Catch {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        self.wires.push(step.wire.clone());
        if matches!(step.effect, Effect::Creates(_)) {
            self.created = true;
            let silence = Fault::new(FaultKind::TimedOut, "nobody answers here").at(Phase::InDoubt);
            return Box::pin(async move { Err(silence) });
        }
        self.bench.exchange(step)
    }

    fn started(&self) -> Timestamp {
        self.bench.world.now
    }

    fn plan_id(&self) -> Uuid {
        self.bench.plan_id()
    }
}
