//! Reads a table out of a file, in whatever charset it was written.

use super::Work;
use crate::message::Effect;
use crate::session::Desk;
use domain::peel::{self, Charset};
use zeroize::Zeroizing;

pub struct Table;

impl Work for Table {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        let read = peel::text(&bytes);
        let charset = read.as_ref().map(|read| read.charset).filter(|charset| *charset != Charset::Utf8);
        // What is no text at all is refused with the table, whose signs were lost.
        let text = read.map_or_else(|| String::from_utf8_lossy(&bytes).into_owned(), |read| read.text);
        desk.page(Effect::Value { id: "csv", text });
        desk.show("read", || match charset {
            Some(charset) => format!(" Read from {name}, as {charset}."),
            None => format!(" Read from {name}."),
        });
    }
}
