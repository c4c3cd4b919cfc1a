//! `customs FILE`.

use anyhow::Result;
use prost::Message;

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, file: &str) -> Result<()> {
    // An AssessRequest has the fields of a RateRequest and no others, so a
    // RateRequest is read and what is not asked is left out.
    let request: v1::RateRequest = message::parse("RateRequest", file, &message::text(file)?)?;
    let request = v1::AssessRequest::decode(request.encode_to_vec().as_slice())?;
    let assessed = connect::customs(connection)?.assess(request).await?.into_inner();
    if json {
        return message::print("AssessResponse", &assessed, false);
    }
    let decision = assessed.decision.unwrap_or_default();
    render::decision(&decision).iter().for_each(show::line);
    if !decision.required_data.is_empty() {
        show::line(format!("\nThe border asks for: {}", decision.required_data.join(", ")));
    }
    if !decision.rules.is_empty() {
        show::line(format!("\n{}", render::rules(&decision)));
    }
    Ok(())
}
