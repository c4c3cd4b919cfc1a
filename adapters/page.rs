//! The page of carriers, written from their descriptors: `docs/carriers.md`.
//!
//! Must never say what no descriptor says. Start with [`render`].

use std::fmt::Write as _;

use parcelgate_kit::carrier::Entry;
use parcelgate_kit::descriptor::{
    Area, Border, Capabilities, Check, Descriptor, Feature, Lane, Limits, Service, VoidRule,
};
use parcelgate_kit::exchange::Guard;

/// The page for `entries`, as Markdown.
pub fn render(entries: &[Entry]) -> String {
    let mut page = String::from(
        "# Carriers\n\nWritten by `cargo xtask docs` from the carriers' descriptors; do not edit.\n\n\
         | Carrier | id | rate | purchase | find | void | track | parcels | customs | labels |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut descriptors: Vec<_> = entries.iter().map(|entry| entry.carrier.descriptor()).collect();
    descriptors.sort_by_key(|descriptor| descriptor.id);
    for descriptor in &descriptors {
        overview(descriptor, &mut page);
    }
    for descriptor in &descriptors {
        carrier(descriptor, &mut page);
    }
    page
}

fn overview(descriptor: &Descriptor, page: &mut String) {
    let Capabilities { rate, purchase, find, void, track, multi_parcel, customs } = descriptor.capabilities;
    let rated = match (rate, descriptor.rates_over_the_wire) {
        (true, true) => "yes",
        (true, false) => "rate card",
        (false, _) => "no",
    };
    let cells = [
        descriptor.name,
        descriptor.id,
        rated,
        yes(purchase),
        yes(find),
        yes(void),
        yes(track),
        if multi_parcel { "many" } else { "one" },
        yes(customs),
    ];
    let _ = writeln!(page, "| {} | {} |", cells.join(" | "), labels(descriptor));
}

fn yes(can: bool) -> &'static str {
    if can { "yes" } else { "no" }
}

fn labels(descriptor: &Descriptor) -> String {
    joined(descriptor.labels.iter().map(|format| format.extension().to_ascii_uppercase()))
}

fn carrier(descriptor: &Descriptor, page: &mut String) {
    let _ = writeln!(page, "\n## {}\n", descriptor.name);
    let handed_over =
        if descriptor.countries.is_empty() { "anywhere".to_owned() } else { descriptor.countries.join(", ") };
    let _ = writeln!(page, "- Hand-over: {handed_over}");
    if descriptor.capabilities.purchase {
        let _ = writeln!(page, "- Nothing is bought twice: {}", guard(descriptor.purchase_guard));
        let _ = writeln!(page, "- Void: {}", void(descriptor.void));
    }
    if descriptor.capabilities.rate {
        let _ = writeln!(page, "- A price is good for {}", time(descriptor.quote_lifetime));
    }
    if descriptor.capabilities.track {
        let _ = writeln!(page, "- Numbers in one tracking call: {}", descriptor.track_batch);
    }
    if descriptor.push.is_some() {
        page.push_str("- Pushes what happens to parcels, and the gateway reads it\n");
    }
    for number in descriptor.numbers {
        let check = match number.check {
            Check::None => "no check digit is known",
            Check::Firm(_) => "the check digit must be right",
            Check::Usual(_) => "the check digit is usually right",
        };
        let (name, example) = (number.name, number.example);
        let _ = writeln!(page, "- Tracking number \"{name}\", such as `{example}`: {check}");
    }
    let _ = writeln!(page, "- Live address: <{}>", descriptor.base_url);
    if let Some(day) = descriptor.retires {
        let _ = writeln!(page, "- **This interface is switched off on {day}.**");
    }
    services(descriptor.services, page);
    account(descriptor, page);
    waivers(descriptor, page);
}

fn services(services: &[Service], page: &mut String) {
    if services.is_empty() {
        return;
    }
    page.push_str(
        "\n| Service | Code | Lanes | Limits | Business days | Can be asked for | Carries | At a border |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for service in services {
        let days = match service.transit_days {
            Some((earliest, latest)) if earliest == latest => earliest.to_string(),
            Some((earliest, latest)) => format!("{earliest} to {latest}"),
            None => String::new(),
        };
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {} | {days} | {} | {} | {} |",
            service.name,
            service.code,
            service.lanes.iter().map(lane).collect::<Vec<_>>().join("; "),
            limits(&service.limits),
            joined(service.features.iter().map(|one| feature(*one).to_owned())),
            joined(service.carries.iter().map(|kind| kind.as_str().to_owned())),
            clearance(service),
        );
    }
}

/// What a service that crosses a border does there.
fn clearance(service: &Service) -> String {
    if service.lanes.iter().all(|lane| lane.border == Border::Domestic) {
        return String::new();
    }
    let can = service.clearance;
    let told = [
        Some(if can.post { "as mail" } else { "as cargo" }),
        can.special_arrangements.then_some("collects EU VAT"),
        can.excise.then_some("takes goods under excise"),
        can.enforces_product_ids.then_some("insists on product identifiers"),
    ];
    joined(told.into_iter().flatten().map(str::to_owned))
}

