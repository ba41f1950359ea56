//! Uploaded certificates onto apps: beside the others, in their place, or to take over after an overlap.

use crate::store::Wanted;
use app::contract::problem::Problem;
use app::contract::pushes::PushMode;
use domain::thumbprint::Sha256Thumbprint;

/// Certificates of one push.
const MOST: usize = 20;
/// Of a rotation that does not say.
pub(crate) const USUAL_OVERLAP: u16 = 14;

pub(crate) fn wanted(
    certificates: &[Sha256Thumbprint],
    mode: PushMode,
    display_name: &str,
    overlap_days: u16,
) -> Result<Wanted, Problem> {
    let refuse = |code: &str, title: &str, detail: String, advice: &str| {
        Err(Problem::new(422, code, title, detail).advice(advice))
    };
    let mut once: Vec<Sha256Thumbprint> = Vec::with_capacity(certificates.len());
    for sha256 in certificates {
        if !once.contains(sha256) {
            once.push(*sha256);
        }
    }
    match once.len() {
        0 => {
            return refuse(
                "no-certificates",
                "No certificate was chosen",
                "A preview needs one.".into(),
                "Upload or choose a certificate.",
            );
        }
        1..=MOST => {}
        many => {
            let detail = format!("{many} certificates were chosen; one push adds at most {MOST}.");
            return refuse("too-many-certificates", "Too many certificates were chosen", detail, "Push them in parts.");
        }
    }
    if once.len() > 1 && !display_name.trim().is_empty() {
        let detail = format!("{} certificates cannot all have the name “{}”.", once.len(), display_name.trim());
        return refuse(
            "display-name",
            "The display name cannot be used",
            detail,
            "Leave it empty: each certificate then goes by its subject.",
        );
    }
    if !matches!(mode, PushMode::Append | PushMode::Replace | PushMode::Rotate) {
        let detail = "Certificates are added, put in the others' place, or rotated in.".into();
        return refuse("bad-mode", "That cannot be done with certificates", detail, "Go back and choose again.");
    }
    let overlap_days = match (mode, overlap_days) {
        (PushMode::Rotate, 0) => USUAL_OVERLAP,
        (PushMode::Rotate, days) => days,
        _ => 0,
    };
    Ok(Wanted::Add { certificates: once, mode, display_name: display_name.trim().to_owned(), overlap_days })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn names_only_one_certificate() {
        let [one, two] = [b"one".as_slice(), b"two"].map(Sha256Thumbprint::of);
        assert!(wanted(&[one, two], PushMode::Append, " ", 0).is_ok());
        assert_eq!(wanted(&[one, two], PushMode::Append, "x", 0).unwrap_err().code, "display-name");
        assert!(wanted(&[one, one], PushMode::Append, "x", 0).is_ok(), "the same one twice is one");
        assert_eq!(wanted(&[], PushMode::Append, "", 0).unwrap_err().code, "no-certificates");
        assert_eq!(wanted(&[one], PushMode::Retire, "", 0).unwrap_err().code, "bad-mode");
    }

    #[test]
    fn only_a_rotation_has_an_overlap() {
        let one = Sha256Thumbprint::of(b"one");
        let days = |mode, days| match wanted(&[one], mode, "", days).unwrap() {
            Wanted::Add { overlap_days, .. } => overlap_days,
            other => panic!("{other:?}"),
        };
        assert_eq!((days(PushMode::Rotate, 0), days(PushMode::Rotate, 3), days(PushMode::Append, 3)), (14, 3, 0));
    }
}
