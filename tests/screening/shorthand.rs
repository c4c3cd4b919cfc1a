//! The columns of a scenario, and the facts that their shorthand stands for.
//!
//! - `origin`, `destination`: `DE/BE`, a country and its part.
//! - `ready`: the origin's clock. `seller`: `14:00 h2 sat sun`, the cut-off, the
//!   days of handling and the days of the weekend worked; `-` for none.
//! - `carrier`: `17:30:00 pick:sat deliver:sat rests:2026-11-27`.
//! - `transit`: `2-3` days of work. `limits`: `w31500 l1200 g3000 b600 h600 n2
//!   phone`. `features`: names of the kit, with blanks between.
//! - `parcel`: `30000g` or `30000g/1200x600x600`, millimetres, several with `+`.
//! - `asks`: `signature adult saturday insured tracked cod age nophone pobox
//!   dangerous untracked blocked`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use parcelgate::calendar::{Region, Weekend};
use parcelgate::promise::{
    CarrierDays, Evidence, Journey, OnTime, Promise, SellerDays, Wishes, mend, screen_service,
};
use parcelgate_kit::descriptor::{
    Area, Border, Capabilities, Clearance, Descriptor, Feature, Lane, Limits, Service, ServiceLevel,
};
use parcelgate_kit::model::{
    Confirmation, CountryCode, Currency, Dimensions, Item, Length, LengthUnit, Money, Parcel, Party,
    PartyParts, Requirements, Shipment, Weight, WeightUnit, WindowSource,
};
use rust_decimal::Decimal;
use serde::Deserialize;

type Read<T> = Result<T, String>;

/// One scenario, column by column.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) title: String,
    origin: String,
    destination: String,
    ready: String,
    seller: String,
    carrier: String,
    transit: String,
    limits: String,
    features: String,
    parcel: String,
    asks: String,
    today: String,
    ship_by: String,
    deliver_by: String,
    expected_handed_over: String,
    expected_earliest: String,
    expected_latest: String,
    expected_on_time: String,
    expected_reasons: String,
    expected_change: String,
}

impl Row {
    /// What differs between the row and what the rules make of it.
    pub(crate) fn misses(&self) -> Read<Vec<String>> {
        let (from, to) = (region(&self.origin)?, region(&self.destination)?);
        let carrier = self.carrier_days()?;
        let journey = Journey {
            from: at(&self.ready)?,
            seller: self.seller_days()?,
            carrier: &carrier,
            transit: span(&self.transit)?,
            source: WindowSource::Table,
            origin: &from,
            destination: &to,
        };
        let promise = journey.promise();
        let (on_time, reasons, change) = self.screen(&journey, &promise)?;
        let mut misses = Vec::new();
        let mut differ = |what: &str, expected: &str, found: String| {
            if expected != found {
                misses.push(format!("{what} {found}, expected {expected}"));
            }
        };
        differ("handed over", &self.expected_handed_over, promise.handed_over.to_string());
        differ("earliest", &self.expected_earliest, promise.window.earliest.date().to_string());
        differ("latest", &self.expected_latest, promise.window.latest.date().to_string());
        differ("on time", &self.expected_on_time, on_time);
        differ("reasons", &self.expected_reasons, reasons.join(" "));
        differ("change", &self.expected_change, change);
        Ok(misses)
    }

    fn screen(&self, journey: &Journey<'_>, promise: &Promise) -> Read<(String, Vec<String>, String)> {
        let (descriptor, service, shipment, wishes) =
            (self.descriptor()?, self.service()?, self.shipment()?, self.wishes()?);
        let found = screen_service(descriptor, service, &shipment, &wishes);
        let mut reasons: Vec<String> = found.iter().map(|reason| reason.code.to_string()).collect();
        let mut on_time = None;
        let mut late = false;
        if let Some(deliver_by) = wishes.deliver_by {
            late = promise.window.latest > deliver_by;
            let evidence = Evidence { stated: Some(journey.transit), ..Evidence::default() };
            let estimate = evidence.on_time(journey.room(promise.handed_over, deliver_by).unwrap_or(0));
            on_time = Some(OnTime::of(estimate.as_ref(), late));
        }
        if late {
            reasons.push("LATE".to_owned());
        }
        let change = match (found.is_empty(), late) {
            (true, true) => {
                let on_saturdays = service.features.contains(&Feature::SaturdayDelivery);
                let (arrival, today) = (promise.window.latest.date(), day(&self.today)?);
                let deliver_by = at(&self.deliver_by)?;
                journey.mend(promise.handed_over, arrival, today, deliver_by, on_saturdays)
            }
            (false, false) => mend(descriptor, service, &shipment, &wishes, &found),
            _ => None,
        };
        let change =
            change.map_or("-".to_owned(), |mend| match mend.words.strip_prefix("hand it over by ") {
                Some(day) => format!("{} {day}", mend.change),
                None => mend.change,
            });
        reasons.sort();
        reasons.dedup();
        let on_time = on_time.map_or("-".to_owned(), |status| {
            serde_json::to_value(status)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default()
        });
        Ok((on_time, reasons, change))
    }

