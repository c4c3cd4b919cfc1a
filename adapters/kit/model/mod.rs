//! The values that pass between a gateway and its adapters.
//!
//! Every type is parsed once at the edge and is right by construction
//! afterwards: money is never a float, a weight knows its unit, a country is a
//! country. Nothing here does I/O or reads a clock. Start with [`Shipment`].

mod country;
mod currency;
mod customs;
mod document;
/// Tax and customs numbers.
pub mod identifier;
mod measure;
mod money;
mod offer;
mod parcel;
mod party;
mod phone;
mod postcode;
mod problem;
mod shipment;
mod subdivision;
mod text;
mod tracking;

pub use country::CountryCode;
pub use currency::Currency;
pub use customs::{ContentType, CustomsDeclaration, Incoterm};
pub use document::{Document, DocumentKind, LabelFormat, LabelSize, LabelSpec};
pub use identifier::{
    AttachedId, Eori, IdFault, IdKind, IdRole, Identifier, IossNumber, MidCode, RegionalIds,
};

pub use measure::{Dimensions, Length, LengthUnit, Weight, WeightUnit};
pub use money::{Money, MoneyError};
pub use offer::{
    CarrierOffer, Charge, ChargeKind, DeliveryWindow, Notice, PriceSource, Refusal, WindowSource,
};
pub use parcel::{Gtin, HsCode, Item, ItemFlags, Parcel, ProductCode, SatProductCode};
pub use party::{Party, PartyParts};
pub use phone::Phone;
pub use postcode::Postcode;
pub use problem::{Invalid, Problem};
pub use shipment::{Confirmation, Requirements, Shipment};
pub use subdivision::Subdivision;
pub use text::{Personal, Text};
pub use tracking::{EventSource, LocalTime, Place, TrackEvent, TrackStatus, TrackingNumber};
