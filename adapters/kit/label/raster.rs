//! Draws a page as a picture of black and white dots, PNG or GIF.
//!
//! Text is DejaVu Sans Condensed, stretched to the width the layout measured,
//! without grey: thermal printers have none. Start at [`png`] and [`gif`].

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use bytes::Bytes;

use super::sheet::{Area, Line, Mark, Sheet};

/// The page as PNG of one bit a dot, with its resolution.
#[expect(clippy::expect_used, reason = "writing a picture of checked size to memory cannot fail")]
pub(super) fn png(sheet: &Sheet) -> Bytes {
    let picture = Picture::of(sheet);
    let mut bytes = Vec::new();
    let (width, height) = (sheet.width.unsigned_abs(), sheet.height.unsigned_abs());
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    // dots per metre, to the nearest
    let per_metre = (u32::from(sheet.dpi) * 10_000 + 127) / 254;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let mut writer = encoder.write_header().expect("a header in memory");
    writer.write_image_data(&picture.packed()).expect("as many bytes as the header says");
    writer.finish().expect("an end in memory");
    Bytes::from(bytes)
}

/// The page as GIF of two colours.
#[expect(clippy::expect_used, reason = "writing a picture of checked size to memory cannot fail")]
pub(super) fn gif(sheet: &Sheet) -> Bytes {
    let picture = Picture::of(sheet);
    let side = |dots| u16::try_from(dots).unwrap_or(u16::MAX);
    let (width, height) = (side(sheet.width), side(sheet.height));
    let palette = [255, 255, 255, 0, 0, 0];
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &palette).expect("a header in memory");
    let frame = gif::Frame { width, height, buffer: picture.dots.into(), ..gif::Frame::default() };
    encoder.write_frame(&frame).expect("a frame in memory");
    Bytes::from(encoder.into_inner().expect("an end in memory"))
}

/// A picture, one byte a dot, row by row: 1 is black.
struct Picture {
    width: usize,
    dots: Vec<u8>,
}

impl Picture {
    fn of(sheet: &Sheet) -> Self {
        let side = |dots| usize::try_from(dots).unwrap_or(0);
        let (width, height) = (side(sheet.width), side(sheet.height));
        let mut picture = Self { width, dots: vec![0; width * height] };
        for mark in &sheet.marks {
            match mark {
                Mark::Fill(area) => picture.fill(*area),
                Mark::Frame(area, thickness) => {
                    area.sides(*thickness).into_iter().for_each(|side| picture.fill(side));
                }
                Mark::Line(line) => picture.text(line),
                Mark::Bars(bars) => {
                    bars.areas(sheet.most_module()).into_iter().for_each(|bar| picture.fill(bar));
                }
            }
        }
        picture
    }

    /// Rows of eight dots a byte, white as 1, each row filled up to a byte.
    fn packed(&self) -> Vec<u8> {
        let byte = |dots: &[u8]| {
            let bits = dots.iter().fold(0, |bits, dot| bits << 1 | (1 - dot));
            bits << (8 - dots.len())
        };
        self.dots.chunks(self.width.max(1)).flat_map(|row| row.chunks(8).map(byte)).collect()
    }

    /// The dots of one row from `from` up to `to`, as far as on the page.
    fn run(&mut self, y: i32, from: i32, to: i32) -> Option<&mut [u8]> {
        let row = usize::try_from(y).ok()?.checked_mul(self.width)?;
        let column = |x| usize::try_from(x).unwrap_or(0).min(self.width);
        self.dots.get_mut(row + column(from)..row + column(to))
    }

    fn fill(&mut self, area: Area) {
        for y in area.y..area.y + area.height {
            if let Some(run) = self.run(y, area.x, area.x + area.width) {
                run.fill(1);
            }
        }
    }

    fn text(&mut self, line: &Line) {
        let Some(font) = font(line.style.bold) else { return };
        let measure = |scale| {
            let font = font.as_scaled(scale);
            line.text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum::<f32>()
        };
        let em = font.units_per_em().unwrap_or(2048.0);
        // ab_glyph's scale is the height of the whole line, ours that of the em
        let height = real(line.style.size) * font.height_unscaled() / em;
        let natural = measure(PxScale::from(height));
        if natural <= 0.0 {
            return;
        }
        let scale = PxScale { x: height * real(line.width) / natural, y: height };
        let (mut x, baseline) = (real(line.x), real(line.baseline));
        for c in line.text.chars() {
            let id = font.glyph_id(c);
            self.glyph(&font, id.with_scale_and_position(scale, point(x, baseline)), line.style.white);
            x += font.as_scaled(scale).h_advance(id);
        }
    }

    fn glyph(&mut self, font: &FontRef<'_>, glyph: Glyph, white: bool) {
        let Some(outline) = font.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        let (left, top) = (whole(bounds.min.x), whole(bounds.min.y));
        outline.draw(|x, y, coverage| {
            let (x, y) = (left.saturating_add_unsigned(x), top.saturating_add_unsigned(y));
            if coverage >= 0.5
                && x >= 0
                && let Some([dot]) = self.run(y, x, x + 1)
            {
                *dot = u8::from(!white);
            }
        });
    }
}

fn font(bold: bool) -> Option<FontRef<'static>> {
    let data = if bold { dejavu::sans_condensed::bold() } else { dejavu::sans_condensed::regular() };
    FontRef::try_from_slice(data).ok()
}

/// A number of dots; pages are far smaller than the limit.
fn real(dots: i32) -> f32 {
    f32::from(i16::try_from(dots).unwrap_or(i16::MAX))
}

/// The nearest whole dot.
#[expect(clippy::as_conversions, reason = "the only cast from float to integer; it saturates")]
fn whole(dots: f32) -> i32 {
    dots.round() as i32
}
