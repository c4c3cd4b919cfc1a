//! Lays customs forms, commercial invoices and receipts out, on A4 pages.
//!
//! The three differ in words only; the table of goods runs over as many pages
//! as it needs. Start at [`pages`].

use super::sheet::{Align, Area, Sheet, Style};
use super::{CustomsLine, FormFace, FormKind};

/// The grid of forms, dots per inch.
const DPI: u16 = 300;

/// A4 in tenths of a point.
const PAGE: (i32, i32) = (5953, 8419);

/// What has room under the most facts and above the total.
const ROWS_ON_A_PAGE: usize = 20;

/// Facts that have room beside the goods.
const MOST_FACTS: usize = 8;

/// Heading and width of the columns of goods, in tenths of a point.
const COLUMNS: [(&str, i32, Align); 6] = [
    ("DESCRIPTION OF GOODS", 2013, Align::Left),
    ("QUANTITY", 560, Align::Right),
    ("NET WEIGHT", 680, Align::Right),
    ("VALUE", 800, Align::Right),
    ("HS TARIFF", 700, Align::Left),
    ("ORIGIN", 400, Align::Left),
];

/// The pages of a form, one at least.
pub(super) fn pages(face: &FormFace) -> Vec<Sheet> {
    let mut chunks: Vec<&[CustomsLine]> = face.lines.chunks(ROWS_ON_A_PAGE).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let count = chunks.len();
    let page = |(index, lines)| Page::new(face).draw(lines, index + 1, count);
    chunks.into_iter().enumerate().map(page).collect()
}

struct Words {
    title: &'static str,
    from: &'static str,
    to: &'static str,
    pledge: &'static str,
}

fn words(kind: FormKind) -> Words {
    match kind {
        FormKind::Cn23 => Words {
            title: "CUSTOMS DECLARATION  CN23",
            from: "SENDER",
            to: "ADDRESSEE",
            pledge: "I certify that the particulars given here are correct and that this parcel holds no \
                     dangerous article.",
        },
        FormKind::CommercialInvoice => Words {
            title: "COMMERCIAL INVOICE",
            from: "SELLER / EXPORTER",
            to: "BUYER / IMPORTER",
            pledge: "I declare that all information on this invoice is true and correct.",
        },
        FormKind::Receipt => Words {
            title: "RECEIPT",
            from: "SHIPPER",
            to: "CONSIGNEE",
            pledge: "Keep this for your records.",
        },
    }
}

struct Page<'a> {
    face: &'a FormFace,
    words: Words,
    sheet: Sheet,
}

impl<'a> Page<'a> {
    fn new(face: &'a FormFace) -> Self {
        Self { face, words: words(face.kind), sheet: Sheet::new(DPI, PAGE.0, PAGE.1) }
    }

    fn dots(&self, tenths: i32) -> i32 {
        self.sheet.dots(tenths)
    }

    fn draw(mut self, lines: &[CustomsLine], index: usize, count: usize) -> Sheet {
        let mut rest = self.sheet.area().inset(self.dots(400));
        let head = rest.take_top(self.dots(850));
        self.head(head);
        let parties = rest.take_top(self.dots(1050));
        self.parties(parties);
        let rows = i32::try_from(self.face.facts.len().min(MOST_FACTS).div_ceil(2)).unwrap_or(0);
        let facts = rest.take_top(self.dots(rows * 150 + 120));
        self.facts(facts);
        let foot = rest.take_bottom(self.dots(1000));
        self.foot(foot, index, count);
        self.goods(rest, lines, index == count);
        self.sheet
    }

