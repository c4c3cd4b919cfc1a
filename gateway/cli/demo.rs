//! `demo`: the main job with nothing to set up.
//!
//! Real HTTP to simulated carriers, real gRPC to a gateway over a SQLite file:
//! the tour is a client like any other.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::arguments::{Connection, Demo, Format, Size};
use super::{buy, config, connect, label, message, rate, render, serve, show, track};
use crate::api::proto::v1;
use crate::run::{self, Running, WithSandbox};

/// The sample orders, in the order of the tour.
const ORDERS: &[(&str, &str)] = &[
    ("us-domestic", include_str!("../../examples/orders/us-domestic.json")),
    ("us-to-ca", include_str!("../../examples/orders/us-to-ca.json")),
    ("cn-to-de-50-eur", include_str!("../../examples/orders/cn-to-de-50-eur.json")),
    ("cn-to-de-180-eur", include_str!("../../examples/orders/cn-to-de-180-eur.json")),
    ("gb-to-fr", include_str!("../../examples/orders/gb-to-fr.json")),
    ("de-domestic", include_str!("../../examples/orders/de-domestic.json")),
    ("fr-domestic", include_str!("../../examples/orders/fr-domestic.json")),
    ("cn-to-canary-islands", include_str!("../../examples/orders/cn-to-canary-islands.json")),
];

/// How far the clock is moved for a parcel to arrive.
const JOURNEY_SECONDS: i64 = 16 * 24 * 3600;

/// What became of one order.
struct Story {
    order: &'static str,
    shipment: String,
    bought: String,
    price: String,
    number: String,
    labels: String,
    identifiers: String,
    status: String,
}

pub(super) async fn run(arguments: Demo) -> Result<()> {
    let country = arguments.country.as_deref().map(str::to_ascii_uppercase);
    if let Some(country) = &country {
        parcelgate_kit::model::CountryCode::parse(country).context("--country")?;
    }
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder `{}`", arguments.out.display()))?;
    let running = start(&arguments.out).await?;
    let tour = Tour { running: &running, connection: connection(&running), out: &arguments.out };
    let mut stories = Vec::new();
    for (name, text) in ORDERS {
        let order: v1::RateRequest = message::parse("RateRequest", name, text)?;
        let ends = [order.ship_from.as_ref(), order.ship_to.as_ref()];
        let wanted = |party: &&v1::Party| country.as_ref().is_none_or(|country| party.country == *country);
        if ends.into_iter().flatten().any(|party| wanted(&party)) {
            stories.push(tour.tell(name, order).await?);
        }
    }
    if stories.is_empty() {
        bail!("no sample order touches {}", country.unwrap_or_default());
    }
    tour.follow_all(&mut stories).await?;
    summary(&stories, &arguments.out);
    let unfinished =
        stories.iter().filter(|story| !story.bought.is_empty() && story.status != "DELIVERED").count();
    if arguments.keep {
        show::line(format!("\nThe gateway goes on at {} (ctrl-c ends it).", tour.connection.server));
        return running.run_until(serve::asked_to_stop()).await;
    }
    running.run_until(std::future::ready(())).await?;
    if unfinished > 0 {
        bail!("{unfinished} parcels did not arrive");
    }
    Ok(())
}

/// A gateway on free ports of the loopback, with its database in `out`.
async fn start(out: &Path) -> Result<Running> {
    let mut config = config::load(None)?.config;
    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    config.server.grpc.listen = any_port;
    config.server.admin.listen = any_port;
    config.server.drain_time = Duration::from_secs(2);
    config.store.path = fresh(out)?;
    config.store.seal_keys =
        crate::config::SealKeys::KeyFile(crate::seal::key_file::path_beside(&config.store.path));
    let running = run::start(config, Some(WithSandbox { seed: 1, speed: 1.0 })).await?;
    if let Some((sandbox, address)) = &running.sandbox {
        let carriers: Vec<_> = sandbox.carriers().collect();
        show::line(format!("Simulated carriers on http://{address}: {}", carriers.join(", ")));
    }
    show::line(format!("Gateway on grpc://{}", running.grpc));
    Ok(running)
}

/// A database of its own for each run, so that a demo can be repeated.
fn fresh(out: &Path) -> Result<PathBuf> {
    let folder = out.join("database");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot clear `{}`", folder.display()))?;
    }
    Ok(folder.join("demo.sqlite"))
}

fn connection(running: &Running) -> Connection {
    Connection {
        server: format!("http://{}", running.grpc),
        token: None,
        tls_ca: None,
        tls_cert: None,
        tls_key: None,
        timeout: Duration::from_secs(30),
    }
}

struct Tour<'a> {
    running: &'a Running,
    connection: Connection,
    out: &'a Path,
}

