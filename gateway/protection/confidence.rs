//! How sure a rule is, written as one letter: `H`, `M` or `L`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use crate::policy::rules::Confidence;

pub(super) fn serialize<S: Serializer>(value: &Confidence, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match value {
        Confidence::High => "H",
        Confidence::Medium => "M",
        Confidence::Low => "L",
    })
}

pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Confidence, D::Error> {
    match String::deserialize(from)?.as_str() {
        "H" => Ok(Confidence::High),
        "M" => Ok(Confidence::Medium),
        "L" => Ok(Confidence::Low),
        other => Err(D::Error::custom(format!("`{other}` is no confidence; `H`, `M` or `L` is"))),
    }
}
