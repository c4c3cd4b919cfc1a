//! Chronopost: prices, labels, cancellation and tracking over SOAP 1.1.
//!
//! Each operation is one file; `wire` holds the messages, `sim` the other side.
//! Must never read a clock or hold a secret. Start with [`Chronopost`].

mod answer;
mod customs;
mod find;
mod fit;
mod party;
mod purchase;
mod rate;
mod services;
mod settings;
mod sim;
mod status;
#[cfg(test)]
mod tests;
mod track;
mod void;
mod wire;

use std::sync::Arc;

use parcelgate_kit::carrier::{Carrier, Entry};
use parcelgate_kit::check_digit;
use parcelgate_kit::descriptor::{Capabilities, Check, Descriptor, NumberFormat, VoidRule};
use parcelgate_kit::exchange::Verdict;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::LabelFormat;
use parcelgate_kit::operation::{
    FindQuery, PurchaseOrder, Purchased, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::Reply;

pub use sim::ChronopostSim;

/// Chronopost, the express carrier of La Poste.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chronopost;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "chronopost",
    name: "Chronopost",
    countries: services::ORIGINS,
    services: services::ALL,
    capabilities: Capabilities {
        rate: true,
        purchase: true,
        find: true,
        void: true,
        track: true,
        multi_parcel: true,
        customs: true,
    },
    account: settings::FIELDS,
    numbers: &[
        // Numbers that end in KL or TS were seen to fail the check digit.
        NumberFormat {
            name: "parcel",
            pattern: "^[A-Z]{2}[0-9]{9}[A-Z]{2}$",
            check: Check::Usual(check_digit::s10),
            example: "XP696982485FR",
        },
        NumberFormat {
            name: "Geopost",
            pattern: "^[A-Z]{2}[0-9]{12}[0-9A-Z]$",
            check: Check::Usual(check_digit::mod37_36),
            example: "XT8452370122486",
        },
        NumberFormat {
            name: "partner",
            pattern: "^[0-9]{14}$",
            check: Check::None,
            example: "89108749065090",
        },
    ],
    rates_over_the_wire: true,
    track_batch: 1,
    push: None,
    labels: &[LabelFormat::Pdf, LabelFormat::Zpl],
    // Contract prices; the carrier names no end of them.
    quote_lifetime: 4 * 3600,
    purchase_guard: purchase::GUARD,
    void: VoidRule::BeforeHandOver { days: None },
    base_url: "https://ws.chronopost.fr",
    retires: None,
    waivers: &[],
};

impl Carrier for Chronopost {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn rate(&self, cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
        rate::rates(cx, query).await
    }

    async fn purchase(&self, cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
        purchase::purchase(cx, order).await
    }

    async fn find(&self, cx: &mut Cx<'_>, query: &FindQuery) -> Result<Option<Purchased>, Fault> {
        find::find(cx, query).await
    }

    async fn void(&self, cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
        void::void(cx, order).await
    }

    async fn track(&self, cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
        track::track(cx, query).await
    }

    fn classify(&self, reply: &Reply) -> Verdict {
        answer::classify(reply)
    }
}

/// Chronopost as it is compiled in.
pub fn entry() -> Entry {
    Entry { carrier: Arc::new(Chronopost), sim: Arc::new(ChronopostSim), folder: env!("CARGO_MANIFEST_DIR") }
}
