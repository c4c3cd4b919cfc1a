//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use parcelgate_kit::model::{CountryCode, Currency, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::approved::Listed;
use super::numbers::Numbers;
use super::operator::Operator;
use super::protect::Protect;
use crate::api::proto::{google_type, v1};

/// One gRPC interface in front of the world's parcel carriers.
#[derive(Debug, Parser)]
#[command(name = "parcelgate", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) connection: Connection,
    /// Print proto JSON instead of tables: one object, or one a line.
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How a running gateway is reached.
#[derive(Clone, Debug, Args)]
pub(super) struct Connection {
    /// The gateway.
    #[arg(
        long,
        global = true,
        env = "PARCELGATE_SERVER",
        default_value = "http://127.0.0.1:50051",
        value_parser = server
    )]
    pub(super) server: String,
    /// Bearer token of the caller.
    #[arg(long, global = true, env = "PARCELGATE_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// Certificate authority of the gateway, PEM.
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) tls_ca: Option<PathBuf>,
    /// Own certificate for mutual TLS, PEM.
    #[arg(long, global = true, value_name = "FILE", requires = "tls_key")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Key of the own certificate, PEM.
    #[arg(long, global = true, value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Seconds to wait for an answer.
    #[arg(long, global = true, value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    pub(super) timeout: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "is no number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero() && time.as_secs() <= 600)
        .ok_or_else(|| "must be above 0 and at most 600".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "is no number".to_owned())?;
    if (1.0..=100_000.0).contains(&speed) { Ok(speed) } else { Err("must be 1 to 100000".to_owned()) }
}

fn server(text: &str) -> Result<String, String> {
    let uri: Option<http::Uri> = text.parse().ok();
    let whole = |uri: &http::Uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    };
    let right = uri.as_ref().is_some_and(whole);
    right.then(|| text.to_owned()).ok_or_else(|| "is no address such as http://127.0.0.1:50051".to_owned())
}

/// A country in capitals.
pub(super) fn country(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    CountryCode::parse(&code).map_err(|error| error.to_string())?;
    Ok(code)
}

/// `2026-07-01`.
pub(super) fn day(text: &str) -> Result<google_type::Date, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| "is no day such as 2026-07-01".to_owned())?;
    let (year, month, day) = (day.year().into(), day.month().into(), day.day().into());
    Ok(google_type::Date { year, month, day })
}

/// `12.50 EUR`.
fn amount(text: &str) -> Result<google_type::Money, String> {
    let whole = || "is no amount such as `12.50 EUR`".to_owned();
    let (number, code) = text.trim().split_once(' ').ok_or_else(whole)?;
    let currency = Currency::parse(code).map_err(|error| error.to_string())?;
    let money = Money::parse(number, currency).map_err(|error| error.to_string())?;
    let units = money.amount().trunc();
    let nanos = (money.amount() - units) * Decimal::from(1_000_000_000);
    Ok(google_type::Money {
        currency_code: currency.as_str().to_owned(),
        units: units.to_i64().ok_or_else(whole)?,
        nanos: nanos.to_i32().ok_or_else(whole)?,
    })
}

/// A service of a carrier by its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceCode {
    /// The carrier's id.
    pub(super) carrier: String,
    /// The carrier's code for the service.
    pub(super) code: String,
}

