//! Where exchange rates come from.
//! It must know no bank. Start at [`ExchangeRates`].

use std::path::PathBuf;
use std::time::Duration;

use super::base_url::BaseUrl;
use super::reader::Section;

/// Where exchange rates come from, and how long they are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ExchangeRates {
    /// The file of reference rates; none: thresholds in other currencies cannot
    /// be tested, and such shipments cannot be bought.
    pub source: Option<RatesPlace>,
    /// How often it is read again.
    pub every: Duration,
    /// How long published days are kept.
    pub keep: Duration,
}

/// Where the file of reference rates is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RatesPlace {
    /// On this machine.
    File(PathBuf),
    /// On the web.
    Url(BaseUrl),
}

pub(super) fn exchange_rates(root: &mut Section<'_>) -> ExchangeRates {
    let mut section = root.section("exchange_rates");
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let file: Option<PathBuf> = section.optional("file");
    let url: Option<BaseUrl> = section.optional("url");
    if file.is_some() && url.is_some() {
        let problem = "cannot be set beside `exchange_rates.url`: leave one of the two out";
        section.reader.error(&section.key("file"), &section.origin, problem);
    }
    let rates = ExchangeRates {
        source: file.map(RatesPlace::File).or(url.map(RatesPlace::Url)),
        every: section.within("every", hours(1), Duration::from_secs(1)..=hours(24 * 7)),
        keep: section.within("keep", hours(24 * 400), hours(24 * 30)..=hours(24 * 3650)),
    };
    section.finish();
    rates
}
