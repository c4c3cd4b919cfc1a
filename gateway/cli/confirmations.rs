//! `confirmations`: what marketplaces were told.

use anyhow::{Result, bail};

use super::arguments::Connection;
use super::{connect, message, render, show};
use crate::api::proto::v1;
use v1::get_confirmation_request::Target;

/// What is asked for.
pub(super) struct Asked {
    /// An order's id.
    pub(super) order: Option<String>,
    /// A shipment's id.
    pub(super) shipment: Option<String>,
    /// A confirmation to be sent anew.
    pub(super) retry: Option<String>,
    /// Whether to show what was sent and answered.
    pub(super) exchanges: bool,
}

pub(super) async fn run(connection: &Connection, json: bool, asked: Asked) -> Result<()> {
    let mut client = connect::marketplaces(connection)?;
    if let Some(confirmation_id) = asked.retry {
        let request = v1::RetryConfirmationRequest { confirmation_id };
        let answer = client.retry_confirmation(request).await?.into_inner();
        if json {
            return message::print("RetryConfirmationResponse", &answer, false);
        }
        print(answer.confirmation.as_slice(), asked.exchanges);
        return Ok(());
    }
    let target = match (asked.order, asked.shipment) {
        (Some(id), None) => Target::OrderId(id),
        (None, Some(id)) => Target::ShipmentId(id),
        _ => bail!("give an order, or --shipment, or --retry"),
    };
    let request = v1::GetConfirmationRequest { target: Some(target) };
    let answer = client.get_confirmation(request).await?.into_inner();
    if json {
        return message::print("GetConfirmationResponse", &answer, false);
    }
    print(&answer.confirmations, asked.exchanges);
    Ok(())
}

fn print(confirmations: &[v1::ShipmentConfirmation], exchanges: bool) {
    show::line(render::confirmations(confirmations).to_string());
    for one in confirmations.iter().filter(|one| !one.fault_code.is_empty()) {
        show::line(format!("{}: {} ({})", one.id, one.fault_message, one.fault_code));
    }
    if !exchanges {
        return;
    }
    for one in confirmations {
        for exchange in &one.exchanges {
            let at = render::instant_of(exchange.answered_at.as_ref());
            show::line(format!("\n{at}  {}  {}  {}", one.id, exchange.kind, exchange.outcome));
            show::line(format!("> {}", exchange.request.replace('\n', "\n> ")));
            show::line(format!("< {}", exchange.response.replace('\n', "\n< ")));
        }
    }
}