impl Tour<'_> {
    async fn tell(&self, name: &'static str, order: v1::RateRequest) -> Result<Story> {
        show::line(format!("\n=== {name}: {}", headline(&order)));
        let rated = connect::shipping(&self.connection)?.rate(order).await?.into_inner();
        rate::print(&rated);
        let decision = rated.quote.clone().unwrap_or_default().regional_decision.unwrap_or_default();
        let mut story = Story {
            order: name,
            shipment: String::new(),
            bought: String::new(),
            price: String::new(),
            number: String::new(),
            labels: String::new(),
            identifiers: decision
                .attached
                .iter()
                .map(|id| id.type_text.clone())
                .collect::<Vec<_>>()
                .join(" "),
            status: "not offered".to_owned(),
        };
        if let Some(best) = rated.offers.first() {
            let quote = rated.quote.as_ref().map(|quote| quote.id.clone()).unwrap_or_default();
            self.buy(&mut story, best, &quote).await?;
        }
        Ok(story)
    }

    async fn buy(&self, story: &mut Story, offer: &v1::Offer, quote: &str) -> Result<()> {
        let offered = v1::OfferSelection { quote_id: quote.to_owned(), offer_id: offer.id.clone() };
        let request = v1::PurchaseRequest {
            idempotency_key: format!("demo-{}", story.order),
            selection: Some(v1::purchase_request::Selection::Offer(offered)),
            label: Some(buy::label(Format::Pdf, Size::Inch4x6)),
            ..v1::PurchaseRequest::default()
        };
        let mut client = connect::shipping(&self.connection)?;
        let shipment = match client.purchase(request).await {
            Ok(bought) => bought.into_inner().shipment.unwrap_or_default(),
            Err(status) => {
                show::line(format!("\nNot bought: {}", status.message()));
                story.status = "refused".to_owned();
                return Ok(());
            }
        };
        show::line("\nBought");
        render::shipment(&shipment).iter().for_each(|line| show::line(format!("  {line}")));
        story.bought = format!("{} {}", shipment.carrier, offer.service.clone().unwrap_or_default().name);
        story.price = render::money(shipment.total.as_ref());
        story.number =
            shipment.parcels.first().map(|parcel| parcel.tracking_number.clone()).unwrap_or_default();
        story.labels = self.save(story.order, &shipment).await?;
        story.shipment = shipment.id;
        Ok(())
    }

    async fn save(&self, name: &str, shipment: &v1::Shipment) -> Result<String> {
        let mut client = connect::shipping(&self.connection)?;
        let mut saved = Vec::new();
        for (index, document) in shipment.documents.iter().enumerate() {
            let request = v1::GetDocumentRequest { document_id: document.id.clone() };
            let got = client.get_document(request).await?.into_inner();
            let kind = render::bare(document.kind().as_str_name(), "DOCUMENT_KIND_").to_lowercase();
            let ending = document.file_name.rsplit('.').next().unwrap_or("pdf");
            let file = format!("{name}-{}-{kind}.{ending}", index + 1);
            label::save(&self.out.join(&file), &got.content)?;
            show::line(format!("  saved {} ({} bytes)", self.out.join(&file).display(), got.content.len()));
            saved.push(file);
        }
        Ok(saved.join(" "))
    }

    /// Lets the parcels travel, and looks where each has come.
    async fn follow_all(&self, stories: &mut [Story]) -> Result<()> {
        if let Some((sandbox, _)) = &self.running.sandbox {
            sandbox.clock().skip(JOURNEY_SECONDS);
        }
        show::line(format!("\n=== The sandbox's clock moves {} days", JOURNEY_SECONDS / 86_400));
        for story in stories.iter_mut().filter(|story| !story.shipment.is_empty()) {
            show::line(format!("\n{}", story.order));
            let target = Some(v1::track_request::Target::ShipmentId(story.shipment.clone()));
            let request = v1::TrackRequest { target };
            let tracked = connect::shipping(&self.connection)?.track(request).await?.into_inner();
            track::print(&tracked);
            let status = tracked.tracking.unwrap_or_default().status();
            story.status = render::bare(status.as_str_name(), "TRACK_STATUS_");
        }
        Ok(())
    }
}

fn headline(order: &v1::RateRequest) -> String {
    let place =
        |party: Option<&v1::Party>| party.map(|p| format!("{} {}", p.city, p.country)).unwrap_or_default();
    let goods: Vec<_> =
        order.items.iter().map(|item| format!("{} x {}", item.quantity, item.description)).collect();
    let value = order.items.first().map(|item| render::money(item.unit_value.as_ref())).unwrap_or_default();
    let (from, to) = (place(order.ship_from.as_ref()), place(order.ship_to.as_ref()));
    format!("{from} -> {to}, {} parcel(s), {} (first at {value})", order.parcels.len(), goods.join(", "))
}

fn summary(stories: &[Story], out: &Path) {
    show::line("\n=== What happened");
    let mut table =
        render::table(&["Order", "Bought", "Price", "Tracking number", "Identifiers", "Status", "Papers"]);
    for story in stories {
        table.add_row([
            story.order,
            &story.bought,
            &story.price,
            &story.number,
            &story.identifiers,
            &story.status,
            &story.labels,
        ]);
    }
    show::line(table.to_string());
    show::line(format!(
        "Papers are in {}. Next: `parcelgate serve --sandbox`, and in another terminal",
        out.display()
    ));
    show::line("`parcelgate rate examples/orders/cn-to-de-50-eur.json`.");
}
