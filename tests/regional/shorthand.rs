//! The columns of a scenario, and the facts that their shorthand stands for.
//!
//! A line reads `2x cotton T-shirt 610910 CN`: quantity, description, code,
//! origin, then words such as `pref`, `restricted`, `Y081`, `no PIDs` or
//! `GTIN 4006381333931`, and last the line's value where lines differ. Facts
//! that no column has (a reference is missing, an identifier is forced) stand
//! in words in the title or the notes.

use std::collections::BTreeSet;

use jiff::civil::Date;
use parcelgate::regional::{
    Buyer, BuyerKind, CarrierFacts, Dates, GoodsLine, IdOnFile, Place, Query, RateTable, SaleCurrency,
    SaleTerms, Seller, StandardId, TaxPolicy,
};
use parcelgate_kit::model::{
    ContentType, CountryCode, Currency, HsCode, IdKind, IdRole, Identifier, Incoterm,
};
use rust_decimal::Decimal;
use serde::Deserialize;

type Read<T> = Result<T, String>;

/// One scenario, column by column.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) title: String,
    origin_country: String,
    origin_postcode: String,
    dest_country: String,
    dest_postcode: String,
    ship_date: String,
    payment_date: String,
    import_date_est: String,
    buyer_type: String,
    seller_role: String,
    goods_value: String,
    currency: String,
    fx_units_per_threshold_unit: String,
    threshold_currency: String,
    shipping_charged: String,
    lines: String,
    content_type: String,
    ids_on_file: String,
    carrier_class: String,
    incoterm: String,
    pub(crate) expected_territory: String,
    pub(crate) expected_scheme: String,
    pub(crate) expected_ids_attached: String,
    pub(crate) expected_data_required: String,
    pub(crate) expected_severity: String,
    pub(crate) expected_codes: String,
    pub(crate) confidence: String,
    #[serde(default)]
    notes: String,
}

/// Units for one euro of currencies that a row does not quote itself.
const OTHER_RATES: &[(&str, &str)] = &[
    ("USD", "1.10"),
    ("GBP", "0.86"),
    ("CHF", "0.95"),
    ("NOK", "11.50"),
    ("AUD", "1.65"),
    ("NZD", "1.80"),
    ("SGD", "1.45"),
    ("MYR", "4.90"),
    ("JPY", "160"),
    ("CNY", "8.00"),
    ("CAD", "1.50"),
    ("INR", "95"),
    ("SAR", "4.12"),
    ("AED", "4.04"),
    ("PLN", "4.25"),
    ("TRY", "45"),
    ("KRW", "1500"),
    ("BRL", "6.2"),
];

impl Row {
    /// The facts that the row stands for.
    pub(crate) fn facts(&self) -> Read<(Query, RateTable)> {
        let label = day(&self.ship_date)?;
        let dates = Dates {
            sale: if self.payment_date.is_empty() { label } else { day(&self.payment_date)? },
            label,
            import: day(&self.import_date_est)?,
        };
        let ids = self.ids()?;
        let contact_missing = self.says("mobile missing") || self.says("phone missing");
        let query = Query {
            origin: place(&self.origin_country, &self.origin_postcode)?,
            destination: place(&self.dest_country, &self.dest_postcode)?,
            dates,
            content: self.content()?,
            content_explained: !self.says("without explanation"),
            return_referenced: !self.says("missing reference"),
            goods: self.goods()?,
            currency: match Currency::parse_on(&self.currency, day(&self.payment_date)?) {
                Ok(currency) => SaleCurrency::InUse(currency),
                Err(problem) => SaleCurrency::Unusable(problem.to_string()),
            },
            shipping_charged: decimal(&self.shipping_charged).unwrap_or_default(),
            parcels: self.lines.matches("parcel").count().max(1),
            gross_weight: None,
            buyer: Buyer { kind: self.buyer(), contact: true, phone: !contact_missing },
            seller: self.seller(),
            ids,
            linked: Vec::new(),
            under_customs: self.lines.contains("under customs"),
            carrier: self.carrier(),
            incoterm: if self.incoterm == "DDP" { Incoterm::Ddp } else { Incoterm::Dap },
            sale_terms: match self.incoterm.as_str() {
                "FOB" | "CFR" | "CIF" | "FAS" => SaleTerms::Sea,
                "DPU" | "CPT" | "CIP" | "FCA" | "EXW" => SaleTerms::Business,
                _ => SaleTerms::Parcel,
            },
            policy: if self.says("STRICT policy") || self.says("tax_policy=STRICT") {
                TaxPolicy::Strict
            } else {
                TaxPolicy::Auto
            },
        };
        Ok((query, self.rates()?))
    }

