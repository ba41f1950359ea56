//! Cuts a JSON text into its rows, a piece at a time. What is in a row is serde's to read.

use super::{LogError, MAX_ROW};

/// Lists of rows in an object around them.
const LISTS: [&[u8]; 2] = [b"records", b"value"];

/// Its depth counts brackets that are open; rows are the objects at `level`: in a list, in a list that is a member of an
/// object, or one after the other.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    at: u64,
    depth: usize,
    level: usize,
    /// The row so far.
    row: Option<Vec<u8>>,
    rows: u64,
    in_text: bool,
    escaped: bool,
    /// The last text outside of rows of a list: the name of the member that comes.
    name: Vec<u8>,
}

impl Splitter {
    pub(super) fn read(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        for byte in piece {
            if let Some(row) = self.step(*byte)? {
                each(&row)?;
            }
            self.at += 1;
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), LogError> {
        if self.depth == 0 && !self.in_text { Ok(()) } else { Err(LogError::BrokenOff) }
    }

    /// A row that this byte ends.
    fn step(&mut self, byte: u8) -> Result<Option<Vec<u8>>, LogError> {
        if byte == b'{' && self.row.is_none() && self.depth == self.level && !self.in_text {
            self.row = Some(Vec::with_capacity(4 * 1024));
            self.rows += 1;
        }
        if let Some(row) = &mut self.row {
            if row.len() >= MAX_ROW {
                return Err(LogError::RowTooLong(self.rows));
            }
            row.push(byte);
        }
        if self.in_text {
            self.text(byte);
            return Ok(None);
        }
        match byte {
            b'"' => {
                self.is_between_rows(byte)?;
                self.in_text = true;
                self.name.clear();
            }
            b'{' | b'[' => self.open(byte)?,
            b'}' | b']' => return self.close(byte),
            _ => self.is_between_rows(byte)?,
        }
        Ok(None)
    }

    fn text(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_text = false,
            _ if self.name.len() < 16 => self.name.push(byte),
            _ => {}
        }
    }

    fn open(&mut self, byte: u8) -> Result<(), LogError> {
        if byte == b'[' && self.depth == 0 {
            self.level = 1;
        } else if byte == b'[' && self.level == 0 && self.depth == 1 && LISTS.contains(&self.name.as_slice()) {
            // What was taken for a row is what stands around them.
            if self.row.take().is_some() {
                self.rows -= 1;
            }
            self.level = 2;
        } else if byte == b'[' && self.depth == self.level {
            return Err(LogError::NoJson(self.at));
        }
        self.depth += 1;
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<Option<Vec<u8>>, LogError> {
        self.depth = self.depth.checked_sub(1).ok_or(LogError::NoJson(self.at))?;
        if byte == b'}' && self.depth == self.level {
            return Ok(self.row.take());
        }
        if byte == b']' && self.depth + 1 == self.level {
            self.level = 0;
        }
        Ok(None)
    }

    /// Between rows stand blanks and commas alone.
    fn is_between_rows(&self, byte: u8) -> Result<(), LogError> {
        let allowed = byte.is_ascii_whitespace() || byte == b',';
        if self.row.is_none() && self.depth == self.level && !allowed {
            return Err(LogError::NoJson(self.at));
        }
        Ok(())
    }
}
