//! DHL Parcel DE: labels, void and tracking of Deutsche Post's parcel network; prices from the contract.
//!
//! Each operation is one file; `wire` holds its messages, `sim` the other side. Must never read a clock or
//! hold a secret. Start with [`DhlParcelDe`].

mod address;
mod customs;
mod purchase;
mod push;
mod rate;
mod reply;
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

use parcelgate_kit::account::Account;
use parcelgate_kit::carrier::{Carrier, Entry};
use parcelgate_kit::check_digit;
use parcelgate_kit::descriptor::{Capabilities, Check, Descriptor, NumberFormat, VoidRule};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::LabelFormat;
use parcelgate_kit::operation::{
    PurchaseOrder, Purchased, Pushed, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use parcelgate_kit::plan::Cx;

pub use sim::DhlParcelDeSim;

/// DHL Parcel DE.
#[derive(Clone, Copy, Debug, Default)]
pub struct DhlParcelDe;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "dhl_parcel_de",
    name: "DHL Parcel DE",
    countries: &["DE"],
    services: services::ALL,
    capabilities: Capabilities {
        rate: true,
        purchase: true,
        // The carrier looks shipments up by number only.
        find: false,
        void: true,
        track: true,
        multi_parcel: true,
        customs: true,
    },
    account: settings::FIELDS,
    numbers: &[
        NumberFormat {
            name: "parcel",
            pattern: "^00340434[0-9]{12}$",
            check: Check::Firm(check_digit::gs1),
            example: "00340434161094015902",
        },
        NumberFormat {
            name: "identcode",
            pattern: "^[0-9]{12}$",
            check: Check::Firm(check_digit::identcode),
            example: "201298452277",
        },
        NumberFormat {
            name: "international",
            pattern: "^[A-Z]{2}[0-9]{9}DE$",
            check: Check::Firm(check_digit::s10),
            example: "RB123456785DE",
        },
        NumberFormat {
            name: "licence plate",
            pattern: "^JJD[0-9]{13,18}$",
            check: Check::None,
            example: "JJD0003412345678901",
        },
        NumberFormat {
            name: "injected parcel",
            pattern: "^JVGL[0-9]{20}$",
            check: Check::None,
            example: "JVGL06120000001234567890",
        },
    ],
    track_batch: track::BATCH,
    push: Some(push::PROOF),
    labels: &[LabelFormat::Pdf, LabelFormat::Zpl],
    rates_over_the_wire: false,
    // A contract's price holds for the day of hand-over; a day is long enough to decide.
    quote_lifetime: 24 * 3600,
    purchase_guard: purchase::GUARD,
    void: VoidRule::BeforeManifest,
    base_url: "https://api-eu.dhl.com",
    retires: None,
    waivers: &[],
};

impl Carrier for DhlParcelDe {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn rate(&self, cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
        rate::rates(cx.account(), query)
    }

    async fn purchase(&self, cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
        purchase::purchase(cx, order).await
    }

    async fn void(&self, cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
        void::void(cx, order).await
    }

    fn read_push(&self, _: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        push::read(push)
    }

    async fn track(&self, cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
        track::track(cx, query).await
    }
}

/// DHL Parcel DE as it is compiled in.
pub fn entry() -> Entry {
    Entry {
        carrier: Arc::new(DhlParcelDe),
        sim: Arc::new(DhlParcelDeSim),
        folder: env!("CARGO_MANIFEST_DIR"),
    }
}
