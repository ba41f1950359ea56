//! Takes off what people's tools wrap around certificates and keys, until the thing itself is there.
//!
//! What is taken off: byte order marks, UTF-16 and UTF-32, Windows-1252; quotes; the escapes of JSON, URLs, XML, HTML and
//! quoted-printable mail, also twice; colours of a terminal; line prefixes, frames and indents; PEM's armour, also where its
//! dashes are too many, too few, or typographic; hexadecimal, and base64, also of each other. A member of JSON, YAML or
//! XML is found by scanning for what it holds: no file is parsed as a whole, so a cut or damaged one is read as far as it
//! goes.
//!
//! Each thing is judged by its bytes, never by its label or file name.
//!
//! # For callers
//!
//! - [`text()`]: the text of a file, in whatever charset it is.
//! - [`peel()`] of a file's bytes, [`peel_text()`] or [`peel_text_roughly()`] of text: all that was found, as [`Piece`]s in their order. A piece has its
//!   [`PieceKind`], its bytes, the [`Layer`]s that were taken off, and its `span` in the text (of `peel`: in what [`text()`]
//!   gives for the same bytes).
//! - [`Peeled::private_key_spans`]: where in the text private keys stand, however they are wrapped. For masking.
//! - [`Peeled::holds_private_key`]: for refusing.
//!
//! All of it is linear in the size of the input. Layers are taken off [`MAX_DEPTH`] deep.

mod armour;
mod charset;
mod escapes;
mod hexadecimal;
mod kind;
mod layer;
mod lines;
mod literal;
mod run;

pub use charset::{Charset, Text, text};
pub(crate) use kind::length as declared_length;
pub use kind::{Keystore, PieceKind};
pub use layer::{Format, Layer, sentence};

use kind::Signed;
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Encodings inside encodings (base64 of PEM in a secret of YAML is two).
pub const MAX_DEPTH: usize = 6;

/// Something that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// The thing itself, mostly DER. Wiped when dropped. Empty where it could not be decoded.
    pub bytes: Zeroizing<Vec<u8>>,
    /// From the outermost to the innermost.
    pub layers: Vec<Layer>,
    /// Where its characters stand in the text, without the lines of an armour around it.
    pub span: Range<usize>,
    /// Why it could not be decoded: the words follow after "The certificate in it is damaged: ".
    pub fault: Option<String>,
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece")
            .field("kind", &self.kind)
            .field("bytes", &self.bytes.len())
            .field("layers", &self.layers)
            .field("span", &self.span)
            .field("fault", &self.fault)
            .finish()
    }
}

/// What was found in a file or a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peeled {
    /// In the order of the text.
    pub pieces: Vec<Piece>,
}

impl Peeled {
    /// A private key is in it, or a store that is made to hold one (PKCS#12, a Java keystore).
    pub fn holds_private_key(&self) -> bool {
        self.pieces.iter().any(|piece| piece.kind.holds_private_key())
    }

    /// Where they stand in the text, in order.
    pub fn private_key_spans(&self) -> impl Iterator<Item = Range<usize>> {
        self.pieces.iter().filter(|piece| piece.kind.holds_private_key()).map(|piece| piece.span.clone())
    }
}

/// Peels a file.
pub fn peel(bytes: &[u8]) -> Peeled {
    let mut peeler = Peeler { found: vec![], signed: kind::closely };
    peeler.decoded(bytes, &At { layers: &[], depth: 0, inside: None });
    peeler.done()
}

/// Peels text: what was pasted, or what [`text()`] gave.
pub fn peel_text(text: &str) -> Peeled {
    peel_text_with(text, kind::closely)
}

/// The same, but that certificates, signing requests and revocation lists are all taken for certificates: code for X.509 is
/// not linked where this alone is used.
pub fn peel_text_roughly(text: &str) -> Peeled {
    peel_text_with(text, kind::roughly)
}

fn peel_text_with(text: &str, signed: Signed) -> Peeled {
    let mut peeler = Peeler { found: vec![], signed };
    peeler.text(text, &At { layers: &[], depth: 0, inside: None });
    peeler.done()
}

/// Something in these bytes may be a certificate: what it looks like from outside, with nothing of X.509 read.
pub fn may_hold_certificate(bytes: &[u8]) -> bool {
    let of_kind = |piece: &Piece| matches!(piece.kind, PieceKind::Certificate | PieceKind::Pkcs7);
    bytes.first() == Some(&0x30)
        || std::str::from_utf8(bytes).is_ok_and(|text| peel_text_roughly(text).pieces.iter().any(of_kind))
}

/// Where the peeler stands.
struct At<'a> {
    layers: &'a [Layer],
    depth: usize,
    /// In the outermost text; `None` while that is at hand itself.
    inside: Option<&'a Range<usize>>,
}

