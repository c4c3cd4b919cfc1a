//! `multipart/form-data` bodies (RFC 7578), for document uploads.
//!
//! The boundary is handed in, since adapters make nothing up; a boundary that
//! occurs in a part is refused, never worked around. Start with [`Multipart`];
//! [`read`] is for simulators.

use bytes::Bytes;

use super::{Format, ReadError, WriteError};

/// A body under construction; parts keep their order.
#[derive(Debug, Clone)]
pub struct Multipart {
    boundary: String,
    body: Vec<u8>,
    problem: Option<WriteError>,
}

/// Most parts that [`read`] takes.
const MOST_PARTS: usize = 1000;

impl Multipart {
    /// An empty body with parts that `boundary` sets apart: 1 to 70 characters
    /// of those that RFC 2046 section 5.1.1 allows, without blanks. It should
    /// come from the journalled context, so that a resend has the same bytes.
    ///
    /// # Errors
    /// When `boundary` is no such text.
    pub fn new(boundary: &str) -> Result<Self, WriteError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&b);
        if !(1..=70).contains(&boundary.len()) || !boundary.bytes().all(allowed) {
            return Err(refused("the boundary must be 1 to 70 of the characters RFC 2046 allows, no blanks"));
        }
        Ok(Self { boundary: boundary.to_owned(), body: Vec::new(), problem: None })
    }

    /// Adds the field `name`.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.part(&format!("form-data; name=\"{}\"", escaped(name)), None, value.as_bytes());
        self
    }

    /// Adds the file `file_name` as the field `name`. `content_type` is a media
    /// type such as `application/pdf`.
    pub fn file(mut self, name: &str, file_name: &str, content_type: &str, content: &[u8]) -> Self {
        let visible = |b: u8| (0x20..0x7F).contains(&b);
        if content_type.is_empty() || !content_type.bytes().all(visible) {
            self.refuse("the media type of a file must be printable ASCII");
        }
        let disposition =
            format!("form-data; name=\"{}\"; filename=\"{}\"", escaped(name), escaped(file_name));
        self.part(&disposition, Some(content_type), content);
        self
    }

    /// The value of the `Content-Type` header that belongs to this body.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary=\"{}\"", self.boundary)
    }

    /// The body.
    ///
    /// # Errors
    /// When it has no part, the boundary occurs in a part, or a file's media
    /// type is none.
    pub fn finish(mut self) -> Result<Bytes, WriteError> {
        if self.body.is_empty() {
            self.refuse("there is no part");
        }
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        Ok(Bytes::from(self.body))
    }

    fn part(&mut self, disposition: &str, content_type: Option<&str>, content: &[u8]) {
        let delimiter = format!("--{}", self.boundary);
        if find(content, delimiter.as_bytes()).is_some() {
            self.refuse("the boundary occurs in a part; hand in another");
        }
        let mut head = format!("{delimiter}\r\nContent-Disposition: {disposition}\r\n");
        if let Some(content_type) = content_type {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        head.push_str("\r\n");
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
    }

    /// Keeps the first problem; [`Multipart::finish`] tells it.
    fn refuse(&mut self, detail: &str) {
        self.problem.get_or_insert_with(|| refused(detail));
    }
}

fn refused(detail: &str) -> WriteError {
    WriteError::new(Format::Multipart, detail)
}

/// A name as the HTML standard escapes it in a multipart header.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// Where `needle` first occurs.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// One part of a body that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// Name of the file, when it is one.
    pub file_name: Option<String>,
    /// Media type, when the part states one.
    pub content_type: Option<String>,
    /// What it holds.
    pub content: Bytes,
}

/// Reads all parts in their order. `content_type` is the header's value, which
/// names the boundary.
///
/// # Errors
/// When there is no boundary, a part has no name or an unreadable head, or the
/// body ends before its last delimiter.
pub fn read(content_type: &str, body: &[u8]) -> Result<Vec<Part>, ReadError> {
    let bad = |detail: &str| ReadError::new(Format::Multipart, detail);
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let delimiter = format!("--{}", boundary.ok_or_else(|| bad("the media type has no boundary"))?);
    let between = format!("\r\n{delimiter}");
    let start = find(body, delimiter.as_bytes()).ok_or_else(|| bad("there is no delimiter"))?;
    let mut rest = body.get(start + delimiter.len()..).unwrap_or_default();
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == MOST_PARTS {
            return Err(bad("there are more than 1000 parts"));
        }
        rest = rest.strip_prefix(b"\r\n").ok_or_else(|| bad("a delimiter does not end its line"))?;
        let end = find(rest, between.as_bytes()).ok_or_else(|| bad("the last delimiter is missing"))?;
        parts.push(part(rest.get(..end).unwrap_or_default())?);
        rest = rest.get(end + between.len()..).unwrap_or_default();
    }
    Ok(parts)
}

