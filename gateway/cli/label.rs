//! `label`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::arguments::Connection;
use super::{connect, message, show};
use crate::api::proto::v1;

pub(super) async fn run(connection: &Connection, json: bool, id: String, out: Option<PathBuf>) -> Result<()> {
    let mut client = connect::shipping(connection)?;
    let ids = if id.starts_with("sh_") {
        let request = v1::GetShipmentRequest { shipment_id: id.clone() };
        let shipment = client.get_shipment(request).await?.into_inner().shipment.unwrap_or_default();
        shipment.documents.into_iter().map(|document| document.id).collect()
    } else {
        vec![id.clone()]
    };
    if ids.is_empty() {
        bail!("shipment `{id}` has no papers: is it bought? `parcelgate shipments {id}` shows it");
    }
    for document_id in ids {
        let got = client.get_document(v1::GetDocumentRequest { document_id }).await?.into_inner();
        if json {
            message::print("GetDocumentResponse", &got, true)?;
            continue;
        }
        let document = got.document.unwrap_or_default();
        let path = place(out.as_deref(), &document.file_name);
        save(&path, &got.content)?;
        show::line(format!("{} ({} bytes, sha256 {})", path.display(), document.size_bytes, document.sha256));
    }
    Ok(())
}

/// The file to write: `out` itself, or the document's name in the folder `out`.
fn place(out: Option<&Path>, name: &str) -> PathBuf {
    match out {
        None => PathBuf::from(name),
        Some(out) if out.is_dir() || out.extension().is_none() => out.join(name),
        Some(out) => out.to_owned(),
    }
}

/// Writes a file and the folders it lies in.
pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write `{}`", path.display()))
}
