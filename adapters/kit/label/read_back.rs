//! Reads the barcodes of a label back, as a scanner would.
//!
//! Every format goes through a reader that is none of ours: the conformance
//! suite calls this on the labels that a simulator issues, and a label counts
//! only if a scanner finds its number; the gateway looks at what a carrier
//! sent. Only Code 128 is looked for. It never changes a label and never says
//! whose number it is. Start at [`read_barcodes`].

mod pdf;
mod picture;

use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Exceptions, Luma8LuminanceSource};
use rxing::{MultiFormatReader, Reader};

use crate::model::LabelFormat;

/// Why the barcodes of a document cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadBackError {
    /// The bytes are not what the format says.
    #[error("the label is no readable {format:?}: {reason}")]
    Broken {
        /// The format they were taken for.
        format: LabelFormat,
        /// What the reader says.
        reason: String,
    },
    /// A page is larger than any label, and was not looked at.
    #[error("a page of the label is {width} by {height} dots, which is too large to look at")]
    TooLarge {
        /// Dots across.
        width: u64,
        /// Dots down.
        height: u64,
    },
    /// Nothing on the label is a Code 128 barcode that a scanner can read.
    #[error("the label shows no code 128 barcode that a scanner can read")]
    NoBarcode,
}

/// What the Code 128 barcodes of a label hold, each text once, page by page from
/// top to bottom, one of those that stand side by side.
///
/// PNG and GIF are decoded (of a GIF the first frame), ZPL is rendered at the
/// size of its `^PW` and `^LL` (4 by 6 inches at 203 dpi without them; only
/// with the feature `conformance`, which brings the renderer), and of a PDF the
/// filled rectangles, which is what vector bars are, and the images of each
/// page are drawn. Bars of a PDF that are strokes, letters of a barcode font or
/// patterns are not seen.
///
/// # Errors
/// [`ReadBackError::Broken`] when the bytes are not of `format`,
/// [`ReadBackError::TooLarge`] when a page is not looked at, and
/// [`ReadBackError::NoBarcode`] when no barcode can be read.
pub fn read_barcodes(bytes: &[u8], format: LabelFormat) -> Result<Vec<String>, ReadBackError> {
    let pages = match format {
        LabelFormat::Pdf => pdf::pages(bytes),
        LabelFormat::Png => picture::png(bytes).map(|page| vec![page]),
        LabelFormat::Gif => picture::gif(bytes).map(|page| vec![page]),
        #[cfg(feature = "conformance")]
        LabelFormat::Zpl => picture::zpl(bytes).map(|page| vec![page]),
        #[cfg(not(feature = "conformance"))]
        LabelFormat::Zpl => Err("the renderer of printer languages is not built in".to_owned().into()),
    };
    let mut found: Vec<String> = Vec::new();
    let told = |trouble: Trouble| match trouble {
        Trouble::Broken(reason) => ReadBackError::Broken { format, reason },
        Trouble::TooLarge(width, height) => ReadBackError::TooLarge { width, height },
    };
    for page in pages.map_err(told)? {
        for text in scan(page).map_err(|reason| ReadBackError::Broken { format, reason })? {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    if found.is_empty() { Err(ReadBackError::NoBarcode) } else { Ok(found) }
}

/// Why there is no page to scan.
enum Trouble {
    Broken(String),
    TooLarge(u64, u64),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Broken(reason)
    }
}

impl From<&str> for Trouble {
    fn from(reason: &str) -> Self {
        Self::Broken(reason.to_owned())
    }
}

/// A page in shades of grey, row by row, 255 white.
struct Page {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

/// Bands that a page is scanned in: a barcode of an eighth of the page's height
/// fills one of them whole, wherever it stands.
const BANDS: usize = 16;

/// Scans from top to bottom in bands, one barcode each, which is far quicker
/// than to search the page by halves; a page whose barcodes stand upright or
/// are very low is then searched whole, for one.
fn scan(page: Page) -> Result<Vec<String>, String> {
    let width = usize::try_from(page.width).map_err(text)?;
    let rows = usize::try_from(page.height).map_err(text)?;
    let mut found = Vec::new();
    for band in page.luma.chunks(width * rows.div_ceil(BANDS).max(1)) {
        found.extend(decode(band.to_vec(), page.width, false)?);
    }
    if found.is_empty() {
        found.extend(decode(page.luma, page.width, true)?);
    }
    Ok(found)
}

/// The first barcode of a picture; with `harder` in all its rows, and on its
/// side too.
fn decode(luma: Vec<u8>, width: u32, harder: bool) -> Result<Option<String>, String> {
    let height = u32::try_from(luma.len()).map_err(text)?.checked_div(width).unwrap_or(0);
    let source = Luma8LuminanceSource::new(luma, width, height).map_err(text)?;
    let possible = Some([BarcodeFormat::CODE_128].into());
    let hints = DecodeHints { PossibleFormats: possible, TryHarder: Some(harder), ..DecodeHints::default() };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    match MultiFormatReader::default().decode_with_hints(&mut bitmap, &hints) {
        Ok(result) => Ok(Some(result.getText().to_owned())),
        Err(
            Exceptions::NotFoundException(_)
            | Exceptions::ChecksumException(_)
            | Exceptions::FormatException(_),
        ) => Ok(None),
        Err(error) => Err(text(error)),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
