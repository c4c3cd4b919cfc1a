//! A page as a list of marks in dots, before it takes a format.
//!
//! The layout writes marks here and each format draws them; no mark knows a
//! format, and nothing is measured twice. Start at [`Sheet`].

use super::code128::{Code128, QUIET_ZONE, code128};
use super::text::{fit, printable, width};

/// A rectangle in dots from the upper left corner of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, width, height }
    }

    /// The area without a margin on all four sides.
    pub(super) fn inset(self, by: i32) -> Self {
        Self::new(self.x + by, self.y + by, (self.width - 2 * by).max(0), (self.height - 2 * by).max(0))
    }

    /// The four sides of a frame inside of the area.
    pub(super) fn sides(self, thickness: i32) -> [Self; 4] {
        let Self { x, y, width, height } = self;
        [
            Self::new(x, y, width, thickness),
            Self::new(x, y + height - thickness, width, thickness),
            Self::new(x, y, thickness, height),
            Self::new(x + width - thickness, y, thickness, height),
        ]
    }

    /// Takes `height` from the top; `self` keeps the rest.
    pub(super) fn take_top(&mut self, height: i32) -> Self {
        let height = height.clamp(0, self.height);
        let top = Self { height, ..*self };
        self.y += height;
        self.height -= height;
        top
    }

    /// Takes `height` from the bottom; `self` keeps the rest.
    pub(super) fn take_bottom(&mut self, height: i32) -> Self {
        let height = height.clamp(0, self.height);
        self.height -= height;
        Self { y: self.y + self.height, height, ..*self }
    }

    /// Takes `width` from the right; `self` keeps the rest.
    pub(super) fn take_right(&mut self, width: i32) -> Self {
        let width = width.clamp(0, self.width);
        self.width -= width;
        Self { x: self.x + self.width, width, ..*self }
    }

    /// Takes `width` from the left; `self` keeps the rest.
    pub(super) fn take_left(&mut self, width: i32) -> Self {
        let width = width.clamp(0, self.width);
        let left = Self { width, ..*self };
        self.x += width;
        self.width -= width;
        left
    }
}

/// Where a line stands in its room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Font size in dots.
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) align: Align,
    /// White, for text on black.
    pub(super) white: bool,
}

impl Style {
    pub(super) fn regular(size: i32) -> Self {
        Self { size, bold: false, align: Align::Left, white: false }
    }

    pub(super) fn bold(size: i32) -> Self {
        Self { bold: true, ..Self::regular(size) }
    }

    pub(super) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(super) fn white(self) -> Self {
        Self { white: true, ..self }
    }
}

/// A line of printable text that fits its room.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    /// Left end of the text.
    pub(super) x: i32,
    pub(super) baseline: i32,
    /// Width of the text as measured.
    pub(super) width: i32,
    pub(super) style: Style,
    /// Left end and width of the room, for a format that aligns by itself.
    pub(super) room: (i32, i32),
}

/// A Code 128 barcode.
#[derive(Clone, Debug)]
pub(super) struct Bars {
    /// What the bars hold.
    pub(super) text: String,
    pub(super) code: Code128,
    /// Room with the quiet zones.
    pub(super) area: Area,
}

impl Bars {
    /// Left end of the first bar and width of a module, in dots, for a barcode
    /// of `modules`; `None` when not even one dot a module has room.
    pub(super) fn place(&self, modules: u32, most: i32) -> Option<(i32, i32)> {
        let modules = i32::try_from(modules).ok()?;
        let whole = modules + 2 * i32::from(QUIET_ZONE);
        let module = (self.area.width / whole).min(most);
        (module >= 1).then(|| (self.area.x + (self.area.width - modules * module) / 2, module))
    }

