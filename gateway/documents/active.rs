//! Finds what a PDF would do by itself: scripts, programs, forms that are sent,
//! files that it brings along.
//!
//! Every object is looked at, reachable or not: what a reader repairs into
//! sight counts too. Start at [`in_pdf`].

use std::collections::BTreeSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, MaybeRef, Name, Object};

/// How deep dictionaries and lists may lie in each other and are looked into.
const DEEPEST: u8 = 32;

/// Something that a PDF does or brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Active {
    /// JavaScript.
    Script,
    /// A program or another document is started.
    Launch,
    /// A form is sent, or read from a file.
    Submit,
    /// Film, sound or three-dimensional scenes, which run in players.
    Media,
    /// A form of XML with scripts of its own (XFA).
    Xfa,
    /// A file inside of the file.
    EmbeddedFile,
}

impl Active {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Script => "a script",
            Self::Launch => "the start of a program or another document",
            Self::Submit => "a form that is sent",
            Self::Media => "film, sound or a scene",
            Self::Xfa => "an XFA form",
            Self::EmbeddedFile => "a file of its own",
        }
    }
}

/// All that is active in a PDF.
pub(super) fn in_pdf(pdf: &Pdf) -> BTreeSet<Active> {
    let mut found = BTreeSet::new();
    for object in pdf.objects() {
        look(&object, &mut found, 0);
    }
    found
}

fn look(object: &Object<'_>, found: &mut BTreeSet<Active>, depth: u8) {
    if depth > DEEPEST {
        return;
    }
    match object {
        Object::Dict(dict) => look_into(dict, found, depth),
        Object::Stream(stream) => look_into(stream.dict(), found, depth),
        Object::Array(array) => {
            for item in array.raw_iter() {
                if let MaybeRef::NotRef(item) = item {
                    look(&item, found, depth + 1);
                }
            }
        }
        _ => {}
    }
}

/// A dictionary and what lies in it directly; what it refers to is an object of
/// its own.
fn look_into(dict: &Dict<'_>, found: &mut BTreeSet<Active>, depth: u8) {
    for (key, value) in dict.entries() {
        found.extend(by_key(&key));
        if let MaybeRef::NotRef(value) = value {
            if let Object::Name(name) = &value {
                found.extend(by_name(&key, name));
            }
            look(&value, found, depth + 1);
        } else if matches!(key.as_ref(), b"S" | b"Subtype" | b"Type")
            && let Some(name) = dict.get::<Name<'_>>(key.as_ref())
        {
            found.extend(by_name(&key, &name));
        }
    }
}

fn by_key(key: &Name<'_>) -> Option<Active> {
    match key.as_ref() {
        b"JS" | b"JavaScript" => Some(Active::Script),
        b"XFA" => Some(Active::Xfa),
        b"EmbeddedFiles" | b"EF" => Some(Active::EmbeddedFile),
        _ => None,
    }
}

/// Kinds of actions (ISO 32000-1, 12.6.4) and annotations (12.5.6).
fn by_name(key: &Name<'_>, name: &Name<'_>) -> Option<Active> {
    match (key.as_ref(), name.as_ref()) {
        (b"S", b"JavaScript") => Some(Active::Script),
        (b"S", b"Launch" | b"GoToE") => Some(Active::Launch),
        (b"S", b"SubmitForm" | b"ImportData") => Some(Active::Submit),
        (b"S", b"Rendition" | b"Movie" | b"Sound" | b"GoTo3DView" | b"RichMediaExecute") => {
            Some(Active::Media)
        }
        (b"Subtype", b"RichMedia" | b"Movie" | b"Sound" | b"Screen" | b"3D") => Some(Active::Media),
        (b"Subtype", b"FileAttachment") | (b"Type", b"EmbeddedFile") => Some(Active::EmbeddedFile),
        _ => None,
    }
}
