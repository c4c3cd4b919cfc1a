//! Template Parcel: rating, shipping, void and tracking over REST, with a key in a header.
//!
//! Each operation is one file; `wire` holds its messages, `sim` the other side.
//! Must never read a clock, hold a secret or open a socket. Start with [`TemplateParcel`].
// begin original
//!
//! This carrier exists nowhere. It is what `cargo xtask new-carrier` copies, and it is compiled and
//! tested like any other, so that the copy works from its first minute. Words such as `only with void`
//! at the end of a line tell the copying what to leave out; they do not reach the copy.
// end original

mod fault;
mod party; // only with rate|purchase
mod price; // only with rate|purchase
mod purchase; // only with purchase
mod rate; // only with rate
mod services;
mod settings;
mod sim;
mod status; // only with track
#[cfg(test)]
mod tests;
mod track; // only with track
mod void; // only with void
// begin purchase
#[cfg(test)]
mod walk;
// end purchase
mod wire;

use std::sync::Arc;

use parcelgate_kit::carrier::{Carrier, Entry};
use parcelgate_kit::descriptor::{Capabilities, Descriptor, VoidRule};
use parcelgate_kit::exchange::Verdict;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::Reply;

use parcelgate_kit::descriptor::{Check, NumberFormat}; // only with track
use parcelgate_kit::model::LabelFormat; // only with purchase
use parcelgate_kit::operation::{PurchaseOrder, Purchased}; // only with purchase
use parcelgate_kit::operation::{RateQuery, Rates}; // only with rate
use parcelgate_kit::operation::{TrackQuery, Tracked}; // only with track
use parcelgate_kit::operation::{VoidOrder, Voided}; // only with void

pub use sim::TemplateParcelSim;

/// Template Parcel.
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateParcel;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "template",
    name: "Template Parcel",
    // Where parcels are handed over. Empty means anywhere; where they go stands in the services' lanes.
    countries: &["DE", "GB"],
    services: services::ALL,
    // What is `true` here works, has golden cases and takes part in conformance. There is no half way.
    capabilities: Capabilities {
        rate: true,     // without rate: rate: false,
        purchase: true, // without purchase: purchase: false,
        // Needed where the guard below is `FindByReference`.
        find: false,
        void: true,         // without void: void: false,
        track: true,        // without track: track: false,
        multi_parcel: true, // without purchase: multi_parcel: false,
        customs: true,      // without purchase: customs: false,
    },
    account: settings::FIELDS,
    // The forms of its tracking numbers. `Firm` refuses a number whose check digit is wrong before anything
    // is sent; `Usual` only doubts it: take that one when real numbers that fail were seen.
    // begin track
    numbers: &[NumberFormat {
        name: "parcel",
        pattern: "^TP[0-9]{10}$",
        check: Check::Firm(track::is_number),
        example: "TP0000000109",
    }],
    // end track
    // without track: numbers: &[],
    // Numbers that one call takes: read it in the specification, one too many is refused as a whole.
    track_batch: 10, // without track: track_batch: 1,
    push: None,
    // The preferred one first. Each one listed is bought and read back by the conformance suite.
    labels: &[LabelFormat::Pdf, LabelFormat::Png, LabelFormat::Zpl], // without purchase: labels: &[],
    // `false` where the account holds a rate card instead (`kit::ratecard`).
    rates_over_the_wire: true, // without rate: rates_over_the_wire: false,
    // How long the carrier holds to a price; a few hours where it does not say.
    quote_lifetime: 4 * 3600,
    // The guard of the exchange that creates: one constant, so that the two cannot differ.
    purchase_guard: purchase::GUARD, // without purchase: purchase_guard: parcelgate_kit::exchange::Guard::None,
    void: VoidRule::BeforeHandOver { days: None }, // without void: void: VoidRule::Never,
    base_url: "https://api.template-parcel.example",
    // The day after which this version of the interface is switched off, when it was announced.
    retires: None,
    // Excuses from conformance cases, each with a reason that is printed in docs/carriers.md.
    waivers: &[],
};

impl Carrier for TemplateParcel {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    // begin rate
    async fn rate(&self, cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
        rate::rates(cx, query).await
    }
    // end rate

    // begin purchase
    async fn purchase(&self, cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
        purchase::purchase(cx, order).await
    }
    // end purchase

    // begin void
    async fn void(&self, cx: &mut Cx<'_>, order: &VoidOrder) -> Result<Voided, Fault> {
        void::void(cx, order).await
    }
    // end void

    // begin track
    async fn track(&self, cx: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
        track::track(cx, query).await
    }
    // end track

    /// What a reply means before it is read. The kit knows 401, 429 and 5xx; write here what this carrier tells
    /// in another way. A success that is no JSON was not written by the carrier's service: nobody knows what
    /// was done, so the guard must decide, and a reply that was taken as read could never be asked for again.
    fn classify(&self, reply: &Reply) -> Verdict {
        let broken = reply.is_success() && !fault::is_message(reply);
        if broken { Verdict::Unavailable } else { Verdict::by_status(reply) }
    }
}

/// Template Parcel as it is compiled in.
pub fn entry() -> Entry {
    Entry {
        carrier: Arc::new(TemplateParcel),
        sim: Arc::new(TemplateParcelSim),
        folder: env!("CARGO_MANIFEST_DIR"),
    }
}
