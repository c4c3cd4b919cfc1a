//! A carrier described as data: who it is, what it offers, what it can carry.
//!
//! Everything here is checked before a call, shown in the docs and used to
//! choose tests. Start with [`Descriptor`].

use jiff::civil::Date;
use serde::Serialize;

use crate::account::{Account, SettingField};
use crate::exchange::Guard;
use crate::model::{CountryCode, IdKind, LabelFormat};

/// Everything about a carrier that is not code.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// Its id: lower case letters, digits and underscores. The folder's name.
    pub id: &'static str,
    /// Its name as people write it.
    pub name: &'static str,
    /// Countries that parcels can be handed over in; empty for any.
    pub countries: &'static [&'static str],
    /// What it sells.
    pub services: &'static [Service],
    /// What the adapter can do.
    pub capabilities: Capabilities,
    /// What an account needs.
    pub account: &'static [SettingField],
    /// Its tracking numbers.
    pub numbers: &'static [NumberFormat],
    /// Numbers in one tracking request, at least one.
    pub track_batch: u16,
    /// How it proves what it pushes; `None` where it pushes nothing, or nothing
    /// that the adapter reads.
    pub push: Option<PushProof>,
    /// Label formats, the preferred one first.
    pub labels: &'static [LabelFormat],
    /// Whether prices come from the carrier; `false` where a rate card answers.
    pub rates_over_the_wire: bool,
    /// Seconds that a price is good for.
    pub quote_lifetime: u64,
    /// What keeps a purchase from happening twice: the guard of the exchange
    /// that creates the shipment.
    pub purchase_guard: Guard,
    /// Until when a shipment can be voided.
    pub void: VoidRule,
    /// Where the live carrier answers, `https` and no slash at the end.
    pub base_url: &'static str,
    /// The day after which this protocol is switched off, if announced.
    pub retires: Option<Date>,
    /// Conformance cases it is excused from, each with the reason.
    pub waivers: &'static [Waiver],
}

impl Descriptor {
    /// The service of this code for a lane. One code can be several products,
    /// by origin.
    pub fn service(&self, code: &str, from: CountryCode, to: CountryCode) -> Option<&'static Service> {
        self.services.iter().find(|service| service.code == code && service.serves(from, to))
    }
}

/// How a carrier proves that what it pushes comes from it. Declared by the
/// adapter, checked by the gateway: an adapter sees no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushProof {
    /// A header that holds a secret of the account.
    Header {
        /// The header, in lower case.
        name: &'static str,
        /// The account's setting that names another header; empty for none.
        setting: &'static str,
        /// The account's secret that it holds.
        secret: &'static str,
    },
}

impl PushProof {
    /// The header that holds the proof for this account, in lower case.
    pub fn header(&self, account: &Account) -> String {
        let Self::Header { name, setting, .. } = self;
        account.get(setting).unwrap_or(name).to_ascii_lowercase()
    }

    /// The name of the account's secret that is asked for.
    pub fn secret(&self) -> &'static str {
        let Self::Header { secret, .. } = self;
        secret
    }
}

/// What an adapter can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// Prices from the carrier or a rate card.
    pub rate: bool,
    /// Labels.
    pub purchase: bool,
    /// Looking a purchase up by its reference.
    pub find: bool,
    /// Cancelling a label.
    pub void: bool,
    /// Tracking by polling.
    pub track: bool,
    /// Several parcels in one shipment.
    pub multi_parcel: bool,
    /// A customs block.
    pub customs: bool,
}

/// Excuses an adapter from one conformance case.
#[derive(Clone, Copy, Debug)]
pub struct Waiver {
    /// Name of the case.
    pub case: &'static str,
    /// Why it cannot hold, in words that are printed in the docs.
    pub reason: &'static str,
}

/// One product of a carrier on the lanes it is sold on.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The carrier's own code.
    pub code: &'static str,
    /// The carrier's own name.
    pub name: &'static str,
    /// How fast it is, in words that are the same for all carriers.
    pub level: ServiceLevel,
    /// Where it goes.
    pub lanes: &'static [Lane],
    /// What fits.
    pub limits: Limits,
    /// What can be asked for.
    pub features: &'static [Feature],
    /// Identifiers that its customs data has a place for.
    pub carries: &'static [IdKind],
    /// What it can do at a border beyond that.
    pub clearance: Clearance,
    /// Whether parcels can be followed.
    pub tracked: bool,
    /// Business days from hand-over to delivery, earliest and latest, where
    /// the carrier publishes them.
    pub transit_days: Option<(u16, u16)>,
}

impl Service {
    /// Whether it is sold on this lane.
    pub fn serves(&self, from: CountryCode, to: CountryCode) -> bool {
        self.lanes.iter().any(|lane| lane.covers(from, to))
    }
}

/// What a service can do at a customs border. The rules read it: what a border
/// asks for depends on who brings the goods there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Clearance {
    /// Goods cross as mail, under the rules for postal items.
    pub post: bool,
    /// Import VAT of the EU is collected from the recipient (special
    /// arrangements), where nothing was prepaid.
    pub special_arrangements: bool,
    /// Goods under excise are taken.
    pub excise: bool,
    /// Parcels into the EU without product identifiers and commerce type are
    /// refused, not just delayed.
    pub enforces_product_ids: bool,
}

