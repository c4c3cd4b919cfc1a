//! One decision while it is being made.
//!
//! The lanes write codes, identifiers and data elements here, in the order in
//! which they find them; `closing.rs` turns that into the decision. It knows
//! no rule of any country. Start with [`Case::refuse_as`], [`Case::drop_warned`]
//! and [`Case::due`].

use std::collections::BTreeMap;

use parcelgate_kit::model::identifier::{self, Eori, IdFault};
use parcelgate_kit::model::{Currency, IdKind, IdRole, Identifier};
use rust_decimal::{Decimal, RoundingStrategy};

use super::closing::role_words;
use super::code::{Code, Severity};
use super::decision::{Border, DutyLine, ExchangeUse, RuleUse};
use super::element::DataElement;
use super::goods;
use super::identifiers::{DropReason, element_of, id_name};
use super::place::Located;
use super::query::{IdOnFile, Query, SaleCurrency, Seller, TaxPolicy};
use super::rates::RateTable;
use super::rules::{self, Confidence, Rule};
use super::scheme::Scheme;

/// The evaluation ended early; the case says why.
#[derive(Debug)]
pub(super) struct Stop;

/// Go on, or stop.
pub(super) type Flow = Result<(), Stop>;

/// One decision while it is being made.
pub(super) struct Case<'q> {
    pub(super) query: &'q Query,
    rates: &'q RateTable,
    pub(super) origin: Located,
    pub(super) dest: Located,
    pub(super) border: Border,
    pub(super) scheme: Scheme,
    /// What became of each identifier on file, by its index.
    pub(super) sent: BTreeMap<usize, Identifier>,
    pub(super) dropped: BTreeMap<usize, DropReason>,
    pub(super) export_note: Option<String>,
    pub(super) required: Vec<DataElement>,
    pub(super) missing: Vec<DataElement>,
    pub(super) codes: Vec<Code>,
    pub(super) notes: Vec<String>,
    pub(super) rules: Vec<RuleUse>,
    pub(super) exchange: Vec<ExchangeUse>,
    pub(super) duty: Vec<DutyLine>,
    /// Tax or duty falls due at the border, on whoever the terms name.
    pub(super) dues: bool,
}

impl<'q> Case<'q> {
    pub(super) fn open(query: &'q Query, rates: &'q RateTable) -> Self {
        Self {
            query,
            rates,
            origin: query.origin.locate(),
            dest: query.destination.locate(),
            border: Border::Customs,
            scheme: Scheme::NONE,
            sent: BTreeMap::new(),
            dropped: BTreeMap::new(),
            export_note: None,
            required: Vec::new(),
            missing: Vec::new(),
            codes: Vec::new(),
            notes: Vec::new(),
            rules: Vec::new(),
            exchange: Vec::new(),
            duty: Vec::new(),
            dues: false,
        }
    }

    pub(super) fn scheme(&mut self, name: &'static str) {
        self.scheme = Scheme::named(name);
    }

