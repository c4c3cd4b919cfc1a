//! What an operator sees: purchases in doubt and open alarms.
//!
//! It settles nothing. Start with [`seen`].

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use parcelgate::api::proto::v1;
use parcelgate::api::proto::v1::operator_service_client::OperatorServiceClient;
use tonic::transport::Channel;

/// Entries of one page.
const PAGE: i32 = 100;

/// Shipments in doubt with an age, for which an alarm is open.
pub(crate) async fn seen(channel: &Channel) -> Result<BTreeSet<String>> {
    let alarmed = alarmed(channel).await?;
    let (mut seen, mut page_token) = (BTreeSet::new(), String::new());
    loop {
        let request = v1::ListInDoubtRequest { page_size: PAGE, page_token };
        let page = OperatorServiceClient::new(channel.clone()).list_in_doubt(request).await;
        let page = page.context("the list of purchases in doubt")?.into_inner();
        let aged = page.purchases.into_iter().filter(|purchase| purchase.age.is_some());
        seen.extend(
            aged.filter_map(|purchase| Some(purchase.shipment?.id)).filter(|id| alarmed.contains(id)),
        );
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(seen);
        }
    }
}

async fn alarmed(channel: &Channel) -> Result<BTreeSet<String>> {
    let (mut alarmed, mut page_token) = (BTreeSet::new(), String::new());
    loop {
        let request = v1::ListAlarmsRequest { page_size: PAGE, page_token };
        let page = OperatorServiceClient::new(channel.clone()).list_alarms(request).await;
        let page = page.context("the list of alarms")?.into_inner();
        alarmed.extend(page.alarms.into_iter().map(|alarm| alarm.shipment_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(alarmed);
        }
    }
}
