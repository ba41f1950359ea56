//! The CSV of the admin center's “Download”.

use super::row::{self, Row};
use super::{BadRow, LogError, MAX_ROW};
use csv_core::{ReadRecordResult, Reader};

/// What a CSV has to have, under these names: the time in RFC 3339, the client id, the `keyId`, `Success` or something else,
/// and the number of the `AADSTS` code. Microsoft's pages name none of them; blanks around a name (`Application ID ` has one)
/// and case are passed over.
pub const CSV_COLUMNS: [&str; 5] =
    ["Date (UTC)", "Application ID", "Credential key ID", "Status", "Sign-in error code"];
/// Of a header, and of a line.
const MAX_CELLS: usize = 512;

#[derive(Debug)]
pub(super) struct Table {
    reader: Box<Reader>,
    /// Where [`CSV_COLUMNS`] are; `None`: the header is still to come.
    places: Option<[usize; CSV_COLUMNS.len()]>,
    text: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    cells: usize,
    /// Lines behind the header.
    lines: u64,
    ended: bool,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            reader: Box::new(Reader::new()),
            places: None,
            text: vec![0; 4 * 1024],
            used: 0,
            ends: vec![0; 64],
            cells: 0,
            lines: 0,
            ended: false,
        }
    }
}

impl Table {
    pub(super) fn read(
        &mut self,
        mut piece: &[u8],
        mut each: impl FnMut(Row) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        while !piece.is_empty() {
            piece = self.step(piece, &mut each)?;
        }
        Ok(())
    }

    /// The last line may have no end of its own.
    pub(super) fn finish(&mut self, mut each: impl FnMut(Row) -> Result<(), LogError>) -> Result<(), LogError> {
        while !self.ended {
            self.step(&[], &mut each)?;
        }
        if self.places.is_none() { Err(LogError::Empty) } else { Ok(()) }
    }

    /// What is left of the piece.
    fn step<'p>(
        &mut self,
        piece: &'p [u8],
        each: &mut impl FnMut(Row) -> Result<(), LogError>,
    ) -> Result<&'p [u8], LogError> {
        let (result, read, written, ended) =
            self.reader.read_record(piece, &mut self.text[self.used..], &mut self.ends[self.cells..]);
        self.used += written;
        self.cells += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End => self.ended = true,
            ReadRecordResult::OutputFull if self.text.len() >= MAX_ROW => {
                return Err(LogError::RowTooLong(self.lines + 1));
            }
            ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_CELLS => {
                return Err(LogError::RowTooLong(self.lines + 1));
            }
            ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            ReadRecordResult::Record => {
                match self.places {
                    None => self.places = Some(self.header()?),
                    Some(places) => {
                        self.lines += 1;
                        each(self.row(places))?;
                    }
                }
                (self.used, self.cells) = (0, 0);
            }
        }
        Ok(&piece[read..])
    }

    fn cell(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends[..self.cells].get(place)?;
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(begin..end)
    }

    fn header(&self) -> Result<[usize; CSV_COLUMNS.len()], LogError> {
        let names: Vec<String> = (0..self.cells)
            .map(|place| String::from_utf8_lossy(self.cell(place).unwrap_or_default()).trim().to_owned())
            .collect();
        let found = CSV_COLUMNS.map(|column| (column, names.iter().position(|name| name.eq_ignore_ascii_case(column))));
        let missing: Vec<_> = found.iter().filter(|(_, place)| place.is_none()).map(|(column, _)| *column).collect();
        if missing.is_empty() {
            Ok(found.map(|(_, place)| place.unwrap_or_default()))
        } else {
            Err(LogError::NoColumns(missing))
        }
    }

    fn row(&self, places: [usize; CSV_COLUMNS.len()]) -> Row {
        let cells = places.map(|place| self.cell(place).and_then(|cell| std::str::from_utf8(cell).ok()));
        let [Some(at), Some(app), Some(key), Some(status), Some(code)] = cells else {
            return Row::Bad(BadRow::Shape);
        };
        row::read(at, app, key, succeeded(status.trim(), code.trim()))
    }
}

/// Where they contradict each other, or neither says anything, it is not told.
fn succeeded(status: &str, code: &str) -> Option<bool> {
    let by_status = match status {
        "Success" => Some(true),
        "Failure" | "Interrupted" => Some(false),
        _ => None,
    };
    let by_code = match code {
        "" => None,
        code => Some(code.parse::<i64>().ok()? == 0),
    };
    match (by_status, by_code) {
        (Some(status), Some(code)) if status != code => None,
        (status, code) => status.or(code),
    }
}

#[cfg(test)]
mod tests {
    use super::succeeded;

    #[test]
    fn what_is_not_told_twice_alike_is_not_told() {
        for (status, code, told) in [
            ("Success", "0", Some(true)),
            ("Success", "", Some(true)),
            ("", "0", Some(true)),
            ("Failure", "7000222", Some(false)),
            ("Interrupted", "", Some(false)),
            ("", "700027", Some(false)),
            ("Success", "7000222", None),
            ("Failure", "0", None),
            ("", "", None),
            ("Erfolg", "", None),
            ("Success", "none", None),
        ] {
            assert_eq!(succeeded(status, code), told, "{status:?} {code:?}");
        }
    }
}