fn service(text: &str) -> Result<ServiceCode, String> {
    match text.split_once('/') {
        Some((carrier, code)) if !carrier.is_empty() && !code.is_empty() => {
            Ok(ServiceCode { carrier: carrier.to_owned(), code: code.to_owned() })
        }
        _ => Err("is no carrier and code such as acme/03".to_owned()),
    }
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show the main job with nothing to set up: rate, buy, label, track.
    Demo(Demo),
    /// Run the gateway.
    Serve(Serve),
    /// Run only the simulated carriers, over HTTP.
    Sandbox(Sandbox),
    /// Offers for a shipment.
    Rate {
        /// A RateRequest as proto JSON; `-` for standard input.
        file: String,
    },
    /// Buy a label.
    Buy(Buy),
    /// Where a shipment is, or a number of a carrier.
    Track {
        /// A shipment's id, or a carrier's id when a number follows.
        target: String,
        /// A tracking number of that carrier.
        number: Option<String>,
    },
    /// Parcels as they move, until interrupted.
    Watch {
        /// A shipment's id, or a carrier's id when a number follows; every parcel when there is none.
        target: Option<String>,
        /// A tracking number of that carrier.
        number: Option<String>,
        /// Go on behind this cursor.
        #[arg(long, value_name = "CURSOR")]
        from: Option<String>,
    },
    /// Cancel a label.
    Void {
        /// The shipment's id.
        shipment: String,
    },
    /// List shipments, or show one.
    Shipments {
        /// The shipment's id.
        id: Option<String>,
        /// How many to list, the newest first.
        #[arg(long, default_value_t = 50, conflicts_with = "id",
              value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Save a label or another paper.
    Label {
        /// A document's id, or a shipment's for all of its papers.
        id: String,
        /// File or folder to write to; the present folder when absent.
        #[arg(long)]
        out: Option<PathBuf>,
        /// All labels of a shipment as one PDF.
        #[arg(long)]
        joined: bool,
        /// Format to save in; as the carrier made it when absent. Only PNG can
        /// be made PDF.
        #[arg(long, value_enum, ignore_case = true, conflicts_with = "joined")]
        format: Option<Format>,
    },
    /// What happened to shipments, from the first event or from a cursor on.
    Events {
        /// The cursor to go on from, or `now`.
        #[arg(long, value_name = "CURSOR")]
        from: Option<String>,
        /// Wait for what happens, until it is interrupted.
        #[arg(long)]
        follow: bool,
        /// Only this kind, such as `shipment.purchased` or `shipment.*`; may be
        /// given more than once.
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
    },
    /// How the seller does on a marketplace: valid tracking, or another metric.
    Vtr {
        /// The marketplace, such as amazon.de.
        marketplace: String,
        /// The metric.
        #[arg(long, value_enum, default_value_t = MetricName::ValidTracking)]
        metric: MetricName,
        /// What was known at this past instant, such as 2026-11-01T00:00:00Z.
        #[arg(long, value_name = "INSTANT")]
        as_of: Option<jiff::Timestamp>,
        /// How many defects to list.
        #[arg(long, value_name = "COUNT", default_value_t = 10)]
        defects: u8,
    },
    /// How good estimates of being in time would have been on deliveries that are over. Needs no gateway.
    Calibrate {
        /// Deliveries in their order, as CSV: service, lane, wide, stated_earliest, stated_latest, room, days; `-` for
        /// standard input.
        file: String,
    },
    /// Whether complaints count against their sellers, with the proof.
    Protect {
        #[command(subcommand)]
        command: Protect,
    },
    /// What marketplaces were told of an order or a shipment.
    Confirmations {
        /// The order's id at its marketplace.
        #[arg(required_unless_present_any = ["shipment", "retry"])]
        order: Option<String>,
        /// A shipment's id, in the place of an order.
        #[arg(long, value_name = "SHIPMENT", conflicts_with = "order")]
        shipment: Option<String>,
        /// Have this confirmation sent anew: one that was refused, or waits.
        #[arg(long, value_name = "CONFIRMATION", conflicts_with_all = ["order", "shipment"])]
        retry: Option<String>,
        /// Show what was sent and answered, too.
        #[arg(long)]
        exchanges: bool,
    },
    /// The customs and tax decision of a shipment, explained.
    Customs {
        /// An AssessRequest or RateRequest as proto JSON; `-` for standard input.
        file: String,
    },
    /// Carriers, one of them in detail, or those that a marketplace follows.
    #[command(args_conflicts_with_subcommands = true)]
    Carriers {
        /// The carrier's id.
        id: Option<String>,
        /// What else is to be told.
        #[command(subcommand)]
        command: Option<Listed>,
    },
    /// Whose tracking numbers may be, and what is wrong with one.
    Numbers {
        /// What is to be told.
        #[command(subcommand)]
        command: Numbers,
    },
    /// What only a person can settle: purchases in doubt, alarms.
    Operator {
        /// What is to be done.
        #[command(subcommand)]
        command: Operator,
    },
    /// Copy the database file whole, also while a gateway uses it.
    Backup {
        /// The configuration file.
        #[arg(long, env = "PARCELGATE_CONFIG")]
        config: Option<PathBuf>,
        /// The file to write; it must not be there yet.
        #[arg(long)]
        out: PathBuf,
    },
    /// Bring the store to this program's schema, as the next start would.
    Migrate {
        /// The configuration file.
        #[arg(long, env = "PARCELGATE_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Show each setting and where it came from.
    CheckConfig {
        /// The configuration file.
        #[arg(long, env = "PARCELGATE_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Check store, keys, TLS, accounts, carriers and clock.
    Doctor {
        /// The configuration file.
        #[arg(long, env = "PARCELGATE_CONFIG")]
        config: Option<PathBuf>,
    },
}

/// `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where labels and the database go.
    #[arg(long, default_value = "parcelgate-demo")]
    pub(super) out: PathBuf,
    /// Only orders that start or end in this country, such as DE.
    #[arg(long, value_name = "XX", value_parser = country)]
    pub(super) country: Option<String>,
    /// Go on serving when the tour is over.
    #[arg(long)]
    pub(super) keep: bool,
}

/// `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file; the defaults alone are a working gateway.
    #[arg(long, env = "PARCELGATE_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Add every carrier's simulator and demo accounts with them.
    #[arg(long)]
    pub(super) sandbox: bool,
}

/// `sandbox`.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:9200")]
    pub(super) listen: SocketAddr,
    /// The same seed gives the same numbers.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// How much faster than the machine's its clock runs, 1 to 100000.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub(super) speed: f64,
}

