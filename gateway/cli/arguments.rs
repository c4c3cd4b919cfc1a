//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    #[arg(long, global = true, env = "PARCELGATE_SERVER", default_value = "http://127.0.0.1:50051")]
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
    /// Cancel a label.
    Void {
        /// The shipment's id.
        shipment: String,
    },
    /// List shipments, or show one.
    Shipments {
        /// The shipment's id.
        id: Option<String>,
    },
    /// Save a label or another paper.
    Label {
        /// A document's id, or a shipment's for all of its papers.
        id: String,
        /// File or folder to write to; the present folder when absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// The customs and tax decision of a shipment, explained.
    Customs {
        /// An AssessRequest or RateRequest as proto JSON; `-` for standard input.
        file: String,
    },
    /// Carriers, or one of them in detail.
    Carriers {
        /// The carrier's id.
        id: Option<String>,
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
    #[arg(long, value_name = "XX")]
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
    /// How much faster than the machine's its clock runs.
    #[arg(long, default_value_t = 1.0)]
    pub(super) speed: f64,
}

/// `buy`.
#[derive(Debug, Args)]
pub(super) struct Buy {
    /// A RateRequest as proto JSON to rate and buy in one go (with --pick or
    /// --service), or a whole PurchaseRequest; `-` for standard input.
    #[arg(required_unless_present = "quote")]
    pub(super) file: Option<String>,
    /// Quote that the offer is of.
    #[arg(long, requires = "offer")]
    pub(super) quote: Option<String>,
    /// Offer to buy.
    #[arg(long, requires = "quote")]
    pub(super) offer: Option<String>,
    /// Buy the best offer of FILE.
    #[arg(long, value_enum, conflicts_with_all = ["quote", "service"])]
    pub(super) pick: Option<Pick>,
    /// Buy this service of FILE.
    #[arg(long, value_name = "CARRIER/CODE", conflicts_with = "quote")]
    pub(super) service: Option<String>,
    /// Idempotency key: the same key never buys twice. A fresh one when absent.
    #[arg(long)]
    pub(super) key: Option<String>,
    /// The most it may cost, such as `12.50 EUR`.
    #[arg(long, value_name = "AMOUNT")]
    pub(super) max_total: Option<String>,
    /// Format of the label.
    #[arg(long, value_enum, default_value = "pdf")]
    pub(super) label: Format,
    /// Size of the label.
    #[arg(long, value_enum, default_value = "4x6")]
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in [
            vec!["parcelgate", "buy"],
            vec!["parcelgate", "buy", "--quote", "q"],
            vec!["parcelgate", "rate"],
            vec!["parcelgate", "carriers", "--timeout", "0"],
            vec!["parcelgate", "carriers", "--timeout", "soon"],
        ] {
            assert!(Cli::try_parse_from(&bad).is_err(), "{bad:?}");
        }
        assert!(Cli::try_parse_from(["parcelgate", "buy", "a.json", "--pick", "best-value"]).is_ok());
    }
}
