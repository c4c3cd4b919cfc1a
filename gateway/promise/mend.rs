//! The smallest single change that makes a service eligible.
//!
//! Every change is tried by the rules themselves: the shipment is changed, all
//! rules are evaluated again, and the first change after which none says no is
//! told. Changes are tried from the least trouble for the seller to the most.
//! Start with [`mend`].

use parcelgate_kit::descriptor::{Descriptor, Service};
use parcelgate_kit::model::{Confirmation, Dimensions, Length, LengthUnit, Shipment, Weight, WeightUnit};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Reason, Wishes, screen_service};

/// A change that makes a service eligible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// What kind of change it is, for a machine: `ADD_PHONE`, `OTHER_BOX`, ...
    pub change: String,
    /// What to do, in words.
    pub words: String,
}

impl Mend {
    /// A change of a kind, in words.
    pub fn new(change: &str, words: impl Into<String>) -> Self {
        Self { change: change.to_owned(), words: words.into() }
    }
}

/// A change and what the request would be after it.
struct Change {
    mend: Mend,
    shipment: Shipment,
    wishes: Wishes,
    /// Whether a telephone number is taken to be there.
    phone: bool,
}

/// The smallest single change after which no rule says no; nothing when there
/// is none, or nothing to mend.
pub fn mend(
    descriptor: &Descriptor,
    service: &Service,
    shipment: &Shipment,
    wishes: &Wishes,
    reasons: &[Reason],
) -> Option<Mend> {
    if reasons.is_empty() {
        return None;
    }
    changes(service, shipment, wishes).find_map(|change| {
        let left = screen_service(descriptor, service, &change.shipment, &change.wishes);
        let left = left.iter().filter(|reason| !(change.phone && reason.code.as_str() == "PHONE_MISSING"));
        (left.count() == 0).then_some(change.mend)
    })
}

type Try = fn(&Service, &Shipment, &Wishes) -> Option<Change>;

/// The changes that could help, the least trouble first. Each is made only when those before it did not help.
fn changes<'a>(
    service: &'a Service,
    shipment: &'a Shipment,
    wishes: &'a Wishes,
) -> impl Iterator<Item = Change> + 'a {
    let first: [Try; 2] = [add_phone, less_proof];
    let last: [Try; 4] = [smaller_box, split_parcel, allow_untracked, allow_service];
    let make = move |change: Try| change(service, shipment, wishes);
    let drops = DROPS.iter().filter_map(move |drop| drop_wish(drop, shipment, wishes));
    first.into_iter().filter_map(make).chain(drops).chain(last.into_iter().filter_map(make))
}

fn change(change: &str, words: impl Into<String>, shipment: Shipment, wishes: Wishes) -> Change {
    Change { mend: Mend::new(change, words), shipment, wishes, phone: false }
}

fn add_phone(_: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    shipment.ship_to.phone.is_none().then(|| {
        let words = "add the consignee's telephone number";
        Change { phone: true, ..change("ADD_PHONE", words, shipment.clone(), wishes.clone()) }
    })
}

fn less_proof(_: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    (shipment.requirements.confirmation != Confirmation::None).then(|| {
        let mut without = shipment.clone();
        without.requirements.confirmation = Confirmation::None;
        change("LESS_PROOF", "do without a signature", without, wishes.clone())
    })
}

fn drop_wish((name, words, drop): &Drop, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    let mut without = shipment.clone();
    drop(&mut without);
    (without != *shipment).then(|| change(name, *words, without, wishes.clone()))
}

fn smaller_box(service: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    let (words, smaller) = other_box(service, shipment)?;
    Some(change("OTHER_BOX", words, smaller, wishes.clone()))
}

fn split_parcel(service: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    let (words, split) = split(service, shipment)?;
    Some(change("SPLIT_PARCEL", words, split, wishes.clone()))
}

fn allow_untracked(_: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    wishes.must_be_tracked.then(|| {
        let untracked = Wishes { must_be_tracked: false, ..wishes.clone() };
        change("ALLOW_UNTRACKED", "do without tracking", shipment.clone(), untracked)
    })
}

