//! PEM's armour (RFC 7468), also where an editor, a mail or a hand has changed its lines.

use super::{Layer, PieceKind, kind, lines};
use std::ops::Range;

/// Longer ones are prose.
const MAX_LABEL: usize = 64;
const DASHES: &str = "-----";

/// What stands between two lines of armour.
#[derive(Debug)]
pub(super) struct Block {
    /// Where its first line begins and its last one ends.
    pub start: usize,
    pub end: usize,
    pub body: Range<usize>,
    label: String,
    /// Both lines are there.
    whole: bool,
    /// Its last line alone is there: the first one was lost.
    orphan: bool,
    odd: bool,
    /// What stands in front of the first line's dashes.
    before: Range<usize>,
}

#[derive(Debug)]
struct Marker {
    begin: bool,
    /// Dashes included.
    span: Range<usize>,
    label: Range<usize>,
    odd: bool,
}

/// Hyphens, and what typography makes of them.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐'..='―' | '−' | '﹘' | '﹣' | '－' | '─' | '━')
}

fn markers(text: &str) -> Vec<Marker> {
    let mut out = vec![];
    let mut from = 0;
    while let Some(length) = text[from..].find(['B', 'E']) {
        let at = from + length;
        from = at + 1;
        let rest = &text[at..];
        let begin = rest.starts_with("BEGIN");
        if begin || rest.starts_with("END") {
            out.extend(marker(text, at, begin));
        }
    }
    out
}

fn marker(text: &str, at: usize, begin: bool) -> Option<Marker> {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let bare = before.trim_end_matches(is_dash);
    let left = &before[bare.len()..];
    if left.is_empty() || at - before.len() > 2 {
        return None;
    }
    let start = at + if begin { 5 } else { 3 };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '#' | '.' | '_' | '/' | '\t');
    let tail = &text[start..];
    let length = tail.char_indices().take(MAX_LABEL).find(|(_, c)| !allowed(*c)).map_or(tail.len(), |(at, _)| at);
    let label = tail.get(..length.min(MAX_LABEL))?;
    if !label.is_empty() && !label.starts_with([' ', '\t']) {
        return None;
    }
    let behind = &tail[label.len()..];
    let rest = behind.trim_start_matches(is_dash);
    let right = &behind[..behind.len() - rest.len()];
    // The dashes behind the label were lost; the line ends there all the same.
    let cut = right.is_empty() && (behind.is_empty() || behind.starts_with(['\n', '\r']));
    if right.is_empty() && !(cut && left.chars().count() > 1) {
        return None;
    }
    let five = |dashes: &str| dashes.len() >= DASHES.len() && dashes.bytes().all(|byte| byte == b'-');
    let odd = !five(left) || !five(right) || at != before.len() || label.ends_with([' ', '\t']);
    let trimmed = label.trim();
    let label_at = start + (label.len() - label.trim_start().len());
    Some(Marker {
        begin,
        span: bare.len()..start + label.len() + right.len(),
        label: label_at..label_at + trimmed.len(),
        odd,
    })
}

/// All blocks, in order. They do not overlap, but two armour lines glued together share their dashes.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let markers = markers(text);
    let mut out: Vec<Block> = vec![];
    let mut at = 0;
    while let Some(marker) = markers.get(at) {
        at += 1;
        let label = text[marker.label.clone()].to_owned();
        let from = out.last().map_or(0, |last| last.end);
        let start = marker.span.start.max(from);
        if !marker.begin {
            let end = marker.span.end;
            let body = start..start;
            out.push(Block { start, end, body, label, whole: false, orphan: true, odd: marker.odd, before: 0..0 });
            continue;
        }
        let next = markers.get(at);
        let stop = next.map_or(text.len(), |next| next.span.start).max(marker.span.end);
        let body = marker.span.end..stop;
        let whole = next.is_some_and(|next| !next.begin);
        let odd = marker.odd || next.is_some_and(|next| whole && next.odd);
        let end = match next {
            Some(next) if whole => {
                at += 1;
                next.span.end
            }
            _ => stop,
        };
        // Not further back than the block before, or lines without end would be searched again and again.
        let back = from.min(marker.span.start);
        let line = text[back..marker.span.start].rfind(['\n', '\r']).map_or(back, |line| back + line + 1);
        let before = line..marker.span.start;
        out.push(Block { start, end, body, label, whole, orphan: false, odd, before });
    }
    out
}

impl Block {
    pub(super) fn whole_span(&self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) fn orphan(&self) -> bool {
        self.orphan
    }

    /// Not quite armour's form: it may be prose that speaks of BEGIN and END.
    pub(super) fn casual(&self) -> bool {
        self.odd
    }

    /// What was encoded, or why it cannot be told.
    pub(super) fn decode(&self, text: &str) -> Result<Vec<u8>, String> {
        let before = text.get(self.before.clone()).unwrap_or_default();
        let decoded = lines::decode(&text[self.body.clone()], before);
        if !self.whole {
            let complete = decoded.filter(|bytes| kind::length(bytes).is_some_and(|length| length <= bytes.len()));
            return complete.ok_or_else(|| format!("the line -----END {}----- is missing", self.label));
        }
        let mut bytes = decoded.ok_or_else(|| "the text between its first and last line is not base64".to_owned())?;
        // openssl's TRUSTED CERTIFICATE puts its own trust settings behind the certificate.
        if self.label == "TRUSTED CERTIFICATE"
            && let Some(length) = kind::length(&bytes)
        {
            bytes.truncate(length);
        }
        Ok(bytes)
    }

    /// What the label says that it is.
    pub(super) fn kind(&self, text: &str) -> PieceKind {
        match self.label.as_str() {
            label if label.ends_with("PRIVATE KEY") => PieceKind::PrivateKey {
                encrypted: label.starts_with("ENCRYPTED") || text[self.body.clone()].contains("ENCRYPTED"),
            },
            label if label.ends_with("PRIVATE KEY BLOCK") => PieceKind::PrivateKey { encrypted: true },
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => PieceKind::Certificate,
            "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => PieceKind::Pkcs7,
            "PKCS12" | "PFX" => PieceKind::Pkcs12,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => PieceKind::SigningRequest,
            "X509 CRL" => PieceKind::RevocationList,
            "PUBLIC KEY" | "RSA PUBLIC KEY" => PieceKind::PublicKey,
            "SSH2 PUBLIC KEY" => PieceKind::SshKey,
            label => PieceKind::Other(label.to_owned()),
        }
    }

    /// `found`: what its content is.
    pub(super) fn layers(&self, text: &str, found: Option<&PieceKind>) -> Vec<Layer> {
        let mut layers = vec![];
        if self.odd {
            layers.push(Layer::OddDashes);
        }
        let said = self.kind(text);
        let other = found.is_some_and(|found| std::mem::discriminant(found) != std::mem::discriminant(&said));
        layers.push(if other { Layer::OtherLabel(self.label.clone()) } else { Layer::Armour });
        layers
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }
}
