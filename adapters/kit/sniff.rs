//! What the bytes of a document really are, whatever they are called.

use crate::model::LabelFormat;

/// The format by its first bytes; `None` for anything else.
pub fn sniff(bytes: &[u8]) -> Option<LabelFormat> {
    let start = bytes.trim_ascii_start();
    if start.starts_with(b"%PDF-") {
        Some(LabelFormat::Pdf)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(LabelFormat::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(LabelFormat::Gif)
    } else if start.windows(3).take(64).any(|window| window == b"^XA") {
        Some(LabelFormat::Zpl)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_known_and_a_web_page_is_none() {
        assert_eq!(sniff(b"%PDF-1.7\n"), Some(LabelFormat::Pdf));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\nIHDR"), Some(LabelFormat::Png));
        assert_eq!(sniff(b"GIF89a"), Some(LabelFormat::Gif));
        assert_eq!(sniff(b"~SD10\n^XA^FS^XZ"), Some(LabelFormat::Zpl));
        assert_eq!(sniff(b"<html>"), None);
        assert_eq!(sniff(b""), None);
    }
}