fn part(raw: &[u8]) -> Result<Part, ReadError> {
    let bad = |detail: &str| ReadError::new(Format::Multipart, detail);
    let blank = find(raw, b"\r\n\r\n").ok_or_else(|| bad("a part has no head"))?;
    let head = std::str::from_utf8(raw.get(..blank).unwrap_or_default())
        .map_err(|_| bad("the head of a part is no UTF-8"))?;
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition").ok_or_else(|| bad("a part has no disposition"))?;
    let name = parameter(disposition, "name").ok_or_else(|| bad("a part has no name"))?;
    Ok(Part {
        name: unescaped(&name),
        file_name: parameter(disposition, "filename").map(|name| unescaped(&name)),
        content_type: header("content-type").map(str::to_owned),
        content: Bytes::copy_from_slice(raw.get(blank + 4..).unwrap_or_default()),
    })
}

/// The parameter `wanted` of a header's value, which stands after a `;`.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let (bare, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                (bare.trim(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.to_owned());
        }
        rest = after.split_once(';')?.1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(name: &str, file_name: &str, content: &[u8]) -> (String, Result<Bytes, WriteError>) {
        let body = Multipart::new("b0undary").unwrap().field(name, "é").file(
            "file",
            file_name,
            "application/pdf",
            content,
        );
        (body.content_type(), body.finish())
    }

    #[test]
    fn the_bytes_are_those_of_the_standard() {
        let (content_type, written) = body("a\"\r\n", "ä.pdf", b"%PDF");
        assert_eq!(content_type, "multipart/form-data; boundary=\"b0undary\"");
        let expected = "--b0undary\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\"\r\n\r\né\r\n\
            --b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ä.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n%PDF\r\n--b0undary--\r\n";
        assert_eq!(written.unwrap(), expected);
    }

    #[test]
    fn a_boundary_inside_a_part_is_refused() {
        assert!(body("a", "f", b"x--b0undaryx").1.is_err());
        for boundary in ["", "a b", "ä", "\r\n", &"x".repeat(71)] {
            assert!(Multipart::new(boundary).is_err(), "{boundary}");
        }
        let forged = Multipart::new("b").unwrap().file("a", "b", "text/plain\r\nX: y", b"");
        assert!(forged.finish().is_err());
        assert!(Multipart::new("b").unwrap().finish().is_err());
    }

    #[test]
    fn unfinished_bodies_are_refused() {
        let (content_type, written) = body("a", "f", b"content");
        let written = written.unwrap();
        for end in 0..written.len() - 4 {
            assert!(read(&content_type, &written[..end]).is_err(), "{end}");
        }
        assert!(read("multipart/form-data", &written).is_err());
        assert_eq!(read("multipart/form-data; charset=x; boundary=b0undary", &written).unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn parts_come_back(name in "[^%]*", file_name in "[^%]*", content in prop::collection::vec(any::<u8>(), 0..300)) {
            let (content_type, written) = body(&name, &file_name, &content);
            let parts = read(&content_type, &written.unwrap()).unwrap();
            prop_assert_eq!(parts.len(), 2);
            prop_assert_eq!(&parts[0].name, &name);
            prop_assert_eq!(&parts[0].content[..], "é".as_bytes());
            prop_assert_eq!(parts[1].file_name.as_ref(), Some(&file_name));
            prop_assert_eq!(parts[1].content_type.as_deref(), Some("application/pdf"));
            prop_assert_eq!(&parts[1].content[..], &content[..]);
        }

        #[test]
        fn no_bytes_make_it_panic(content_type in "[a-z/;=\" ]*", body in "(--|b|\r\n|:|=|\"|Content-Disposition: form-data; name=){0,30}") {
            let _ = read(&content_type, body.as_bytes());
            let _ = read("a; boundary=b", body.as_bytes());
        }
    }
}
