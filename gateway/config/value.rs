//! How one value is read and shown. It must never read a secret: those have a reader of their own.
//! Start at [`Value`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use super::error::Origin;
use super::tree::{Kind, Node};

/// A type that a key can have.
pub(super) trait Value: Sized {
    /// What an error says it should be.
    const WANT: &'static str;

    /// Reads it from text.
    fn from_text(text: &str) -> Option<Self>;

    /// Reads it from a TOML integer or boolean, where it has such a form.
    fn from_scalar(_kind: &Kind) -> Option<Self> {
        None
    }

    /// Whether TOML text is a form of it; text from the environment always is.
    const FROM_TOML_TEXT: bool = true;

    /// Whether a wrong value may hold a password, and is not repeated in an error.
    const HIDE_WRONG: bool = false;

    /// The value as `check-config` shows it.
    fn show(&self) -> String;
}

/// Reads a node as `T`.
pub(super) fn read<T: Value>(node: &Node) -> Result<T, String> {
    let from_environment = matches!(node.origin, Origin::Environment(_));
    let value = match &node.kind {
        Kind::Text(text) if from_environment || T::FROM_TOML_TEXT => T::from_text(text),
        Kind::Text(_) | Kind::Table(_) | Kind::List(_) | Kind::Other(_) => None,
        kind => T::from_scalar(kind),
    };
    value.ok_or_else(|| match &node.kind {
        Kind::Text(_) if T::HIDE_WRONG => format!("is something else; it takes {}", T::WANT),
        Kind::Text(text) if from_environment || T::FROM_TOML_TEXT => {
            format!("is `{}`; it takes {}", text.escape_debug(), T::WANT)
        }
        kind => format!("is {}; it takes {}", kind.name(), T::WANT),
    })
}

impl Value for bool {
    const WANT: &'static str = "`true` or `false`";
    const FROM_TOML_TEXT: bool = false;

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_scalar(kind: &Kind) -> Option<Self> {
        if let Kind::Bool(value) = kind { Some(*value) } else { None }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for u32 {
    const WANT: &'static str = "a whole number";
    const FROM_TOML_TEXT: bool = false;

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_scalar(kind: &Kind) -> Option<Self> {
        if let Kind::Integer(value) = kind { Self::try_from(*value).ok() } else { None }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    const WANT: &'static str = "a text that is not empty";

    fn from_text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Value for PathBuf {
    const WANT: &'static str = "the path of a file";

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::from(text))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Value for SocketAddr {
    const WANT: &'static str = "an IP address and a port, as in `127.0.0.1:50051`";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Duration {
    const WANT: &'static str = "a time with its unit, as in `500ms`, `30s`, `5m` or `30d`";

    fn from_text(text: &str) -> Option<Self> {
        // A day of a setting is always 24 hours long.
        if let Some(days) = text.strip_suffix('d') {
            return days.trim_end().parse::<u32>().ok().map(|days| Self::from_secs(u64::from(days) * 86_400));
        }
        let span: SignedDuration = text.parse().ok()?;
        Self::try_from(span).ok()
    }

    fn show(&self) -> String {
        let days = self.as_secs() / 86_400;
        if days > 0 && *self == Self::from_secs(days * 86_400) {
            return format!("{days}d");
        }
        SignedDuration::try_from(*self).map_or_else(|_| format!("{self:?}"), |span| format!("{span:#}"))
    }
}

impl Value for Time {
    const WANT: &'static str = "a time of day, as in `17:00` or `16:30:00`";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_scalar(kind: &Kind) -> Option<Self> {
        if let Kind::Moment(text) = kind { Self::from_text(text) } else { None }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Date {
    const WANT: &'static str = "a day, as in `2026-12-24`";

    fn from_text(text: &str) -> Option<Self> {
        // The day of a date with a time is not taken: it would hide a mistake.
        text.parse().ok().filter(|day: &Self| day.to_string() == text)
    }

    fn from_scalar(kind: &Kind) -> Option<Self> {
        if let Kind::Moment(text) = kind { Self::from_text(text) } else { None }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ByteSize(pub u32);

/// Units of [`ByteSize`], the largest first.
const UNITS: &[(&str, u32)] = &[("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl Value for ByteSize {
    const WANT: &'static str = "a number of bytes, as in `65536`, `64KiB` or `4MiB`";

    fn from_text(text: &str) -> Option<Self> {
        let (number, factor) = UNITS
            .iter()
            .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?.trim_end(), *factor)))
            .unwrap_or((text, 1));
        number.parse::<u32>().ok()?.checked_mul(factor).map(Self)
    }

    fn from_scalar(kind: &Kind) -> Option<Self> {
        u32::from_scalar(kind).map(Self)
    }

    fn show(&self) -> String {
        let unit = UNITS.iter().find(|(_, factor)| self.0 != 0 && self.0.is_multiple_of(*factor));
        unit.map_or_else(|| "0B".to_owned(), |(unit, factor)| format!("{}{unit}", self.0 / factor))
    }
}

/// A value that one of a few words names.
macro_rules! words {
    ($type:ty, $want:literal, $($word:literal => $value:expr),+) => {
        impl Value for $type {
            const WANT: &'static str = $want;

            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($word => Some($value),)+
                    _ => None,
                }
            }

            fn show(&self) -> String {
                $(if *self == $value { return $word.to_owned(); })+
                String::new()
            }
        }
    };
}

words!(super::LogFormat, "`text` or `json`", "text" => super::LogFormat::Text, "json" => super::LogFormat::Json);
words!(super::storage::StoreKind, "`sqlite` or `postgres`", "sqlite" => super::storage::StoreKind::Sqlite,
    "postgres" => super::storage::StoreKind::Postgres);

impl Value for super::Roots {
    const WANT: &'static str = "`webpki` or the path of a PEM file";

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "" => None,
            "webpki" => Some(Self::Webpki),
            path => Some(Self::File(path.into())),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Webpki => "webpki".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sizes_read_back_what_they_show(bytes in any::<u32>()) {
            let size = ByteSize(bytes);
            prop_assert_eq!(ByteSize::from_text(&size.show()), Some(size));
        }

        #[test]
        fn times_read_back_what_they_show(millis in 0..10_000_000u64) {
            let time = Duration::from_millis(millis);
            prop_assert_eq!(Duration::from_text(&time.show()), Some(time));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,30}") {
            let _ = (ByteSize::from_text(&text), Duration::from_text(&text), SocketAddr::from_text(&text));
        }
    }

    #[test]
    fn values_out_of_shape_are_refused() {
        assert_eq!(ByteSize::from_text("4MiB"), Some(ByteSize(4 << 20)));
        for bad in ["", "-1", "4 parsecs", "4096MiB", "1.5MiB", "MiB"] {
            assert_eq!(ByteSize::from_text(bad), None, "{bad}");
        }
        for bad in ["", "5", "-5s", "soon"] {
            assert_eq!(Duration::from_text(bad), None, "{bad}");
        }
    }
}
