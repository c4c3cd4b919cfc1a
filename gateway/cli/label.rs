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
    if let Some(file) = out.as_deref().filter(|out| !json && ids.len() > 1 && !is_folder(out)) {
        bail!(
            "`{}` is one file and the shipment has {} papers: name a folder, or one paper's id ({})",
            file.display(),
            ids.len(),
            ids.join(", ")
        );
    }
    for document_id in ids {
        let got = client.get_document(v1::GetDocumentRequest { document_id }).await?.into_inner();
        if json {
            message::print("GetDocumentResponse", &got, true)?;
            continue;
        }
        let document = got.document.unwrap_or_default();
        let path = place(out.as_deref(), &document);
        save(&path, &got.content)?;
        show::line(format!("{} ({} bytes, sha256 {})", path.display(), document.size_bytes, document.sha256));
    }
    Ok(())
}

/// A folder that is there, or a path that names no kind of file.
fn is_folder(out: &Path) -> bool {
    out.is_dir() || out.extension().is_none()
}

/// The file to write: `out` itself, or the document's name in the folder `out`.
/// The gateway's name for it never leads out of the folder.
fn place(out: Option<&Path>, document: &v1::Document) -> PathBuf {
    let named = Path::new(&document.file_name).file_name().unwrap_or(document.id.as_ref());
    match out {
        None => PathBuf::from(named),
        Some(out) if is_folder(out) => out.join(named),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_lies_where_it_was_asked_to_and_nowhere_else() {
        let at = |out: Option<&str>, name: &str| {
            let document = v1::Document { id: "doc_1".into(), file_name: name.into(), ..Default::default() };
            place(out.map(Path::new), &document)
        };
        assert_eq!(at(None, "label.pdf"), Path::new("label.pdf"));
        assert_eq!(at(Some("papers"), "label.pdf"), Path::new("papers/label.pdf"));
        assert_eq!(at(Some("mine.pdf"), "label.pdf"), Path::new("mine.pdf"));
        assert_eq!(at(Some("papers"), "../../etc/passwd"), Path::new("papers/passwd"));
        assert_eq!(at(Some("papers"), "/etc/passwd"), Path::new("papers/passwd"));
        assert_eq!(at(Some("papers"), ".."), Path::new("papers/doc_1"));
    }
}
