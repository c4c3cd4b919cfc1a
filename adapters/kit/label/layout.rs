//! Lays a label out: what stands where, and how big.
//!
//! All lengths are tenths of a point (1/720 inch) until [`Sheet::dots`] makes
//! dots of them. The rows have fixed heights; what the stock has left goes to
//! the consignee's block. Start at [`label`].

use super::sheet::{Align, Area, Sheet, Style};
use super::{CustomsFace, LabelFace};
use crate::model::LabelSize;

/// A label of any size as a page.
pub(super) fn label(face: &LabelFace, size: LabelSize, dpi: u16) -> Sheet {
    let (width, height) = match size {
        LabelSize::Inch4x6 => (2880, 4320),
        LabelSize::A6 => (2976, 4195),
        LabelSize::A4 => (5953, 8419),
    };
    let mut sheet = Sheet::new(dpi, width, height);
    let mut area = sheet.area();
    if size == LabelSize::A4 {
        area = Area::new(0, 0, sheet.dots(2976), sheet.dots(4195));
        cut_lines(&mut sheet, area);
    }
    Face { face, sheet }.draw(area)
}

/// What is printed around a label on office paper.
fn cut_lines(sheet: &mut Sheet, label: Area) {
    let (dash, thin) = (sheet.dots(40), sheet.dots(5).max(1));
    for x in (0..label.width).step_by(usize::try_from(dash * 2).unwrap_or(1)) {
        sheet.fill(Area::new(x, label.height, dash, thin));
    }
    for y in (0..label.height).step_by(usize::try_from(dash * 2).unwrap_or(1)) {
        sheet.fill(Area::new(label.width, y, thin, dash));
    }
    let note = [
        "1. Print at 100 %, do not scale to fit.",
        "2. Cut along the dashed lines.",
        "3. Fix the label flat on the largest side of the parcel;",
        "    do not tape over the barcode.",
    ];
    let margin = sheet.dots(180);
    let beside = Area::new(label.width + margin, margin, label.width - 2 * margin, sheet.dots(700));
    let style = Style::regular(sheet.dots(100));
    sheet.paragraph(beside, &note.map(str::to_owned), style);
}

/// A label being laid out.
struct Face<'a> {
    face: &'a LabelFace,
    sheet: Sheet,
}