struct Peeler {
    found: Vec<Piece>,
    signed: Signed,
}

impl Peeler {
    fn done(self) -> Peeled {
        Peeled { pieces: self.found }
    }

    /// Gives true where something was found.
    fn bytes(&mut self, bytes: &[u8], at: &At<'_>) -> bool {
        if let Some(kind) = kind::of(bytes, self.signed) {
            self.push(kind, bytes, at.layers.to_vec(), at.inside.cloned().unwrap_or(0..bytes.len()));
            return true;
        }
        let Some(text) = text(bytes) else { return false };
        let mut layers = at.layers.to_vec();
        layers.extend(text.charset.layer());
        self.text(&text.text, &At { layers: &layers, ..*at })
    }

    fn text(&mut self, raw: &str, at: &At<'_>) -> bool {
        let before = self.found.len();
        for (span, bytes) in literal::structures(raw) {
            if let Some(kind) = kind::of(&bytes, self.signed) {
                let layers = [at.layers, &[Layer::Backslashes]].concat();
                self.push(kind, &bytes, layers, at.inside.cloned().unwrap_or(span));
            }
        }
        // A dump's column of characters can hold what looks like an escape.
        let plain = if hexadecimal::is_dump(raw) { escapes::Plain::of(raw) } else { escapes::undo(raw) };
        let whole = |span: &Range<usize>| at.inside.cloned().unwrap_or_else(|| plain.original(span));
        for (kind, span) in kind::in_text(&plain.text) {
            self.push(kind, plain.text[span.clone()].as_bytes(), at.layers.to_vec(), whole(&span));
        }
        let mut from = 0;
        for block in armour::blocks(&plain.text) {
            let known = self.found.len();
            self.runs(&plain, from..block.start, at);
            let between = from..block.start;
            from = from.max(block.end);
            let span = whole(&block.body);
            let mut layers = at.layers.to_vec();
            layers.extend(run::member(&plain.text, block.start));
            layers.extend(plain.layers_in(&block.whole_span()));
            if block.orphan() {
                // Base64 in front of it was read as a value of its own; other lines had a beginning that is lost.
                if known == self.found.len() && !block.casual() && lines::has_base64(&plain.text[between]) {
                    let fault = Some(format!("the line -----BEGIN {}----- is missing", block.label()));
                    let kind = block.kind(&plain.text);
                    self.found.push(Piece { kind, bytes: Zeroizing::default(), layers, span, fault });
                }
                continue;
            }
            match block.decode(&plain.text) {
                Ok(bytes) => {
                    let bytes = Zeroizing::new(bytes);
                    layers.extend(block.layers(&plain.text, kind::of(&bytes, self.signed).as_ref()));
                    let deeper = At { layers: &layers, depth: at.depth + 1, inside: Some(&span) };
                    let known = at.depth < MAX_DEPTH && self.bytes(&bytes, &deeper);
                    if !known {
                        self.push(block.kind(&plain.text), &bytes, layers, span);
                    }
                }
                // A line that only looks like armour, in prose.
                Err(_) if block.casual() => self.runs(&plain, block.body.clone(), at),
                Err(fault) => {
                    layers.extend(block.layers(&plain.text, None));
                    let kind = block.kind(&plain.text);
                    self.found.push(Piece { kind, bytes: Zeroizing::default(), layers, span, fault: Some(fault) });
                }
            }
        }
        self.runs(&plain, from..plain.text.len(), at);
        self.found.len() > before
    }

    /// Base64 and hexadecimal without armour.
    fn runs(&mut self, plain: &escapes::Plain, range: Range<usize>, at: &At<'_>) {
        if at.depth >= MAX_DEPTH || range.is_empty() {
            return;
        }
        for run in run::all(&plain.text, range) {
            let span = at.inside.cloned().unwrap_or_else(|| plain.original(&run.span));
            let mut layers = at.layers.to_vec();
            layers.extend(run::member(&plain.text, run.span.start));
            layers.extend(plain.layers_in(&run.span));
            layers.push(run.layer);
            self.decoded(&run.bytes, &At { layers: &layers, depth: at.depth + 1, inside: Some(&span) });
        }
    }

    /// One run can hold several structures one after the other.
    fn decoded(&mut self, bytes: &[u8], at: &At<'_>) {
        let mut rest = bytes;
        while let Some(length) = kind::length(rest) {
            if length >= rest.len() || rest[length] != 0x30 || !kind::is_known(&rest[..length]) {
                break;
            }
            self.bytes(&rest[..length], at);
            rest = &rest[length..];
        }
        self.bytes(rest, at);
    }

    fn push(&mut self, kind: PieceKind, bytes: &[u8], layers: Vec<Layer>, span: Range<usize>) {
        self.found.push(Piece { kind, bytes: Zeroizing::new(bytes.to_vec()), layers, span, fault: None });
    }
}
