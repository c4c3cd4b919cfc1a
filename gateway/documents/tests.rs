//! Papers with every flaw and without, and PDFs made of them, against readers
//! that are none of ours.

use hayro_syntax::Pdf;
use hayro_syntax::object::Name;
use hayro_syntax::object::stream::ImageDecodeParams;
use parcelgate_kit::descriptor::{Check, NumberFormat};
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::label::{FormFace, LabelFace, draw, draw_form};
use parcelgate_kit::model::{DocumentKind, LabelFormat, LabelSize, LabelSpec, TrackingNumber};
use pdf_writer::types::AnnotationType;
use pdf_writer::{Finish, Rect, Ref, Str};

use super::*;

const FORMATS: [LabelFormat; 4] = [LabelFormat::Pdf, LabelFormat::Png, LabelFormat::Gif, LabelFormat::Zpl];

/// A form of number whose last digit is the sum of the others.
const NUMBERS: &[NumberFormat] = &[
    NumberFormat {
        name: "summed",
        pattern: "^XY[0-9]{8}$",
        check: Check::Firm(summed),
        example: "XY12345678",
    },
    NumberFormat { name: "any", pattern: "^[0-9]{14}$", check: Check::None, example: "12345678901234" },
];

fn summed(number: &str) -> bool {
    let mut digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let last = digits.pop();
    Some(digits.iter().sum::<u32>() % 10) == last
}

fn number(text: &str) -> TrackingNumber {
    TrackingNumber::parse(text).unwrap()
}

fn label(barcode: &str, format: LabelFormat) -> Vec<u8> {
    let face =
        LabelFace { tracking: barcode.to_owned(), carrier: "Example Post".into(), ..LabelFace::default() };
    draw(&face, LabelSpec { format, ..LabelSpec::default() }).to_vec()
}

fn look(bytes: &[u8], format: LabelFormat, parcel: Option<u16>, tracking: &[&str]) -> Verdict {
    let tracking: Vec<_> = tracking.iter().map(|text| number(text)).collect();
    check(&Paper { bytes, format, kind: DocumentKind::Label, parcel, tracking: &tracking, numbers: NUMBERS })
}

fn flaws(verdict: &Verdict) -> Vec<Flaw> {
    verdict.findings.iter().map(|finding| finding.flaw).collect()
}

#[test]
fn a_label_for_its_parcel_is_fine_in_every_format() {
    for format in FORMATS {
        let bytes = label("XY12345678", format);
        for parcel in [None, Some(1)] {
            let verdict = look(&bytes, format, parcel, &["XY00000000", "XY12345678"]);
            assert_eq!((flaws(&verdict), verdict.barcodes), (vec![], Barcodes::Own), "{format:?} {parcel:?}");
        }
    }
}

#[test]
fn a_barcode_that_holds_more_or_less_than_the_number_is_the_own() {
    for barcode in ["420101170012XY12345678", "%000XY12345678276", "XY1234567", "(00) xy 1234 5678"] {
        let bytes = label(barcode, LabelFormat::Png);
        let verdict = look(&bytes, LabelFormat::Png, Some(0), &["XY12345678"]);
        assert_eq!((flaws(&verdict), verdict.barcodes), (vec![], Barcodes::Own), "{barcode}");
    }
}

#[test]
fn another_parcels_barcode_is_seen_and_an_unknown_one_is_no_alarm() {
    for format in FORMATS {
        // The sibling's label, and one of a shipment that is not known here.
        for barcode in ["XY22222222", "XY11111117"] {
            let verdict = look(&label(barcode, format), format, Some(0), &["XY11111111", "XY22222222"]);
            let seen = (flaws(&verdict), verdict.barcodes);
            assert_eq!(seen, (vec![Flaw::OtherParcel], Barcodes::OtherParcel), "{format:?} {barcode}");
        }
        for barcode in ["12345678901234", "XY12345670", "ROUTE 75 XQ", "X"] {
            let verdict = look(&label(barcode, format), format, Some(0), &["XY11111111"]);
            assert_eq!(
                (flaws(&verdict), verdict.barcodes),
                (vec![], Barcodes::Unknown),
                "{format:?} {barcode}"
            );
        }
    }
    let bare = look(&label("", LabelFormat::Pdf), LabelFormat::Pdf, None, &["XY11111111"]);
    assert_eq!((flaws(&bare), bare.barcodes), (vec![], Barcodes::NotSeen));
}

