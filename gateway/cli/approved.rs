//! `carriers approved`: the carriers that a marketplace follows.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::arguments::{Connection, country, day};
use super::numbers::yes;
use super::{connect, message, render, show};
use crate::api::proto::{google_type, v1};

/// What else can be asked of carriers.
#[derive(Debug, Subcommand)]
pub(super) enum Listed {
    /// The carriers that a marketplace follows, and which of them are followed here.
    Approved {
        /// Country of the marketplace, such as DE.
        #[arg(long, value_name = "XX", value_parser = country)]
        marketplace: String,
        #[command(flatten)]
        lane: Lane,
    },
}

/// From where to where, and when.
#[derive(Debug, Args)]
pub(super) struct Lane {
    /// Where the parcel goes; anywhere when absent.
    #[arg(long, value_name = "XX", value_parser = country)]
    pub(super) destination: Option<String>,
    /// Where the parcel comes from; the marketplace's country when absent.
    #[arg(long, value_name = "XX", value_parser = country)]
    pub(super) origin: Option<String>,
    /// The day, such as 2026-07-01; today when absent.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) date: Option<google_type::Date>,
}

/// Runs the command.
pub(super) async fn run(connection: &Connection, json: bool, command: Listed) -> Result<()> {
    let Listed::Approved { marketplace, lane } = command;
    let request = v1::ListApprovedCarriersRequest {
        marketplace: marketplace.clone(),
        destination: lane.destination.unwrap_or_default(),
        origin: lane.origin.unwrap_or_default(),
        date: lane.date,
    };
    let listed = connect::carriers(connection)?.list_approved_carriers(request).await?.into_inner();
    if json {
        return message::print("ListApprovedCarriersResponse", &listed, false);
    }
    let mut table =
        render::table(&["Carrier", "Name", "Listed as", "Followed here", "Since", "Sure", "Source", "Note"]);
    for carrier in &listed.carriers {
        table.add_row([
            carrier.carrier.clone(),
            carrier.name.clone(),
            carrier.codes.join(", "),
            yes(carrier.real_time_status),
            carrier.listed_from.as_ref().map(shown).unwrap_or_default(),
            render::words(carrier.confidence().as_str_name(), "RULE_CONFIDENCE_"),
            carrier.source.clone(),
            carrier.note.clone(),
        ]);
    }
    show::line(table.to_string());
    let day = listed.date.as_ref().map(shown).unwrap_or_default();
    let count = render::count(listed.carriers.len(), "carrier");
    show::line(format!("{count} of {marketplace} on {day}."));
    if !listed.requirement.is_empty() {
        show::line(format!("Rule: {}.", listed.requirement));
    }
    Ok(())
}

fn shown(date: &google_type::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}
