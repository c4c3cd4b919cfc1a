//! Puts secrets where an adapter left slots for them.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use crate::account::{CLOSE, OPEN};
use crate::fault::Fault;

/// What kind of text a slot stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Neither escaped nor encoded here.
    Plain,
    /// Inside a JSON string.
    Json,
    /// Inside an XML text or attribute.
    Xml,
    /// Inside a percent-encoded form.
    Form,
}

/// `text` with every slot filled by `secrets`, escaped for `part`.
pub(crate) fn fill<'a>(
    text: &'a str,
    part: Part,
    secrets: &dyn Fn(&str) -> Option<SecretString>,
) -> Result<Cow<'a, str>, Fault> {
    let (open, close) = match part {
        Part::Form => (encoded(OPEN), encoded(CLOSE)),
        _ => (OPEN.to_string(), CLOSE.to_string()),
    };
    if !text.contains(&open) {
        return Ok(Cow::Borrowed(text));
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from_slot)) = rest.split_once(&open) {
        let Some((slot, after)) = from_slot.split_once(&close) else { break };
        filled.push_str(before);
        let (in_xml, name) = match slot.strip_prefix("x:").or_else(|| slot.strip_prefix("x%3A")) {
            Some(name) => (true, name),
            None => (false, slot),
        };
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        let secret =
            secrets(&name).ok_or_else(|| Fault::account(&name, "is a secret that is not on file"))?;
        let secret = secret.expose_secret();
        let secret = if in_xml { xml(secret) } else { Cow::Borrowed(secret) };
        filled.push_str(&escaped(&secret, part));
        rest = after;
    }
    filled.push_str(rest);
    Ok(Cow::Owned(filled))
}

fn encoded(mark: char) -> String {
    utf8_percent_encode(&mark.to_string(), NON_ALPHANUMERIC).to_string()
}

fn escaped(secret: &str, part: Part) -> Cow<'_, str> {
    match part {
        Part::Plain => Cow::Borrowed(secret),
        Part::Form => Cow::Owned(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
        Part::Xml => xml(secret),
        Part::Json => {
            let quoted = serde_json::Value::from(secret).to_string();
            Cow::Owned(quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned())
        }
    }
}

fn xml(secret: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;

    fn filled(text: &str, part: Part, secret: &str) -> String {
        let secret = SecretString::from(secret.to_owned());
        fill(text, part, &|name| (name == "pass_word").then(|| secret.clone())).unwrap().into_owned()
    }

    #[test]
    fn a_secret_is_escaped_for_where_it_stands() {
        let slot = Account::new([], ["pass_word".to_owned()]).secret("pass_word").unwrap();
        let hard = r#""a<&b\"#;
        assert_eq!(filled(&format!("{{\"p\":\"{slot}\"}}"), Part::Json, hard), r#"{"p":"\"a<&b\\"}"#);
        assert_eq!(filled(&format!("<p>{slot}</p>"), Part::Xml, "a<&b"), "<p>a&lt;&amp;b</p>");
        let form = crate::codec::form::write(&[("p", &slot.to_string())]);
        assert_eq!(filled(std::str::from_utf8(&form).unwrap(), Part::Form, "a&b"), "p=a%26b");
        let inside = slot.inside_xml().to_string();
        assert_eq!(filled(&inside, Part::Plain, "a&b"), "a&amp;b");
    }

    #[test]
    fn a_quote_at_either_end_of_a_secret_stays() {
        let slot = Account::new([], ["pass_word".to_owned()]).secret("pass_word").unwrap().to_string();
        assert_eq!(filled(&slot, Part::Json, "\"x\""), "\\\"x\\\"");
    }

    #[test]
    fn a_secret_that_is_not_there_is_an_error() {
        let slot = Account::new([], ["gone".to_owned()]).secret("gone").unwrap().to_string();
        assert!(fill(&slot, Part::Plain, &|_| None).is_err());
    }
}
