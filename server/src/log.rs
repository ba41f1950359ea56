//! The log on standard error. What strangers sent may be in it: one event is one line, whatever they wrote.

use crate::config::LogFormat;
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Bytes of one line of text. Lines of JSON are not cut, or they would be none; the texts in them are where they are made.
const LONGEST: usize = 8 * 1024;

/// `level` where `RUST_LOG` does not say otherwise.
pub fn start(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    match format {
        LogFormat::Text => subscriber.with_writer(Lines(io::stderr)).init(),
        // JSON escapes by itself.
        LogFormat::Json => subscriber.json().with_writer(io::stderr).init(),
    }
}

/// Writers of which each line is one event, without control characters in it.
pub struct Lines<M>(pub M);

/// One event, gathered until it is whole.
pub struct Line<W: Write> {
    to: W,
    text: Vec<u8>,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Lines<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { to: self.0.make_writer(), text: vec![] }
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Drop for Line<W> {
    fn drop(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let line = escaped(&String::from_utf8_lossy(&self.text));
        // Whether anybody reads it or not.
        let _ = self.to.write_all(line.as_bytes()).and_then(|()| self.to.flush());
    }
}

/// One line, its end included.
fn escaped(event: &str) -> String {
    let mut line = String::with_capacity(event.len() + 1);
    for character in event.trim_end().chars() {
        if line.len() > LONGEST {
            line.push_str(" (cut)");
            break;
        }
        if is_for_machines(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    line
}

/// It would end the line, move a terminal's cursor, or show text in another order than it is.
fn is_for_machines(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let forged = "refused: no\n2026-11-28T12:00:00Z  INFO signed in person=Mara\r\u{1b}[2Kgone\u{202e}txet\n";
        assert_eq!(
            escaped(forged),
            "refused: no\\n2026-11-28T12:00:00Z  INFO signed in person=Mara\\r\\u{1b}[2Kgone\\u{202e}txet\n"
        );
        assert_eq!(escaped("Zoë said „ja“\n"), "Zoë said „ja“\n");
        assert!(escaped(&"a".repeat(100_000)).len() < LONGEST * 2);
    }
}