#[test]
fn bytes_that_are_not_what_they_are_called_are_seen() {
    let whole = |format| label("XY12345678", format);
    let cut = |format| {
        let bytes = whole(format);
        bytes[..bytes.len() / 2].to_vec()
    };
    let page = b"<html><body>Service unavailable</body></html>".to_vec();
    for (bytes, called) in [
        (page.clone(), LabelFormat::Pdf),
        (page, LabelFormat::Zpl),
        (Vec::new(), LabelFormat::Pdf),
        (whole(LabelFormat::Png), LabelFormat::Pdf),
        (whole(LabelFormat::Pdf), LabelFormat::Zpl),
        (cut(LabelFormat::Pdf), LabelFormat::Pdf),
        (cut(LabelFormat::Png), LabelFormat::Png),
        (cut(LabelFormat::Gif), LabelFormat::Gif),
        (cut(LabelFormat::Zpl), LabelFormat::Zpl),
        (b"%PDF-1.7\n%%EOF\n".to_vec(), LabelFormat::Pdf),
    ] {
        let verdict = look(&bytes, called, None, &["XY12345678"]);
        assert_eq!(flaws(&verdict), [Flaw::NotItsFormat], "{called:?} {} bytes", bytes.len());
    }
}

/// A PDF of one empty page, and what `add` puts into it.
fn pdf_with(add: impl FnOnce(&mut pdf_writer::Pdf, Ref, Ref)) -> Vec<u8> {
    let mut pdf = pdf_writer::Pdf::new();
    let (catalog, pages, page) = (Ref::new(1), Ref::new(2), Ref::new(3));
    pdf.pages(pages).kids([page]).count(1);
    add(&mut pdf, catalog, page);
    pdf.finish()
}

fn plain_page(pdf: &mut pdf_writer::Pdf, page: Ref) {
    pdf.page(page).parent(Ref::new(2)).media_box(Rect::new(0.0, 0.0, 288.0, 432.0));
}

