//! Wraps a PNG into a PDF of its physical size, dot for dot.
//!
//! The dots are taken over as they are, in their own depth and colours; only
//! what compresses them without loss is made anew. Start at [`png_as_pdf`].

use std::io::Cursor;

use pdf_writer::types::Predictor;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};
use png::{BitDepth, ColorType, Transformations};

use super::MakeError;

/// The longest side in dots: A4 at 600 dpi has 7016.
const MOST_DOTS: u32 = 8000;
/// Resolutions in dots per inch that a label's picture can mean.
const MEANT: std::ops::RangeInclusive<f32> = 72.0..=1200.0;
/// Metres of an inch.
const METRES: f32 = 0.0254;

/// A PNG as a PDF of one page, as large as the picture is: by the resolution in
/// the picture where it names one of 72 to 1200 dpi, else by `dpi`.
///
/// # Errors
/// [`MakeError::Unreadable`] when it is no PNG, or has more than 8000 dots a
/// side.
pub fn png_as_pdf(bytes: &[u8], dpi: u16) -> Result<Vec<u8>, MakeError> {
    let picture = Picture::decode(bytes)?;
    let per_inch = picture.dpi.unwrap_or_else(|| f32::from(dpi.max(1)));
    let points = |dots: u32| u16::try_from(dots).map_or(0.0, f32::from) * 72.0 / per_inch;
    let (width, height) = (points(picture.width), points(picture.height));

    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let (catalog, pages, page_id, content_id) = (next.bump(), next.bump(), next.bump(), next.bump());
    let image = next.bump();
    let mask = picture.opacity.as_ref().map(|_| next.bump());
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page_id]).count(1);
    let mut page = pdf.page(page_id);
    page.parent(pages).media_box(Rect::new(0.0, 0.0, width, height)).contents(content_id);
    page.resources().x_objects().pair(Name(b"P"), image);
    page.finish();
    let mut content = Content::new();
    content.save_state().transform([width, 0.0, 0.0, height, 0.0, 0.0]).x_object(Name(b"P")).restore_state();
    pdf.stream(content_id, &content.finish());
    picture.write(&mut pdf, image, &picture.colours, mask)?;
    if let (Some(mask), Some(opacity)) = (mask, &picture.opacity) {
        picture.write(&mut pdf, mask, opacity, None)?;
    }
    Ok(pdf.finish())
}

/// The dots of a PNG.
struct Picture {
    width: u32,
    height: u32,
    dpi: Option<f32>,
    colours: Plane,
    /// How opaque each dot is, where that is not wholly.
    opacity: Option<Plane>,
}

/// Samples row by row, each row beginning with a byte.
struct Plane {
    kind: Kind,
    depth: BitDepth,
    samples: Vec<u8>,
}

enum Kind {
    Grey,
    Rgb,
    /// Indices into red, green and blue.
    Palette(Vec<u8>),
}

impl Picture {
    fn decode(bytes: &[u8]) -> Result<Self, MakeError> {
        let plain = reader(bytes, Transformations::IDENTITY)?;
        let transparent = plain.info().trns.is_some();
        // A colour that counts as transparent becomes opacity of its own.
        let how = if transparent { Transformations::EXPAND } else { Transformations::IDENTITY };
        let mut reader = reader(bytes, how)?;
        let (width, height) = reader.info().size();
        if width > MOST_DOTS || height > MOST_DOTS {
            return Err(MakeError::Unreadable(format!("{width} by {height} dots is no label")));
        }
        let size = reader.output_buffer_size().ok_or_else(|| unreadable("it is too large"))?;
        let mut samples = vec![0; size];
        let frame = reader.next_frame(&mut samples).map_err(unreadable)?;
        samples.truncate(frame.buffer_size());
        let dpi = reader.info().pixel_dims.and_then(dots_per_inch);
        let palette = reader.info().palette.as_ref().map(|palette| palette.to_vec());
        let depth = frame.bit_depth;
        let (kind, opacity) = match frame.color_type {
            ColorType::Grayscale => (Kind::Grey, None),
            ColorType::Rgb => (Kind::Rgb, None),
            ColorType::Indexed => {
                (Kind::Palette(palette.ok_or_else(|| unreadable("it lacks its palette"))?), None)
            }
            with => {
                let opacity = split(&mut samples, with.samples(), depth);
                let kind = if with == ColorType::Rgba { Kind::Rgb } else { Kind::Grey };
                (kind, Some(Plane { kind: Kind::Grey, depth, samples: opacity }))
            }
        };
        Ok(Self { width, height, dpi, colours: Plane { kind, depth, samples }, opacity })
    }

