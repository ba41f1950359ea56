//! The key was found, and the signature does not verify.

use super::{Draft, not_enough};
use crate::doctor::basis::Basis;
use crate::doctor::cause::{Cause, minute};
use crate::doctor::fix::Fix;
use crate::doctor::message::{Message, Reason};
use crate::doctor::topic::Topic;

/// `points`: for the wording that is there.
pub(super) fn judge(basis: &Basis<'_>, message: &Message, points: i16) -> Vec<Draft> {
    let thumbprint = basis.meant();
    let said = match message.reason {
        Some(Reason::SignatureMismatch) => {
            "Entra found the key and says that the signature value did not match.".to_owned()
        }
        Some(Reason::VerificationFailed) => {
            "Entra found the key and could not verify the signature with it.".to_owned()
        }
        _ => format!("Entra says: “{}”", message.head_text),
    };
    let found = message.found_key.as_ref().and_then(|key| key.end).map(minute);
    let alg = basis.header().and_then(|header| header.alg.clone());
    let mut drafts = vec![
        Draft::new(Cause::SignedByAnotherKey { thumbprint }, Fix::SignWithItsKey)
            .because(points, said.clone())
            .because_if(found.is_some(), 3, || {
                format!(
                    "The certificate is registered, until {}, so only the signature is wrong.",
                    found.unwrap_or_default()
                )
            }),
        Draft::new(Cause::AlgorithmMismatch { alg: alg.clone() }, Fix::ChangeAlgorithm)
            .because(points - 35, said.clone())
            .because_if(alg.is_some(), 3, || format!("The header says {}.", alg.unwrap_or_default())),
        Draft::new(Cause::PayloadAltered, Fix::SignLast).because(points - 42, said.clone()),
    ];
    drafts.extend(chain(basis, &said, points));
    if message.reason.is_none() && message.cut_off {
        drafts.push(not_enough(basis, 40));
    }
    drafts
}

/// The first of `x5c` is not the signing certificate.
fn chain(basis: &Basis<'_>, said: &str, points: i16) -> Option<Draft> {
    let draft = || Draft::new(Cause::X5cOrder, Fix::OrderChain).because(points - 30, said);
    let x5c = basis.header().and_then(|header| header.x5c.as_ref());
    let Some(x5c) = x5c else {
        let words = basis.findings.mentions(Topic::SubjectNameIssuer);
        return words.then(|| draft().because(8, "The text speaks of sending x5c."));
    };
    let first = x5c.certificates.first()?;
    let named = basis.presented.as_ref().map(|(presented, _)| presented);
    let wrong_first = named.is_some_and(|named| {
        !named.means(first.sha1(), first.sha256())
            && x5c.certificates.iter().any(|other| named.means(other.sha1(), other.sha256()))
    });
    let issues_another = x5c.certificates.iter().skip(1).any(|other| {
        let (first, other) = (first.facts(), other.facts());
        other.issuer == first.subject && other.subject != first.subject
    });
    if !wrong_first && !issues_another {
        return None;
    }
    Some(
        draft()
            .because_if(wrong_first, 50, || "The certificate that the header names is in x5c, but not first.".into())
            .because_if(issues_another && !wrong_first, 45, || {
                format!("The first of x5c, “{}”, issued another one in it.", first.facts().subject)
            }),
    )
}