fn with_action(kind: &[u8], add: impl FnOnce(&mut pdf_writer::Dict<'_>)) -> Vec<u8> {
    pdf_with(|pdf, catalog, page| {
        plain_page(pdf, page);
        let mut root = pdf.catalog(catalog);
        root.pages(Ref::new(2));
        let mut action = root.insert(pdf_writer::Name(b"OpenAction")).dict();
        action.pair(pdf_writer::Name(b"S"), pdf_writer::Name(kind));
        add(&mut action);
    })
}

fn with_file() -> Vec<u8> {
    pdf_with(|pdf, catalog, page| {
        plain_page(pdf, page);
        pdf.catalog(catalog).pages(Ref::new(2));
        pdf.embedded_file(Ref::new(4), b"<Invoice/>");
    })
}

#[test]
fn a_pdf_that_acts_or_brings_files_is_seen_and_one_that_prints_is_not() {
    let script = with_action(b"JavaScript", |action| {
        action.pair(pdf_writer::Name(b"JS"), Str(b"app.launchURL('x')"));
    });
    let starts = with_action(b"Launch", |action| {
        action.pair(pdf_writer::Name(b"F"), Str(b"calc.exe"));
    });
    for bytes in [&script, &starts, &with_file()] {
        let verdict = look(bytes, LabelFormat::Pdf, None, &["XY12345678"]);
        assert_eq!(flaws(&verdict), [Flaw::ActiveContent], "{:?}", verdict.findings);
    }
    let prints = with_action(b"Named", |action| {
        action.pair(pdf_writer::Name(b"N"), pdf_writer::Name(b"Print"));
    });
    assert_eq!(flaws(&look(&prints, LabelFormat::Pdf, None, &["XY12345678"])), []);
    let invoice = Paper {
        bytes: &with_file(),
        format: LabelFormat::Pdf,
        kind: DocumentKind::Invoice,
        parcel: None,
        tracking: &[],
        numbers: NUMBERS,
    };
    assert_eq!(check(&invoice).findings, [], "an electronic invoice brings its data along");
    assert_eq!(flaws(&check(&Paper { bytes: &script, ..invoice })), [Flaw::ActiveContent]);
}

#[test]
fn forms_are_not_held_against_parcels() {
    let form = draw_form(&FormFace { tracking: "XY12345678".into(), ..FormFace::default() });
    let tracking = [number("XY11111111")];
    let paper = Paper {
        bytes: &form,
        format: LabelFormat::Pdf,
        kind: DocumentKind::CustomsForm,
        parcel: Some(0),
        tracking: &tracking,
        numbers: NUMBERS,
    };
    assert_eq!(check(&paper), Verdict { findings: vec![], barcodes: Barcodes::NotLooked });
}

fn png(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth, samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![255, 255, 255, 0, 0, 0, 200, 10, 10, 0, 0, 255]);
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The samples of the one image on the one page, as a PDF reader has them.
fn image_of(pdf: &[u8], mask: bool) -> Vec<u8> {
    let pdf = Pdf::new(pdf.to_vec()).unwrap();
    let image = pdf.pages()[0].resources().get_x_object(&Name::new(b"P").unwrap()).unwrap();
    let image =
        if mask { image.dict().get::<hayro_syntax::object::Stream<'_>>("SMask").unwrap() } else { image };
    image.decoded_image(&ImageDecodeParams::default()).unwrap().data.into_owned()
}

#[test]
fn the_dots_of_a_png_are_in_its_pdf_one_for_one() {
    use png::{BitDepth, ColorType};
    let (width, height) = (24_u32, 5_u32);
    for (color, depth, row) in [
        (ColorType::Grayscale, BitDepth::One, 3),
        (ColorType::Grayscale, BitDepth::Four, 12),
        (ColorType::Grayscale, BitDepth::Sixteen, 48),
        (ColorType::Indexed, BitDepth::Two, 6),
        (ColorType::Rgb, BitDepth::Eight, 72),
    ] {
        let samples: Vec<u8> = (0..row * 5).map(|i| u8::try_from(i * 37 % 251).unwrap()).collect();
        let made = png_as_pdf(&png(width, height, color, depth, &samples), 203).unwrap();
        assert_eq!(image_of(&made, false), samples, "{color:?} {depth:?}");
    }
    let rgba: Vec<u8> = (0..24 * 5 * 4).map(|i| u8::try_from(i * 37 % 251).unwrap()).collect();
    let made = png_as_pdf(&png(width, height, ColorType::Rgba, BitDepth::Eight, &rgba), 203).unwrap();
    let colours: Vec<u8> = rgba.chunks(4).flat_map(|dot| dot[..3].to_vec()).collect();
    let opacity: Vec<u8> = rgba.chunks(4).map(|dot| dot[3]).collect();
    assert_eq!((image_of(&made, false), image_of(&made, true)), (colours, opacity));
    for broken in [&b"no picture"[..], &label("XY12345678", LabelFormat::Png)[..300]] {
        assert!(matches!(png_as_pdf(broken, 203), Err(MakeError::Unreadable(_))));
    }
}

#[test]
fn a_wrapped_label_has_its_size_and_its_barcode() {
    for (dpi, size, points) in [
        (203, LabelSize::Inch4x6, (288.0, 432.0)),
        (300, LabelSize::Inch4x6, (288.0, 432.0)),
        (203, LabelSize::A6, (297.6, 419.5)),
    ] {
        let face = LabelFace { tracking: "XY12345678".into(), ..LabelFace::default() };
        let picture = draw(&face, LabelSpec { format: LabelFormat::Png, size, dpi });
        // The picture says its resolution itself, so another one is not taken.
        let made = png_as_pdf(&picture, 72).unwrap();
        let page = Pdf::new(made.clone()).unwrap().pages()[0].media_box();
        let off = (page.width() - points.0).abs().max((page.height() - points.1).abs());
        assert!(off < 0.6, "{dpi} {size:?}: {page:?}");
        assert_eq!(read_barcodes(&made, LabelFormat::Pdf).unwrap(), ["XY12345678"], "{dpi} {size:?}");
        assert_eq!(read_barcodes(&picture, LabelFormat::Png).unwrap(), ["XY12345678"]);
    }
    let unsaid = png(406, 203, png::ColorType::Grayscale, png::BitDepth::Eight, &vec![255; 406 * 203]);
    let page = Pdf::new(png_as_pdf(&unsaid, 203).unwrap()).unwrap().pages()[0].media_box();
    assert_eq!((page.width(), page.height()), (144.0, 72.0));
}

#[test]
fn joined_papers_have_all_pages_and_barcodes_in_order() {
    let numbers: Vec<String> = (0..7).map(|n| format!("XY1234567{n}")).collect();
    let mut parts: Vec<Vec<u8>> = numbers.iter().map(|n| label(n, LabelFormat::Pdf)).collect();
    parts[3] = png_as_pdf(&label(&numbers[3], LabelFormat::Png), 203).unwrap();
    parts.push(draw_form(&FormFace { tracking: "FORM1234".into(), ..FormFace::default() }).to_vec());
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let joined = join(&parts).unwrap();
    let pdf = Pdf::new(joined.clone()).unwrap();
    assert_eq!(pdf.pages().len(), parts.len());
    for (page, part) in pdf.pages().iter().zip(&parts) {
        let alone = Pdf::new(part.to_vec()).unwrap();
        let alone = &alone.pages()[0];
        assert_eq!(page.page_stream(), alone.page_stream(), "what is drawn is the carrier's, byte for byte");
        assert_eq!(page.render_dimensions(), alone.render_dimensions());
    }
    let mut expected = numbers;
    expected.push("FORM1234".to_owned());
    assert_eq!(read_barcodes(&joined, LabelFormat::Pdf).unwrap(), expected);
    assert_eq!(join(&parts).unwrap(), joined);
}

fn annotated(kind: AnnotationType) -> Vec<u8> {
    pdf_with(|pdf, catalog, page| {
        pdf.catalog(catalog).pages(Ref::new(2));
        let mut page = pdf.page(page);
        page.parent(Ref::new(2)).media_box(Rect::new(0.0, 0.0, 288.0, 432.0)).annotations([Ref::new(4)]);
        page.finish();
        pdf.annotation(Ref::new(4)).subtype(kind);
    })
}

#[test]
fn what_would_lose_something_is_not_joined() {
    let good = label("XY12345678", LabelFormat::Pdf);
    let filled = annotated(AnnotationType::Widget);
    assert_eq!(join(&[&good, &filled]), Err((1, MakeError::WouldLose("annotations or form fields"))));
    assert!(matches!(join(&[b"no pdf", &good]), Err((0, MakeError::Unreadable(_)))));
    let linked = annotated(AnnotationType::Link);
    assert!(join(&[&good, &linked]).is_ok());
}

#[test]
fn a_script_does_not_come_along_when_papers_are_joined() {
    let script = with_action(b"JavaScript", |action| {
        action.pair(pdf_writer::Name(b"JS"), Str(b"app.launchURL('x')"));
    });
    let joined = join(&[&script, &label("XY12345678", LabelFormat::Pdf)]).unwrap();
    assert_eq!(flaws(&look(&joined, LabelFormat::Pdf, None, &["XY12345678"])), []);
}