    fn write(&self, pdf: &mut Pdf, id: Ref, plane: &Plane, mask: Option<Ref>) -> Result<(), MakeError> {
        let side = |dots| i32::try_from(dots).unwrap_or_default();
        let bits = match plane.depth {
            BitDepth::One => 1,
            BitDepth::Two => 2,
            BitDepth::Four => 4,
            BitDepth::Eight => 8,
            BitDepth::Sixteen => 16,
        };
        let data = self.compressed(plane)?;
        let mut image = pdf.image_xobject(id, &data);
        image.filter(Filter::FlateDecode);
        image.width(side(self.width)).height(side(self.height)).bits_per_component(bits);
        let colours = match &plane.kind {
            Kind::Grey => {
                image.color_space().device_gray();
                1
            }
            Kind::Rgb => {
                image.color_space().device_rgb();
                3
            }
            Kind::Palette(palette) => {
                let last = i32::try_from((palette.len() / 3).saturating_sub(1)).unwrap_or(255);
                image.color_space().indexed(Name(b"DeviceRGB"), last, palette);
                1
            }
        };
        if let Some(mask) = mask {
            image.s_mask(mask);
        }
        let mut parameters = image.decode_parms();
        parameters.predictor(Predictor::PngOptimum).colors(colours).bits_per_component(bits);
        parameters.columns(side(self.width));
        parameters.finish();
        image.finish();
        Ok(())
    }

    /// The samples as the data of a PNG, which PDF reads as it is.
    fn compressed(&self, plane: &Plane) -> Result<Vec<u8>, MakeError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_depth(plane.depth);
        encoder.set_color(match plane.kind {
            Kind::Rgb => ColorType::Rgb,
            Kind::Grey | Kind::Palette(_) => ColorType::Grayscale,
        });
        let mut writer = encoder.write_header().map_err(unreadable)?;
        writer.write_image_data(&plane.samples).map_err(unreadable)?;
        writer.finish().map_err(unreadable)?;
        Ok(image_data(&bytes))
    }
}

fn reader(bytes: &[u8], how: Transformations) -> Result<png::Reader<Cursor<&[u8]>>, MakeError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(how);
    decoder.read_info().map_err(unreadable)
}

fn unreadable(why: impl std::fmt::Display) -> MakeError {
    MakeError::Unreadable(why.to_string())
}

fn dots_per_inch(dims: png::PixelDimensions) -> Option<f32> {
    let per_metre = u16::try_from(dims.xppu).ok().filter(|_| dims.unit == png::Unit::Meter)?;
    let exact = f32::from(per_metre) * METRES;
    // The file has whole dots a metre; what is meant is whole dots an inch.
    let whole = exact.round();
    let per_inch = if (exact - whole).abs() < 0.05 { whole } else { exact };
    (dims.xppu == dims.yppu && MEANT.contains(&per_inch)).then_some(per_inch)
}

/// Takes the last of each dot's samples out, and hands those back.
fn split(samples: &mut Vec<u8>, in_dot: usize, depth: BitDepth) -> Vec<u8> {
    let bytes = if depth == BitDepth::Sixteen { 2 } else { 1 };
    let mut colours = Vec::with_capacity(samples.len());
    let mut opacity = Vec::with_capacity(samples.len() / in_dot.max(1));
    for dot in samples.chunks_exact(in_dot * bytes) {
        let (colour, opaque) = dot.split_at(dot.len() - bytes);
        colours.extend_from_slice(colour);
        opacity.extend_from_slice(opaque);
    }
    *samples = colours;
    opacity
}

/// What the `IDAT` chunks of a PNG hold (ISO/IEC 15948, 5.3).
fn image_data(png: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(png.len());
    let mut rest = png.get(8..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let Some((length, kind)) = head.split_first_chunk::<4>() else { break };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some((chunk, after)) = after.split_at_checked(length) else { break };
        if kind == b"IDAT" {
            data.extend_from_slice(chunk);
        }
        rest = after.get(4..).unwrap_or_default();
    }
    data
}