impl Face<'_> {
    fn dots(&self, tenths: i32) -> i32 {
        self.sheet.dots(tenths)
    }

    fn draw(mut self, area: Area) -> Sheet {
        let rule = self.dots(12);
        let mut rest = area.inset(self.dots(80));
        self.sheet.frame(rest, self.dots(15));
        rest = rest.inset(self.dots(15));
        let header = rest.take_top(self.dots(300));
        self.header(header);
        self.rule(&mut rest, rule);
        let parties = rest.take_top(self.dots(540));
        self.sender_and_facts(parties);
        let banner = rest.take_top(self.dots(250));
        self.banner(banner);
        let mark = rest.take_bottom(self.dots(200));
        self.mark(mark);
        let foot = rest.take_bottom(self.dots(if self.face.customs.is_some() { 580 } else { 380 }));
        self.foot(foot);
        let tracking = rest.take_bottom(self.dots(950));
        self.tracking(tracking);
        if let Some(routing) = &self.face.routing {
            let row = rest.take_bottom(self.dots(390));
            self.rule(&mut row.clone(), rule);
            self.sheet.text(
                row.inset(self.dots(40)),
                routing,
                Style::bold(self.dots(320)).align(Align::Centre),
            );
        }
        self.to(rest);
        self.sheet
    }

    /// A black line over the whole width of `area`, taken from its top.
    fn rule(&mut self, area: &mut Area, thickness: i32) {
        let line = area.take_top(thickness);
        self.sheet.fill(line);
    }

    fn header(&mut self, area: Area) {
        let mut row = area.inset(self.dots(40));
        let (index, count) = self.face.parcel;
        let place = row.take_right(self.dots(650));
        let style = Style::bold(self.dots(140)).align(Align::Right);
        self.sheet.text(place, &format!("{index} of {count}"), style);
        self.sheet.text(row, &self.face.carrier, Style::bold(self.dots(200)));
    }

    fn sender_and_facts(&mut self, area: Area) {
        let mut area = area.inset(self.dots(40));
        let mut facts = area.take_right(self.dots(850));
        self.caption(&mut area, "FROM");
        let style = Style::regular(self.dots(80));
        self.sheet.paragraph(area, &self.face.from, style);
        for (caption, value) in [("DATE", &self.face.date), ("WEIGHT", &self.face.weight)] {
            let mut fact = facts.take_top(self.dots(230));
            self.caption(&mut fact, caption);
            let row = fact.take_top(self.dots(130));
            self.sheet.text(row, value, Style::bold(self.dots(100)));
        }
    }

    fn banner(&mut self, area: Area) {
        self.sheet.fill(area);
        let service = area.inset(self.dots(40));
        self.sheet.text(service, &self.face.service, Style::bold(self.dots(150)).white());
    }

    fn to(&mut self, area: Area) {
        let mut area = area.inset(self.dots(40));
        let mut beside = area.take_left(self.dots(420));
        self.caption(&mut beside, "SHIP TO");
        let style = Style::bold(self.dots(130));
        self.sheet.paragraph(area, &self.face.to, style);
    }

    fn tracking(&mut self, mut area: Area) {
        self.rule(&mut area, self.dots(30));
        let caption = area.take_top(self.dots(130));
        self.sheet.text(caption, "TRACKING NUMBER", Style::bold(self.dots(65)).align(Align::Centre));
        let number = area.take_bottom(self.dots(190));
        self.sheet.text(number, &self.face.tracking, Style::bold(self.dots(120)).align(Align::Centre));
        self.sheet.bars(area, &self.face.tracking);
    }

    fn foot(&mut self, mut area: Area) {
        self.rule(&mut area, self.dots(30));
        let mut area = area.inset(self.dots(40));
        if let Some(customs) = &self.face.customs {
            let declaration = area.take_right(self.dots(1600));
            self.customs(declaration, customs);
        }
        self.caption(&mut area, "REFERENCES");
        let style = Style::regular(self.dots(75));
        self.sheet.paragraph(area, &self.face.references, style);
    }

    fn customs(&mut self, area: Area, customs: &CustomsFace) {
        self.sheet.frame(area, self.dots(8).max(1));
        let mut area = area.inset(self.dots(30));
        let row = self.dots(85);
        let style = Style::regular(self.dots(65));
        let strong = Style::bold(self.dots(65));
        let title = if customs.title.is_empty() { "CN22" } else { &customs.title };
        let head = area.take_top(row);
        self.sheet.text(head, &format!("{title}  {}", customs.reason), strong);
        let mut total = area.take_bottom(row);
        let value = total.take_right(self.dots(600));
        self.sheet.text(value, &customs.total, strong.align(Align::Right));
        self.sheet.text(total, "Total value", strong);
        let room = usize::try_from(area.height / row).unwrap_or(0);
        let shown = if customs.lines.len() <= room { room } else { room.saturating_sub(1) };
        for line in customs.lines.iter().take(shown) {
            let mut goods = area.take_top(row);
            let value = goods.take_right(self.dots(420));
            self.sheet.text(value, &line.value, style.align(Align::Right));
            let what = [&line.quantity, &line.description, &line.tariff, &line.origin];
            self.sheet.text(goods, &join(&what), style);
        }
        let hidden = customs.lines.len().saturating_sub(shown);
        if hidden > 0 {
            let more = area.take_top(row);
            self.sheet.text(more, &format!("and {hidden} more, see the customs form"), style);
        }
    }

    /// Black on white in a thick frame, which every printer and every reader
    /// of ZPL shows, unlike text reversed on black.
    fn mark(&mut self, area: Area) {
        self.sheet.frame(area, self.dots(30));
        let words = format!("{}  -  NOT VALID FOR CARRIAGE", self.face.watermark.word());
        let style = Style::bold(self.dots(130)).align(Align::Centre);
        self.sheet.text(area.inset(self.dots(40)), &words, style);
    }

    /// A small heading, taken from the top of `area`.
    fn caption(&mut self, area: &mut Area, text: &str) {
        let row = area.take_top(self.dots(90));
        self.sheet.text(row, text, Style::bold(self.dots(60)));
    }
}

/// The filled values with a space between them.
fn join(values: &[&String]) -> String {
    let filled: Vec<&str> = values.iter().map(|value| value.trim()).filter(|v| !v.is_empty()).collect();
    filled.join(" ")
}
