//! `numbers`: whose tracking numbers may be, and what is wrong with one.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use super::approved::Lane;
use super::arguments::{Connection, country};
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// What can be asked of a number.
#[derive(Debug, Subcommand)]
pub(super) enum Numbers {
    /// All carriers whose the numbers may be, the likeliest first.
    Identify {
        /// Tracking numbers as somebody wrote them.
        #[arg(required = true)]
        numbers: Vec<String>,
        /// Where the parcels start or end, such as DE: its carriers come first.
        #[arg(long, value_name = "XX", value_parser = country)]
        country: Option<String>,
    },
    /// What is wrong with a number of a carrier; exits with 1 when it cannot be one.
    Validate(Validate),
}

/// `numbers validate`.
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// The tracking number.
    number: String,
    /// The carrier's id.
    #[arg(long, value_name = "ID", required_unless_present = "typed", conflicts_with = "typed")]
    carrier: Option<String>,
    /// The carrier's name as it was typed at the marketplace.
    #[arg(long, value_name = "NAME")]
    typed: Option<String>,
    /// The carrier's own code of the service.
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    service: String,
    /// The shipment that has the number: others with it are found.
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    shipment: String,
    /// The marketplace that is to follow the parcel, such as DE.
    #[arg(long, value_name = "XX", value_parser = country)]
    marketplace: Option<String>,
    #[command(flatten)]
    lane: Lane,
}

/// Runs the command.
pub(super) async fn run(connection: &Connection, json: bool, command: Numbers) -> Result<()> {
    match command {
        Numbers::Identify { numbers, country } => identify(connection, json, numbers, country).await,
        Numbers::Validate(arguments) => validate(connection, json, arguments).await,
    }
}

async fn identify(
    connection: &Connection,
    json: bool,
    numbers: Vec<String>,
    country: Option<String>,
) -> Result<()> {
    let mut client = connect::carriers(connection)?;
    let many = numbers.len() > 1;
    for tracking_number in numbers {
        let request = v1::IdentifyTrackingNumberRequest {
            tracking_number,
            country: country.clone().unwrap_or_default(),
        };
        let found = client.identify_tracking_number(request).await?.into_inner();
        if json {
            message::print("IdentifyTrackingNumberResponse", &found, many)?;
            continue;
        }
        if found.candidates.is_empty() {
            show::line(format!("{}: no known carrier has such numbers", found.normalized));
            continue;
        }
        show::line(format!("{}:", found.normalized));
        show::line(candidates(&found.candidates).to_string());
    }
    Ok(())
}

fn candidates(candidates: &[v1::TrackingNumberCandidate]) -> comfy_table::Table {
    let mut table = render::table(&["Carrier", "Name", "Sure", "Service", "Why", "Served here"]);
    for candidate in candidates {
        let service = candidate.service.clone().unwrap_or_default();
        table.add_row([
            candidate.carrier.clone(),
            candidate.carrier_name.clone(),
            render::words(candidate.confidence().as_str_name(), "MATCH_CONFIDENCE_"),
            service.name,
            candidate.why.clone(),
            yes(candidate.served),
        ]);
    }
    table
}

/// `yes`, or nothing.
pub(super) fn yes(yes: bool) -> String {
    if yes { "yes".to_owned() } else { String::new() }
}

async fn validate(connection: &Connection, json: bool, arguments: Validate) -> Result<()> {
    let request = v1::ValidateTrackingNumberRequest {
        carrier: arguments.carrier.unwrap_or_default(),
        tracking_number: arguments.number,
        carrier_name: arguments.typed.unwrap_or_default(),
        service: arguments.service,
        marketplace: arguments.marketplace.unwrap_or_default(),
        destination: arguments.lane.destination.unwrap_or_default(),
        origin: arguments.lane.origin.unwrap_or_default(),
        date: arguments.lane.date,
        shipment_id: arguments.shipment,
    };
    let answer = connect::carriers(connection)?.validate_tracking_number(request).await?.into_inner();
    if json {
        message::print("ValidateTrackingNumberResponse", &answer, false)?;
    } else {
        print(&answer);
    }
    if !answer.valid {
        bail!("the number cannot be used as it stands: {}", answer.message);
    }
    Ok(())
}

fn print(answer: &v1::ValidateTrackingNumberResponse) {
    if let Some(read) = &answer.read_as {
        show::line(format!("{}: {}", answer.normalized, read.why));
    }
    if answer.findings.is_empty() {
        show::line("Nothing is wrong with it, as far as its form tells.");
        return;
    }
    let mut table = render::table(&["Finding", "How bad", "What", "What to do"]);
    for finding in &answer.findings {
        table.add_row([
            finding.code.clone(),
            render::words(finding.severity().as_str_name(), "TRACKING_NUMBER_SEVERITY_"),
            finding.message.clone(),
            finding.way_out.clone(),
        ]);
    }
    show::line(table.to_string());
}
