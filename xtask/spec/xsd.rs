//! XML requests against XML schemas, through libxml2's `xmllint`.
//!
//! Of a SOAP message the body's first child is checked, of any other the whole.
//! Start with [`validate`].

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use roxmltree::{Document, Node};

use super::case::Request;
use super::plan::Xsd;
use super::problem::{Problem, stands_for_secret};

/// What differs between a request's message and the schema.
///
/// # Errors
/// When `xmllint` or a schema cannot be used.
pub(super) fn validate(specs: &Path, target: &Xsd, request: &Request) -> Result<Vec<Problem>> {
    let document = match Document::parse(&request.body) {
        Ok(document) => document,
        Err(error) => return Ok(vec![Problem::new("body", "body", format!("is no XML: {error}"))]),
    };
    let Some(message) = message(&document) else {
        return Ok(vec![Problem::new("body", "body", "the SOAP body is empty")]);
    };
    let name = message.tag_name().name();
    if name != target.element {
        let words = format!("the message is `{name}`, expected `{}`", target.element);
        return Ok(vec![Problem::new(name, "element", words)]);
    }
    let folder = tempfile::tempdir()?;
    let schema = folder.path().join("schema.xsd");
    fs::write(&schema, wrapper(specs, target)?)?;
    let instance = folder.path().join("message.xml");
    let text = alone(message);
    fs::write(&instance, &text)?;
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([&schema, &instance])
        .output()
        .context("cannot run `xmllint`; install libxml2 (Debian: apt-get install libxml2-utils)")?;
    let words = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => Ok(Vec::new()),
        Some(3 | 4) => {
            let text = Document::parse(&text).context("the message does not stand alone")?;
            let prefix = format!("{}:", instance.display());
            Ok(words.lines().filter_map(|line| problem(&text, line.strip_prefix(&prefix)?)).collect())
        }
        _ => bail!("the schema `{}` cannot be used: {}", target.file, words.trim()),
    }
}

/// The element that carries the message.
fn message<'a>(document: &'a Document<'a>) -> Option<Node<'a, 'a>> {
    let root = document.root_element();
    if root.tag_name().name() != "Envelope" {
        return Some(root);
    }
    let body = root.children().find(|node| node.is_element() && node.tag_name().name() == "Body")?;
    body.children().find(Node::is_element)
}

/// The element as a document of its own, with the namespaces that it inherited.
fn alone(node: Node<'_, '_>) -> String {
    let text = node.document().input_text().get(node.range()).unwrap_or_default();
    let tag = text.split('>').next().unwrap_or_default();
    let at = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    let mut inherited = String::new();
    for namespace in node.namespaces() {
        let attribute = match namespace.name() {
            Some("xml") => continue,
            Some(prefix) => format!("xmlns:{prefix}"),
            None => "xmlns".to_owned(),
        };
        if !tag.contains(&format!("{attribute}=")) {
            let _ = write!(inherited, " {attribute}=\"{}\"", namespace.uri());
        }
    }
    let (start, rest) = text.split_at(at);
    format!("{start}{inherited}{rest}\n")
}

/// A schema that imports those of the carrier; the ones that others name without a place come first.
fn wrapper(specs: &Path, target: &Xsd) -> Result<String> {
    let mut text = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n".to_owned();
    for file in target.also.iter().chain([&target.file]) {
        let path = specs.join(file).canonicalize().with_context(|| format!("no specification `{file}`"))?;
        let schema = fs::read_to_string(&path)?;
        let schema = Document::parse(&schema).with_context(|| format!("`{file}` is no XML"))?;
        let place = path.to_string_lossy().replace('&', "&amp;").replace('"', "&quot;");
        let _ = match schema.root_element().attribute("targetNamespace") {
            Some(namespace) => {
                writeln!(text, "<xs:import namespace=\"{namespace}\" schemaLocation=\"{place}\"/>")
            }
            None => writeln!(text, "<xs:include schemaLocation=\"{place}\"/>"),
        };
    }
    Ok(text + "</xs:schema>\n")
}

