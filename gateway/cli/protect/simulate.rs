//! `protect simulate`: what would have been decided by other rules.

use anyhow::{Result, bail};

use super::super::arguments::Connection;
use super::super::{connect, message, show};
use super::decide::brief;
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, marketplace: String, rules: &str) -> Result<()> {
    use v1::simulate_rules_response::Part;
    let request = v1::SimulateRulesRequest { marketplace_id: marketplace, rules: message::text(rules)? };
    let mut parts = connect::protection(connection)?.simulate_rules(request).await?.into_inner();
    let spinner = show::progress("replaying");
    while let Some(part) = parts.message().await? {
        if json {
            message::print("SimulateRulesResponse", &part, true)?;
        }
        match part.part {
            Some(Part::Flip(flip)) if !json => {
                let (before, after) = (brief(flip.before.as_ref()), brief(flip.after.as_ref()));
                spinner.suspend(|| {
                    show::line(format!("{} {}: {before} -> {after}", flip.order_id, flip.subject_id));
                });
            }
            Some(Part::Progress(progress)) => {
                let v1::SimulationProgress { orders, decided, flipped, done } = progress;
                let words = format!("{orders} orders, {decided} decisions, {flipped} come out otherwise");
                if done {
                    drop(spinner);
                    if !json {
                        show::line(words);
                    }
                    return Ok(());
                }
                spinner.set_message(words);
            }
            Some(Part::Flip(_)) | None => {}
        }
    }
    bail!("the replay ended before its end: ask again")
}
