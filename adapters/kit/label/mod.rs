//! Draws the labels and forms that simulators of carriers hand out.
//!
//! A label is laid out once, in dots, and then drawn as PDF, PNG, GIF or ZPL:
//! the same input gives the same bytes, no clock and no chance is asked. Every
//! label says that it is no real one. Labels bought from a carrier never pass
//! through here; they reach the caller as the carrier made them. Start at
//! [`draw`], whose input is a [`LabelFace`], and at [`draw_form`].

pub mod code128;
mod form;
mod layout;
mod pdf;
mod raster;
#[cfg(feature = "read-back")]
pub mod read_back;
mod sheet;
#[cfg(feature = "conformance")]
#[cfg(test)]
mod tests;
mod text;
mod zpl;

use bytes::Bytes;

use crate::model::{LabelFormat, LabelSpec};

/// What is printed on a label. Any Unicode text is welcome in any field: what
/// the fonts lack is transliterated, what finds no room is shrunk, then cut.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LabelFace {
    /// Trade name of the carrier.
    pub carrier: String,
    /// Name of the service, in the banner.
    pub service: String,
    /// The shipper's block, line by line.
    pub from: Vec<String>,
    /// The consignee's block, line by line.
    pub to: Vec<String>,
    /// What the barcode holds and what is printed under it, printable ASCII.
    /// More than about sixty letters have no room: then no bars are drawn.
    pub tracking: String,
    /// Routing code, in big letters.
    pub routing: Option<String>,
    /// The shipper's references and remarks.
    pub references: Vec<String>,
    /// The customs declaration, when it is part of the label.
    pub customs: Option<CustomsFace>,
    /// Which parcel this is and of how many, from 1.
    pub parcel: (u16, u16),
    /// Weight with its unit.
    pub weight: String,
    /// Day of shipment, as it shall be read.
    pub date: String,
    /// Which mark says that the label is no real one.
    pub watermark: Watermark,
}

/// The words that keep a simulated document from being taken for a real one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Watermark {
    /// A sample, as in documentation and tests.
    #[default]
    Specimen,
    /// Issued by a sandbox that stands in for a carrier.
    Sandbox,
}

impl Watermark {
    /// The word as printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Specimen => "SPECIMEN",
            Self::Sandbox => "SANDBOX",
        }
    }
}

/// A customs declaration on the label itself, such as the CN22.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CustomsFace {
    /// Name of the declaration, `CN22` if empty.
    pub title: String,
    /// Why the goods travel: sale, gift, return.
    pub reason: String,
    /// The goods; what finds no room is counted in one line.
    pub lines: Vec<CustomsLine>,
    /// Value of all goods with its currency.
    pub total: String,
}

/// One kind of goods. All values are printed as given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CustomsLine {
    /// What it is.
    pub description: String,
    /// How many, with the unit if it is not pieces.
    pub quantity: String,
    /// Net weight with its unit.
    pub weight: String,
    /// Value with its currency.
    pub value: String,
    /// Code of the Harmonized System.
    pub tariff: String,
    /// Country of origin.
    pub origin: String,
}

/// Which form [`draw_form`] draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FormKind {
    /// The customs declaration of the Universal Postal Union for parcels.
    #[default]
    Cn23,
    /// The seller's invoice to customs.
    CommercialInvoice,
    /// What the shipper keeps.
    Receipt,
}

/// What is printed on a customs form, invoice or receipt. Any Unicode text is
/// welcome, as in [`LabelFace`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormFace {
    /// Which form.
    pub kind: FormKind,
    /// Trade name of the carrier.
    pub carrier: String,
    /// What the barcode holds and what is printed under it.
    pub tracking: String,
    /// Number of the invoice or order.
    pub number: String,
    /// Day of issue.
    pub date: String,
    /// The sender's or seller's block.
    pub from: Vec<String>,
    /// The addressee's or buyer's block.
    pub to: Vec<String>,
    /// Facts beside the goods by name, the first eight: reason of export, terms
    /// of delivery, tax numbers.
    pub facts: Vec<(String, String)>,
    /// The goods; as many pages as they need.
    pub lines: Vec<CustomsLine>,
    /// Weight of all with its unit.
    pub total_weight: String,
    /// Value of all goods with its currency.
    pub total_value: String,
    /// Which mark says that the form is no real one.
    pub watermark: Watermark,
}

/// Draws a label on the wanted stock. On A4 it takes the upper left quarter.
///
/// `spec.dpi` is the grid that bars and pixels stand on: 203 below 252, else
/// 300, in all formats, so that a PDF prints as sharp as a picture.
pub fn draw(face: &LabelFace, spec: LabelSpec) -> Bytes {
    let sheet = layout::label(face, spec.size, if spec.dpi < 252 { 203 } else { 300 });
    match spec.format {
        LabelFormat::Pdf => pdf::document(&[sheet]),
        LabelFormat::Png => raster::png(&sheet),
        LabelFormat::Gif => raster::gif(&sheet),
        LabelFormat::Zpl => zpl::label(&sheet),
    }
}

/// Draws a customs form, invoice or receipt as PDF of A4 pages.
pub fn draw_form(face: &FormFace) -> Bytes {
    pdf::document(&form::pages(face))
}
