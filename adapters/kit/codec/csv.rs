//! CSV files, as carriers take manifests and give invoices and event files.
//!
//! Rows are serde types; the file's manners are a [`Dialect`]. Start with
//! [`write()`] and [`read`].

use bytes::Bytes;
use csv::{ByteRecord, DeserializeErrorKind, ErrorKind, QuoteStyle, Terminator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{At, Format, ReadError, WriteError, shown_name, without_bom, without_values};

/// How a carrier writes its CSV files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What sets fields apart, an ASCII character.
    pub delimiter: u8,
    /// Whether every field is quoted, or only those that need it. Reading
    /// takes both.
    pub quote_all: bool,
    /// Whether a row ends with CR LF or with LF. Reading takes both.
    pub crlf: bool,
    /// Whether the first row names the columns. Without one, columns are told
    /// by their order.
    pub header: bool,
}

impl Dialect {
    /// RFC 4180: commas, quotes where needed, CR LF, a header.
    pub const RFC4180: Self = Self { delimiter: b',', quote_all: false, crlf: true, header: true };

    /// As [`Dialect::RFC4180`] with semicolons, as most of Europe has it.
    pub const SEMICOLON: Self = Self { delimiter: b';', ..Self::RFC4180 };
}

/// Writes `rows`. The header is the names of the fields of `T`; with no row
/// there is none.
///
/// # Errors
/// When `T` cannot be a row (a map, a list within a list) or rows differ in
/// length.
pub fn write<T: Serialize>(dialect: Dialect, rows: &[T]) -> Result<Bytes, WriteError> {
    let style = if dialect.quote_all { QuoteStyle::Always } else { QuoteStyle::Necessary };
    let end = if dialect.crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
    let mut out = csv::WriterBuilder::new()
        .delimiter(dialect.delimiter)
        .quote_style(style)
        .terminator(end)
        .has_headers(dialect.header)
        .from_writer(Vec::new());
    for (index, row) in rows.iter().enumerate() {
        out.serialize(row).map_err(|error| {
            let detail = match error.kind() {
                ErrorKind::Serialize(message) => without_values(message),
                ErrorKind::UnequalLengths { .. } => "rows differ in their number of fields".to_owned(),
                _ => "the row cannot be written".to_owned(),
            };
            WriteError::new(Format::Csv, format!("row {}: {detail}", index + 1))
        })?;
    }
    let written = out.into_inner().map_err(|_| WriteError::new(Format::Csv, "the file cannot be ended"))?;
    Ok(Bytes::from(written))
}

/// Reads all rows. Fields are taken as they stand; a UTF-8 byte order mark is
/// put aside.
///
/// # Errors
/// With row and column of the first bad field.
pub fn read<T: DeserializeOwned>(dialect: Dialect, body: &[u8]) -> Result<Vec<T>, ReadError> {
    let mut source = csv::ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(dialect.header)
        .from_reader(without_bom(body));
    let header = match dialect.header {
        true => Some(source.byte_headers().map_err(|error| read_error(&error, 1, None))?.clone()),
        false => None,
    };
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    let mut number = u64::from(dialect.header);
    loop {
        number = number.saturating_add(1);
        match source.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(rows),
            Err(error) => return Err(read_error(&error, number, header.as_ref())),
        }
        let row = record.deserialize(header.as_ref());
        rows.push(row.map_err(|error| utf8_first(&error, &record, number, header.as_ref()))?);
    }
}

/// A field that is no UTF-8 shows as one of a wrong type; it is told as such.
fn utf8_first(error: &csv::Error, record: &ByteRecord, row: u64, header: Option<&ByteRecord>) -> ReadError {
    match record.iter().position(|field| std::str::from_utf8(field).is_err()) {
        Some(index) => ReadError::new(Format::Csv, "the field is no UTF-8")
            .at(At::Row { row, column: Some(column(index, header)) }),
        None => read_error(error, row, header),
    }
}

