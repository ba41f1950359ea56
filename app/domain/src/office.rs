//! Files of office programs, which people choose where text is wanted: recognised, and never read.

use std::fmt;

/// What a file is, by its first bytes and the names that stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeFile {
    /// .xlsx, .xlsm: a ZIP archive (ECMA-376, part 2).
    Workbook,
    /// .ods (OpenDocument 1.3, part 2, section 3.3).
    OpenDocumentSheet,
    /// .docx, .odt, .pptx.
    Document,
    /// .xls, .doc: a compound file ([MS-CFB], section 2.2).
    CompoundFile,
}

impl OfficeFile {
    /// Of a file's bytes, also where they were decoded as text and so lost some.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // As bytes; as UTF-8 that lost some; as Windows-1252.
        const COMPOUND: [&[u8]; 3] = [
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\xef\xbf\xbd\xef\xbf\xbd\x11\xe0\xa1\xb1\x1a",
            "ÐÏ\u{11}à¡±\u{1a}á".as_bytes(),
        ];
        if COMPOUND.iter().any(|start| bytes.starts_with(start)) {
            return Some(Self::CompoundFile);
        }
        if !bytes.starts_with(b"PK\x03\x04") {
            return None;
        }
        let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        if has(b"opendocument.spreadsheet") {
            Some(Self::OpenDocumentSheet)
        } else if has(b"xl/workbook") || has(b"xl/worksheets") {
            Some(Self::Workbook)
        } else {
            (has(b"word/") || has(b"ppt/") || has(b"opendocument.")).then_some(Self::Document)
        }
    }

    /// A table can be in it: it can be saved as CSV.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Workbook | Self::OpenDocumentSheet | Self::CompoundFile)
    }
}

impl fmt::Display for OfficeFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workbook => "an Excel workbook (.xlsx)",
            Self::OpenDocumentSheet => "an OpenDocument spreadsheet (.ods)",
            Self::Document => "a document of an office program (.docx, .odt)",
            Self::CompoundFile => "a file of an older office program (.xls, .doc)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_is_in_them() {
        for (bytes, expected) in [
            (&b"PK\x03\x04\x14\0[Content_Types].xml..xl/workbook.xml"[..], Some(OfficeFile::Workbook)),
            (
                b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK",
                Some(OfficeFile::OpenDocumentSheet),
            ),
            (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.textPK", Some(OfficeFile::Document)),
            (b"PK\x03\x04..[Content_Types].xml..word/document.xml", Some(OfficeFile::Document)),
            (b"PK\x03\x04..certificate.cer", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", Some(OfficeFile::CompoundFile)),
            ("ÐÏ\u{11}à¡±\u{1a}á".as_bytes(), Some(OfficeFile::CompoundFile)),
            (b"app,certificate", None),
        ] {
            assert_eq!(OfficeFile::of(bytes), expected);
            assert_eq!(OfficeFile::of(String::from_utf8_lossy(bytes).as_bytes()), expected);
        }
    }
}
