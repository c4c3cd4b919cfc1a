//! Whether exchange rates can be read where a gateway will read them, and
//! whether they are of today. It keeps nothing of what it reads.

use jiff::Timestamp;

use super::{Health, Line, line};
use crate::config::{Config, RatesPlace};
use crate::regional::RateTable;
use crate::run::exchange;

const WHAT: &str = "exchange rates";

/// The line of the configured source at `now`.
pub(super) async fn line_of(config: &Config, now: Timestamp) -> Line {
    let place = match &config.exchange_rates.source {
        None => {
            let words = "none: what is sold in another currency than a threshold's cannot be bought (E_FX); set \
                         `exchange_rates.url` or `exchange_rates.file`";
            return line(Health::Warn, WHAT, words);
        }
        Some(RatesPlace::File(path)) => path.display().to_string(),
        Some(RatesPlace::Url(url)) => url.to_string(),
    };
    match read(config, &place).await {
        Err(words) => line(Health::Bad, WHAT, words),
        Ok(table) => aged(&place, &table, now),
    }
}

async fn read(config: &Config, place: &str) -> Result<RateTable, String> {
    let source = exchange::source(config).map_err(|error| format!("{error:#}"))?;
    let source = source.ok_or("there is none")?;
    let text = source.read().await.map_err(|error| error.to_string())?;
    RateTable::parse_ecb_xml(&text.unwrap_or_default()).map_err(|error| format!("{place}: {error}"))
}

fn aged(place: &str, table: &RateTable, now: Timestamp) -> Line {
    match (table.last_day(), RateTable::last_due(now)) {
        (Some(last), Some(due)) if last < due => {
            let words = format!(
                "{place} ends with {last}, and those of {due} are out: later sales are E_FX; look at what brings \
                 it up to date"
            );
            line(Health::Warn, WHAT, words)
        }
        (Some(last), _) => line(Health::Ok, WHAT, format!("{place} has them up to {last}")),
        (None, _) => line(Health::Bad, WHAT, format!("{place} has no day")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn now() -> Timestamp {
        "2026-11-25T09:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_file_is_read_and_its_age_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = super::super::config::defaults().unwrap();
        let none = line_of(&config, now()).await;
        assert!(none.health == Health::Warn && none.words.contains("exchange_rates.url"), "{none:?}");
        let path = folder.path().join("rates.xml");
        config.exchange_rates.source = Some(RatesPlace::File(path.clone()));
        assert_eq!(line_of(&config, now()).await.health, Health::Bad, "no such file");
        for (day, health) in [("2026-11-24", Health::Ok), ("2026-11-23", Health::Warn)] {
            let text = format!("<a><Cube time='{day}'><Cube currency='USD' rate='1.1'/></Cube></a>");
            std::fs::write(&path, text).unwrap();
            let told = line_of(&config, now()).await;
            assert!(told.health == health && told.words.contains(day), "{told:?}");
        }
        std::fs::write(&path, "<html/>").unwrap();
        assert_eq!(line_of(&config, now()).await.health, Health::Bad, "another file");
    }

    #[tokio::test]
    async fn an_address_that_does_not_answer_is_bad() {
        let mut config = super::super::config::defaults().unwrap();
        let nobody = crate::config::BaseUrl::parse("http://127.0.0.1:1/rates.xml").unwrap();
        config.exchange_rates.source = Some(RatesPlace::Url(nobody));
        let told = line_of(&config, now()).await;
        assert!(told.health == Health::Bad && told.words.contains("127.0.0.1:1"), "{told:?}");
    }
}
