//! Labels and the papers that go with them.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A format of label bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum LabelFormat {
    /// Portable Document Format.
    Pdf,
    /// Portable Network Graphics.
    Png,
    /// Graphics Interchange Format, which some carriers send instead of PNG.
    Gif,
    /// Zebra's printer language.
    Zpl,
}

impl LabelFormat {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Zpl => "application/zpl",
        }
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Zpl => "zpl",
        }
    }
}

/// A size of label stock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelSize {
    /// 4 by 6 inches, the thermal printer's usual roll.
    #[default]
    Inch4x6,
    /// 105 by 148 mm.
    A6,
    /// 210 by 297 mm.
    A4,
}

/// The label that the caller wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LabelSpec {
    /// Wanted format.
    pub format: LabelFormat,
    /// Wanted stock.
    #[serde(default)]
    pub size: LabelSize,
    /// Dots per inch of a printer language, 203 or 300.
    #[serde(default = "usual_dpi")]
    pub dpi: u16,
}

fn usual_dpi() -> u16 {
    203
}

impl Default for LabelSpec {
    fn default() -> Self {
        Self { format: LabelFormat::Pdf, size: LabelSize::default(), dpi: usual_dpi() }
    }
}

/// What a document is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DocumentKind {
    /// The label of one parcel, or of all when the carrier joins them.
    Label,
    /// A customs form such as the CN23.
    CustomsForm,
    /// The commercial invoice.
    Invoice,
    /// A receipt the shipper keeps.
    Receipt,
}

/// The bytes of a document, as the carrier made them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// What the bytes are.
    pub format: LabelFormat,
    /// Index of the parcel it belongs to; absent when it covers all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<u16>,
    /// The bytes.
    #[serde(with = "base64_bytes")]
    pub bytes: Bytes,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} of parcel {:?}, {} bytes", self.kind, self.format, self.parcel, self.bytes.len())
    }
}

mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}
