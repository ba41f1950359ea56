//! One spelling for text that was framed, escaped, wrapped or typeset on its way here.
//!
//! Three steps, and each keeps for every byte its place in the original: [`unframed`] takes off what stands around lines,
//! [`decoded`] undoes escapes and markup, [`folded`] makes one line of it. No step takes away a value.

mod encoded;
mod escapes;
mod lines;
mod markup;

pub(super) use encoded::{printable, text_of, without_base64};
pub(super) use escapes::{decoded, without_any_percent};
pub(super) use lines::unframed;

use super::scan::Span;

/// Text, and for each of its bytes the place in the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Normal {
    pub text: String,
    at: Vec<usize>,
}

impl Normal {
    /// The text as it is.
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), at: (0..=text.len()).collect() }
    }

    /// The original's offset of a byte here.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.at.get(at).or(self.at.last()).copied().unwrap_or(0)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.origin(start), end: self.origin(end) }
    }

    pub(super) fn place(&self, span: Span) -> Span {
        self.span(span.start, span.end)
    }
}

/// A text in the making out of another one.
struct Rewrite<'n> {
    from: &'n Normal,
    text: String,
    at: Vec<usize>,
}

impl<'n> Rewrite<'n> {
    fn new(from: &'n Normal) -> Self {
        Self { from, text: String::with_capacity(from.text.len()), at: Vec::with_capacity(from.at.len()) }
    }

    /// Takes a stretch over as it is.
    fn keep(&mut self, start: usize, end: usize) {
        self.text.push_str(&self.from.text[start..end]);
        self.at.extend_from_slice(&self.from.at[start..end]);
    }

    /// Writes `c` for what begins at `at`.
    fn put(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.at.resize(self.text.len(), self.from.origin(at));
    }

    fn done(mut self) -> Normal {
        self.at.push(self.from.origin(self.from.text.len()));
        Normal { text: self.text, at: self.at }
    }
}

/// White space of any length and kind is one blank.
pub(super) fn folded(from: &Normal) -> Normal {
    let mut out = Rewrite::new(from);
    for (at, c) in from.text.char_indices() {
        if !c.is_whitespace() {
            out.keep(at, at + c.len_utf8());
        } else if !out.text.ends_with(' ') {
            out.put(' ', at);
        }
    }
    out.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalise(text: &str) -> Normal {
        folded(&decoded(&unframed(text)))
    }

    #[test]
    fn escapes_are_undone_and_places_kept() {
        let text = "a\\r\\nTrace \\u0027x\\\\\\\"  \n y &#39;z&quot; ‘q’";
        let normal = normalise(text);
        assert_eq!(normal.text, "a Trace 'x\" y 'z\" 'q'");
        assert_eq!(normal.origin(0), 0);
        let trace = normal.text.find("Trace").expect("there");
        assert_eq!(&text[normal.origin(trace)..normal.origin(trace) + 5], "Trace");
        assert_eq!(normal.origin(9999), text.len());
    }

    #[test]
    fn a_redirect_s_query_is_decoded() {
        let normal = normalise("https://x/?error_description=AADSTS700027%3a+The+key%27s%0d%0aTrace+ID%3a+1 %41");
        assert_eq!(normal.text, "https://x/?error_description=AADSTS700027: The key's Trace ID: 1 %41");
    }

    #[test]
    fn whatever_stands_around_it_the_words_are_the_same() {
        let words = "AADSTS700027: The key 'A1' was not found. Trace ID: 1";
        let line = |prefix: fn(usize) -> String| {
            let parts = ["AADSTS700027: The key", "'A1' was not", "found. Trace ID: 1"];
            parts.iter().enumerate().map(|(at, part)| prefix(at) + part).collect::<Vec<_>>().join("\n")
        };
        for text in [
            line(|_| "│ ".into()),
            line(|_| "     | ".into()),
            line(|_| "> > ".into()),
            line(|_| "# ".into()),
            line(|at| format!("2026-11-27T08:15:4{at}.1093384Z ")),
            line(|at| format!("2026-11-27 08:15:4{at},109 ERROR [main] ")),
            line(|at| format!("[08:15:4{at}] WARN: ")),
            line(|at| format!("Nov 27 08:15:4{at} web01 app[41{at}]: ")),
            line(|at| format!("2026/11/27 09:15:4{at} | stdout | ")),
            line(|_| "sync-1  | ".into()),
            line(|at| format!("2026-11-27T08:15:4{at}.1234567Z ##[error]")),
            "AADSTS700027: The key \" +\n   \"'A1' was not \" +\n   \"found. Trace ID: 1".into(),
            "\u{1b}[31mAADSTS700027\u{1b}[0m: The key '\u{1b}[1;32mA1\u{1b}[0m' was not found. Trace ID: 1".into(),
            "\\u001b[31mAADSTS700027\\u001b[0m: The key '[32mA1[0m' was not found. Trace ID: 1".into(),
            "AADSTS700027: The key '<b>A1</b>' was not found.<br/>Trace&nbsp;ID: 1".into(),
            "AADSTS700027: The key &amp;#39;&lt;b&gt;A1&lt;/b&gt;&amp;#39; was not found. Trace ID: 1".into(),
            "AADSTS700[02](https://github.com/x/y#step:4:22)7: The key 'A1' was not found. Trace ID: 1".into(),
            "AADSTS700<https://github.com/x|027>: The key ‚A1‘ was not found. Trace ID: 1".into(),
            "AADSTS700027:+The+key+'A1'+was+not+found.+Trace+ID:+1".into(),
            "AADSTS700027%253A%2520The%2520key%2520%2527A1%2527%2520was%2520not%2520found.%2520Trace%2520ID%253A%25201"
                .into(),
            "AADSTS700027: The key \u{203a}A1\u{2039} was not found. Trace\u{a0}ID: 1".into(),
        ] {
            assert_eq!(normalise(&text).text.trim(), words, "{text}");
        }
    }

    #[test]
    fn lines_that_were_cut_in_words_are_whole_again() {
        let words = "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'F67FC15AAB51409AE929074F1149A81FD7C9CD3C'] Correlation ID: c1b7a2d4-93e8-4d06-8f55-2a6e0b9d7f31";
        let bytes = words.as_bytes();
        for width in [60, 63, 72, 80] {
            let cut: Vec<_> = bytes.chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
            assert_eq!(normalise(&cut.join("\r\n")).text, words, "{width}");
            let quoted: Vec<_> = bytes.chunks(75).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
            assert_eq!(normalise(&quoted.join("=\n")).text, words);
        }
    }

    #[test]
    fn values_are_never_taken_for_a_frame() {
        for text in [
            "2026-11-27 08:15:42Z",
            "Timestamp: 2026-11-27 08:15:42Z\nTimestamp: 2026-11-27 08:15:43Z",
            "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----",
            "client_id=<0cf6bee1-60c1-4874-8877-b68ee6d30b94> <alerts@example.net>",
            "Start=08/03/2016, Thumbprint=F67FC15A",
            "a+b c++ x=1+2",
        ] {
            assert_eq!(normalise(text).text, text.replace('\n', " "), "{text}");
        }
    }
}
