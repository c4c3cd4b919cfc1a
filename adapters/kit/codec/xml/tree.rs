//! A document as a tree that is asked by local names.
//!
//! For simulators, which read requests by path and not by an adapter's types,
//! and for the free-form detail of a fault.

use super::{cleaned, decoded};
use crate::codec::{At, Format, ReadError};

/// One element and all it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    name: String,
    namespace: Option<String>,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

/// Reads a document under the limits of [`super::read`].
///
/// # Errors
/// As [`super::read`], and where a prefix is not declared or a character is
/// one that XML 1.0 forbids.
pub fn tree(body: &[u8]) -> Result<Node, ReadError> {
    let text = decoded(body)?;
    // Holds the document to the limits first: the tree builder has none.
    cleaned(&text)?;
    tree_of(&text)
}

/// Reads `text`, which was held to the limits before.
pub(in crate::codec) fn tree_of(text: &str) -> Result<Node, ReadError> {
    let document = roxmltree::Document::parse(text).map_err(|error| {
        let place = error.pos();
        let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let at = At::Line { line: number(place.row), column: number(place.col) };
        ReadError::new(Format::Xml, "not well-formed, or a prefix is not declared").at(at)
    })?;
    Ok(Node::of(document.root_element()))
}

impl Node {
    fn of(element: roxmltree::Node<'_, '_>) -> Self {
        let own_text = element.children().filter(roxmltree::Node::is_text);
        Self {
            name: element.tag_name().name().to_owned(),
            namespace: element.tag_name().namespace().map(str::to_owned),
            attributes: element.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect(),
            text: own_text.filter_map(|text| text.text()).collect(),
            children: element.children().filter(roxmltree::Node::is_element).map(Self::of).collect(),
        }
    }

    /// Local name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Namespace, when it is in one.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The element's own text as it stands, children's not counted.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Value of the attribute of that local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All children in their order.
    pub fn children(&self) -> &[Node] {
        &self.children
    }

    /// First child of that local name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Every child of that local name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element at a path of local names below this one, such as
    /// `shipment/weight`; the first of each name is taken.
    pub fn at(&self, path: &str) -> Option<&Node> {
        path.split('/').try_fold(self, |node, name| node.child(name))
    }

    /// Text at a path, without blanks at its ends; `None` where there is no
    /// element or no text.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path).map(|node| node.text.trim()).filter(|text| !text.is_empty())
    }

    /// First element of that local name at any depth below this one, in the
    /// order of the document.
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_local_name() {
        let node =
            tree(b"<s:a xmlns:s='urn:s' xmlns='urn:d'><b n='1'> x <c>y</c> z</b><b/><d><e>1</e></d></s:a>")
                .unwrap();
        assert_eq!((node.name(), node.namespace()), ("a", Some("urn:s")));
        assert_eq!(node.text_at("b"), Some("x  z"));
        assert_eq!(node.text_at("b/c"), Some("y"));
        assert_eq!(node.all("b").count(), 2);
        assert_eq!(node.at("b").and_then(|b| b.attribute("n")), Some("1"));
        assert_eq!(node.find("e").map(Node::text), Some("1"));
        assert_eq!(node.find("e").and_then(Node::namespace), Some("urn:d"));
        assert_eq!(node.at("b/x"), None);
    }

    #[test]
    fn undeclared_prefixes_are_refused_here() {
        assert!(tree(b"<s:a/>").is_err());
    }
}
