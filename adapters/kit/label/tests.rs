//! A label of every format, stock and resolution is read back by a scanner.

use super::read_back::{ReadBackError, read_barcodes};
use super::*;
use crate::model::LabelSize;
use crate::sniff::sniff;

const FORMATS: [LabelFormat; 4] = [LabelFormat::Pdf, LabelFormat::Png, LabelFormat::Gif, LabelFormat::Zpl];
const SIZES: [LabelSize; 3] = [LabelSize::Inch4x6, LabelSize::A6, LabelSize::A4];

/// The longest that the narrowest stock takes at 203 dpi, and the usual kinds.
const NUMBERS: [&str; 4] = [
    "1Z12345E0205271688",
    "00340434161094042557",
    "XP696982485FR",
    "JVGL0123456789ABCDEFGHJKLMNPQRSTUVWXYZ42",
];

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn sample(tracking: &str) -> LabelFace {
    LabelFace {
        carrier: "Example Post".to_owned(),
        service: "PARCEL INTERNATIONAL PRIORITY".to_owned(),
        from: lines(&["Nordwind Versand GmbH", "Anna Müller", "Große Straße 12", "20457 Hamburg", "DE"]),
        to: lines(&["Łukasz Żółć", "Αθήνα Books ^XZ~JA", "12 rue de l'Église", "75011 Paris", "FRANCE"]),
        tracking: tracking.to_owned(),
        routing: Some("FR 750 9-07".to_owned()),
        references: lines(&["Order 4711", "Dept. 東京", "Leave with neighbour"]),
        customs: Some(CustomsFace {
            reason: "Sale of goods".to_owned(),
            lines: (1..=5)
                .map(|n| CustomsLine {
                    description: format!("Cotton shirt {n}"),
                    quantity: n.to_string(),
                    weight: "0.250 kg".to_owned(),
                    value: "19.90 EUR".to_owned(),
                    tariff: "610910".to_owned(),
                    origin: "PT".to_owned(),
                })
                .collect(),
            total: "99.50 EUR".to_owned(),
            ..CustomsFace::default()
        }),
        parcel: (1, 2),
        weight: "2.5 kg".to_owned(),
        date: "2026-03-14".to_owned(),
        watermark: Watermark::Specimen,
    }
}

fn form(kind: FormKind) -> FormFace {
    let face = sample("XP696982485FR");
    let goods = face.customs.unwrap().lines;
    FormFace {
        kind,
        carrier: face.carrier,
        tracking: face.tracking,
        number: "INV-2026-0042".to_owned(),
        date: face.date,
        from: face.from,
        to: face.to,
        facts: [
            ("Reason of export", "Sale"),
            ("Terms of delivery", "DAP Paris"),
            ("Sender's tax number", "DE1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        lines: goods.iter().cycle().take(30).cloned().collect(),
        total_weight: "7.5 kg".to_owned(),
        total_value: "597.00 EUR".to_owned(),
        watermark: Watermark::Sandbox,
    }
}

fn assert_reads_back(number: &str, spec: LabelSpec) {
    let label = draw(&sample(number), spec);
    assert_eq!(sniff(&label), Some(spec.format));
    let read = read_barcodes(&label, spec.format).unwrap_or_else(|e| panic!("{spec:?} {number}: {e}"));
    assert_eq!(read, [number], "{spec:?}");
}

#[test]
fn a_scanner_reads_every_number_in_every_format() {
    for format in FORMATS {
        for number in NUMBERS {
            assert_reads_back(number, LabelSpec { format, ..LabelSpec::default() });
        }
    }
}

fn assert_every_stock_reads_back(dpi: u16) {
    for (size, number) in SIZES.into_iter().zip(NUMBERS) {
        for format in FORMATS {
            assert_reads_back(number, LabelSpec { format, size, dpi });
        }
    }
}

#[test]
fn a_scanner_reads_every_stock_at_203_dpi() {
    assert_every_stock_reads_back(203);
}

#[test]
fn a_scanner_reads_every_stock_at_300_dpi() {
    assert_every_stock_reads_back(300);
}

#[test]
fn forms_carry_the_number_on_every_page() {
    for kind in [FormKind::Cn23, FormKind::CommercialInvoice, FormKind::Receipt] {
        let pdf = draw_form(&form(kind));
        assert_eq!(sniff(&pdf), Some(LabelFormat::Pdf));
        assert_eq!(read_barcodes(&pdf, LabelFormat::Pdf).unwrap(), ["XP696982485FR"]);
        assert_eq!(pdf, draw_form(&form(kind)));
    }
    assert!(matches!(
        read_barcodes(&draw_form(&FormFace::default()), LabelFormat::Pdf),
        Err(ReadBackError::NoBarcode)
    ));
}

#[test]
fn the_same_face_gives_the_same_bytes() {
    for format in FORMATS {
        let spec = LabelSpec { format, ..LabelSpec::default() };
        assert_eq!(draw(&sample("1Z"), spec), draw(&sample("1Z"), spec));
        assert_ne!(draw(&sample("1Z"), spec), draw(&sample("2Z"), spec));
    }
}

#[test]
fn an_address_cannot_give_commands_to_the_printer() {
    let label =
        draw(&sample("XP696982485FR"), LabelSpec { format: LabelFormat::Zpl, ..LabelSpec::default() });
    let label = String::from_utf8(label.to_vec()).unwrap();
    assert_eq!(label.matches("^XZ").count(), 1);
    assert!(!label.contains('~'));
    assert!(label.contains("Athina Books _5EXZ_7EJA"));
}

#[test]
fn broken_and_mislabelled_bytes_are_told_apart_from_missing_bars() {
    let png = draw(&sample("1Z"), LabelSpec { format: LabelFormat::Png, ..LabelSpec::default() });
    for format in [LabelFormat::Pdf, LabelFormat::Gif, LabelFormat::Zpl] {
        assert!(matches!(read_barcodes(&png, format), Err(ReadBackError::Broken { .. })), "{format:?}");
    }
    let cut = &png[..png.len() / 2];
    assert!(matches!(read_barcodes(cut, LabelFormat::Png), Err(ReadBackError::Broken { .. })));
    let bare = draw(&LabelFace::default(), LabelSpec { format: LabelFormat::Png, ..LabelSpec::default() });
    assert!(matches!(read_barcodes(&bare, LabelFormat::Png), Err(ReadBackError::NoBarcode)));
}
