//! `customs FILE`.

use anyhow::Result;
use prost::Message;

use super::arguments::Connection;
use super::{connect, message, rate, render, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, file: &str) -> Result<()> {
    // The requests have the fields of a RateRequest and no others, so a
    // RateRequest is read and what is not asked is left out.
    let request: v1::RateRequest = message::parse("RateRequest", file, &message::text(file)?)?;
    let request = v1::PreviewDutyRequest::decode(request.encode_to_vec().as_slice())?;
    let told = connect::customs(connection)?.preview_duty(request).await?.into_inner();
    if json {
        return message::print("PreviewDutyResponse", &told, false);
    }
    let decision = told.decision.clone().unwrap_or_default();
    render::heading(&decision).iter().for_each(show::line);
    rate::section("Why", render::reasons(&decision));
    rate::section("What to do", render::to_do(&decision));
    table("Tax and customs numbers", render::numbers(&decision));
    rate::section("Data that the border asks for", render::data(&decision));
    table("What falls due", render::dues(&told));
    rate::section("Terms and what is open", render::open(&told));
    table("Rules", render::rules(&decision));
    rate::section("Exchange rates", render::exchange_rates(&decision));
    Ok(())
}

/// A heading and its table, nothing when there is none.
fn table(heading: &str, table: Option<comfy_table::Table>) {
    if let Some(table) = table {
        show::line(format!("\n{heading}\n{table}"));
    }
}
