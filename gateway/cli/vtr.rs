//! `vtr`: a metric against its target, what is wrong and why, and what is to come.

use anyhow::Result;

use super::arguments::{Connection, MetricName};
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// What is asked for.
pub(super) struct Asked {
    /// The marketplace.
    pub(super) marketplace: String,
    /// The metric.
    pub(super) metric: MetricName,
    /// A past instant, or none for now.
    pub(super) as_of: Option<jiff::Timestamp>,
    /// How many defects to list.
    pub(super) defects: u8,
}

pub(super) async fn run(connection: &Connection, json: bool, asked: Asked) -> Result<()> {
    let metric = match asked.metric {
        MetricName::ValidTracking => v1::Metric::ValidTracking,
        MetricName::LateShipment => v1::Metric::LateShipment,
        MetricName::OnTimeDelivery => v1::Metric::OnTimeDelivery,
        MetricName::Cancellation => v1::Metric::Cancellation,
        MetricName::OrderDefect => v1::Metric::OrderDefect,
    };
    let mut client = connect::performance(connection)?;
    let instant = |at: jiff::Timestamp| prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    };
    let request = v1::GetMetricRequest {
        marketplace_id: asked.marketplace.clone(),
        metric: metric.into(),
        as_of: asked.as_of.map(instant),
    };
    let report = client.get_metric(request).await?.into_inner();
    if json {
        message::print("GetMetricResponse", &report, true)?;
    } else {
        render::metric(&report).iter().for_each(show::line);
    }
    // What is wrong and what is to come is told of now alone.
    if asked.as_of.is_some() {
        return Ok(());
    }
    let request = v1::ForecastRequest { marketplace_id: asked.marketplace.clone(), metric: metric.into() };
    let ahead = client.forecast(request).await?.into_inner();
    let request = v1::ListDefectsRequest {
        marketplace_id: asked.marketplace,
        metric: metric.into(),
        page_size: i32::from(asked.defects.clamp(1, 200)),
        ..Default::default()
    };
    let defects = client.list_defects(request).await?.into_inner();
    if json {
        message::print("ForecastResponse", &ahead, true)?;
        return message::print("ListDefectsResponse", &defects, true);
    }
    render::ahead(&ahead).iter().for_each(show::line);
    if asked.defects > 0 && !defects.defects.is_empty() {
        show::line(format!("\nDefects\n{}", render::defects(&defects.defects)));
        if !defects.next_page_token.is_empty() {
            show::note("there are more: --defects shows up to 200");
        }
    }
    Ok(())
}