/// `buy`.
#[derive(Debug, Args)]
pub(super) struct Buy {
    /// A RateRequest as proto JSON to rate and buy in one go (with --pick or
    /// --service), or a whole PurchaseRequest; `-` for standard input.
    #[arg(required_unless_present = "quote", conflicts_with = "quote")]
    pub(super) file: Option<String>,
    /// Quote that the offer is of.
    #[arg(long, requires = "offer")]
    pub(super) quote: Option<String>,
    /// Offer to buy.
    #[arg(long, requires = "quote")]
    pub(super) offer: Option<String>,
    /// Buy the best offer of FILE.
    #[arg(long, value_enum, ignore_case = true, conflicts_with_all = ["quote", "service"])]
    pub(super) pick: Option<Pick>,
    /// Buy this service of FILE.
    #[arg(long, value_name = "CARRIER/CODE", conflicts_with = "quote", value_parser = service)]
    pub(super) service: Option<ServiceCode>,
    /// Idempotency key: the same key never buys twice. A fresh one when absent.
    #[arg(long)]
    pub(super) key: Option<String>,
    /// The most it may cost, such as `12.50 EUR`.
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(super) max_total: Option<google_type::Money>,
    /// Format of the label.
    #[arg(long, value_enum, ignore_case = true, default_value = "pdf")]
    pub(super) label: Format,
    /// Size of the label.
    #[arg(long, value_enum, ignore_case = true, default_value = "4x6")]
    pub(super) size: Size,
}

/// What the best offer is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Pick {
    /// The lowest price.
    Cheapest,
    /// The earliest arrival.
    Fastest,
    /// The cheapest of those that are not slow.
    BestValue,
}

/// Format of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Portable Document Format.
    Pdf,
    /// Portable Network Graphics.
    Png,
    /// Graphics Interchange Format.
    Gif,
    /// Zebra's printer language.
    Zpl,
}

impl Format {
    /// As messages name it.
    pub(super) fn on_the_wire(self) -> v1::DocumentFormat {
        match self {
            Self::Pdf => v1::DocumentFormat::Pdf,
            Self::Png => v1::DocumentFormat::Png,
            Self::Gif => v1::DocumentFormat::Gif,
            Self::Zpl => v1::DocumentFormat::Zpl,
        }
    }
}

/// Size of a label.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Size {
    /// 4 by 6 inches.
    #[value(name = "4x6")]
    Inch4x6,
    /// 105 by 148 mm.
    #[value(name = "A6")]
    A6,
    /// 210 by 297 mm.
    #[value(name = "A4")]
    A4,
}

/// What sellers are measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MetricName {
    /// Packages with valid tracking.
    ValidTracking,
    /// Orders confirmed late.
    LateShipment,
    /// Units whose delivery was tried in time.
    OnTimeDelivery,
    /// Orders that the seller cancelled.
    Cancellation,
    /// Orders with a defect.
    OrderDefect,
}

#[cfg(test)]
mod tests;
