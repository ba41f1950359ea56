//! The header that a certificate asks for beside the header that was sent.

use super::assertion::AssertionHeader;
use super::presented::{Dialect, Presented};
use crate::certificate::Certificate;
use crate::client_assertion::Algorithm;
use crate::doctor::scan::any_of;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One member of the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Such as `x5t#S256`.
    pub name: String,
    /// As the certificate needs it.
    pub expected: String,
    /// Absent where it was not sent.
    pub sent: Option<String>,
    /// Whether it is in order.
    pub judgement: Judgement,
    /// Characters from the left that are equal. `None` where both are equal or nothing was sent.
    pub first_difference: Option<usize>,
    /// A sentence behind the name of the member.
    pub explanation: String,
}

/// What to think of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// As expected.
    Equal,
    /// Not as expected, and of no harm.
    Tolerated,
    /// Entra refuses it, or looks up another key.
    Wrong,
    /// Not sent, and not needed.
    NotNeeded,
}

/// The header that was sent beside the one that a certificate needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderComparison {
    /// `alg`, `x5t` and `x5t#S256`.
    pub rows: Vec<Row>,
    /// The header to send, as JSON.
    pub corrected: String,
}

impl HeaderComparison {
    /// No member is wrong.
    pub fn is_right(&self) -> bool {
        self.rows.iter().all(|row| row.judgement != Judgement::Wrong)
    }
}

/// Compares byte by byte. What is expected follows the algorithm that was sent: `x5t` suffices for RS256, and `x5t#S256`
/// for every algorithm.
pub fn compare(expected: &Certificate, sent: &AssertionHeader) -> HeaderComparison {
    let algorithm = match sent.alg.as_deref() {
        Some("RS256") => Algorithm::Rs256,
        _ => Algorithm::Ps256,
    };
    let x5t = thumbprint_row("x5t", &expected.sha1().base64url(), sent.x5t.as_deref(), expected, Dialect::Sha1);
    let s256 =
        thumbprint_row("x5t#S256", &expected.sha256().base64url(), sent.x5t_s256.as_deref(), expected, Dialect::Sha256);
    let mut rows = vec![algorithm_row(sent.alg.as_deref()), x5t, s256];
    let named = sent.x5t.is_some() || sent.x5t_s256.is_some();
    if !named {
        let wanted = if algorithm == Algorithm::Rs256 { "x5t" } else { "x5t#S256" };
        if let Some(row) = rows.iter_mut().find(|row| row.name == wanted) {
            row.judgement = Judgement::Wrong;
            row.explanation = if sent.kid.is_some() {
                "is missing; kid alone names the key, which Entra’s messages mention but its documentation does not"
                    .into()
            } else {
                "is missing, and nothing else names the certificate".into()
            };
        }
    }
    HeaderComparison { rows, corrected: corrected(expected, algorithm) }
}

/// The header for a certificate, with the members that its algorithm needs.
pub fn corrected(certificate: &Certificate, algorithm: Algorithm) -> String {
    let (alg, name, value) = match algorithm {
        Algorithm::Rs256 => ("RS256", "x5t", certificate.sha1().base64url()),
        Algorithm::Ps256 => ("PS256", "x5t#S256", certificate.sha256().base64url()),
    };
    json!({ "alg": alg, "typ": "JWT", name: value }).to_string()
}

fn first_difference(one: &str, two: &str) -> Option<usize> {
    let equal = one.chars().zip(two.chars()).take_while(|(a, b)| a == b).count();
    (one != two).then_some(equal)
}

fn algorithm_row(sent: Option<&str>) -> Row {
    let (expected, judgement, explanation) = match sent {
        Some("PS256") => ("PS256", Judgement::Equal, "is what Microsoft’s documentation asks for"),
        Some("RS256") => ("RS256", Judgement::Equal, "is taken, with x5t or x5t#S256"),
        Some("RS384" | "RS512") => {
            ("PS256", Judgement::Tolerated, "is in Entra’s own list of 2023; PS256 is asked for today")
        }
        Some(alg) if alg.starts_with("HS") => {
            ("PS256", Judgement::Wrong, "is made with a shared secret, not with a certificate’s key")
        }
        Some(alg) if alg.starts_with("ES") => {
            ("PS256", Judgement::Wrong, "needs an elliptic curve key, which Entra does not take here")
        }
        Some(_) => ("PS256", Judgement::Wrong, "is not known to be taken"),
        None => ("PS256", Judgement::Wrong, "is missing"),
    };
    Row {
        name: "alg".into(),
        expected: expected.into(),
        sent: sent.map(str::to_owned),
        judgement,
        first_difference: sent.and_then(|sent| first_difference(expected, sent)),
        explanation: explanation.into(),
    }
}

fn thumbprint_row(name: &str, expected: &str, sent: Option<&str>, certificate: &Certificate, wanted: Dialect) -> Row {
    let row = |judgement, first_difference, explanation: String| Row {
        name: name.into(),
        expected: expected.into(),
        sent: sent.map(str::to_owned),
        judgement,
        first_difference,
        explanation,
    };
    let Some(text) = sent else {
        return row(Judgement::NotNeeded, None, "was not sent".into());
    };
    if text == expected {
        return row(Judgement::Equal, None, "is the certificate’s".into());
    }
    let presented = Presented::of_header(text);
    let ours = presented.means(certificate.sha1(), certificate.sha256());
    let explanation = match (presented.dialect, ours) {
        (dialect, true) if dialect == wanted => alphabet(text),
        (Dialect::Sha1, true) => "is the certificate’s SHA-1, which belongs in x5t".into(),
        (Dialect::Sha256, true) => "is the certificate’s SHA-256, which belongs in x5t#S256".into(),
        (Dialect::HexText, true) => "is the hexadecimal text, base64url-encoded".into(),
        (Dialect::DecoratedHexText, true) => {
            "is the hexadecimal text with colons, a label or a line break, base64url-encoded".into()
        }
        (Dialect::HexAsBase64, true) => "is the hexadecimal text itself, not encoded at all".into(),
        (Dialect::TwiceEncoded, true) => "is the right value, encoded once more".into(),
        (Dialect::StrayBytes, true) => "has a line break encoded behind the digest".into(),
        (dialect, false) if dialect == wanted => "is the thumbprint of another certificate".into(),
        (Dialect::Other | Dialect::CutOff, _) => "is no thumbprint in any form known here".into(),
        (_, _) => "is the thumbprint of another certificate, and wrongly encoded".into(),
    };
    row(Judgement::Wrong, first_difference(expected, text), explanation)
}

/// The right digest in the wrong spelling.
fn alphabet(text: &str) -> String {
    let mut faults = vec![];
    if text.contains(any_of("+/")) {
        faults.push("has + or / where base64url has - and _");
    }
    if text.contains('=') {
        faults.push("ends in =");
    }
    if text.contains(char::is_whitespace) {
        faults.push("contains white space");
    }
    if faults.is_empty() {
        faults.push("has bits left over at its end");
    }
    format!("is base64, not base64url: it {}", faults.join(" and "))
}
