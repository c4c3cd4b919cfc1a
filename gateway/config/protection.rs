//! How decisions on claims and ratings are signed. Start at [`Protection`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::Origin;
use super::reader::Section;
use crate::proof::SigningKey;

/// How decisions on claims and ratings are signed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Protection {
    /// The configured key; none: the key file beside the database, and without one of those nothing is decided.
    pub signing_key: Option<Arc<SigningKey>>,
}

pub(super) fn protection(root: &mut Section<'_>, environment: &BTreeMap<String, String>) -> Protection {
    let mut section = root.section("protection");
    let path = section.key("signing_key");
    if !section.has("signing_key") {
        let shown = "a key file beside the database; with PostgreSQL none, and nothing is decided";
        section.reader.row(path.clone(), shown.to_owned(), Origin::Default);
    }
    let signing_key = section.secret("signing_key").and_then(|(reference, origin)| {
        let key = reference.resolve(environment).and_then(|text| {
            SigningKey::parse(&text)
                .map_err(|error| format!("refers to {reference}, which holds no key: {error}"))
        });
        key.map_err(|problem| section.reader.error(&path, &origin, problem)).ok()
    });
    section.finish();
    Protection { signing_key: signing_key.map(Arc::new) }
}
