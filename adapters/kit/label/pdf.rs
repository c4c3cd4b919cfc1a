//! Draws pages as PDF: vectors, the readers' own Helvetica, no dates.
//!
//! The content stays in dots; one matrix per page maps them to points. Start
//! at [`document`].

use bytes::Bytes;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

use super::sheet::{Area, Bars, Line, Mark, Sheet};

const REGULAR: Name<'static> = Name(b"R");
const BOLD: Name<'static> = Name(b"B");

/// The pages as one PDF.
pub(super) fn document(sheets: &[Sheet]) -> Bytes {
    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let (catalog, tree, regular, bold) = (next.bump(), next.bump(), next.bump(), next.bump());
    let pages: Vec<(Ref, Ref)> = sheets.iter().map(|_| (next.bump(), next.bump())).collect();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(count);
    for (id, name) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(id).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (sheet, (page_id, content_id)) in sheets.iter().zip(pages) {
        let scale = 72.0 / f32::from(sheet.dpi);
        let mut page = pdf.page(page_id);
        page.media_box(Rect::new(0.0, 0.0, real(sheet.width) * scale, real(sheet.height) * scale));
        page.parent(tree).contents(content_id);
        page.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
        page.finish();
        pdf.stream(content_id, &content(sheet, scale));
    }
    Bytes::from(pdf.finish())
}

fn content(sheet: &Sheet, scale: f32) -> Vec<u8> {
    let mut content = Content::new();
    content.transform([scale, 0.0, 0.0, scale, 0.0, 0.0]);
    for mark in &sheet.marks {
        match mark {
            Mark::Fill(area) => fill(&mut content, sheet, *area),
            Mark::Frame(area, thickness) => {
                for side in area.sides(*thickness) {
                    fill(&mut content, sheet, side);
                }
            }
            Mark::Line(line) => text(&mut content, sheet, line),
            Mark::Bars(bars) => draw_bars(&mut content, sheet, bars),
        }
    }
    content.finish().to_vec()
}

fn rect(content: &mut Content, sheet: &Sheet, area: Area) {
    let bottom = sheet.height - area.y - area.height;
    content.rect(real(area.x), real(bottom), real(area.width), real(area.height));
}

fn fill(content: &mut Content, sheet: &Sheet, area: Area) {
    rect(content, sheet, area);
    content.fill_nonzero();
}

fn text(content: &mut Content, sheet: &Sheet, line: &Line) {
    let latin: Vec<u8> = line.text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    if line.style.white {
        content.save_state().set_fill_gray(1.0);
    }
    content.begin_text().set_font(if line.style.bold { BOLD } else { REGULAR }, real(line.style.size));
    content.next_line(real(line.x), real(sheet.height - line.baseline)).show(Str(&latin)).end_text();
    if line.style.white {
        content.restore_state();
    }
}

fn draw_bars(content: &mut Content, sheet: &Sheet, bars: &Bars) {
    for bar in bars.areas(sheet.most_module()) {
        rect(content, sheet, bar);
    }
    content.fill_nonzero();
}

/// A number of dots as PDF writes it; pages are far smaller than the limit.
fn real(dots: i32) -> f32 {
    f32::from(i16::try_from(dots).unwrap_or(i16::MAX))
}