    fn asks(&self, word: &str) -> bool {
        self.asks.split(' ').any(|asked| asked == word)
    }

    fn seller_days(&self) -> Read<Option<SellerDays>> {
        if self.seller == "-" {
            return Ok(None);
        }
        let mut days = SellerDays::default();
        for word in self.seller.split(' ') {
            match word {
                "sat" => days.weekend.saturday = true,
                "sun" => days.weekend.sunday = true,
                word if word.starts_with('h') => days.handling = number(word.trim_start_matches('h'))?,
                clock => days.cut_off = Some(time(clock)?),
            }
        }
        Ok(Some(days))
    }

    fn carrier_days(&self) -> Read<CarrierDays> {
        let mut days = CarrierDays::default();
        for word in self.carrier.split(' ').filter(|word| *word != "-") {
            match word.split_once(':') {
                Some(("pick", "sat")) => days.pick_up.saturday = true,
                Some(("deliver", "sat")) => days.delivery.saturday = true,
                Some(("deliver", "sun")) => days.delivery = Weekend { saturday: true, sunday: true },
                Some(("rests", off)) => days.rests.push(day(off)?),
                _ => days.cut_off = Some(time(word)?),
            }
        }
        Ok(days)
    }

    fn descriptor(&self) -> Read<&'static Descriptor> {
        Ok(Box::leak(Box::new(Descriptor {
            id: "acme",
            name: "Acme",
            services: std::slice::from_ref(self.service()?),
            capabilities: Capabilities {
                rate: true,
                purchase: true,
                track: true,
                multi_parcel: true,
                customs: true,
                ..Capabilities::default()
            },
            ..template()?
        })))
    }

    fn service(&self) -> Read<&'static Service> {
        let mut limits = Limits::NONE;
        for word in self.limits.split(' ').filter(|word| *word != "-") {
            if word == "phone" {
                limits.needs_phone = true;
                continue;
            }
            let (kind, value) = word.split_at(1);
            match kind {
                "w" => limits.max_weight_g = Some(number(value)?),
                "l" => limits.max_length_mm = Some(number(value)?),
                "g" => limits.max_length_girth_mm = Some(number(value)?),
                "b" => limits.max_width_mm = Some(number(value)?),
                "h" => limits.max_height_mm = Some(number(value)?),
                "n" => limits.max_parcels = Some(number(value)?),
                other => return Err(format!("limit {other}")),
            }
        }
        let mut features = Vec::new();
        for word in self.features.split(' ').filter(|word| *word != "-") {
            features.push(match word {
                "signature" => Feature::Signature,
                "adult" => Feature::AdultSignature,
                "saturday" => Feature::SaturdayDelivery,
                "insurance" => Feature::Insurance,
                "pobox" => Feature::PoBox,
                "dangerous" => Feature::DangerousGoods,
                "cod" => Feature::CashOnDelivery,
                "age" => Feature::AgeCheck,
                other => return Err(format!("feature {other}")),
            });
        }
        const ANY: &[Lane] = &[Lane { from: Area::WORLD, to: Area::WORLD, border: Border::Any }];
        Ok(Box::leak(Box::new(Service {
            code: "std",
            name: "Standard",
            level: ServiceLevel::Standard,
            lanes: ANY,
            limits,
            features: Vec::leak(features),
            carries: &[],
            clearance: Clearance::EXPRESS,
            tracked: !self.asks("untracked"),
            transit_days: Some(span(&self.transit)?),
        })))
    }

    fn shipment(&self) -> Read<Shipment> {
        let mut parcels = Vec::new();
        for piece in self.parcel.split('+') {
            let (weight, sides) = piece.split_once('/').map_or((piece, None), |(w, s)| (w, Some(s)));
            let grams: Decimal = number(weight.trim_end_matches('g'))?;
            parcels.push(Parcel {
                weight: Weight::new(grams, WeightUnit::G).map_err(|problem| problem.to_string())?,
                dimensions: sides.map(dimensions).transpose()?,
                insured_value: Money::parse("100", Currency::EUR).ok().filter(|_| self.asks("insured")),
                ..sample()?.parcels.swap_remove(0)
            });
        }
        let mut shipment = sample()?;
        shipment.parcels = parcels;
        shipment.ship_from = party(&self.origin, "12 High Street", true)?;
        let line = if self.asks("pobox") { "PO Box 7" } else { "3 Long Road" };
        shipment.ship_to = party(&self.destination, line, !self.asks("nophone"))?;
        shipment.items.iter_mut().for_each(|item: &mut Item| item.flags.dangerous = self.asks("dangerous"));
        shipment.ship_at = TimeZone::UTC
            .to_ambiguous_zoned_datetime(at(&self.ready)?)
            .compatible()
            .map_err(|error| error.to_string())?;
        shipment.customs = None;
        shipment.requirements = Requirements {
            confirmation: match (self.asks("adult"), self.asks("signature")) {
                (true, _) => Confirmation::AdultSignature,
                (false, true) => Confirmation::Signature,
                (false, false) => Confirmation::None,
            },
            saturday_delivery: self.asks("saturday"),
            cash_on_delivery: self.asks("cod"),
            age_check: self.asks("age"),
        };
        Ok(shipment)
    }

    fn wishes(&self) -> Read<Wishes> {
        let optional = |text: &str| if text == "-" { Ok(None) } else { at(text).map(Some) };
        Ok(Wishes {
            blocked: if self.asks("blocked") { vec!["acme/std".to_owned()] } else { Vec::new() },
            must_be_tracked: self.asks("tracked"),
            deliver_by: optional(&self.deliver_by)?,
            ship_by: optional(&self.ship_by)?,
            today: Some(day(&self.today)?),
            ..Wishes::default()
        })
    }
}

