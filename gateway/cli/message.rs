//! Messages as proto JSON, in and out, by the embedded descriptors.

use std::io::Read;

use anyhow::{Context, Result, anyhow};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

use super::show;
use crate::api::proto::DESCRIPTOR_SET;

/// The text of a file, or of standard input for `-`.
pub(super) fn text(file: &str) -> Result<String> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read `{file}`"))
}

/// Reads a message of type `name` (`RateRequest`) from proto JSON.
pub(super) fn parse<T: Message + Default>(name: &str, file: &str, text: &str) -> Result<T> {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).context("the embedded contract is damaged")?;
    let kind = pool
        .get_message_by_name(&format!("parcelgate.v1.{name}"))
        .ok_or_else(|| anyhow!("the contract has no {name}"))?;
    let shown = if file == "-" { "standard input" } else { file };
    let mut reader = serde_json::Deserializer::from_str(text);
    let message = DynamicMessage::deserialize(kind, &mut reader)
        .with_context(|| format!("{shown} is no {name} in proto JSON"))?;
    reader.end().with_context(|| format!("{shown}: something follows the {name}"))?;
    Ok(message.transcode_to()?)
}

/// Prints a message of type `name` as proto JSON: over several lines, or in one
/// for streams.
pub(super) fn print<T: Message>(name: &str, message: &T, one_line: bool) -> Result<()> {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).context("the embedded contract is damaged")?;
    let kind = pool
        .get_message_by_name(&format!("parcelgate.v1.{name}"))
        .ok_or_else(|| anyhow!("the contract has no {name}"))?;
    let message = DynamicMessage::decode(kind, message.encode_to_vec().as_slice())?;
    let options = SerializeOptions::new();
    let mut bytes = Vec::new();
    if one_line {
        message.serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &options)?;
    } else {
        message.serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &options)?;
    }
    show::line(String::from_utf8(bytes)?);
    Ok(())
}
