//! interim
pub(super) fn label(format: &str, number: &str, _lines: &[String]) -> Vec<u8> {
    match format {
        "ZPL" => format!("^XA^PW812^LL1218^FO50,50^BCN,200,Y,N^FD{number}^FS^XZ").into_bytes(),
        "PDF" => format!("%PDF-1.4 % {number}\n%%EOF\n").into_bytes(),
        _ => b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;".to_vec(),
    }
}