    fn head(&mut self, mut area: Area) {
        let bars = area.take_right(self.dots(2900));
        let mut bars = Area { height: bars.height - self.dots(80), ..bars };
        let number = bars.take_bottom(self.dots(150));
        self.sheet.bars(bars, &self.face.tracking);
        self.sheet.text(number, &self.face.tracking, Style::bold(self.dots(100)).align(Align::Centre));
        for (text, size) in [(self.words.title, 160), (&self.face.carrier, 120)] {
            let row = area.take_top(self.dots(230));
            self.sheet.text(row, text, Style::bold(self.dots(size)));
        }
        for (caption, value) in [("No.", &self.face.number), ("Date", &self.face.date)] {
            let row = area.take_top(self.dots(150));
            if !value.trim().is_empty() {
                self.sheet.text(row, &format!("{caption}  {value}"), Style::regular(self.dots(100)));
            }
        }
    }

    fn parties(&mut self, mut area: Area) {
        let gap = self.dots(100);
        let left = area.take_left((area.width - gap) / 2);
        area.take_left(gap);
        let (from, to) = (&self.face.from, &self.face.to);
        for (area, caption, lines) in [(left, self.words.from, from), (area, self.words.to, to)] {
            self.sheet.frame(area, self.dots(8));
            let mut area = area.inset(self.dots(60));
            let head = area.take_top(self.dots(120));
            self.sheet.text(head, caption, Style::bold(self.dots(70)));
            let style = Style::regular(self.dots(105));
            self.sheet.paragraph(area, lines, style);
        }
    }

    fn facts(&mut self, mut area: Area) {
        area.take_top(self.dots(60));
        for pair in self.face.facts.chunks(2).take(MOST_FACTS / 2) {
            let mut row = area.take_top(self.dots(150));
            for (name, value) in pair {
                let cell = row.take_left(self.dots(2576));
                self.sheet.text(cell, &format!("{name}: {value}"), Style::regular(self.dots(90)));
            }
        }
    }

    fn goods(&mut self, mut area: Area, lines: &[CustomsLine], last: bool) {
        let head = area.take_top(self.dots(180));
        self.row(head, COLUMNS.map(|(heading, _, _)| heading), Style::bold(self.dots(70)));
        let style = Style::regular(self.dots(85));
        for line in lines {
            let row = area.take_top(self.dots(170));
            let CustomsLine { description, quantity, weight, value, tariff, origin } = line;
            let cells = [description, quantity, weight, value, tariff, origin];
            self.row(row, cells.map(String::as_str), style);
        }
        if last {
            let total = area.take_top(self.dots(200));
            let cells = ["TOTAL", "", &self.face.total_weight, &self.face.total_value, "", ""];
            self.row(total, cells, Style::bold(self.dots(90)));
        }
    }

    /// One row of the table in its ruled cells.
    fn row(&mut self, mut area: Area, cells: [&str; 6], style: Style) {
        let thin = self.dots(5);
        for ((_, width, align), cell) in COLUMNS.into_iter().zip(cells) {
            let room = area.take_left(self.dots(width));
            // neighbours share the line between them
            self.sheet.frame(Area { width: room.width + thin, height: room.height + thin, ..room }, thin);
            self.sheet.text(room.inset(self.dots(40)), cell, style.align(align));
        }
    }

    fn foot(&mut self, mut area: Area, index: usize, count: usize) {
        let mark = area.take_bottom(self.dots(260));
        self.sheet.fill(mark);
        let words = format!("{}  -  NOT A CUSTOMS DOCUMENT", self.face.watermark.word());
        let style = Style::bold(self.dots(140)).align(Align::Centre).white();
        self.sheet.text(mark, &words, style);
        area.take_top(self.dots(100));
        let pledge = area.take_top(self.dots(150));
        self.sheet.text(pledge, self.words.pledge, Style::regular(self.dots(85)));
        let mut sign = area.take_top(self.dots(350));
        let page = sign.take_right(self.dots(1000));
        self.sheet.text(page, &format!("Page {index} of {count}"), {
            Style::regular(self.dots(85)).align(Align::Right)
        });
        self.sheet.text(sign, "Date and signature", Style::regular(self.dots(70)));
        sign.take_left(self.dots(700));
        let line = Area::new(sign.x, sign.y + sign.height * 3 / 5, self.dots(2200), self.dots(6));
        self.sheet.fill(line);
    }
}
