//! JSON bodies, and what carriers make of JSON.
//!
//! Numbers that are money or weights never pass through a float: [`decimal`]
//! and [`text_or_number`] read the digits as they stand in the body. Start
//! with [`write()`] and [`read`].

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use rust_decimal::Decimal;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::{At, Format, ReadError, WriteError, at_path, without_bom, without_values};

/// The media type of such a body.
pub const CONTENT_TYPE: &str = "application/json";

/// Writes `value`, without blanks, fields in the order of the type.
///
/// # Errors
/// When `value` cannot be JSON, such as a map whose keys are no strings.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, WriteError> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|error| WriteError::new(Format::Json, detail_of(&error)))
}

/// Reads the one value that `body` holds; a UTF-8 byte order mark is put aside.
///
/// # Errors
/// With the path of the bad field, or the line where the text is no JSON.
/// Nested deeper than 128 levels is an error too.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let mut source = serde_json::Deserializer::from_slice(without_bom(body));
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let line = place_of(error.inner());
        let at = match error.inner().classify() {
            Category::Data => at_path(error.path(), line),
            Category::Io | Category::Syntax | Category::Eof => line,
        };
        ReadError::new(Format::Json, detail_of(error.inner())).at(at)
    })?;
    source.end().map_err(|error| ReadError::new(Format::Json, detail_of(&error)).at(place_of(&error)))?;
    Ok(value)
}

fn place_of(error: &serde_json::Error) -> At {
    At::Line { line: error.line(), column: error.column() }
}

fn detail_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    match error.classify() {
        Category::Data => without_values(message),
        // Fixed words about the grammar; they quote nothing of the body.
        Category::Io | Category::Syntax | Category::Eof => message.to_owned(),
    }
}

/// For `#[serde(deserialize_with)]`: a list that a carrier collapses into the
/// bare element when it has one, and into `null` when it has none. With
/// `#[serde(default)]` the field may be missing as well.
///
/// # Errors
/// When an element is none of `T`.
pub fn one_or_many<'de, D, T>(source: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    source.deserialize_any(OneOrMany(PhantomData))
}

struct OneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one element or a list of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|one| vec![one])
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        T::deserialize(text.into_deserializer()).map(|one| vec![one])
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Vec<T>, E> {
        T::deserialize(number.into_deserializer()).map(|one| vec![one])
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Vec<T>, E> {
        T::deserialize(number.into_deserializer()).map(|one| vec![one])
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Vec<T>, E> {
        T::deserialize(flag.into_deserializer()).map(|one| vec![one])
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
}

/// For `#[serde(deserialize_with)]`: text that may come as a number, whose
/// digits are then kept as they stand (`1.10` stays `1.10`). Reads JSON only,
/// and not inside `flatten` or untagged enums, where serde has parsed the
/// number already.
///
/// # Errors
/// When it is neither.
pub fn text_or_number<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    scalar(source)?.ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &"text or a number"))
}

/// As [`text_or_number`] for a field that may be `null`; with
/// `#[serde(default)]` also missing.
///
/// # Errors
/// When it is something else.
pub fn optional_text_or_number<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    scalar(source)
}

/// The text of a string or the digits of a number; `None` of `null`.
fn scalar<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    let expected = &"text or a number";
    let raw = Box::<RawValue>::deserialize(source)?;
    let token = raw.get();
    match token.bytes().next() {
        Some(b'"') => serde_json::from_str(token)
            .map(Some)
            .map_err(|_| D::Error::invalid_value(Unexpected::Other("text"), expected)),
        Some(b'-' | b'0'..=b'9') => Ok(Some(token.to_owned())),
        Some(b'n') => Ok(None),
        Some(b'{') => Err(D::Error::invalid_type(Unexpected::Map, expected)),
        Some(b'[') => Err(D::Error::invalid_type(Unexpected::Seq, expected)),
        _ => Err(D::Error::invalid_type(Unexpected::Other("boolean"), expected)),
    }
}

/// Reads the decimal in `text`: digits with a point, and an exponent where a
/// JSON writer put one. `None` when it is something else or has more digits
/// than a [`Decimal`] holds; nothing is rounded.
pub fn exact_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?;
    if exponent == 0 {
        return Some(mantissa);
    }
    let shift = exponent.unsigned_abs();
    let mut power = Decimal::ONE;
    for _ in 0..shift.min(29) {
        power = power.checked_mul(Decimal::TEN)?;
    }
    if exponent > 0 {
        return mantissa.checked_mul(power);
    }
    let mut scaled = mantissa.normalize();
    scaled.set_scale(scaled.scale().checked_add(shift)?).ok()?;
    Some(scaled)
}

/// For `#[serde(with)]`: a decimal that comes as text or as a number, read
/// exactly, and is written as a number. Reads JSON only, and not inside
/// `flatten` or untagged enums. Name only `deserialize` to write it as text.
pub mod decimal {
    use super::*;

    /// Reads text or a number.
    ///
    /// # Errors
    /// When it is no decimal, or one of more digits than a [`Decimal`] holds.
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Decimal, D::Error> {
        let text = text_or_number(source)?;
        exact_decimal(&text).ok_or_else(|| not_decimal(&text))
    }

