//! The images inside of a PDF, as shades of grey.
//!
//! Grey, RGB, CMYK and indexed colours, stencils and soft masks are known;
//! every other image is not seen, and nothing is guessed about it. Start at
//! [`Image::decode`].

use hayro_syntax::object::stream::{FilterResult, ImageColorSpace, ImageDecodeParams};
use hayro_syntax::object::{Array, Dict, Number, Object, Stream};
use hayro_syntax::page::Resources;

use super::{real, whole};

/// The longest side in dots: A4 at 600 dpi has 7016.
const MOST_DOTS: u32 = 8000;

/// A picture in grey; what is absent lets the page shine through.
pub(super) struct Image {
    width: usize,
    height: usize,
    dots: Vec<Option<u8>>,
}

/// What a row of samples means.
struct Layout {
    width: u32,
    height: u32,
    bits: u8,
    colours: Option<Colours>,
    inverted: bool,
}

/// How samples become shades.
enum Colours {
    /// So many components: 1 grey, 3 red, green and blue, 4 printing colours.
    Direct(usize),
    /// An index into shades.
    Indexed(Vec<u8>),
}

impl Image {
    /// Decodes an image, `ink` being what a stencil paints with.
    pub(super) fn decode(stream: &Stream<'_>, resources: &Resources<'_>, ink: u8) -> Option<Self> {
        let dict = stream.dict();
        let stencil = dict.get::<bool>("ImageMask").unwrap_or(false);
        let mut layout = Layout::of(dict, resources, stencil)?;
        let decoded = stream.decoded_image(&layout.wanted()).ok()?;
        layout.told(&decoded);
        let grey = layout.shades(&decoded.data)?;
        let dots = match stencil {
            true => grey.into_iter().map(|grey| (grey < 128).then_some(ink)).collect(),
            false => grey.into_iter().map(Some).collect(),
        };
        let (width, height) = (usize::try_from(layout.width).ok()?, usize::try_from(layout.height).ok()?);
        let mut image = Self { width, height, dots };
        if let Some(mask) = dict.get::<Stream<'_>>("SMask")
            && let Some(mask) = Self::decode_mask(&mask, resources)
        {
            image.shine_through(&mask);
        }
        Some(image)
    }

    /// A soft mask, which has no mask of its own.
    fn decode_mask(stream: &Stream<'_>, resources: &Resources<'_>) -> Option<Self> {
        let has_its_own = stream.dict().contains_key("SMask");
        if has_its_own { None } else { Self::decode(stream, resources, 0) }
    }

    /// The shade at a place of the unit square, counted from the top left.
    pub(super) fn at(&self, u: f64, v: f64) -> Option<u8> {
        if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&v) {
            return None;
        }
        let x = whole((u * real(self.width) - 0.5).max(0.0)).min(self.width.checked_sub(1)?);
        let y = whole((v * real(self.height) - 0.5).max(0.0)).min(self.height.checked_sub(1)?);
        self.dots.get(y * self.width + x).copied().flatten()
    }

    /// Takes away what the mask has as more than half transparent.
    fn shine_through(&mut self, mask: &Self) {
        let (width, height) = (real(self.width), real(self.height));
        for (y, row) in self.dots.chunks_mut(self.width.max(1)).enumerate() {
            for (x, dot) in row.iter_mut().enumerate() {
                let opaque = mask.at((real(x) + 0.5) / width, (real(y) + 0.5) / height);
                if opaque.is_some_and(|opaque| opaque < 128) {
                    *dot = None;
                }
            }
        }
    }
}

impl Layout {
    fn of(dict: &Dict<'_>, resources: &Resources<'_>, stencil: bool) -> Option<Self> {
        let side = |key| dict.get::<u32>(key).filter(|dots| (1..=MOST_DOTS).contains(dots));
        let colours = match stencil {
            true => Some(Colours::Direct(1)),
            false => dict.get::<Object<'_>>("ColorSpace").and_then(|space| colours(space, resources, 0)),
        };
        let decode = dict.get::<Array<'_>>("Decode");
        let first = decode.and_then(|decode| decode.iter::<Number>().next());
        Some(Self {
            width: side("Width")?,
            height: side("Height")?,
            bits: if stencil { 1 } else { dict.get::<u8>("BitsPerComponent").unwrap_or(8) },
            colours,
            inverted: first.is_some_and(|first| first.as_f64() > 0.5),
        })
    }

    fn wanted(&self) -> ImageDecodeParams {
        ImageDecodeParams {
            is_indexed: matches!(self.colours, Some(Colours::Indexed(_))),
            bpc: Some(self.bits),
            num_components: self.colours.as_ref().and_then(|c| u8::try_from(c.count()).ok()),
            target_dimension: None,
            width: self.width,
            height: self.height,
        }
    }

