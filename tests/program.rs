//! The program as a person runs it: the built binary, its output, its files.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::model::LabelFormat;

const PROGRAM: &str = env!("CARGO_BIN_EXE_parcelgate");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_demo_does_the_main_job_and_its_labels_scan() {
    let folder = tempfile::tempdir().unwrap();
    let done = run(folder.path(), &["demo", "--out", "tour"]);
    let shown = text(&done.stdout);
    assert!(done.status.success(), "{shown}\n{}", text(&done.stderr));
    for word in ["IOSS", "DELIVERED", "Not offered", "EU_IOSS_MARKETPLACE", "OVER_150"] {
        assert!(shown.contains(word), "`{word}` is not shown");
    }
    let mut labels = 0;
    for file in std::fs::read_dir(folder.path().join("tour")).unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().ends_with("-label.pdf") {
            let codes = read_barcodes(&std::fs::read(&path).unwrap(), LabelFormat::Pdf).unwrap();
            assert!(codes.iter().any(|code| shown.contains(code.as_str())), "{}: {codes:?}", path.display());
            labels += 1;
        }
    }
    assert!(labels >= 8, "{labels} labels");
}

/// A gateway with simulated carriers, ended when dropped.
struct Serving {
    child: Child,
    server: String,
}

impl Serving {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--sandbox"])
            .current_dir(folder)
            .env("PARCELGATE_SERVER__GRPC__LISTEN", "127.0.0.1:0")
            .env("PARCELGATE_SERVER__ADMIN__LISTEN", "127.0.0.1:0")
            .env("PARCELGATE_HOOKS__LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut server = None;
        for line in lines {
            let line = line.unwrap();
            if let Some((_, rest)) = line.split_once("gRPC on ") {
                server = rest.split(',').next().map(|address| format!("http://{address}"));
                break;
            }
        }
        Self { child, server: server.expect("the gateway says where it listens") }
    }