    /// The bars as rectangles; none when they have no room.
    pub(super) fn areas(&self, most_module: i32) -> Vec<Area> {
        let Some((mut x, module)) = self.place(self.code.modules(), most_module) else { return Vec::new() };
        let mut areas = Vec::new();
        for (place, width) in self.code.widths().enumerate() {
            let width = i32::from(width) * module;
            if place % 2 == 0 {
                areas.push(Area { x, width, ..self.area });
            }
            x += width;
        }
        areas
    }
}

/// One mark on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// A black rectangle.
    Fill(Area),
    /// A black frame of the given thickness, inside of the area.
    Frame(Area, i32),
    Line(Line),
    Bars(Bars),
}

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) dpi: u16,
    /// Width and height in dots.
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) marks: Vec<Mark>,
}

impl Sheet {
    /// An empty page of `width` by `height`, in tenths of a point.
    pub(super) fn new(dpi: u16, width: i32, height: i32) -> Self {
        let mut sheet = Self { dpi, width: 0, height: 0, marks: Vec::new() };
        (sheet.width, sheet.height) = (sheet.dots(width), sheet.dots(height));
        sheet
    }

    /// Dots of a length in tenths of a point (1/720 inch), to the nearest.
    pub(super) fn dots(&self, tenths: i32) -> i32 {
        (tenths * i32::from(self.dpi) + 360) / 720
    }

    /// The whole page.
    pub(super) fn area(&self) -> Area {
        Area::new(0, 0, self.width, self.height)
    }

    /// The widest module of a barcode, in dots: about 0.5 mm, beyond which
    /// hand scanners have to step back.
    pub(super) fn most_module(&self) -> i32 {
        i32::from(self.dpi) / 50
    }

    pub(super) fn fill(&mut self, area: Area) {
        self.marks.push(Mark::Fill(area));
    }

    pub(super) fn frame(&mut self, area: Area, thickness: i32) {
        self.marks.push(Mark::Frame(area, thickness));
    }

    /// One line of any text in `area`, its capitals centred on the height.
    /// Nothing is drawn for blank text.
    pub(super) fn text(&mut self, area: Area, text: &str, style: Style) {
        let clean = printable(text);
        if clean.is_empty() || area.width <= 0 {
            return;
        }
        let (text, size) = fit(&clean, style.size, style.bold, area.width);
        let width = width(&text, size, style.bold);
        let x = match style.align {
            Align::Left => area.x,
            Align::Centre => area.x + (area.width - width) / 2,
            Align::Right => area.x + area.width - width,
        };
        let baseline = area.y + (area.height + size * super::text::CAP_HEIGHT / 1000) / 2;
        let style = Style { size, ..style };
        self.marks.push(Mark::Line(Line { text, x, baseline, width, style, room: (area.x, area.width) }));
    }

    /// Lines of text one below the other, at a line height of six fifths of the
    /// size; the size shrinks down to two fifths to make all of them fit, and
    /// only lines that have no room even then are left out.
    pub(super) fn paragraph(&mut self, mut area: Area, lines: &[String], style: Style) {
        let lines: Vec<&String> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
        let count = i32::try_from(lines.len()).unwrap_or(i32::MAX).max(1);
        let least = style.size * 12 / 25;
        let pitch = (area.height / count).clamp(least, (style.size * 6 / 5).max(least));
        let size = (pitch * 5 / 6).min(style.size);
        for line in lines {
            let row = area.take_top(pitch);
            if row.height < pitch {
                return;
            }
            self.text(row, line, Style { size, ..style });
        }
    }

    /// A barcode of `text` centred in `area`. Characters that Code 128 lacks
    /// are transliterated; a text too long for the width is left without bars.
    pub(super) fn bars(&mut self, area: Area, text: &str) {
        let text = match code128(text) {
            Ok(_) => text.to_owned(),
            Err(_) => any_ascii::any_ascii(text).chars().filter(|c| matches!(c, ' '..='~')).collect(),
        };
        if let Ok(code) = code128(&text) {
            self.marks.push(Mark::Bars(Bars { text, code, area }));
        }
    }
}