fn allow_service(_: &Service, shipment: &Shipment, wishes: &Wishes) -> Option<Change> {
    (!wishes.allowed.is_empty() || !wishes.blocked.is_empty()).then(|| {
        let any = Wishes { allowed: Vec::new(), blocked: Vec::new(), ..wishes.clone() };
        change("ALLOW_SERVICE", "allow this service in the request", shipment.clone(), any)
    })
}

type Drop = (&'static str, &'static str, fn(&mut Shipment));

/// Wishes that can be done without.
const DROPS: &[Drop] = &[
    ("NO_SATURDAY", "do without delivery on Saturday", |shipment| {
        shipment.requirements.saturday_delivery = false;
    }),
    ("NO_INSURANCE", "insure the parcel elsewhere", |shipment| {
        shipment.parcels.iter_mut().for_each(|parcel| parcel.insured_value = None);
    }),
    ("NO_CASH_ON_DELIVERY", "do without collecting money at the door", |shipment| {
        shipment.requirements.cash_on_delivery = false;
    }),
    ("NO_AGE_CHECK", "do without the check of age at the door", |shipment| {
        shipment.requirements.age_check = false;
    }),
];

/// Boxes that are too big, made as small as the service takes: the longest
/// side first, then the girth.
fn other_box(service: &Service, shipment: &Shipment) -> Option<(String, Shipment)> {
    let limits = service.limits;
    let mut smaller = shipment.clone();
    let mut told = Vec::new();
    for (index, parcel) in smaller.parcels.iter_mut().enumerate() {
        let Some(sides) = parcel.dimensions else { continue };
        let cut = |side: Length, limit: Option<u32>| {
            let most = limit.unwrap_or(u32::MAX);
            side.millimetres().min(most)
        };
        let (length, width, mut height) = (
            cut(sides.length, limits.max_length_mm),
            cut(sides.width, limits.max_width_mm),
            cut(sides.height, limits.max_height_mm),
        );
        if let Some(most) = limits.max_length_girth_mm {
            let room = most.saturating_sub(length.saturating_add(width.saturating_mul(2))) / 2;
            height = height.min(room);
        }
        let same = length == sides.length.millimetres()
            && width == sides.width.millimetres()
            && height == sides.height.millimetres();
        if same || height == 0 {
            continue;
        }
        let side = |millimetres: u32| Length::new(Decimal::new(millimetres.into(), 1), LengthUnit::Cm).ok();
        parcel.dimensions = Some(Dimensions::new(side(length)?, side(width)?, side(height)?));
        let centimetres = |millimetres: u32| Decimal::new(millimetres.into(), 1).normalize();
        told.push(format!(
            "parcel {} into a box of at most {} x {} x {} cm",
            index + 1,
            centimetres(length),
            centimetres(width),
            centimetres(height)
        ));
    }
    (!told.is_empty()).then(|| (format!("pack {}", told.join(", ")), smaller))
}

/// The heaviest parcel in two, where one alone is too heavy.
fn split(service: &Service, shipment: &Shipment) -> Option<(String, Shipment)> {
    let limit = service.limits.max_weight_g?;
    let heavy: Vec<usize> = shipment
        .parcels
        .iter()
        .enumerate()
        .filter(|(_, parcel)| parcel.weight.grams() > limit)
        .map(|(index, _)| index)
        .collect();
    let [one] = heavy.as_slice() else { return None };
    let mut split = shipment.clone();
    let parcel = split.parcels.get_mut(*one)?;
    let rest = parcel.weight.grams().checked_sub(limit)?;
    let weight = |grams: u32| Weight::new(Decimal::from(grams), WeightUnit::G).ok();
    parcel.weight = weight(limit)?;
    let second = parcelgate_kit::model::Parcel { weight: weight(rest)?, ..parcel.clone() };
    split.parcels.push(second);
    let over = Decimal::new(rest.into(), 3).normalize();
    Some((format!("put {over} kg of parcel {} into a second parcel", one + 1), split))
}