    pub(super) fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }

    pub(super) fn code(&mut self, name: &'static str) {
        self.code_with(name, "");
    }

    pub(super) fn code_with(&mut self, name: &'static str, detail: impl Into<String>) {
        let code = Code::new(name, detail);
        if !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }

    pub(super) fn has_code(&self, name: &str) -> bool {
        self.codes.iter().any(|code| code.name() == name)
    }

    pub(super) fn need(&mut self, keys: &[&'static str]) {
        for key in keys {
            let element = DataElement::key(key);
            if !self.required.contains(&element) {
                self.required.push(element);
            }
        }
    }

    pub(super) fn need_standard(&mut self) {
        self.need(&super::element::STANDARD.map(|element| element.as_str()));
    }

    pub(super) fn lacks(&mut self, key: &'static str) {
        let element = DataElement::key(key);
        if !self.missing.contains(&element) {
            self.missing.push(element);
        }
    }

    /// Codes of what falls due at the border.
    pub(super) fn due(&mut self, codes: &[&'static str]) {
        self.dues = true;
        for code in codes {
            self.code(code);
        }
    }

    pub(super) fn add_duty(&mut self, line: DutyLine) {
        self.duty.push(line);
    }

    /// The version of a rule that holds, and that it was used.
    pub(super) fn rule(&mut self, topic: &'static str) -> Option<&'static Rule> {
        if rules::straddles(topic, &self.query.dates) {
            self.code("W_DATE_STRADDLE");
        }
        let rule = rules::in_force(topic, &self.query.dates)?;
        if rule.confidence == Confidence::Low {
            self.code("W_UNVERIFIED");
        }
        if !self.rules.iter().any(|used| used.id == topic) {
            self.rules.push(RuleUse {
                id: topic.to_owned(),
                effective_from: rule.from,
                effective_until: rule.until,
                words: rule.words.to_owned(),
                source: rule.source.to_owned(),
                verified_on: rule.verified_on,
                confidence: rule.confidence,
            });
        }
        Some(rule)
    }

    /// Like [`Case::rule`], and warns where `value` is near its limit.
    pub(super) fn limit(&mut self, topic: &'static str, value: Decimal) -> Option<&'static Rule> {
        let rule = self.rule(topic)?;
        if rule.is_near(value) {
            self.code("W_THRESHOLD_NEAR");
        }
        Some(rule)
    }

    /// Refuses the shipment before a scheme is fixed: `required` is what stands
    /// in its way.
    pub(super) fn refuse(&mut self, code: &'static str, detail: &str, required: &[&'static str]) -> Stop {
        self.refuse_as("none", code, detail, required)
    }

    /// Refuses the shipment under a scheme. What would have been sent and said
    /// about tax no longer applies.
    pub(super) fn refuse_as(
        &mut self,
        scheme: &'static str,
        code: &'static str,
        detail: &str,
        required: &[&'static str],
    ) -> Stop {
        self.codes.retain(|code| code.severity() != Severity::Ok);
        self.code_with(code, detail);
        self.scheme(scheme);
        self.duty.clear();
        for (index, _) in std::mem::take(&mut self.sent) {
            self.dropped.insert(index, DropReason::Refused);
        }
        self.required.clear();
        self.need(required);
        for key in required {
            self.lacks(key);
        }
        Stop
    }

    /// Refuses for a missing data element.
    pub(super) fn refuse_field(&mut self, key: &'static str) -> Stop {
        self.refuse("E_FIELD", key, &[key])
    }

    /// Refuses without the recipient's telephone number, where clearance calls it.
    pub(super) fn need_phone(&mut self) -> Flow {
        if self.query.buyer.phone { Ok(()) } else { Err(self.refuse_field("RECIPIENT_CONTACT")) }
    }

    /// An amount of the sale in another currency, rounded half up to cents.
    pub(super) fn convert(&mut self, amount: Decimal, currency: &str) -> Result<Decimal, Stop> {
        let SaleCurrency::InUse(from) = self.query.currency else {
            return Err(self.refuse("E_FX", "", &["CURRENCY"]));
        };
        let to = Currency::parse(currency).map_err(|_| Stop)?;
        let Some((converted, used)) = self.rates.convert(amount, from, to, self.query.dates.sale) else {
            self.note(format!("No exchange rate from {from} to {to} is known for the day of the sale."));
            return Err(self.refuse("E_FX", "", &["FX_RATE"]));
        };
        if let Some(used) = used.filter(|used| !self.exchange.contains(used)) {
            self.exchange.push(used);
        }
        Ok(converted.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// Whether a conversion would find a rate.
    pub(super) fn can_convert(&self, currency: Currency) -> bool {
        matches!(self.query.currency, SaleCurrency::InUse(from)
            if self.rates.convert(Decimal::ONE, from, currency, self.query.dates.sale).is_some())
    }

    /// Value of the whole consignment, parcels of the same order included,
    /// without transport.
    pub(super) fn consignment_value(&mut self, currency: &str) -> Result<Decimal, Stop> {
        let linked = self.query.linked.iter().filter(|other| other.same_order);
        let sum = linked
            .map(|other| other.goods_value)
            .try_fold(goods::total(self.query).unwrap_or(Decimal::MAX), |sum, value| sum.checked_add(value));
        self.convert(sum.unwrap_or(Decimal::MAX), currency)
    }

    /// Price of one of each line, in another currency.
    pub(super) fn unit_values(&mut self, currency: &str) -> Result<Vec<Decimal>, Stop> {
        let query = self.query;
        query.goods.iter().map(|line| self.convert(line.unit_value, currency)).collect()
    }

    /// The identifiers of one kind, by index.
    pub(super) fn on_file(&self, kind: IdKind) -> Vec<(usize, &'q IdOnFile)> {
        self.query.ids.iter().enumerate().filter(|(_, id)| id.kind == kind).collect()
    }

    /// Whether an identifier belongs to the party that is liable for the tax
    /// of this sale.
    pub(super) fn is_liable(&self, id: &IdOnFile) -> bool {
        match &self.query.seller {
            Seller::OwnStore => id.role == IdRole::Seller,
            Seller::DeemedMarketplace { name, .. } => {
                id.role == IdRole::Marketplace
                    && (name.is_empty() || id.holder.as_ref().is_none_or(|holder| holder == name))
            }
            Seller::PrivatePerson | Seller::Mixed => false,
        }
    }

    /// The liable party's identifier of one of `kinds` that is valid for this
    /// sale. The others are put down as not sent, each with its reason; one
    /// that ended is remarked where no other serves.
    ///
    /// # Errors
    /// When the caller demands the number of a party that is not liable, or,
    /// under the strict policy, when all that is on file has ended.
    pub(super) fn liable_id(&mut self, kinds: &[IdKind]) -> Result<Option<usize>, Stop> {
        let query = self.query;
        let sale = query.dates.sale;
        let sellers = |id: &IdOnFile| kinds.contains(&id.kind) && id.role != IdRole::Consignee;
        let (mut chosen, mut ended) = (None, Vec::new());
        for (index, id) in query.ids.iter().enumerate().filter(|(_, id)| sellers(id)) {
            if !self.is_liable(id) {
                if id.demanded {
                    self.note("The number of another party than the one that is liable must not be used.");
                    return Err(self.refuse("E_ID_PARTY", id_name(id.kind), &[]));
                }
                self.drop_quietly(index, DropReason::OtherParty);
            } else if id.valid_from.is_some_and(|from| sale < from) {
                self.drop_quietly(index, DropReason::NotYetValid);
            } else if id.valid_to.is_some_and(|to| to < sale) {
                self.drop_quietly(index, DropReason::Expired);
                ended.push(index);
            } else if chosen.is_none() {
                chosen = Some(index);
            }
        }
        if chosen.is_none() {
            for index in ended {
                self.drop_warned(index, DropReason::Expired)?;
            }
        }
        Ok(chosen)
    }

    /// The recipient's identifier of one kind.
    pub(super) fn recipient_id(&self, kind: IdKind) -> Option<usize> {
        self.query.ids.iter().position(|id| id.kind == kind && id.role == IdRole::Consignee)
    }

    /// Sends an identifier, in its checked form.
    pub(super) fn attach(&mut self, index: usize) -> Flow {
        let Some(id) = self.query.ids.get(index) else { return Ok(()) };
        let key = element_of(id.kind, id.role);
        match identifier::parse(id.kind, id.value.expose()) {
            Err(fault) => {
                self.note(format!("The {} number of the {} {fault}.", id.kind, role_words(id.role)));
                let code = match fault {
                    IdFault::Format(_) => "E_ID_FORMAT",
                    IdFault::Check(_) => "E_ID_CHECK",
                };
                Err(self.refuse(code, id_name(id.kind), &[key]))
            }
            Ok(_) if self.query.carrier.cannot_carry.contains(&id.kind) => {
                let detail = format!("CARRIER_CANNOT_CARRY:{}", id.kind);
                Err(self.refuse("E_FIELD", &detail, &[]))
            }
            Ok(value) => {
                if id.kind == IdKind::Eori
                    && Eori::parse(value.expose()).is_ok_and(|number| number.shape_fits() == Some(false))
                {
                    let role = role_words(id.role);
                    self.note(format!("The EORI number of the {role} has an unusual form for its country."));
                }
                self.dropped.remove(&index);
                self.sent.insert(index, value);
                Ok(())
            }
        }
    }

    /// Sends the recipient's identifier of one kind, which the border requires.
    pub(super) fn attach_required(&mut self, kind: IdKind) -> Flow {
        match self.recipient_id(kind) {
            Some(index) => self.attach(index),
            None => Err(self.refuse_field(element_of(kind, IdRole::Consignee))),
        }
    }

    /// Leaves an identifier out without a word beyond the list.
    pub(super) fn drop_quietly(&mut self, index: usize, reason: DropReason) {
        self.dropped.insert(index, reason);
    }

    /// Leaves an identifier out and warns; the strict policy refuses, unless
    /// the number merely has no meaning where the shipment goes.
    pub(super) fn drop_warned(&mut self, index: usize, reason: DropReason) -> Flow {
        let Some(id) = self.query.ids.get(index) else { return Ok(()) };
        self.dropped.insert(index, reason);
        match id.kind {
            IdKind::Ioss => self.code_with("W_IOSS_DROPPED", reason.as_str()),
            kind => self.code_with("W_ID_DROPPED", format!("{kind}:{}", reason.as_str())),
        }
        let elsewhere = matches!(reason, DropReason::Territory | DropReason::IntraEu);
        if self.query.policy == TaxPolicy::Strict && (id.demanded || !elsewhere) {
            let code = if reason == DropReason::Expired { "E_ID_EXPIRED" } else { "E_ID_PARTY" };
            return Err(self.refuse(code, id_name(id.kind), &[]));
        }
        Ok(())
    }

    /// Leaves all identifiers of one kind out and warns.
    pub(super) fn drop_all(&mut self, kind: IdKind, reason: DropReason) -> Flow {
        for (index, _) in self.on_file(kind) {
            self.drop_warned(index, reason)?;
        }
        Ok(())
    }
}
