//! `application/x-www-form-urlencoded` bodies, as token endpoints want them.
//!
//! Pairs keep their order. Encoding and decoding are total: there is no pair
//! that cannot be written and no body that cannot be read.

use bytes::Bytes;

/// The media type of such a body.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// Writes `pairs` in their order.
pub fn write(pairs: &[(&str, &str)]) -> Bytes {
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(pairs);
    Bytes::from(out.finish())
}

/// Reads all pairs in their order. Bytes that are no UTF-8 become U+FFFD, as
/// the URL standard has it.
pub fn read(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reserved_characters_are_escaped() {
        assert_eq!(&*write(&[("grant_type", "a b&c"), ("é", "+")]), b"grant_type=a+b%26c&%C3%A9=%2B");
    }

    proptest! {
        #[test]
        fn pairs_come_back(pairs in prop::collection::vec(("\\PC*", "\\PC*"), 0..5)) {
            let borrowed: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            prop_assert_eq!(read(&write(&borrowed)), pairs);
        }

        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }
    }
}