/// A descriptor to take the rest from.
fn template() -> Read<Descriptor> {
    let entries = parcelgate_adapters::all();
    let entry = entries.first().ok_or("no adapter is compiled in")?;
    Ok(*entry.carrier.descriptor())
}

/// A shipment to take the rest from.
fn sample() -> Read<Shipment> {
    let text = include_str!("sample.json");
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn party(place: &str, line: &str, phone: bool) -> Read<Party> {
    let (country, _) = place.split_once('/').ok_or("place")?;
    let parts = PartyParts {
        name: "Ada Example",
        lines: vec![line],
        city: "Town",
        country,
        postcode: match country {
            "US" => "10001",
            "CA" => "M5V 2T6",
            "GB" => "SW1A 1AA",
            "NL" => "1011 AB",
            "IN" => "110001",
            "JP" => "100-0001",
            _ => "10115",
        },
        subdivision: match country {
            "US" => "NY",
            "CA" => "ON",
            _ => "",
        },
        phone: if phone { "+4930123456" } else { "" },
        ..PartyParts::default()
    };
    Party::parse("party", &parts).map_err(|problems| format!("{problems:?}"))
}

fn region(text: &str) -> Read<Region> {
    let (country, part) = text.split_once('/').ok_or_else(|| format!("place {text}"))?;
    Ok(Region::at(CountryCode::parse(country).map_err(|problem| problem.to_string())?, part, ""))
}

fn dimensions(text: &str) -> Read<Dimensions> {
    let sides: Vec<Length> = text
        .split('x')
        .map(|side| {
            let tenths: Decimal = number(side)?;
            Length::new(tenths / Decimal::TEN, LengthUnit::Cm).map_err(|problem| problem.to_string())
        })
        .collect::<Read<_>>()?;
    let [a, b, c] = sides.as_slice() else { return Err(format!("dimensions {text}")) };
    Ok(Dimensions::new(*a, *b, *c))
}

fn span(text: &str) -> Read<(u16, u16)> {
    let (earliest, latest) = text.split_once('-').unwrap_or((text, text));
    Ok((number(earliest)?, number(latest)?))
}

fn number<T: std::str::FromStr>(text: &str) -> Read<T> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn time(text: &str) -> Read<Time> {
    let whole = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
    Time::strptime("%H:%M:%S", whole).map_err(|error| error.to_string())
}

fn day(text: &str) -> Read<Date> {
    text.parse().map_err(|_| format!("`{text}` is no day"))
}

fn at(text: &str) -> Read<DateTime> {
    text.parse().map_err(|_| format!("`{text}` is no moment"))
}
