//! Decodes PNG and GIF and renders ZPL for the scanner.
//!
//! Trusts nothing about size: each side is held to [`MOST_DOTS`]. Start at
//! [`png`] or [`gif`].

use std::io::Cursor;

#[cfg(feature = "conformance")]
use zpl_forge::{Resolution, Unit, ZplEngine};

use super::{Page, Trouble, text};

/// The longest side of a page, in dots: A4 at 600 dpi has 7016.
const MOST_DOTS: u32 = 8000;

fn checked(width: u32, height: u32) -> Result<(), Trouble> {
    if (1..=MOST_DOTS).contains(&width) && (1..=MOST_DOTS).contains(&height) {
        return Ok(());
    }
    Err(Trouble::TooLarge(width.into(), height.into()))
}

/// The picture in grey, transparent dots as white.
pub(super) fn png(bytes: &[u8]) -> Result<Page, Trouble> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(text)?;
    let (width, height) = reader.info().size();
    checked(width, height)?;
    let mut buffer = vec![0; reader.output_buffer_size().ok_or("too big")?];
    let frame = reader.next_frame(&mut buffer).map_err(text)?;
    buffer.truncate(frame.buffer_size());
    let luma = match frame.color_type {
        png::ColorType::Grayscale => buffer,
        png::ColorType::GrayscaleAlpha => buffer.chunks(2).map(over_white).collect(),
        kind => buffer.chunks(kind.samples()).map(over_white).collect(),
    };
    Ok(Page { width, height, luma })
}

/// The first frame in grey, transparent dots as white.
pub(super) fn gif(bytes: &[u8]) -> Result<Page, Trouble> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(text)?;
    let frame = decoder.read_next_frame().map_err(text)?.ok_or("it has no frame")?;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    checked(width, height)?;
    Ok(Page { width, height, luma: frame.buffer.chunks(4).map(over_white).collect() })
}

/// A dot of grey or red, green and blue, each with or without opacity, as grey
/// on white.
fn over_white(dot: &[u8]) -> u8 {
    let (grey, opacity) = match dot {
        [grey, opacity] => (u32::from(*grey), *opacity),
        [r, g, b, rest @ ..] => {
            let grey = (u32::from(*r) * 30 + u32::from(*g) * 59 + u32::from(*b) * 11) / 100;
            (grey, rest.first().copied().unwrap_or(255))
        }
        _ => (255, 255),
    };
    let opacity = u32::from(opacity);
    u8::try_from((grey * opacity + 255 * (255 - opacity)) / 255).unwrap_or(255)
}

/// The label as a printer of its size would print it.
#[cfg(feature = "conformance")]
pub(super) fn zpl(bytes: &[u8]) -> Result<Page, Trouble> {
    let source = std::str::from_utf8(bytes).map_err(text)?;
    let (width, height) = (number(source, "^PW").unwrap_or(812), number(source, "^LL").unwrap_or(1218));
    checked(width, height)?;
    let (width, height) = (Unit::Dots(width), Unit::Dots(height));
    let engine = ZplEngine::new(source, width, height, Resolution::Dpi203).map_err(text)?;
    png(&engine.to_png().map_err(text)?)
}

/// The number right behind a command.
#[cfg(feature = "conformance")]
fn number(source: &str, command: &str) -> Option<u32> {
    let (_, rest) = source.split_once(command)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}