    /// The expected identifiers, sorted, words behind a value left out.
    pub(crate) fn expected_ids(&self) -> String {
        let plain = |id: &str| match id {
            note if note.starts_with("NOEEI") => note.to_owned(),
            // A number that serves the export alone.
            id if id.starts_with("EORI_") && id.ends_with("only") => "EORI".to_owned(),
            id => id.split(' ').next().unwrap_or_default().to_owned(),
        };
        let ids: BTreeSet<String> =
            self.expected_ids_attached.split('|').filter(|id| *id != "none").map(plain).collect();
        if ids.is_empty() { "none".to_owned() } else { ids.into_iter().collect::<Vec<_>>().join("|") }
    }

    fn says(&self, words: &str) -> bool {
        // A policy that a note only speaks about ("STRICT: E_FIELD:…") is not the row's own.
        [&self.title, &self.notes].iter().any(|text| text.contains(words))
    }

    fn content(&self) -> Read<ContentType> {
        Ok(match self.content_type.as_str() {
            "merchandise" | "sale" => ContentType::Merchandise,
            "gift" => ContentType::Gift,
            "sample" => ContentType::Sample,
            "documents" => ContentType::Documents,
            "returned_goods" => ContentType::Return,
            "other" | "repair" | "temporary" | "personal effects" => ContentType::Other,
            other => return Err(format!("content type {other}")),
        })
    }

    fn buyer(&self) -> BuyerKind {
        match self.buyer_type.split(' ').next().unwrap_or_default() {
            "consumer" => BuyerKind::Consumer,
            "business" => BuyerKind::Business,
            _ => BuyerKind::Unknown,
        }
    }

    fn seller(&self) -> Seller {
        if let Some(name) = self.seller_role.strip_prefix("marketplace:") {
            let (name, rest) = name.split_once('(').unwrap_or((name, ""));
            return Seller::DeemedMarketplace {
                name: name.trim().to_owned(),
                remessa_conforme: rest.contains("Remessa"),
            };
        }
        match self.seller_role.as_str() {
            role if role.starts_with("private") => Seller::PrivatePerson,
            role if role.starts_with("mixed") => Seller::Mixed,
            _ => Seller::OwnStore,
        }
    }

    /// Whether the row speaks of a code of Mexico's tax authority that is not there.
    fn lacks_sat(&self, piece: &str) -> bool {
        [piece, &self.title, &self.notes].iter().any(|text| {
            let lower = text.to_lowercase();
            let speaks =
                lower.contains("sat ") || lower.contains("carta porte") || lower.contains("sat_product");
            speaks && ["missing", "without", "no sat", "absent"].iter().any(|word| lower.contains(word))
        })
    }

    fn carrier(&self) -> CarrierFacts {
        let class = self.carrier_class.as_str();
        CarrierFacts {
            post: class.contains("post") || class == "USPS",
            special_arrangements: !class.contains("no special arrangements"),
            excise: class.contains("excise courier"),
            enforces_product_ids: class == "USPS",
            cannot_carry: if class.contains("without IOSS field") { vec![IdKind::Ioss] } else { vec![] },
        }
    }

    fn rates(&self) -> Read<RateTable> {
        let mut rates = Vec::new();
        for (code, rate) in OTHER_RATES {
            if self.fx_units_per_threshold_unit == "none" && *code == self.currency {
                continue;
            }
            rates.push((currency(code)?, decimal(rate)?));
        }
        let sale = day(&self.payment_date)?;
        let table = RateTable::fixed("the scenario's table", sale, &rates);
        let of = Currency::parse_on(&self.currency, sale);
        let (Ok(of), Ok(per)) = (of, Currency::parse(&self.threshold_currency)) else {
            return Ok(table);
        };
        match decimal(&self.fx_units_per_threshold_unit) {
            Ok(units) if of != per => Ok(table.with_pair(of, per, units)),
            _ => Ok(table),
        }
    }

    fn ids(&self) -> Read<Vec<IdOnFile>> {
        let mut ids = Vec::new();
        if self.ids_on_file != "none" {
            for entry in self.ids_on_file.split('|') {
                ids.push(id_on_file(entry)?);
            }
        }
        if let Some((_, number)) = self.buyer_type.split_once(' ') {
            let (kind, value) = number.trim().split_once(' ').ok_or("buyer type")?;
            ids.push(id_on_file(&format!("{kind}:{value}(recipient)"))?);
        }
        Ok(ids)
    }

    fn goods(&self) -> Read<Vec<GoodsLine>> {
        let pieces: Vec<&str> = self.lines.split(" + ").collect();
        let total = decimal(&self.goods_value)?;
        let mut lines = Vec::new();
        let shares = shares(&pieces, total);
        for (piece, value) in pieces.iter().zip(shares) {
            lines.push(self.line(piece, value)?);
        }
        Ok(lines)
    }

