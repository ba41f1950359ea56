//! Uploaded certificates onto apps: beside the others, in their place, or to take over after an overlap.

use crate::store::PlanIntent;
use domain::rollout::PushMode;
use domain::thumbprint::Sha256Thumbprint;
use std::collections::HashSet;

/// Certificates of one push.
pub(crate) const MOST_CERTIFICATES: usize = 20;
/// Of a rotation that does not say.
pub(crate) const USUAL_OVERLAP: u16 = 14;

/// Why certificates are not added as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddError {
    #[error("no certificate was chosen")]
    NoCertificates,
    #[error("{0} certificates were chosen; one push adds at most {MOST_CERTIFICATES}")]
    TooMany(usize),
    #[error("{certificates} certificates cannot all have the name “{name}”")]
    OneNameForMany { certificates: usize, name: String },
    #[error("certificates are added, put in the others' place, or rotated in, and not {0}")]
    BadMode(PushMode),
}

pub(crate) fn wanted(
    certificates: &[Sha256Thumbprint],
    mode: PushMode,
    display_name: &str,
    overlap_days: u16,
) -> Result<PlanIntent, AddError> {
    let mut seen = HashSet::new();
    let once: Vec<Sha256Thumbprint> = certificates.iter().copied().filter(|sha256| seen.insert(*sha256)).collect();
    let name = display_name.trim();
    match once.len() {
        0 => return Err(AddError::NoCertificates),
        1 => {}
        2..=MOST_CERTIFICATES if name.is_empty() => {}
        2..=MOST_CERTIFICATES => {
            return Err(AddError::OneNameForMany { certificates: once.len(), name: name.to_owned() });
        }
        many => return Err(AddError::TooMany(many)),
    }
    if !matches!(mode, PushMode::Append | PushMode::Replace | PushMode::Rotate) {
        return Err(AddError::BadMode(mode));
    }
    let overlap_days = match (mode, overlap_days) {
        (PushMode::Rotate, 0) => USUAL_OVERLAP,
        (PushMode::Rotate, days) => days,
        _ => 0,
    };
    Ok(PlanIntent::Add { certificates: once, mode, display_name: name.to_owned(), overlap_days })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn names_only_one_certificate() {
        let [one, two] = [b"one".as_slice(), b"two"].map(Sha256Thumbprint::of);
        assert!(wanted(&[one, two], PushMode::Append, " ", 0).is_ok());
        let one_name = AddError::OneNameForMany { certificates: 2, name: "x".into() };
        assert_eq!(wanted(&[one, two], PushMode::Append, " x", 0), Err(one_name));
        assert!(wanted(&[one, one], PushMode::Append, "x", 0).is_ok(), "the same one twice is one");
        assert_eq!(wanted(&[], PushMode::Append, "", 0), Err(AddError::NoCertificates));
        assert_eq!(wanted(&[one], PushMode::Retire, "", 0), Err(AddError::BadMode(PushMode::Retire)));
    }

    #[test]
    fn only_a_rotation_has_an_overlap() {
        let one = Sha256Thumbprint::of(b"one");
        let days = |mode, days| match wanted(&[one], mode, "", days).unwrap() {
            PlanIntent::Add { overlap_days, .. } => overlap_days,
            other => panic!("{other:?}"),
        };
        assert_eq!((days(PushMode::Rotate, 0), days(PushMode::Rotate, 3), days(PushMode::Append, 3)), (14, 3, 0));
    }
}
