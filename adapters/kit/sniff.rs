//! Says what the bytes of a document are, from their first and last marks.
//!
//! The gateway asks this of every label it buys, so nothing here may trust the
//! bytes, allocate by their length or need more than the standard library. It
//! looks at marks only: a document that passes can still be broken inside.
//! Start at [`sniff`].

use crate::model::LabelFormat;

/// How far into a file its `%PDF-` mark may stand (readers accept it anywhere
/// in the first 1024 bytes: ISO 32000-1, annex H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// The format of a document; `None` when the bytes carry no known mark.
///
/// PDF by its `%PDF-` header (ISO 32000-1, 7.5.2), PNG by its signature (W3C
/// PNG, 5.2), GIF by `GIF87a` or `GIF89a`, ZPL by a label that opens with
/// `^XA` and closes with `^XZ`. What a carrier may put before `^XA`, downloads
/// and settings such as `~DG`, `^CI` or a comment, is accepted as long as the
/// first mark is a caret or a tilde.
pub fn sniff(bytes: &[u8]) -> Option<LabelFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(LabelFormat::Png);
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Some(LabelFormat::Gif);
    }
    let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes);
    if position(head, b"%PDF-").is_some() {
        return Some(LabelFormat::Pdf);
    }
    is_zpl(bytes).then_some(LabelFormat::Zpl)
}

fn is_zpl(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let opens = matches!(bytes.first(), Some(b'^' | b'~'));
    opens && position(bytes, b"^XA").is_some_and(|at| bytes.get(at..).is_some_and(closes))
}

fn closes(label: &[u8]) -> bool {
    position(label, b"^XZ").is_some()
}

/// Where the three or five letters of `mark` first stand, letter case ignored
/// as printers do.
fn position(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window.eq_ignore_ascii_case(mark))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_each_format_by_its_mark() {
        assert_eq!(sniff(b"%PDF-1.4\n..."), Some(LabelFormat::Pdf));
        assert_eq!(sniff(b"\x00\x00%PDF-1.7"), Some(LabelFormat::Pdf));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...."), Some(LabelFormat::Png));
        assert_eq!(sniff(b"GIF89a...."), Some(LabelFormat::Gif));
        assert_eq!(sniff(b"GIF87a...."), Some(LabelFormat::Gif));
        assert_eq!(sniff(b"^XA^FO1,1^FDx^FS^XZ"), Some(LabelFormat::Zpl));
        assert_eq!(sniff(b"\xef\xbb\xbf\r\n^xa^xz\n"), Some(LabelFormat::Zpl));
        assert_eq!(sniff(b"~DGR:LOGO.GRF,1,1,FF^XA^XZ"), Some(LabelFormat::Zpl));
    }

    #[test]
    fn is_not_taken_in_by_errors_dressed_as_labels() {
        assert_eq!(sniff(b""), None);
        assert_eq!(sniff(b"<html>no %PD here</html>"), None);
        assert_eq!(sniff(br#"{"error":"^XA^XZ"}"#), None);
        assert_eq!(sniff(b"^XA^FDcut off"), None);
        assert_eq!(sniff(b"^XZ^XA"), None);
        assert_eq!(sniff(b"\x89PNG\n\x1a\n"), None);
        let mut late = vec![b' '; PDF_HEADER_WITHIN];
        late.extend_from_slice(b"%PDF-1.4");
        assert_eq!(sniff(&late), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64), cut in 0_usize..64) {
            let _ = sniff(&bytes);
            let whole = [&b"^XA"[..], &bytes, b"^XZ"].concat();
            let _ = sniff(whole.get(..cut).unwrap_or(&whole));
        }
    }
}
