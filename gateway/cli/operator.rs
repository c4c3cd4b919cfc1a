//! `operator`: what only a person can settle.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;
use v1::resolve_purchase_request::Outcome;

/// Rows of one call.
const PAGE: i32 = 200;

/// What an operator can do.
#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Purchases of which it is not known whether the carrier made a label.
    InDoubt,
    /// Settle a purchase in doubt by what the carrier's portal shows.
    Resolve(Resolve),
    /// Open alarms.
    Alarms,
    /// Close an alarm whose cause was dealt with.
    Close {
        /// The alarm's id.
        alarm: String,
    },
}

/// `operator resolve`.
#[derive(Debug, Args)]
pub(super) struct Resolve {
    /// The shipment's id.
    shipment: String,
    /// The shipment's tenant.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The carrier made a label: its tracking numbers, one a parcel, with commas between.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', required_unless_present = "not_bought")]
    bought: Vec<String>,
    /// The carrier's own id of the shipment, for voiding.
    #[arg(long, value_name = "ID", requires = "bought", default_value = "")]
    carrier_id: String,
    /// The carrier made no label.
    #[arg(long, conflicts_with = "bought")]
    not_bought: bool,
    /// What it rests on, such as what the carrier's portal shows.
    #[arg(long, value_name = "TEXT")]
    evidence: String,
}

/// Runs the command.
pub(super) async fn run(connection: &Connection, json: bool, command: Operator) -> Result<()> {
    match command {
        Operator::InDoubt => in_doubt(connection, json).await,
        Operator::Resolve(arguments) => resolve(connection, json, arguments).await,
        Operator::Alarms => alarms(connection, json).await,
        Operator::Close { alarm } => {
            let request = v1::CloseAlarmRequest { alarm_id: alarm.clone() };
            let closed = connect::operator(connection)?.close_alarm(request).await?.into_inner();
            if json {
                return message::print("CloseAlarmResponse", &closed, false);
            }
            show::line(format!("Alarm {alarm} is closed."));
            Ok(())
        }
    }
}

async fn in_doubt(connection: &Connection, json: bool) -> Result<()> {
    let mut client = connect::operator(connection)?;
    let mut all = v1::ListInDoubtResponse::default();
    loop {
        let request = v1::ListInDoubtRequest { page_size: PAGE, page_token: all.next_page_token.clone() };
        let page = client.list_in_doubt(request).await?.into_inner();
        all.purchases.extend(page.purchases);
        all.next_page_token = page.next_page_token;
        if all.next_page_token.is_empty() {
            break;
        }
    }
    if json {
        return message::print("ListInDoubtResponse", &all, false);
    }
    if all.purchases.is_empty() {
        show::line("Nothing is in doubt.");
        return Ok(());
    }
    let mut table = render::table(&["Shipment", "Tenant", "Carrier", "Reference", "For", "Next look", "Why"]);
    for purchase in &all.purchases {
        let shipment = purchase.shipment.clone().unwrap_or_default();
        let next = match &purchase.next_look_at {
            Some(_) => render::instant_of(purchase.next_look_at.as_ref()),
            None => "an operator must settle it".to_owned(),
        };
        let age = purchase.age.as_ref().map_or(0, |age| age.seconds);
        table.add_row([
            shipment.id,
            purchase.tenant.clone(),
            shipment.carrier,
            shipment.reference,
            format!("{:#}", jiff::SignedDuration::from_secs(age)),
            next,
            shipment.refusal.map(|fault| fault.message).unwrap_or_default(),
        ]);
    }
    show::line(table.to_string());
    Ok(())
}

async fn resolve(connection: &Connection, json: bool, arguments: Resolve) -> Result<()> {
    let outcome = if arguments.not_bought {
        Outcome::NotBought(v1::NoLabel {})
    } else {
        Outcome::Bought(v1::LabelFound {
            tracking_numbers: arguments.bought,
            carrier_shipment_id: arguments.carrier_id,
        })
    };
    let request = v1::ResolvePurchaseRequest {
        tenant: arguments.tenant,
        shipment_id: arguments.shipment,
        outcome: Some(outcome),
        evidence: arguments.evidence,
    };
    let settled = connect::operator(connection)?.resolve_purchase(request).await?.into_inner();
    if json {
        return message::print("ResolvePurchaseResponse", &settled, false);
    }
    render::shipment(&settled.shipment.unwrap_or_default()).iter().for_each(show::line);
    Ok(())
}

async fn alarms(connection: &Connection, json: bool) -> Result<()> {
    let mut client = connect::operator(connection)?;
    let mut all = v1::ListAlarmsResponse::default();
    loop {
        let request = v1::ListAlarmsRequest { page_size: PAGE, page_token: all.next_page_token.clone() };
        let page = client.list_alarms(request).await?.into_inner();
        all.alarms.extend(page.alarms);
        all.next_page_token = page.next_page_token;
        if all.next_page_token.is_empty() {
            break;
        }
    }
    if json {
        return message::print("ListAlarmsResponse", &all, false);
    }
    if all.alarms.is_empty() {
        show::line("No alarm is open.");
        return Ok(());
    }
    let mut table = render::table(&["Alarm", "Code", "Since", "Shipment", "Tenant", "Carrier", "What"]);
    for alarm in &all.alarms {
        table.add_row([
            alarm.id.clone(),
            alarm.code.clone(),
            render::instant_of(alarm.raised_at.as_ref()),
            alarm.shipment_id.clone(),
            alarm.tenant.clone(),
            alarm.carrier.clone(),
            alarm.message.clone(),
        ]);
    }
    show::line(table.to_string());
    Ok(())
}
