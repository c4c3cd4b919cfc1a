//! JSON, with the liberties that carriers take.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{ReadError, WriteError};

/// Writes `value` in one line.
///
/// # Errors
/// When it has no JSON form, such as a map whose keys are no text.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, WriteError> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| WriteError::new("JSON", error.to_string()))
}

/// Reads one value; a byte order mark is passed over.
///
/// # Errors
/// Names the field and what was expected there, without its content.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // Keeping the path while reading costs about as much as reading; only what cannot be read needs it.
    serde_json::from_slice(body).or_else(|_| read_with_path(body))
}

/// As [`read`], slowly, with the path at hand for the error.
fn read_with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        let place = format!("line {} column {}", inner.line(), inner.column());
        let what = match inner.classify() {
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Data => "a value is not what was expected",
            _ => "its syntax is wrong",
        };
        ReadError::new("JSON", format!("{what} at `{}`, {place}", error.path()))
    })?;
    reader.end().map_err(|_| ReadError::new("JSON", "something follows its end"))?;
    Ok(value)
}

/// Reads a list that the carrier writes as a bare object when it has one
/// element, and leaves out or sets to null when it has none.
///
/// # Errors
/// When it is neither.
pub fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one value or a list of them")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = list.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Reads a text that the carrier sometimes writes as a number or a truth
/// value. Numbers keep their digits.
///
/// # Errors
/// When it is a list or an object.
pub fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    opt_text_or_number(deserializer).map(Option::unwrap_or_default)
}

/// As [`text_or_number`], `None` for null. Needs `#[serde(default)]` beside it.
///
/// # Errors
/// When it is a list or an object.
pub fn opt_text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(text) => Ok(Some(text)),
        serde_json::Value::Number(number) => Ok(Some(number.to_string())),
        serde_json::Value::Bool(truth) => Ok(Some(truth.to_string())),
        _ => Err(D::Error::custom("expected a text or a number")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Sample {
        #[serde(default, deserialize_with = "one_or_many")]
        packages: Vec<Package>,
        #[serde(default, deserialize_with = "text_or_number")]
        code: String,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Package {
        n: u32,
    }

    #[test]
    fn a_list_may_have_collapsed() {
        for (body, count) in [
            (r#"{"packages":{"n":1}}"#, 1),
            (r#"{"packages":[{"n":1},{"n":2}]}"#, 2),
            (r#"{"packages":null}"#, 0),
            ("{}", 0),
        ] {
            assert_eq!(read::<Sample>(body.as_bytes()).unwrap().packages.len(), count, "{body}");
        }
    }

    #[test]
    fn digits_of_a_number_are_kept() {
        assert_eq!(read::<Sample>(br#"{"code":120.50}"#).unwrap().code, "120.5");
        assert_eq!(read::<Sample>(br#"{"code":"007"}"#).unwrap().code, "007");
    }

    #[test]
    fn an_error_names_the_field_and_not_its_content() {
        let error = read::<Sample>(br#"{"packages":[{"n":"Erika"}]}"#).unwrap_err().to_string();
        assert!(error.contains("packages") && !error.contains("Erika"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Sample>(&body);
        }
    }
}