    fn call(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut all = vec!["--server", &self.server];
        all.extend(arguments);
        run(folder, &all)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_client_command_works_against_a_served_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let serving = Serving::start(here);
    let order = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/orders/us-domestic.json");

    let rated = serving.call(here, &["rate", order]);
    assert!(rated.status.success() && text(&rated.stdout).contains("Quote q_"), "{}", text(&rated.stderr));
    let customs = serving.call(here, &["customs", order]);
    assert!(text(&customs.stdout).contains("within one country"), "{}", text(&customs.stderr));
    let bought =
        serving.call(here, &["--json", "buy", order, "--pick", "cheapest", "--key", "k1", "--label", "zpl"]);
    let answer: serde_json::Value = serde_json::from_slice(&bought.stdout).unwrap();
    let id = answer["shipment"]["id"].as_str().unwrap().to_owned();
    let again =
        serving.call(here, &["--json", "buy", order, "--pick", "cheapest", "--key", "k1", "--label", "zpl"]);
    assert_eq!(bought.stdout, again.stdout, "the same key, the same answer");

    let saved = serving.call(here, &["label", &id, "--out", "papers"]);
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    let label = std::fs::read_dir(here.join("papers")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(read_barcodes(&std::fs::read(label).unwrap(), LabelFormat::Zpl).unwrap().len(), 1);
    let all =
        serving.call(here, &["--json", "buy", order, "--pick", "cheapest", "--key", "k2", "--label", "png"]);
    let all: serde_json::Value = serde_json::from_slice(&all.stdout).unwrap();
    let all = all["shipment"]["id"].as_str().unwrap();
    let joined = serving.call(here, &["label", all, "--joined", "--out", "all.pdf"]);
    assert!(joined.status.success(), "{}", text(&joined.stderr));
    let made = serving.call(here, &["label", all, "--format", "pdf", "--out", "one.pdf"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    for file in ["all.pdf", "one.pdf"] {
        assert_eq!(
            read_barcodes(&std::fs::read(here.join(file)).unwrap(), LabelFormat::Pdf).unwrap().len(),
            1
        );
    }
    let events = serving.call(here, &["events", "--kind", "shipment.*"]);
    assert_eq!(text(&events.stdout).matches("shipment.purchased").count(), 2, "{}", text(&events.stderr));
    let (_, cursor) =
        text(&events.stderr).split_once("--from ").map(|(a, b)| (a.to_owned(), b.trim().to_owned())).unwrap();
    let rest = serving.call(here, &["--json", "events", "--from", &cursor]);
    assert!(rest.status.success() && rest.stdout.is_empty(), "{}", text(&rest.stderr));
    let found = serving.call(here, &["--json", "numbers", "identify", "9400111201080805483016"]);
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let carrier = found["candidates"][0]["carrier"].as_str().unwrap();
    let mistyped =
        serving.call(here, &["numbers", "validate", "9400111201080805483017", "--carrier", carrier]);
    assert_eq!(mistyped.status.code(), Some(1));
    assert!(text(&mistyped.stdout).contains("CHECK_DIGIT"), "{}", text(&mistyped.stderr));
    let two = serving.call(here, &["--json", "numbers", "identify", "490714955706", "RM737906273IN"]);
    assert_eq!(text(&two.stdout).lines().count(), 2, "{}", text(&two.stderr));
    for arguments in [
        vec!["numbers", "identify", "490714955706"],
        vec!["carriers", "approved", "--marketplace", "DE"],
        vec!["track", &id],
        vec!["shipments"],
        vec!["shipments", &id],
        vec!["carriers"],
        vec!["void", &id],
    ] {
        let done = serving.call(here, &arguments);
        assert!(done.status.success() && !done.stdout.is_empty(), "{arguments:?}: {}", text(&done.stderr));
    }
}

#[test]
fn failures_say_what_is_wrong_and_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let usage = run(here, &["buy"]);
    assert_eq!(usage.status.code(), Some(2));
    let nobody = run(here, &["--server", "http://127.0.0.1:9", "carriers"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("serve --sandbox"), "{}", text(&nobody.stderr));
    std::fs::write(here.join("bad.json"), r#"{"shipTo": {"citty": "Berlin"}}"#).unwrap();
    let misspelt = run(here, &["rate", "bad.json"]);
    assert!(text(&misspelt.stderr).contains("citty"), "{}", text(&misspelt.stderr));
    std::fs::write(here.join("bad.toml"), "[server.grpc]\nlissten = \"127.0.0.1:1\"\n").unwrap();
    let config = run(here, &["check-config", "--config", "bad.toml"]);
    assert_eq!(config.status.code(), Some(1));
    assert!(text(&config.stderr).contains("lissten"), "{}", text(&config.stderr));
    let good = run(here, &["check-config"]);
    assert!(text(&good.stdout).contains("server.grpc.listen"), "{}", text(&good.stdout));
    let doctor = run(here, &["doctor"]);
    assert!(doctor.status.success(), "{}{}", text(&doctor.stdout), text(&doctor.stderr));
}

#[test]
fn a_backup_of_a_running_gateway_is_restored_whole() {
    let (living, restored) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (living.path(), restored.path());
    let order = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/orders/us-domestic.json");
    let buy = |serving: &Serving, key: &str| {
        let done = serving.call(here, &["--json", "buy", order, "--pick", "cheapest", "--key", key]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        done.stdout
    };
    let serving = Serving::start(here);
    let bought = buy(&serving, "before");
    let id: serde_json::Value = serde_json::from_slice(&bought).unwrap();
    let id = id["shipment"]["id"].as_str().unwrap().to_owned();
    let copy = there.join("parcelgate.sqlite");
    let out = copy.to_str().unwrap();
    let done = run(here, &["backup", "--out", out]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let again = run(here, &["backup", "--out", out]);
    assert!(!again.status.success() && text(&again.stderr).contains("is there already"));
    buy(&serving, "after");
    drop(serving);

    let key = "parcelgate.sqlite.sealkey";
    std::fs::copy(here.join(key), there.join(key)).unwrap();
    let serving = Serving::start(there);
    assert_eq!(buy(&serving, "before"), bought, "the key has its answer");
    let label = serving.call(there, &["label", &id, "--out", "papers"]);
    assert!(label.status.success(), "{}", text(&label.stderr));
    let listed = serving.call(there, &["--json", "shipments"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["shipments"].as_array().unwrap().len(), 1, "what came later is not in it");
}

#[test]
fn a_purchase_in_the_sandbox_is_told_to_its_marketplace() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let serving = Serving::start(here);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/orders/us-domestic.json");
    let mut order: serde_json::Value = serde_json::from_slice(&std::fs::read(example).unwrap()).unwrap();
    order["order"]["marketplaceId"] = "amazon-sandbox".into();
    order["order"]["orderId"] = "902-1".into();
    std::fs::write(here.join("order.json"), order.to_string()).unwrap();
    let bought = serving.call(here, &["--json", "buy", "order.json", "--pick", "cheapest", "--key", "k1"]);
    assert!(bought.status.success(), "{}", text(&bought.stderr));

    let mut watching = Command::new(PROGRAM)
        .args(["--server", &serving.server, "events", "--follow", "--kind", "confirmation.*"])
        .current_dir(here)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(watching.stdout.take().unwrap()).lines().map_while(Result::ok);
    let sent = told.into_iter().find(|line| line.contains("confirmation."));
    let _ = watching.kill();
    let _ = watching.wait();
    let sent = sent.unwrap_or_default();
    assert!(sent.contains("confirmation.sent") && sent.contains("902-1 package 1 SENT"), "{sent}");

    let shown = serving.call(here, &["confirmations", "902-1", "--exchanges"]);
    let shown = text(&shown.stdout);
    for word in ["amazon-sandbox 902-1", "SENT", "shipmentConfirmation", "< 204"] {
        assert!(shown.contains(word), "`{word}` is not shown: {shown}");
    }
    let nothing = serving.call(here, &["confirmations", "903-1"]);
    assert!(
        !nothing.status.success() && text(&nothing.stderr).contains("903-1"),
        "{}",
        text(&nothing.stderr)
    );
}
