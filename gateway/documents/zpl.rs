//! What the barcodes of a label in ZPL II hold, by the commands that print them.
//!
//! Nothing is rendered: the data of a barcode field stands in the text. Bars
//! that come as graphics (`^GF`, `~DG`) are not seen. Start at [`barcodes`].

/// The data of every barcode field, invocation codes taken out.
pub(super) fn barcodes(source: &[u8]) -> Vec<String> {
    let source = String::from_utf8_lossy(source);
    let mut found = Vec::new();
    let mut field = Field::default();
    for command in source.split(['^', '~']).skip(1) {
        let (name, rest) = command.split_at_checked(2).unwrap_or((command, ""));
        let name = name.to_ascii_uppercase();
        match name.as_str() {
            "FH" => field.hex = Some(rest.trim().chars().next().unwrap_or('_')),
            "FD" | "FV" => field.data = Some(rest.trim_end_matches(['\r', '\n']).to_owned()),
            "FS" | "XZ" => found.extend(std::mem::take(&mut field).barcode()),
            // the widths of bars, a default for all that follow
            "BY" => {}
            _ if name.starts_with('B') => field.symbology = name.chars().nth(1),
            _ => {}
        }
    }
    found
}

#[derive(Default)]
struct Field {
    symbology: Option<char>,
    hex: Option<char>,
    data: Option<String>,
}

impl Field {
    fn barcode(self) -> Option<String> {
        let (symbology, data) = (self.symbology?, self.data?);
        let data = match self.hex {
            Some(mark) => from_hex(&data, mark),
            None => data,
        };
        Some(if symbology == 'C' { without_invocations(&data) } else { data })
    }
}

/// `_5E` as the byte that it stands for.
fn from_hex(data: &str, mark: char) -> String {
    let mut parts = data.split(mark);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, part.get(2..)) {
            (Some(byte), Some(rest)) => {
                text.push(char::from(byte));
                text.push_str(rest);
            }
            _ => {
                text.push(mark);
                text.push_str(part);
            }
        }
    }
    text
}

/// The data of Code 128 without the codes that choose its sets; `>0` is the
/// character `>`.
fn without_invocations(data: &str) -> String {
    let mut text = String::new();
    let mut letters = data.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '>' if letters.next() == Some('0') => text.push('>'),
            '>' => {}
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn barcode_fields_are_told_from_text() {
        let label = b"^XA^CI28^PW812\n^FO10,10^A0N,20,20^FH^FDNot _5E this^FS\n\
            ^FO10,50^BY3^BCN,200,N,N,N,N^FH^FD>:1Z12345E02_30>50052716^FS\n\
            ^FO1,1^BQN,2,5^FDQA,1ZQR^FS~SD10^FO0,0^FDplain^FS^XZ";
        assert_eq!(barcodes(label), ["1Z12345E0200052716", "QA,1ZQR"]);
    }

    #[test]
    fn what_is_cut_or_no_label_has_none() {
        for text in [&b""[..], b"^", b"^B", b"^FD1Z", b"^XA^BCN^FD1", b"\xff\xfe^XA", "^ü^FS".as_bytes()] {
            assert_eq!(barcodes(text), Vec::<String>::new());
        }
    }
}
