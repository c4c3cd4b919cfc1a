//! Writes a page as ZPL II, as Zebra's programming guide has it.
//!
//! One field a mark, the printer's scalable font 0, UTF-8 (`^CI28`). Free text
//! goes through `^FH`, so that no caret or tilde of an address becomes a
//! command. Start at [`label`].

use std::fmt::Write;

use bytes::Bytes;

use super::sheet::{Align, Bars, Line, Mark, Sheet};
use super::text::CAP_HEIGHT;

/// The page as one label.
pub(super) fn label(sheet: &Sheet) -> Bytes {
    let mut zpl = String::from("^XA\n^CI28\n^LH0,0\n");
    command(&mut zpl, format_args!("^FX {} dpi", sheet.dpi));
    command(&mut zpl, format_args!("^PW{}", sheet.width));
    command(&mut zpl, format_args!("^LL{}", sheet.height));
    for mark in &sheet.marks {
        match mark {
            Mark::Fill(area) => {
                let thickness = area.width.min(area.height);
                let (x, y, width, height) = (area.x, area.y, area.width, area.height);
                command(&mut zpl, format_args!("^FO{x},{y}^GB{width},{height},{thickness}^FS"));
            }
            Mark::Frame(area, thickness) => {
                let (x, y, width, height) = (area.x, area.y, area.width, area.height);
                command(&mut zpl, format_args!("^FO{x},{y}^GB{width},{height},{thickness}^FS"));
            }
            Mark::Line(line) => text(&mut zpl, line),
            Mark::Bars(bars) => barcode(&mut zpl, bars, sheet.most_module()),
        }
    }
    zpl.push_str("^XZ\n");
    Bytes::from(zpl)
}

fn command(zpl: &mut String, line: std::fmt::Arguments<'_>) {
    // a `String` takes everything
    let _ = writeln!(zpl, "{line}");
}

/// Font 0 is narrower than what the layout measures with, so that a line which
/// fits there fits here; only its place in the room is left to the printer.
fn text(zpl: &mut String, line: &Line) {
    let size = line.style.size;
    // the capitals of font 0 begin about a twentieth below the field's top
    let top = (line.baseline - size * (CAP_HEIGHT + 50) / 1000).max(0);
    let (x, width) = line.room;
    let block = match line.style.align {
        Align::Left => String::new(),
        Align::Centre => format!("^FB{width},1,0,C,0"),
        Align::Right => format!("^FB{width},1,0,R,0"),
    };
    let reverse = if line.style.white { "^FR" } else { "" };
    let data = escape(&line.text);
    command(zpl, format_args!("^FO{x},{top}{reverse}^A0N,{size},{size}{block}^FH^FD{data}^FS"));
}

/// Carets and tildes, which printers read as commands, the mark of `^FH`
/// itself and the backslash of `^FB`, in hexadecimal.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '^' => escaped.push_str("_5E"),
            '~' => escaped.push_str("_7E"),
            '_' => escaped.push_str("_5F"),
            '\\' => escaped.push_str("_5C"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Names the code set instead of leaving it to the printer, so that the width
/// is known: set C for an even number of digits, else set B.
fn barcode(zpl: &mut String, bars: &Bars, most_module: i32) {
    let length = u32::try_from(bars.text.len()).unwrap_or(u32::MAX);
    let digits = bars.text.bytes().all(|c| c.is_ascii_digit()) && length.is_multiple_of(2);
    let (set, symbols) = if digits { (">;", length / 2) } else { (">:", length) };
    // start and check symbol, and the stop symbol of thirteen
    let modules = symbols.saturating_mul(11).saturating_add(11 * 2 + 13);
    let Some((x, module)) = bars.place(modules, most_module) else { return };
    // `>` opens an invocation code; `>0` is the character itself
    let data = escape(&bars.text.replace('>', ">0"));
    let (y, height) = (bars.area.y, bars.area.height);
    command(zpl, format_args!("^FO{x},{y}^BY{module}^BCN,{height},N,N,N,N^FH^FD{set}{data}^FS"));
}