fn lane(lane: &Lane) -> String {
    let from = area(&lane.from);
    match lane.border {
        Border::Domestic => format!("within {from}"),
        Border::Crossed => format!("{from} to {}, across a border", area(&lane.to)),
        Border::Any => format!("{from} to {}", area(&lane.to)),
    }
}

fn area(area: &Area) -> String {
    match area {
        Area::Countries(codes) => codes.join(", "),
        Area::EuropeanUnion => "the EU".to_owned(),
        Area::WorldExcept([]) => "anywhere".to_owned(),
        Area::WorldExcept(codes) => format!("anywhere but {}", codes.join(", ")),
    }
}

fn limits(limits: &Limits) -> String {
    let cm = |mm: u32| format!("{} cm", decimal(mm, 10));
    let named = [
        limits.max_weight_g.map(|grams| format!("{} kg", decimal(grams, 1_000))),
        limits.max_length_mm.map(|mm| format!("length {}", cm(mm))),
        limits.max_width_mm.map(|mm| format!("width {}", cm(mm))),
        limits.max_height_mm.map(|mm| format!("height {}", cm(mm))),
        limits.max_length_girth_mm.map(|mm| format!("length and girth {}", cm(mm))),
        limits.max_parcels.map(|parcels| format!("{parcels} parcels")),
    ];
    joined(named.into_iter().flatten())
}

/// `value / unit` in decimals, no zeros at the end.
fn decimal(value: u32, unit: u32) -> String {
    let (whole, rest) = (value / unit, value % unit);
    let rest = format!("{:03}", rest * (1_000 / unit));
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { whole.to_string() } else { format!("{whole}.{rest}") }
}

fn feature(feature: Feature) -> &'static str {
    match feature {
        Feature::Signature => "signature",
        Feature::AdultSignature => "adult's signature",
        Feature::SaturdayDelivery => "Saturday",
        Feature::Insurance => "insurance",
        Feature::PoBox => "post office boxes",
        Feature::DangerousGoods => "dangerous goods",
        Feature::CashOnDelivery => "cash on delivery",
        Feature::AgeCheck => "age check",
        Feature::SaturdayPickUp => "pick-up on Saturday",
    }
}

fn account(descriptor: &Descriptor, page: &mut String) {
    if descriptor.account.is_empty() {
        return;
    }
    page.push_str("\n| Account setting | Needed | Secret | What it is |\n|---|---|---|---|\n");
    for field in descriptor.account {
        let (needed, secret) = (yes(field.required), yes(field.secret));
        let _ =
            writeln!(page, "| `{}` | {needed} | {secret} | {} |", field.name, field.what.replace('|', "\\|"));
    }
}

fn waivers(descriptor: &Descriptor, page: &mut String) {
    if descriptor.waivers.is_empty() {
        return;
    }
    page.push_str("\nExcused from these conformance cases:\n\n");
    for waiver in descriptor.waivers {
        let _ = writeln!(page, "- `{}`: {}", waiver.case, waiver.reason);
    }
}

fn guard(guard: Guard) -> String {
    match guard {
        Guard::Key { lifetime } => format!("the carrier remembers a key for {}", time(lifetime)),
        Guard::RefusesDuplicates => "the carrier refuses a reference that it knows".to_owned(),
        Guard::FindByReference { settle: 0 } => "the carrier is asked for the reference".to_owned(),
        Guard::FindByReference { settle } => {
            format!(
                "the carrier is asked for the reference, {} after the order at the earliest",
                time(settle)
            )
        }
        Guard::None => "**the carrier offers nothing; a lost answer waits for a person**".to_owned(),
    }
}

fn void(rule: VoidRule) -> String {
    match rule {
        VoidRule::Never => "not offered".to_owned(),
        VoidRule::BeforeHandOver { days: None } => "until the hand-over".to_owned(),
        VoidRule::BeforeHandOver { days: Some(days) } => {
            format!("until the hand-over, for {days} days at most")
        }
        VoidRule::BeforeManifest => "until the day's list is closed".to_owned(),
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        whole if whole >= 172_800 && whole % 86_400 == 0 => format!("{} days", whole / 86_400),
        whole if whole >= 3_600 && whole % 3_600 == 0 => format!("{} hours", whole / 3_600),
        whole if whole >= 60 && whole % 60 == 0 => format!("{} minutes", whole / 60),
        seconds => format!("{seconds} seconds"),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_written_in_full() {
        let page = render(&[parcelgate_template::entry()]);
        for part in [
            "| Template Parcel | template | yes | yes | no | yes | yes | many | yes | PDF, PNG, ZPL |",
            "the carrier remembers a key for 24 hours",
            "| Connect | `CONNECT` | DE, GB to anywhere, across a border | 20 kg, length 120 cm, 10 parcels |  |  | IOSS | as cargo, collects EU VAT |",
            "| `api_key` | yes | yes |",
            "31.5 kg",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
    }
}
