//! UPS: rating, shipping, label recovery, void and tracking over REST.
//!
//! Each operation is one file; `wire` holds its messages, `sim` the other side.
//! Must never read a clock or hold a secret. Start with [`Ups`].

mod charges;
mod customs;
mod find;
mod fit;
mod labels;
mod lane;
mod purchase;
mod push;
mod rate;
mod refusal;
mod services;
mod settings;
mod sim;
mod status;
mod tax_ids;
#[cfg(test)]
mod tests;
mod track;
mod void;
mod wire;

use std::sync::Arc;

use parcelgate_kit::account::Account;
use parcelgate_kit::carrier::{Carrier, Entry};
use parcelgate_kit::descriptor::{Capabilities, Check, Descriptor, NumberFormat, VoidRule};
use parcelgate_kit::exchange::Verdict;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::LabelFormat;
use parcelgate_kit::operation::{
    FindQuery, PurchaseOrder, Purchased, Pushed, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::Reply;

pub use sim::UpsSim;

/// United Parcel Service.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ups;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "ups",
    name: "UPS",
    countries: &[],
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
        NumberFormat {
            name: "1Z",
            pattern: "^1Z[0-9A-Z]{15}[0-9]$",
            check: Check::Firm(track::is_parcel_number),
            example: "1Z5R89390357567127",
        },
        NumberFormat {
            name: "waybill",
            pattern: "^[AHJKTV][0-9]{10}$",
            check: Check::Usual(track::is_waybill_number),
            example: "H1234567895",
        },
    ],
    rates_over_the_wire: true,
    track_batch: 1,
    push: Some(push::PROOF),
    labels: &[LabelFormat::Pdf, LabelFormat::Zpl, LabelFormat::Png, LabelFormat::Gif],
    // UPS names no end of a price; rates change by the day.
    quote_lifetime: 4 * 3600,
    purchase_guard: purchase::GUARD,
    void: VoidRule::BeforeHandOver { days: None },
    base_url: "https://onlinetools.ups.com",
    retires: None,
    waivers: &[],
};

impl Carrier for Ups {
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

    fn read_push(&self, _: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        push::read(push)
    }

    fn classify(&self, reply: &Reply) -> Verdict {
        refusal::classify(reply)
    }
}

/// UPS as it is compiled in.
pub fn entry() -> Entry {
    Entry { carrier: Arc::new(Ups), sim: Arc::new(UpsSim), folder: env!("CARGO_MANIFEST_DIR") }
}