/// One line of `xmllint`, after the file's name: `3: element city: Schemas validity error : ...`.
fn problem(document: &Document<'_>, line: &str) -> Option<Problem> {
    let (number, rest) = line.split_once(": element ")?;
    let number = number.trim().parse().ok()?;
    let (name, words) = rest.split_once(": ")?;
    let words = words.split_once(" : ").map_or(words, |(_, words)| words);
    let node = document.descendants().find(|node| {
        node.is_element() && node.tag_name().name() == name && lines_of_tag(*node).contains(&number)
    });
    if node.and_then(|node| node.text()).is_some_and(stands_for_secret) {
        return None;
    }
    let path = node.map_or_else(|| name.to_owned(), path_of);
    Some(Problem::new(&path, keyword(words), words))
}

/// The lines over which an element's start tag reaches; the parser counts the last of them.
fn lines_of_tag(node: Node<'_, '_>) -> std::ops::RangeInclusive<u32> {
    let document = node.document();
    let start = node.range().start;
    let tag = document.input_text().get(node.range()).unwrap_or_default().find('>').unwrap_or_default();
    document.text_pos_at(start).row..=document.text_pos_at(start + tag).row
}

fn path_of(node: Node<'_, '_>) -> String {
    let mut names: Vec<_> = node.ancestors().filter(Node::is_element).map(|n| n.tag_name().name()).collect();
    names.reverse();
    names.join("/")
}

fn keyword(words: &str) -> &str {
    if let Some((_, rest)) = words.split_once("[facet '")
        && let Some((facet, _)) = rest.split_once('\'')
    {
        return facet;
    }
    match words {
        _ if words.contains("is not expected") => "order",
        _ if words.contains("Missing child element") => "required",
        _ if words.contains("atomic type") => "type",
        _ if words.contains("attribute") => "attribute",
        _ => "schema",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"<xs:schema xmlns:t="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="urn:t" elementFormDefault="unqualified"><xs:element name="ask"><xs:complexType><xs:sequence>
        <xs:element name="code"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="3"/>
        </xs:restriction></xs:simpleType></xs:element><xs:element name="count" type="xs:int"/>
        </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

    fn found(fields: &str) -> Option<Vec<String>> {
        if Command::new("xmllint").arg("--version").output().is_err() {
            return None; // spec-check itself refuses to work without it
        }
        let specs = tempfile::tempdir().unwrap();
        fs::write(specs.path().join("a.xsd"), SCHEMA).unwrap();
        let body = format!(
            "<s:Envelope xmlns:s=\"urn:soap\" xmlns:t=\"urn:t\"><s:Header/>\n<s:Body>{fields}</s:Body></s:Envelope>"
        );
        let request = Request::parse(&format!("POST /a HTTP/1.1\n\n{body}")).unwrap();
        let target = Xsd { file: "a.xsd".into(), also: Vec::new(), element: "ask".into() };
        let problems = validate(specs.path(), &target, &request).unwrap();
        Some(problems.iter().map(|problem| format!("{} {}", problem.path, problem.keyword)).collect())
    }

    #[test]
    fn a_right_message_passes() {
        let found = found("<t:ask><code>abc</code><count>1</count></t:ask>");
        assert!(found.is_none_or(|found| found.is_empty()));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let long = found("<t:ask>\n<code>abcd</code>\n<count>x</count></t:ask>");
        assert!(long.is_none_or(|found| found.contains(&"ask/code maxLength".to_owned())
            && found.contains(&"ask/count type".to_owned())));
        let missing = found("<t:ask><code>abc</code></t:ask>");
        assert!(missing.is_none_or(|found| found == ["ask required"]));
        let order = found("<t:ask><count>1</count><code>abc</code></t:ask>");
        assert!(order.is_none_or(|found| found == ["ask/count order"]));
        let other = found("<t:tell/>");
        assert!(other.is_none_or(|found| found == ["tell element"]));
    }

    #[test]
    fn a_message_alone_keeps_its_namespaces() {
        let text = "<s:E xmlns:s=\"urn:s\" xmlns:t=\"urn:t\"><t:a xmlns=\"urn:d\"/></s:E>";
        let document = Document::parse(text).unwrap();
        let node = document.root_element().first_element_child().unwrap();
        let text = alone(node);
        let again = Document::parse(&text).unwrap();
        assert_eq!(again.root_element().tag_name().namespace(), Some("urn:t"));
        assert_eq!(again.root_element().default_namespace(), Some("urn:d"));
    }
}