    /// Formats such as JPEG say themselves what their samples are.
    fn told(&mut self, decoded: &FilterResult<'_>) {
        let Some(told) = &decoded.image_data else { return };
        (self.bits, self.width, self.height) = (told.bits_per_component, told.width, told.height);
        if matches!(self.colours, Some(Colours::Indexed(_))) {
            return;
        }
        match told.color_space {
            Some(ImageColorSpace::Gray) => self.colours = Some(Colours::Direct(1)),
            Some(ImageColorSpace::Rgb) => self.colours = Some(Colours::Direct(3)),
            Some(ImageColorSpace::Cmyk) => self.colours = Some(Colours::Direct(4)),
            _ => {}
        }
    }

    /// The shades of all dots, row by row; none when it is not known how.
    fn shades(&self, data: &[u8]) -> Option<Vec<u8>> {
        let colours = self.colours.as_ref()?;
        if self.width > MOST_DOTS || self.height > MOST_DOTS || !matches!(self.bits, 1 | 2 | 4 | 8 | 16) {
            return None;
        }
        let (width, height) = (usize::try_from(self.width).ok()?, usize::try_from(self.height).ok()?);
        let in_row = width * colours.count();
        let row_bytes = (in_row * usize::from(self.bits)).div_ceil(8).max(1);
        let mut shades = Vec::with_capacity(width * height);
        for row in data.chunks(row_bytes).take(height) {
            let mut samples = samples(row, self.bits);
            samples.truncate(in_row);
            shades.extend(
                samples.chunks(colours.count()).map(|dot| colours.shade(dot, self.bits, self.inverted)),
            );
        }
        Some(shades)
    }
}

impl Colours {
    fn count(&self) -> usize {
        match self {
            Self::Direct(count) => *count,
            Self::Indexed(_) => 1,
        }
    }

    /// The shade of one dot's samples.
    fn shade(&self, dot: &[u16], bits: u8, inverted: bool) -> u8 {
        let scaled = |sample: &u16| {
            let most = (1_u32 << bits.min(16)) - 1;
            let value = u8::try_from(u32::from(*sample) * 255 / most.max(1)).unwrap_or(u8::MAX);
            if inverted { 255 - value } else { value }
        };
        match (self, dot) {
            (Self::Indexed(shades), [index, ..]) => {
                shades.get(usize::from(*index)).copied().unwrap_or_default()
            }
            (Self::Direct(4), [colours @ .., black]) => {
                let ink = colours.iter().map(scaled).map(u16::from).sum::<u16>() / 3;
                let paper = 255_u16.saturating_sub(ink + u16::from(scaled(black)));
                u8::try_from(paper).unwrap_or_default()
            }
            _ => {
                let sum: usize = dot.iter().map(|sample| usize::from(scaled(sample))).sum();
                u8::try_from(sum / dot.len().max(1)).unwrap_or(u8::MAX)
            }
        }
    }
}

/// What a colour space holds, as far as it is known.
fn colours(space: Object<'_>, resources: &Resources<'_>, depth: u8) -> Option<Colours> {
    if depth > 3 {
        return None;
    }
    if let Object::Name(name) = &space {
        return match name.as_ref() {
            b"DeviceGray" | b"CalGray" => Some(Colours::Direct(1)),
            b"DeviceRGB" | b"CalRGB" => Some(Colours::Direct(3)),
            b"DeviceCMYK" => Some(Colours::Direct(4)),
            _ => colours(resources.get_color_space(name)?, resources, depth + 1),
        };
    }
    let parts: Vec<Object<'_>> = space.into_array()?.iter::<Object<'_>>().collect();
    let [Object::Name(family), rest @ ..] = parts.as_slice() else { return None };
    match (family.as_ref(), rest) {
        (b"CalGray", _) => Some(Colours::Direct(1)),
        (b"CalRGB", _) => Some(Colours::Direct(3)),
        (b"ICCBased", [Object::Stream(profile), ..]) => {
            let count = profile.dict().get::<u8>("N").filter(|count| matches!(count, 1 | 3 | 4))?;
            Some(Colours::Direct(usize::from(count)))
        }
        (b"Indexed", [base, _, table, ..]) => {
            let base = colours(base.clone(), resources, depth + 1)?;
            let bytes = match table {
                Object::String(text) => text.as_bytes().to_vec(),
                Object::Stream(stream) => stream.decoded_data().ok()?.into_owned(),
                _ => return None,
            };
            let wide: Vec<u16> = bytes.into_iter().map(u16::from).collect();
            Some(Colours::Indexed(wide.chunks(base.count()).map(|c| base.shade(c, 8, false)).collect()))
        }
        _ => None,
    }
}

/// The samples of a row, of 1, 2, 4, 8 or 16 bits each.
fn samples(row: &[u8], bits: u8) -> Vec<u16> {
    match bits {
        16 => row.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect(),
        1 | 2 | 4 => {
            let mask = u8::MAX >> (8 - bits);
            let of_byte = |byte: &u8| {
                let byte = *byte;
                (0..8 / bits).rev().map(move |place| u16::from((byte >> (place * bits)) & mask))
            };
            row.iter().flat_map(of_byte).collect()
        }
        _ => row.iter().copied().map(u16::from).collect(),
    }
}