fn read_error(error: &csv::Error, row: u64, header: Option<&ByteRecord>) -> ReadError {
    let (detail, index) = match error.kind() {
        ErrorKind::Utf8 { err, .. } => ("the field is no UTF-8".to_owned(), Some(err.field())),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            (format!("has {len} fields, the first row has {expected_len}"), None)
        }
        ErrorKind::Deserialize { err, .. } => {
            let detail = match err.kind() {
                DeserializeErrorKind::Message(message) => without_values(message),
                DeserializeErrorKind::Unsupported(_) => "the type cannot be a field".to_owned(),
                DeserializeErrorKind::UnexpectedEndOfRow => "the row has too few fields".to_owned(),
                DeserializeErrorKind::InvalidUtf8(_) => "the field is no UTF-8".to_owned(),
                DeserializeErrorKind::ParseBool(_) => "the field is neither true nor false".to_owned(),
                DeserializeErrorKind::ParseInt(_) => "the field is no whole number in range".to_owned(),
                DeserializeErrorKind::ParseFloat(_) => "the field is no number".to_owned(),
            };
            (detail, err.field().and_then(|index| usize::try_from(index).ok()))
        }
        _ => ("the file cannot be read".to_owned(), None),
    };
    let column = index.map(|index| column(index, header));
    ReadError::new(Format::Csv, detail).at(At::Row { row, column })
}

/// Name of a column by the header, or its number from 1.
fn column(index: usize, header: Option<&ByteRecord>) -> String {
    match header.and_then(|header| header.get(index)) {
        Some(name) => shown_name(&String::from_utf8_lossy(name)),
        None => index.saturating_add(1).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        name: String,
        count: u32,
        price: Decimal,
    }

    fn row(name: &str) -> Row {
        Row { name: name.to_owned(), count: 2, price: Decimal::new(1250, 2) }
    }

    #[test]
    fn dialects_differ_as_they_say() {
        let rows = [row("a;b")];
        assert_eq!(write(Dialect::SEMICOLON, &rows).unwrap(), "name;count;price\r\n\"a;b\";2;12.50\r\n");
        let bare = Dialect { delimiter: b'|', quote_all: true, crlf: false, header: false };
        assert_eq!(write(bare, &rows).unwrap(), "\"a;b\"|\"2\"|\"12.50\"\n");
        assert_eq!(read::<Row>(bare, b"a;b|2|12.50\n").unwrap(), rows);
    }

    #[test]
    fn columns_are_found_by_name() {
        let body = "\u{FEFF}price,note,name,count\n1,x,Höfe,3\n";
        let rows: Vec<Row> = read(Dialect::RFC4180, body.as_bytes()).unwrap();
        assert_eq!(rows, [Row { name: "Höfe".to_owned(), count: 3, price: Decimal::ONE }]);
    }

    #[test]
    fn errors_name_row_and_column_and_no_content() {
        let place = |row, column: Option<&str>| At::Row { row, column: column.map(str::to_owned) };
        for (body, at) in [
            ("name,count,price\na,1,1\nb,Erika,1\n", place(3, Some("count"))),
            ("name,count,price\na,1,Erika\n", place(2, None)),
            ("name,count,price\nErika,1\n", place(2, None)),
            ("name,count\nErika,1\n", place(2, None)),
        ] {
            let error = read::<Row>(Dialect::RFC4180, body.as_bytes()).unwrap_err();
            assert!(!error.to_string().contains("Erika"), "{error}");
            assert_eq!(error.at, at, "{error}");
        }
        let latin = read::<Row>(Dialect::RFC4180, b"name,count,price\nH\xF6fe,1,1\n").unwrap_err();
        assert_eq!(latin.at, place(2, Some("name")));
    }

    proptest! {
        #[test]
        fn rows_come_back(names in prop::collection::vec(any::<String>(), 1..5), quote_all: bool, crlf: bool, header: bool) {
            let rows: Vec<Row> = names.iter().map(|name| row(name)).collect();
            let dialect = Dialect { delimiter: b';', quote_all, crlf, header };
            prop_assert_eq!(read::<Row>(dialect, &write(dialect, &rows).unwrap()).unwrap(), rows);
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200), header: bool) {
            let _ = read::<Row>(Dialect { header, ..Dialect::RFC4180 }, &body);
        }
    }
}
