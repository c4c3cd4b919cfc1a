//! `multipart/form-data`. The boundary is the caller's: adapters have no
//! randomness, an id of the plan's context serves.

use bytes::{BufMut, Bytes, BytesMut};

use super::{ReadError, WriteError};

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// Name and media type of a file; absent for a plain field.
    pub file: Option<(String, String)>,
    /// The content.
    pub content: Bytes,
}

impl Part {
    /// A plain field.
    pub fn field(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), file: None, content: Bytes::copy_from_slice(value.as_bytes()) }
    }

    /// A file.
    pub fn file(name: &str, file_name: &str, media_type: &str, content: Bytes) -> Self {
        Self { name: name.to_owned(), file: Some((file_name.to_owned(), media_type.to_owned())), content }
    }
}

/// The `content-type` of a form with this boundary.
pub fn content_type(boundary: &str) -> String {
    format!("multipart/form-data; boundary={boundary}")
}

/// Writes the parts.
///
/// # Errors
/// When the boundary is no token of at most 70 letters, digits and hyphens, or
/// stands in a part.
pub fn write(boundary: &str, parts: &[Part]) -> Result<Bytes, WriteError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if boundary.is_empty() || boundary.len() > 70 || !boundary.bytes().all(plain) {
        return Err(WriteError::new("multipart", "the boundary is no token of 1 to 70 letters and digits"));
    }
    let mark = format!("--{boundary}");
    let mut body = BytesMut::new();
    for part in parts {
        if part.content.windows(mark.len()).any(|window| window == mark.as_bytes()) {
            return Err(WriteError::new("multipart", format!("the boundary stands in part `{}`", part.name)));
        }
        body.put_slice(
            format!("{mark}\r\ncontent-disposition: form-data; name=\"{}\"", quoted(&part.name)).as_bytes(),
        );
        if let Some((name, media_type)) = &part.file {
            body.put_slice(
                format!("; filename=\"{}\"\r\ncontent-type: {media_type}", quoted(name)).as_bytes(),
            );
        }
        body.put_slice(b"\r\n\r\n");
        body.put_slice(&part.content);
        body.put_slice(b"\r\n");
    }
    body.put_slice(format!("{mark}--\r\n").as_bytes());
    Ok(body.freeze())
}

/// Quotes and line breaks as the HTML standard writes them.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Reads the parts, for simulators.
///
/// # Errors
/// When a part has no end, no head or no name.
pub fn read(boundary: &str, body: &[u8]) -> Result<Vec<Part>, ReadError> {
    let bad = |detail: &str| ReadError::new("multipart", detail);
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = after(body, mark.as_bytes()).ok_or_else(|| bad("the boundary never comes"))?;
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n").ok_or_else(|| bad("a boundary is followed by no line break"))?;
        let end = find(rest, format!("\r\n{mark}").as_bytes()).ok_or_else(|| bad("a part has no end"))?;
        let (part, next) = rest.split_at_checked(end).ok_or_else(|| bad("a part has no end"))?;
        let head = find(part, b"\r\n\r\n").ok_or_else(|| bad("a part has no head"))?;
        let (head, content) = part.split_at_checked(head).ok_or_else(|| bad("a part has no head"))?;
        let head = String::from_utf8_lossy(head);
        let name = attribute(&head, "name").ok_or_else(|| bad("a part has no name"))?;
        let media_type =
            head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
        let file = attribute(&head, "filename").map(|file| (file, media_type.to_owned()));
        let content = Bytes::copy_from_slice(content.get(4..).unwrap_or_default());
        parts.push(Part { name, file, content });
        rest = after(next, mark.as_bytes()).unwrap_or_default();
    }
    Ok(parts)
}

fn find(body: &[u8], what: &[u8]) -> Option<usize> {
    body.windows(what.len()).position(|window| window == what)
}

fn after<'a>(body: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    body.get(find(body, what)? + what.len()..)
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(content in proptest::collection::vec(any::<u8>(), 0..60), value in "[a-z ]{0,12}") {
            let parts = [
                Part::field("kind", &value),
                Part::file("upload", "a b.pdf", "application/pdf", content.into()),
            ];
            let body = write("bound-1", &parts).unwrap();
            prop_assert_eq!(read("bound-1", &body).unwrap(), parts);
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = read("b", &body);
        }
    }

    #[test]
    fn a_boundary_that_stands_in_a_part_is_refused() {
        assert!(write("b", &[Part::field("x", "--b")]).is_err());
        assert!(write("a b", &[]).is_err());
    }
}
