//! `protect`: whether complaints count against their sellers, with the proof.
//!
//! `verify`, `keygen` and `rules` need no gateway. Start at [`run`].

mod decide;
mod offline;
mod simulate;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::arguments::Connection;
use super::{connect, message, show};
use crate::api::proto::v1;

/// What can be asked of protection.
#[derive(Debug, Subcommand)]
pub(super) enum Protect {
    /// Who bears a claim that a parcel did not arrive, and whether it counts.
    Claim {
        /// The marketplace, such as amazon.de.
        marketplace: String,
        /// The order's id there.
        order: String,
        /// The fact that tells of the claim; needed where the order has several.
        #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
        claim: String,
    },
    /// Whether a rating is struck through since the problem was not caused by the seller.
    Review(Review),
    /// A decision, with the trace of its rules.
    Show {
        /// The decision's id.
        decision: String,
    },
    /// An order's decisions with their evidence, for an appeal.
    Bundle {
        /// The marketplace.
        marketplace: String,
        /// The order's id there.
        order: String,
        /// Where to write the bundle; `-` for standard output.
        #[arg(long, value_name = "FILE", default_value = "-")]
        out: PathBuf,
        /// Leave the facts out and keep their hashes.
        #[arg(long)]
        hashes_only: bool,
    },
    /// Whether a decision or a bundle proves what it says. Needs no gateway; exits with 1 when it does not.
    Verify {
        /// A signed decision or a bundle; `-` for standard input.
        file: String,
        /// The keys to trust, as a JWK set. Default: those of the bundle itself.
        #[arg(long, value_name = "FILE")]
        keys: Option<String>,
    },
    /// The public keys that verify this gateway's decisions, as a JWK set.
    Keys,
    /// Makes a key that signs decisions. Needs no gateway.
    Keygen {
        /// Where to write it; a file that is there is left alone.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// The published rules as a file, to be cut down to what is to be tried out. Needs no gateway.
    Rules,
    /// What would have been decided by other rules.
    Simulate {
        /// The marketplace.
        marketplace: String,
        /// The changed rules, as `protect rules` writes them; `-` for standard input.
        #[arg(long, value_name = "FILE")]
        rules: String,
    },
}

/// `protect review`.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// The marketplace, such as amazon.de.
    marketplace: String,
    /// The order's id there.
    order: String,
    /// A file with the buyer's comment; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    comment: String,
    /// The fact that tells of the rating; needed where the order has several.
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    review: String,
    /// The comment's language: en, fr, de, it, es or es-MX. Default: found by its words.
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    language: String,
    /// The marketplace sent the order itself.
    #[arg(long)]
    by_marketplace: bool,
    /// A human has read the comment and says what it is about: DELIVERY_ONLY, MIXED, PRODUCT or OTHER.
    #[arg(long, value_name = "LABEL", requires = "ruled_by")]
    comment_is: Option<String>,
    /// Who ruled.
    #[arg(long, value_name = "NAME")]
    ruled_by: Option<String>,
    /// Why it was ruled so.
    #[arg(long, value_name = "WORDS", default_value = "read by a person")]
    why: String,
}

/// Runs the command.
pub(super) async fn run(connection: &Connection, json: bool, command: Protect) -> Result<()> {
    match command {
        Protect::Claim { marketplace, order, claim } => {
            let request =
                v1::EvaluateClaimRequest { marketplace_id: marketplace, order_id: order, claim_id: claim };
            let answer = connect::protection(connection)?.evaluate_claim(request).await?.into_inner();
            told("EvaluateClaimResponse", json, &answer, answer.decision.as_ref())
        }
        Protect::Review(arguments) => review(connection, json, arguments).await,
        Protect::Show { decision } => {
            let request = v1::GetDecisionRequest { decision_id: decision };
            let answer = connect::protection(connection)?.get_decision(request).await?.into_inner();
            told("GetDecisionResponse", json, &answer, answer.decision.as_ref())
        }
        Protect::Bundle { marketplace, order, out, hashes_only } => {
            let request =
                v1::ExportBundleRequest { marketplace_id: marketplace, order_id: order, hashes_only };
            let answer = connect::protection(connection)?.export_bundle(request).await?.into_inner();
            write(&out, &answer.bundle)
        }
        Protect::Verify { file, keys } => offline::verify(json, &file, keys.as_deref()),
        Protect::Keys => {
            let request = v1::ListKeysRequest {};
            let answer = connect::protection(connection)?.list_keys(request).await?.into_inner();
            write(&PathBuf::from("-"), &answer.keys)
        }
        Protect::Keygen { out } => offline::keygen(&out),
        Protect::Rules => offline::rules(),
        Protect::Simulate { marketplace, rules } => {
            simulate::run(connection, json, marketplace, &rules).await
        }
    }
}

async fn review(connection: &Connection, json: bool, asked: Review) -> Result<()> {
    let ruling = asked.comment_is.map(|label| v1::ReviewRuling {
        by: asked.ruled_by.unwrap_or_default(),
        at: None,
        why: asked.why,
        on: Some(v1::review_ruling::On::CommentIs(label)),
    });
    let request = v1::EvaluateReviewRequest {
        marketplace_id: asked.marketplace,
        order_id: asked.order,
        review_id: asked.review,
        comment: message::text(&asked.comment)?,
        language: asked.language,
        fulfilled_by_marketplace: asked.by_marketplace,
        rulings: ruling.into_iter().collect(),
        ..Default::default()
    };
    let answer = connect::protection(connection)?.evaluate_review(request).await?.into_inner();
    told("EvaluateReviewResponse", json, &answer, answer.decision.as_ref())
}

fn told<M: prost::Message>(
    name: &str,
    json: bool,
    answer: &M,
    decision: Option<&v1::Decision>,
) -> Result<()> {
    if json {
        return message::print(name, answer, false);
    }
    let decision = decision.context("the gateway answered without a decision")?;
    decide::lines(decision).iter().for_each(show::line);
    Ok(())
}

/// Writes bytes to a file, or to standard output for `-`.
fn write(out: &std::path::Path, bytes: &[u8]) -> Result<()> {
    if out.as_os_str() == "-" {
        show::json(&String::from_utf8_lossy(bytes));
        return Ok(());
    }
    std::fs::write(out, bytes).with_context(|| format!("cannot write `{}`", out.display()))?;
    show::note(format!("written to {}", out.display()));
    Ok(())
}
