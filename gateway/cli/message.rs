//! Messages as proto JSON, in and out, by the embedded descriptors.

use std::io::Read;

use anyhow::{Context, Result, anyhow};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};

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
///
/// # Errors
/// Names the file, the line, the field and what is wrong with it.
pub(super) fn parse<T: Message + Default>(name: &str, file: &str, text: &str) -> Result<T> {
    let kind = descriptor(name)?;
    let shown = if file == "-" { "standard input" } else { file };
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let read =
        DynamicMessage::deserialize(kind, serde_path_to_error::Deserializer::new(&mut reader, &mut track));
    let message = read.and_then(|message| reader.end().map(|()| message)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let words = error.to_string();
        let words = words.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&words);
        let path = track.path().to_string();
        let field = if path == "." { String::new() } else { format!(", field `{path}`") };
        anyhow!("`{shown}` is no {name} in proto JSON: line {line}, column {column}{field}: {words}")
    })?;
    Ok(message.transcode_to()?)
}

/// Prints a message of type `name` as proto JSON: over several lines, or in one
/// for streams.
pub(super) fn print<T: Message>(name: &str, message: &T, one_line: bool) -> Result<()> {
    let message = DynamicMessage::decode(descriptor(name)?, message.encode_to_vec().as_slice())?;
    let options = SerializeOptions::new();
    let mut bytes = Vec::new();
    if one_line {
        message.serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &options)?;
    } else {
        message.serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &options)?;
    }
    show::json(&String::from_utf8(bytes)?);
    Ok(())
}

fn descriptor(name: &str) -> Result<MessageDescriptor> {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).context("the embedded contract is damaged")?;
    pool.get_message_by_name(&format!("parcelgate.v1.{name}"))
        .ok_or_else(|| anyhow!("the contract has no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::proto::v1;

    fn refused(text: &str) -> String {
        parse::<v1::RateRequest>("RateRequest", "order.json", text).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_is_told_with_file_line_and_field() {
        let wrong_type = refused("{\n \"parcels\": [{}, {\"weight\": 5}]\n}");
        for part in ["`order.json`", "line 2", "`parcels[1].weight`"] {
            assert!(wrong_type.contains(part), "{part} is not in {wrong_type}");
        }
        let misspelt = refused("{\n\n \"shipTo\": {\"citty\": \"Berlin\"}}");
        assert!(misspelt.contains("line 3") && misspelt.contains("citty"), "{misspelt}");
        assert!(refused("{} {}").contains("line 1"), "what follows is told");
        assert!(refused("{").contains("line 1"), "half a file is told");
    }

    #[test]
    fn both_spellings_of_a_field_are_read() {
        for text in [r#"{"ship_to": {"city": "Berlin"}}"#, r#"{"shipTo": {"city": "Berlin"}}"#] {
            let read: v1::RateRequest = parse("RateRequest", "-", text).unwrap();
            assert_eq!(read.ship_to.unwrap().city, "Berlin");
        }
    }
}
