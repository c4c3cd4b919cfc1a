//! interim
pub(super) fn label(format: &str, number: &str, _lines: &[String]) -> Vec<u8> {
    format!("{format}:{number}").into_bytes()
}
