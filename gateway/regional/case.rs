//! One decision while it is being made.
//!
//! The lanes write codes, identifiers and data elements here, in the order in
//! which they find them; [`Case::close`] turns that into the decision. It knows
//! no rule of any country. Start with [`Case::refuse_as`], [`Case::drop_warned`]
//! and [`Case::due`].

use std::collections::BTreeMap;

use parcelgate_kit::model::identifier::{self, Eori, IdFault};
use parcelgate_kit::model::{Currency, IdKind, IdRole, Identifier, Incoterm};
use rust_decimal::{Decimal, RoundingStrategy};

use super::code::{Code, Severity};
use super::decision::{Attached, Border, Decision, DutyLine, ExchangeUse, NotAttached, RuleUse};
use super::element::DataElement;
use super::goods;
use super::identifiers::DropReason;
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
    scheme: Scheme,
    /// What became of each identifier on file, by its index.
    sent: BTreeMap<usize, Identifier>,
    dropped: BTreeMap<usize, DropReason>,
    pub(super) export_note: Option<String>,
    required: Vec<DataElement>,
    missing: Vec<DataElement>,
    codes: Vec<Code>,
    notes: Vec<String>,
    rules: Vec<RuleUse>,
    exchange: Vec<ExchangeUse>,
    duty: Vec<DutyLine>,
    /// Tax or duty falls due at the border, on whoever the terms name.
    dues: bool,
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

    /// The liable party's identifier of one of `kinds` that is valid for this sale.
    pub(super) fn liable_id(&self, kinds: &[IdKind]) -> Option<usize> {
        let sale = self.query.dates.sale;
        let valid = |id: &IdOnFile| {
            id.valid_from.is_none_or(|from| from <= sale) && id.valid_to.is_none_or(|to| sale <= to)
        };
        self.query.ids.iter().position(|id| kinds.contains(&id.kind) && self.is_liable(id) && valid(id))
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

    /// The finished decision.
    pub(super) fn close(mut self) -> Decision {
        let blocked = self.codes.iter().any(|code| code.severity() == Severity::Block);
        if self.dues && self.query.incoterm == Incoterm::Dap && !blocked {
            self.code("W_RECIPIENT_PAYS");
        }
        let not_attached = self.not_attached();
        let attached = self.attached();
        let severity = self.codes.iter().map(Code::severity).max().unwrap_or(Severity::Ok);
        let explanation = self.explain(&attached, &not_attached);
        Decision {
            origin: self.origin.territory,
            destination: self.dest.territory,
            destination_country: self.dest.country,
            border: self.border,
            customs_required: matches!(self.border, Border::Customs | Border::IntraUnionFiscal)
                && !self.has_code("I_NO_CUSTOMS"),
            scheme: self.scheme,
            attached,
            not_attached,
            export_note: self.export_note,
            required: self.required,
            missing: self.missing,
            severity,
            codes: self.codes,
            explanation,
            rules: self.rules,
            exchange: self.exchange,
            duty: self.duty,
        }
    }

    fn attached(&self) -> Vec<Attached> {
        let of = |(index, value): (&usize, &Identifier)| {
            let id = self.query.ids.get(*index)?;
            Some(Attached { kind: id.kind, value: value.clone(), holder: id.role, issuer: id.issuer })
        };
        self.sent.iter().filter_map(of).collect()
    }

    fn not_attached(&self) -> Vec<NotAttached> {
        let rest = self.query.ids.iter().enumerate().filter(|(index, _)| !self.sent.contains_key(index));
        rest.map(|(index, id)| {
            let reason = self.dropped.get(&index).copied().unwrap_or(DropReason::NotNeeded);
            NotAttached {
                kind: id.kind,
                role: id.role,
                masked: id.value.masked(),
                reason,
                words: reason.words().to_owned(),
            }
        })
        .collect()
    }

    fn explain(&self, attached: &[Attached], not_attached: &[NotAttached]) -> Vec<String> {
        let (from, to) = (self.origin.territory.name(), self.dest.territory.name());
        let mut lines = vec![format!("From {from} to {to}: {}.", self.scheme.words())];
        lines.extend(self.notes.iter().cloned());
        for used in &self.exchange {
            let rate = used.units_per.round_dp(6).normalize();
            lines.push(format!(
                "{rate} {} are taken for 1 {}, by {} of {}{}.",
                used.from,
                used.to,
                used.source,
                used.date,
                if used.provisional { ", as that of the day of sale is not out yet" } else { "" }
            ));
        }
        lines.extend(attached.iter().map(|id| {
            format!("The {} number {} of the {} is sent.", id.kind, id.value.masked(), role_words(id.holder))
        }));
        lines.extend(not_attached.iter().map(|id| {
            let role = role_words(id.role);
            format!("The {} number {} of the {role} is not sent, because {}.", id.kind, id.masked, id.words)
        }));
        for code in self.codes.iter().filter(|code| !code.name().ends_with("_DROPPED")) {
            let element = DataElement::from_key(code.detail()).map(|element| element.words());
            let detail = element.unwrap_or(code.detail());
            let open = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
            lines.push(format!("{}: {}{open}.", code.name(), code.words()));
        }
        lines
    }
}

fn role_words(role: IdRole) -> &'static str {
    match role {
        IdRole::Seller => "seller",
        IdRole::Marketplace => "marketplace",
        IdRole::Shipper => "shipper",
        IdRole::Consignee => "recipient",
    }
}

/// The data element that asks for an identifier.
fn element_of(kind: IdKind, role: IdRole) -> &'static str {
    match (kind, role) {
        (IdKind::Vat | IdKind::GbVat, IdRole::Consignee) => "VAT_RECIPIENT",
        (IdKind::Eori, IdRole::Consignee) => "EORI_IMPORTER",
        (IdKind::Eori, _) => "EORI_SELLER",
        (IdKind::Vat, _) => "VAT_RECIPIENT",
        (IdKind::Ein, _) => "IOR_NUMBER",
        (IdKind::MyLvg, _) => "LVG_NUMBER",
        (IdKind::Iec | IdKind::AdCode, _) => "CSB_V_DATA",
        (kind, _) => id_name(kind),
    }
}

/// The name under which codes speak of an identifier.
fn id_name(kind: IdKind) -> &'static str {
    match kind {
        IdKind::BrTax => "BR_TAX_ID",
        IdKind::SaAddress => "SA_SHORT_ADDRESS",
        kind => kind.as_str(),
    }
}
