//! `application/x-www-form-urlencoded`.

use bytes::Bytes;

/// Writes pairs in their order.
pub fn write(pairs: &[(&str, &str)]) -> Bytes {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        form.append_pair(name, value);
    }
    Bytes::from(form.finish())
}

/// Reads pairs; what is not UTF-8 is replaced.
pub fn read(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(name in "\\PC{1,10}", value in "\\PC{0,20}") {
            let body = write(&[(&name, &value)]);
            prop_assert_eq!(read(&body), vec![(name, value)]);
        }
    }
}
