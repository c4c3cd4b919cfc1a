//! Delimited rows, typed by serde.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ReadError, WriteError};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between two fields.
    pub delimiter: u8,
    /// Whether the first row names the fields.
    pub headed: bool,
    /// Whether rows end with CR LF.
    pub crlf: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', headed: true, crlf: true }
    }
}

/// Writes rows.
///
/// # Errors
/// When a row is no flat record.
pub fn write<T: Serialize>(dialect: Dialect, rows: &[T]) -> Result<String, WriteError> {
    let end = if dialect.crlf { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(dialect.headed)
        .terminator(end)
        .from_writer(Vec::new());
    for (index, row) in rows.iter().enumerate() {
        writer
            .serialize(row)
            .map_err(|_| WriteError::new("CSV", format!("row {} is no flat record", index + 1)))?;
    }
    let bytes = writer.into_inner().map_err(|error| WriteError::new("CSV", error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| WriteError::new("CSV", "it is not UTF-8"))
}

/// Reads rows.
///
/// # Errors
/// Names the row that is wrong, the head counted, without its content.
pub fn read<T: DeserializeOwned>(dialect: Dialect, body: &[u8]) -> Result<Vec<T>, ReadError> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(dialect.headed)
        .from_reader(body);
    let mut rows = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let number = index + 1 + usize::from(dialect.headed);
        let wrong = |_| ReadError::new("CSV", format!("row {number} is not what was expected"));
        rows.push(row.map_err(wrong)?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Row {
        number: u32,
        name: String,
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u32, name in "\\PC{0,12}") {
            let rows = [Row { number, name }];
            let dialect = Dialect { delimiter: b';', ..Dialect::default() };
            let text = write(dialect, &rows).unwrap();
            prop_assert_eq!(read::<Row>(dialect, text.as_bytes()).unwrap(), rows);
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = read::<Row>(Dialect::default(), &body);
        }
    }

    #[test]
    fn an_error_names_the_row() {
        let error = read::<Row>(Dialect::default(), b"number,name\r\nErika,x\r\n").unwrap_err().to_string();
        assert!(error.contains("row 2") && !error.contains("Erika"), "{error}");
    }
}
