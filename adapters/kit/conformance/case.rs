//! A golden case: one operation, its messages and its result, as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Finding;
use crate::carrier::DynCarrier;
use crate::fault::Fault;
use crate::operation::Pushed;
use crate::plan::Cx;

/// An operation of a carrier, as the folders under `cases/` are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `cases/rate`, input a [`crate::operation::RateQuery`].
    Rate,
    /// `cases/purchase`, input a [`crate::operation::PurchaseOrder`].
    Purchase,
    /// `cases/find`, input a [`crate::operation::FindQuery`].
    Find,
    /// `cases/void`, input a [`crate::operation::VoidOrder`].
    Void,
    /// `cases/track`, input a [`crate::operation::TrackQuery`].
    Track,
    /// `cases/push`, input the body that the carrier pushes.
    Push,
}

impl Operation {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Rate, Self::Purchase, Self::Find, Self::Void, Self::Track, Self::Push];

    /// The folder's name.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Purchase => "purchase",
            Self::Find => "find",
            Self::Void => "void",
            Self::Track => "track",
            Self::Push => "push",
        }
    }
}

/// One golden case.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is called.
    pub operation: Operation,
    /// The case's folder.
    pub folder: PathBuf,
    /// `case.toml`.
    pub about: About,
    input: String,
}

/// `case.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Where the facts of the messages come from.
    pub source: String,
    /// Whether the messages restate a sample that the carrier published.
    #[serde(default)]
    pub published: bool,
    /// Settings that differ from the simulator's sample account.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// When the plan is started.
    #[serde(default = "usual_start")]
    pub now: Timestamp,
}

fn usual_start() -> Timestamp {
    Timestamp::from_second(1_788_250_800).unwrap_or_default() // 2026-09-01T07:00:00Z
}

impl Case {
    /// All cases of a carrier's folder, in the order of their paths.
    ///
    /// # Errors
    /// Files that are missing or cannot be read.
    pub fn all(folder: &str) -> Result<Vec<Self>, Vec<Finding>> {
        let (mut cases, mut findings) = (Vec::new(), Vec::new());
        for operation in Operation::ALL {
            for folder in folders(&Path::new(folder).join("cases").join(operation.folder())) {
                match Self::read(*operation, folder) {
                    Ok(case) => cases.push(case),
                    Err(finding) => findings.push(finding),
                }
            }
        }
        if findings.is_empty() { Ok(cases) } else { Err(findings) }
    }

    fn read(operation: Operation, folder: PathBuf) -> Result<Self, Finding> {
        let text = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path)
                .map_err(|error| Finding::new(path.display().to_string(), error.to_string()))
        };
        let about = toml::from_str(&text("case.toml")?).map_err(|error| {
            Finding::new(folder.join("case.toml").display().to_string(), error.to_string())
        })?;
        let input = text("input.json")?;
        Ok(Self { operation, about, input, folder })
    }

    /// `operation/name`.
    pub fn name(&self) -> String {
        let name = self.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        format!("{}/{}", self.operation.folder(), name.unwrap_or_default())
    }

    /// The recorded replies, in the order of the exchanges.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn replies(&self) -> Result<Vec<crate::wire::Reply>, Finding> {
        // The first may stand without its number beside a numbered second.
        let first = ["reply.http", "reply.1.http"].map(|name| self.folder.join(name));
        let others = (2..).map(|number| self.folder.join(format!("reply.{number}.http")));
        let files =
            first.into_iter().filter(|file| file.exists()).chain(others.take_while(|file| file.exists()));
        files
            .map(|file| {
                let shown = file.display().to_string();
                let text =
                    fs::read_to_string(&file).map_err(|error| Finding::new(&shown, error.to_string()))?;
                super::text::to_reply(&text).map_err(|words| Finding::new(shown, words))
            })
            .collect()
    }

    /// Whether the recorded result is no fault.
    pub fn ends_well(&self) -> bool {
        let output = fs::read_to_string(self.folder.join("output.json")).unwrap_or_default();
        serde_json::from_str::<Value>(&output).is_ok_and(|output| output.get("ok").is_some())
    }

    /// The carrier's words in the recorded result, when that is a refusal.
    pub(super) fn refused_in_words(&self) -> Option<String> {
        let output = fs::read_to_string(self.folder.join("output.json")).unwrap_or_default();
        let output: Value = serde_json::from_str(&output).ok()?;
        let fault = output.get("fault").filter(|fault| fault.get("kind") == Some(&json!("REFUSED")))?;
        Some(fault.get("carrier_words")?.as_str()?.to_owned())
    }

    /// Runs the operation on the case's input; the result as JSON, a fault
    /// under `fault` and anything else under `ok`.
    ///
    /// # Errors
    /// When the input is not what the operation takes.
    pub async fn run(&self, carrier: &dyn DynCarrier, cx: &mut Cx<'_>) -> Result<Value, Finding> {
        let result = match self.operation {
            Operation::Rate => as_json(carrier.rate(cx, &self.input()?).await),
            Operation::Purchase => as_json(carrier.purchase(cx, &self.input()?).await),
            Operation::Find => as_json(carrier.find(cx, &self.input()?).await),
            Operation::Void => as_json(carrier.void(cx, &self.input()?).await),
            Operation::Track => as_json(carrier.track(cx, &self.input()?).await),
            Operation::Push => as_json(carrier.read_push(cx.account(), &self.push().unwrap_or_default())),
        };
        Ok(shorten(result))
    }

    /// What the carrier pushes, in a case of that.
    pub fn push(&self) -> Option<Pushed> {
        let body = || Pushed::new(Vec::new(), self.input.clone().into_bytes());
        (self.operation == Operation::Push).then(body)
    }

    /// The case's input.
    ///
    /// # Errors
    /// When it is not a `T`.
    pub fn input<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Finding> {
        serde_json::from_str(&self.input).map_err(|error| {
            Finding::new(self.folder.join("input.json").display().to_string(), error.to_string())
        })
    }
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn as_json<T: serde::Serialize>(result: Result<T, Fault>) -> Value {
    match result {
        Ok(value) => json!({ "ok": serde_json::to_value(value).unwrap_or_default() }),
        Err(fault) => json!({ "fault": serde_json::to_value(fault).unwrap_or_default() }),
    }
}

/// Long bytes shown by their hash, so that a label does not fill the file.
fn shorten(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "bytes" && text.len() > 120 => (name, hashed(&text)),
                other => (name, shorten(other)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(shorten).collect(),
        other => other,
    }
}

fn hashed(text: &str) -> Value {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(text.as_bytes());
    Value::from(format!("{} characters of base64, sha256 {}", text.len(), hex::encode(hash)))
}
