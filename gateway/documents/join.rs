//! Puts PDFs behind each other.
//!
//! Pages are taken over with what they draw and with; a paper whose pages would
//! lose something by that is refused, not joined in part. Start at [`join`].

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Number};
use hayro_syntax::page::Page;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::Ref;

use super::MakeError;

/// The pages of all `parts`, in their order, as one PDF. Scripts and files of a
/// part stay behind: they belong to no page.
///
/// # Errors
/// [`MakeError::Unreadable`] when a part is no PDF or one of its pages cannot be
/// read, and [`MakeError::WouldLose`] when a part has layers, annotations,
/// filled-in forms or pages in units of their own. Both with the part's index.
pub fn join(parts: &[&[u8]]) -> Result<Vec<u8>, (usize, MakeError)> {
    let mut joined = pdf_writer::Pdf::new();
    let mut next = Ref::new(1);
    let (catalog, root) = (next.bump(), next.bump());
    joined.catalog(catalog).pages(root);
    let (mut kids, mut total) = (Vec::new(), 0);
    for (index, part) in parts.iter().enumerate() {
        let at = |error| (index, error);
        let pdf = open(part).map_err(at)?;
        let pages: Vec<_> = (0..pdf.pages().len()).map(ExtractionQuery::new_page).collect();
        let taken = extract(&pdf, Box::new(|| next.bump()), ChunkSettings::default(), &pages);
        let taken = taken.map_err(|error| at(unreadable(error)))?;
        let page_refs: Result<Vec<Ref>, _> = taken.root_refs.into_iter().collect();
        let page_refs = page_refs.map_err(|error| at(unreadable(error)))?;
        let count = i32::try_from(page_refs.len()).map_err(|error| at(unreadable(error)))?;
        joined.pages(taken.page_tree_parent_ref).parent(root).kids(page_refs).count(count);
        joined.extend(&taken.chunk);
        kids.push(taken.page_tree_parent_ref);
        total += count;
    }
    joined.pages(root).kids(kids).count(total);
    Ok(joined.finish())
}

fn open(bytes: &[u8]) -> Result<Pdf, MakeError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(unreadable)?;
    if pdf.xref().has_optional_content_groups() {
        return Err(MakeError::WouldLose("layers"));
    }
    if pdf.pages().is_empty() {
        return Err(MakeError::Unreadable("it has no page".to_owned()));
    }
    for page in pdf.pages().iter() {
        keeps_all(page)?;
    }
    Ok(pdf)
}

/// Whether a page is taken over whole.
fn keeps_all(page: &Page<'_>) -> Result<(), MakeError> {
    let dict = page.raw();
    if dict.contains_key("Contents") && page.page_stream().is_none() {
        return Err(MakeError::Unreadable("a page's content cannot be decoded".to_owned()));
    }
    if dict.get::<Number>("UserUnit").is_some_and(|unit| unit.as_f64() != 1.0) {
        return Err(MakeError::WouldLose("pages in units of their own"));
    }
    let annotations = dict.get::<Array<'_>>("Annots");
    let shown = |annotation: Dict<'_>| {
        // A link is nothing that is printed.
        annotation.get::<Name<'_>>("Subtype").as_deref() != Some(b"Link")
    };
    if annotations.is_some_and(|all| all.iter::<Dict<'_>>().any(shown)) {
        return Err(MakeError::WouldLose("annotations or form fields"));
    }
    Ok(())
}

fn unreadable(why: impl std::fmt::Debug) -> MakeError {
    MakeError::Unreadable(format!("{why:?}"))
}