impl Clearance {
    /// What express carriers usually do.
    pub const EXPRESS: Self =
        Self { post: false, special_arrangements: true, excise: false, enforces_product_ids: false };
    /// What posts usually do.
    pub const POST: Self = Self { post: true, ..Self::EXPRESS };
}

/// How fast a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServiceLevel {
    /// Slow and cheap.
    Economy,
    /// The usual parcel.
    Standard,
    /// Faster than usual.
    Expedited,
    /// By air, or next to it.
    Express,
    /// The next business day.
    NextDay,
    /// Today.
    SameDay,
}

/// From where to where.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// Where parcels start.
    pub from: Area,
    /// Where they end.
    pub to: Area,
    /// Whether a border lies between.
    pub border: Border,
}

impl Lane {
    /// Within one of these countries.
    pub const fn within(countries: &'static [&'static str]) -> Self {
        Self { from: Area::Countries(countries), to: Area::Countries(countries), border: Border::Domestic }
    }

    /// From these countries into an area behind a border.
    pub const fn abroad(from: &'static [&'static str], to: Area) -> Self {
        Self { from: Area::Countries(from), to, border: Border::Crossed }
    }

    /// Whether a parcel between these countries is on the lane.
    pub fn covers(&self, from: CountryCode, to: CountryCode) -> bool {
        let border = match self.border {
            Border::Domestic => from == to,
            Border::Crossed => from != to,
            Border::Any => true,
        };
        border && self.from.holds(from) && self.to.holds(to)
    }
}

/// A set of countries.
#[derive(Clone, Copy, Debug)]
pub enum Area {
    /// Just these.
    Countries(&'static [&'static str]),
    /// The member states of the European Union.
    EuropeanUnion,
    /// All but these.
    WorldExcept(&'static [&'static str]),
}

impl Area {
    /// Anywhere.
    pub const WORLD: Self = Self::WorldExcept(&[]);

    /// Whether it holds `country`.
    pub fn holds(&self, country: CountryCode) -> bool {
        match self {
            Self::Countries(codes) => codes.contains(&country.as_str()),
            Self::EuropeanUnion => country.is_eu_member(),
            Self::WorldExcept(codes) => !codes.contains(&country.as_str()),
        }
    }
}

/// Whether a lane crosses a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// It stays in one country.
    Domestic,
    /// It leaves the country.
    Crossed,
    /// Either.
    Any,
}

/// What fits into a service. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Heaviest parcel, grams.
    pub max_weight_g: Option<u32>,
    /// Longest side, millimetres.
    pub max_length_mm: Option<u32>,
    /// Length plus girth, millimetres.
    pub max_length_girth_mm: Option<u32>,
    /// Longest middle side, millimetres.
    pub max_width_mm: Option<u32>,
    /// Longest short side, millimetres.
    pub max_height_mm: Option<u32>,
    /// Most parcels in one shipment.
    pub max_parcels: Option<u16>,
    /// The consignee's telephone number is required.
    pub needs_phone: bool,
}

impl Limits {
    /// No limit at all.
    pub const NONE: Self = Self {
        max_weight_g: None,
        max_length_mm: None,
        max_length_girth_mm: None,
        max_width_mm: None,
        max_height_mm: None,
        max_parcels: None,
        needs_phone: false,
    };

    /// A weight limit in grams.
    pub const fn weight_g(grams: u32) -> Self {
        Self { max_weight_g: Some(grams), ..Self::NONE }
    }
}

/// What can be asked of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Feature {
    /// A signature at the door.
    Signature,
    /// An adult's signature at the door.
    AdultSignature,
    /// Delivery on Saturday.
    SaturdayDelivery,
    /// Insurance of a declared value.
    Insurance,
    /// Delivery to post office boxes.
    PoBox,
    /// Dangerous goods in limited quantities.
    DangerousGoods,
    /// Money collected at the door.
    CashOnDelivery,
    /// The consignee's age is checked at the door.
    AgeCheck,
    /// Parcels are taken on Saturdays.
    SaturdayPickUp,
}

/// Until when a label can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidRule {
    /// The carrier has no such thing.
    Never,
    /// Until it is handed over, at most so many days after it was bought where
    /// the carrier says.
    BeforeHandOver {
        /// Days after purchase.
        days: Option<u16>,
    },
    /// Until the day's list is closed.
    BeforeManifest,
}

/// One form of tracking number.
#[derive(Clone, Copy, Debug)]
pub struct NumberFormat {
    /// What it is called.
    pub name: &'static str,
    /// Regular expression over the normalised number, anchored at both ends.
    pub pattern: &'static str,
    /// Its check digit's rule.
    pub check: Check,
    /// A made-up or published number of this form.
    pub example: &'static str,
}

/// How sure a check digit is.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// None is published.
    None,
    /// A number that fails is none.
    Firm(fn(&str) -> bool),
    /// Real numbers that fail were seen: failing only lowers confidence.
    Usual(fn(&str) -> bool),
}