    fn line(&self, piece: &str, value: Decimal) -> Read<GoodsLine> {
        let mut words: Vec<&str> = piece.split_whitespace().collect();
        let quantity = quantity(&mut words);
        let parcel = words.first().and_then(|word| word.strip_prefix("parcel")).and_then(|n| n.parse().ok());
        if parcel.is_some() {
            words.remove(0);
        }
        let code_at = words.iter().position(|word| is_code(word));
        let end =
            code_at.or_else(|| words.iter().position(|word| word.starts_with('('))).unwrap_or(words.len());
        let description = match words.get(..end) {
            Some([plain @ .., price]) if code_at.is_none() && decimal(price).is_ok() && !plain.is_empty() => {
                plain.join(" ")
            }
            Some(plain) => plain.join(" "),
            None => String::new(),
        };
        let origin = words.iter().skip(end).find(|word| word.len() == 2 && CountryCode::parse(word).is_ok());
        let gtin = words.iter().position(|word| *word == "GTIN").and_then(|at| words.get(at + 1));
        let no_pids = piece.contains("no PIDs");
        let lacks = |name: &str| no_pids || self.says(&format!("missing {name}"));
        Ok(GoodsLine {
            description,
            quantity,
            unit_value: value / Decimal::from(quantity),
            hs_code: code_at
                .and_then(|at| words.get(at))
                .map(|code| HsCode::parse(code))
                .transpose()
                .map_err(|problem| problem.to_string())?,
            origin: origin.and_then(|code| CountryCode::parse(code).ok()),
            weighed: true,
            merchant_id: !lacks("M-PID"),
            manufacturer_id: !lacks("NS-PID"),
            standard_id: match gtin {
                Some(digits) if piece.contains("Y081") => StandardId::Both((*digits).to_owned()),
                Some(digits) => StandardId::Gtin((*digits).to_owned()),
                None if piece.contains("Y081") => StandardId::NoneExists,
                None if lacks("S-PID") => StandardId::Unstated,
                None => StandardId::Gtin("4006381333931".to_owned()),
            },
            excise: false,
            restricted: words.contains(&"restricted"),
            food: words.contains(&"food"),
            preferential: words.contains(&"pref"),
            sat_product: !self.lacks_sat(piece),
            parcel,
        })
    }
}

/// `5x` in front; one where it is absent.
fn quantity(words: &mut Vec<&str>) -> u32 {
    let count = words.first().and_then(|word| word.strip_suffix('x')).and_then(|n| n.parse().ok());
    if count.is_some() {
        words.remove(0);
    }
    count.unwrap_or(1)
}

fn is_code(word: &str) -> bool {
    let digits = word.replace('.', "");
    (6..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The value of each line: as written at its end, else equal parts of the total.
fn shares(pieces: &[&str], total: Decimal) -> Vec<Decimal> {
    let written: Vec<Option<Decimal>> = pieces
        .iter()
        .map(|piece| {
            piece.split_whitespace().last().filter(|word| word.len() < 6).and_then(|word| decimal(word).ok())
        })
        .collect();
    if written.iter().all(Option::is_some) && written.iter().flatten().sum::<Decimal>() == total {
        return written.into_iter().flatten().collect();
    }
    let count = Decimal::from(pieces.len());
    let each = (total / count).round_dp(2);
    let mut shares = vec![each; pieces.len()];
    if let Some(first) = shares.first_mut() {
        *first += total - each * count;
    }
    shares
}

/// `IOSS:IM…(seller) valid_to 2026-09-01 reason PERSISTENT forced`.
fn id_on_file(entry: &str) -> Read<IdOnFile> {
    let (kind, rest) = entry.split_once(':').ok_or_else(|| format!("identifier {entry}"))?;
    let (value, rest) = match rest.split_once('(') {
        Some((value, rest)) => (value, rest),
        None => (rest, ")"),
    };
    let (holder, after) = rest.split_once(')').unwrap_or((rest, ""));
    let role = match holder.split(' ').next().unwrap_or_default() {
        "marketplace" => IdRole::Marketplace,
        "recipient" | "importer" | "buyer" => IdRole::Consignee,
        "supplier" | "shipper" | "manufacturer" => IdRole::Shipper,
        _ => IdRole::Seller,
    };
    let dated = |name: &str| {
        let at = after.split_whitespace().skip_while(|word| *word != name).nth(1);
        at.map(day).transpose()
    };
    Ok(IdOnFile {
        kind: IdKind::from_name(kind).ok_or_else(|| format!("identifier {kind}"))?,
        value: Identifier::parse(value.trim()).map_err(|problem| problem.to_string())?,
        role,
        holder: holder.split_once(' ').map(|(_, name)| name.to_owned()),
        issuer: None,
        valid_from: dated("valid_from")?,
        valid_to: dated("valid_to")?,
        excluded: after.contains("PERSISTENT"),
        demanded: after.contains("forced"),
    })
}

fn place(country: &str, postcode: &str) -> Read<Place> {
    Place::parse(country, postcode).map_err(|problem| problem.to_string())
}

fn day(raw: &str) -> Read<Date> {
    raw.parse().map_err(|_| format!("day {raw}"))
}

fn decimal(raw: &str) -> Read<Decimal> {
    raw.parse().map_err(|_| format!("number {raw}"))
}

fn currency(code: &str) -> Read<Currency> {
    Currency::parse(code).map_err(|problem| problem.to_string())
}