    /// Writes a number with exactly the digits of `value`.
    ///
    /// # Errors
    /// Those of `target`.
    pub fn serialize<S: serde::Serializer>(value: &Decimal, target: S) -> Result<S::Ok, S::Error> {
        let digits = RawValue::from_string(value.to_string()).map_err(serde::ser::Error::custom)?;
        digits.serialize(target)
    }

    pub(super) fn not_decimal<E: serde::de::Error>(text: &str) -> E {
        let found = if text.is_empty() { "empty text" } else { "text" };
        E::invalid_value(Unexpected::Other(found), &"a decimal number such as 12.50")
    }
}

/// As [`decimal`] for a field that may be `null` or an empty string, which
/// both are `None`. Needs `#[serde(default)]` where it may be missing;
/// `skip_serializing_if` where `null` must not be written.
pub mod optional_decimal {
    use super::*;

    /// Reads text, a number or nothing.
    ///
    /// # Errors
    /// As [`decimal::deserialize`].
    pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
        let Some(text) = scalar(source)?.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        exact_decimal(&text).map(Some).ok_or_else(|| decimal::not_decimal(&text))
    }

    /// Writes a number or `null`.
    ///
    /// # Errors
    /// Those of `target`.
    pub fn serialize<S: serde::Serializer>(value: &Option<Decimal>, target: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => decimal::serialize(value, target),
            None => target.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "one_or_many")]
        rates: Vec<Rate>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Rate {
        #[serde(deserialize_with = "text_or_number")]
        code: String,
        #[serde(with = "decimal")]
        price: Decimal,
        #[serde(default, with = "optional_decimal", skip_serializing_if = "Option::is_none")]
        tax: Option<Decimal>,
    }

    fn rate(body: &str) -> Result<Reply, ReadError> {
        read(body.as_bytes())
    }

    #[test]
    fn a_bare_element_is_a_list_of_one() {
        let one = rate(r#"{"rates":{"code":7,"price":"1.10","tax":""}}"#).unwrap();
        let many = rate(r#"{"rates":[{"code":"7","price":1.10,"tax":null}]}"#).unwrap();
        assert_eq!(one, many);
        assert_eq!(one.rates[0].price.to_string(), "1.10");
        assert!(rate("\u{FEFF}{}").unwrap().rates.is_empty());
        assert!(rate(r#"{"rates":null}"#).unwrap().rates.is_empty());
    }

    #[test]
    fn a_list_of_scalars_may_be_bare_too() {
        #[derive(Deserialize)]
        struct Names(#[serde(deserialize_with = "one_or_many")] Vec<String>);
        assert_eq!(read::<Names>(br#""a""#).unwrap().0, ["a"]);
        assert_eq!(read::<Names>(br#"["a","b"]"#).unwrap().0, ["a", "b"]);
    }

    #[test]
    fn digits_never_pass_through_a_float() {
        for digits in ["0.1000000000000000055511151231", "9007199254740993", "12.50", "-0.30"] {
            let reply = rate(&format!(r#"{{"rates":{{"code":"","price":{digits}}}}}"#)).unwrap();
            assert_eq!(reply.rates[0].price.to_string(), digits);
            let written = write(&reply).unwrap();
            assert!(String::from_utf8_lossy(&written).contains(&format!(":{digits}}}")), "{written:?}");
        }
        assert_eq!(exact_decimal("1.25e2").unwrap().to_string(), "125.00");
        assert_eq!(exact_decimal("125E-4").unwrap().to_string(), "0.0125");
        for bad in ["1e99", "1e-99", "1_000", "1,5", "", "NaN", "1e", "--1", "1e2147483648"] {
            assert_eq!(exact_decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn errors_name_the_path_and_no_content() {
        let error = rate(r#"{"rates":[{"code":"a","price":"Erika"}]}"#).unwrap_err();
        assert_eq!(error.at, At::Path("rates[0].price".to_owned()));
        assert!(!error.to_string().contains("Erika"), "{error}");
        let error = rate(r#"{"rates":{"code":["Erika"],"price":1}}"#).unwrap_err();
        assert_eq!(error.at, At::Path("rates.code".to_owned()));
        assert!(!error.to_string().contains("Erika"), "{error}");
        let error = rate("{\"rates\":\n[").unwrap_err();
        assert_eq!(error.at, At::Line { line: 2, column: 1 });
        assert!(matches!(rate("{} x").unwrap_err().at, At::Line { .. }));
        assert!(rate(&"[".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn rates_come_back(code in "\\PC*", price in any::<i64>(), scale in 0u32..20) {
            let rates = vec![Rate { code, price: Decimal::new(price, scale), tax: None }];
            let reply = Reply { rates };
            prop_assert_eq!(read::<Reply>(&write(&reply).unwrap()).unwrap(), reply);
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Reply>(&body);
        }

        #[test]
        fn no_change_of_a_byte_makes_it_panic(at in 0usize..70, byte in any::<u8>()) {
            let mut body = br#"{"rates":[{"code":1,"price":1.5e1,"tax":"2"},{"code":"x","price":3}]}"#.to_vec();
            if let Some(place) = body.get_mut(at) {
                *place = byte;
            }
            let _ = read::<Reply>(&body);
        }

        #[test]
        fn exact_decimals_of_any_text_do_not_panic(text in "[0-9eE+.-]{0,40}") {
            let _ = exact_decimal(&text);
        }
    }
}
