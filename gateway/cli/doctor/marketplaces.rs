//! Whether each configured marketplace can be reached and lets this gateway in. It tells them nothing.

use std::sync::Arc;
use std::time::Duration;

use super::{Health, Line, line};
use crate::carriers::{Clock, SystemClock};
use crate::config::Config;
use crate::run::marketplaces;

/// Longest time for one of them.
const PATIENCE: Duration = Duration::from_secs(10);

/// One line a marketplace.
pub(super) async fn lines_of(config: &Config) -> Vec<Line> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let all = match marketplaces::marketplaces(config, &clock) {
        Ok(all) => all,
        Err(error) => return vec![line(Health::Bad, "marketplaces", format!("{error:#}"))],
    };
    let mut lines = Vec::new();
    for one in all.iter() {
        let what = format!("marketplace {}", one.id);
        lines.push(match tokio::time::timeout(PATIENCE, one.sink.check()).await {
            Ok(Ok(())) => line(Health::Ok, what, "it answers and lets this gateway in"),
            Ok(Err(words)) => line(Health::Bad, what, words),
            Err(_) => line(Health::Bad, what, "it does not answer in time"),
        });
    }
    lines
}
