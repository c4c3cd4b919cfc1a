//! `label`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::arguments::{Connection, Format};
use super::{connect, message, render, show};
use crate::api::proto::v1;

/// What is to be saved, and how.
pub(super) struct Asked {
    /// A document's id, or a shipment's.
    pub(super) id: String,
    /// File or folder.
    pub(super) out: Option<PathBuf>,
    /// All labels of the shipment as one PDF.
    pub(super) joined: bool,
    /// The format to save in.
    pub(super) format: Option<Format>,
}

pub(super) async fn run(connection: &Connection, json: bool, asked: Asked) -> Result<()> {
    let mut client = connect::shipping(connection)?;
    let Asked { id, out, joined, format } = asked;
    if joined {
        let request = v1::GetDocumentRequest { shipment_id: id, ..Default::default() };
        return told(client.get_document(request).await?.into_inner(), json, out.as_deref());
    }
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
            "`{}` is one file and the shipment has {} papers: name a folder, one paper's id ({}), or join \
             the labels with --joined",
            file.display(),
            ids.len(),
            ids.join(", ")
        );
    }
    let format = format.map_or(v1::DocumentFormat::Unspecified, Format::on_the_wire).into();
    for document_id in ids {
        let request = v1::GetDocumentRequest { document_id, format, ..Default::default() };
        told(client.get_document(request).await?.into_inner(), json, out.as_deref())?;
    }
    Ok(())
}

/// Saves what was handed out, or shows it as JSON.
fn told(got: v1::GetDocumentResponse, json: bool, out: Option<&Path>) -> Result<()> {
    if json {
        return message::print("GetDocumentResponse", &got, true);
    }
    let document = got.document.unwrap_or_default();
    let path = place(out, &document);
    save(&path, &got.content)?;
    show::line(format!("{} ({} bytes, sha256 {})", path.display(), document.size_bytes, document.sha256));
    for flaw in document.flaws() {
        let flaw = render::words(flaw.as_str_name(), "DOCUMENT_FLAW_");
        show::note(format!("  look at it before you print it: {flaw}"));
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
