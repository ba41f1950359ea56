//! What people are told of certificates that they upload or choose.

use crate::operations::certificates::keep::{DISCARDED, KeepCertificateError};
use crate::operations::certificates::read::FindCertificateError;
use crate::operations::plans::unsuitable::Unsuitable;
use crate::parsers::ParserError;
use app::contract::problem::Problem;
use app::route::Route;
use domain::suitability::UnfitReason;

impl From<KeepCertificateError> for Problem {
    fn from(error: KeepCertificateError) -> Self {
        match error {
            KeepCertificateError::PrivateKey(error) => {
                Self::new(422, "private-key", DISCARDED, error.to_string()).advice(error.advice())
            }
            KeepCertificateError::Unreadable(error) => {
                Self::new(422, "unreadable-certificate", "No certificate could be read", error.to_string())
                    .advice(error.advice())
            }
            KeepCertificateError::Unsuitable(refusal) => unsuitable(&refusal),
            KeepCertificateError::TooMany { most } => Self::new(
                429,
                "too-many-certificates-kept",
                "You have many certificates here",
                format!("A person may have {most}, and this one would be one more. It was not kept."),
            )
            .advice(
                "Use one that is here already. Certificates that nobody has used for long are deleted after a while.",
            ),
            KeepCertificateError::Parser(error) => error.into(),
            KeepCertificateError::Store(error) => error.into(),
        }
    }
}

impl From<ParserError> for Problem {
    fn from(error: ParserError) -> Self {
        match error {
            ParserError::Busy => Self::new(
                503,
                "busy",
                "The portal is busy",
                "Too many certificates and tables are being read at this moment. Nothing was kept.",
            )
            .advice("Try again in a few seconds."),
            ParserError::Failed => Self::new(
                500,
                "internal",
                "Something failed on the server",
                "What you sent could not be read to the end. Nothing of it was kept.",
            )
            .advice("Tell who runs the portal; the log has the reason."),
        }
    }
}

impl From<FindCertificateError> for Problem {
    fn from(error: FindCertificateError) -> Self {
        match error {
            FindCertificateError::NotFound(sha256) => Self::new(
                404,
                "certificate-not-found",
                "This certificate is not here",
                format!("Nobody uploaded a certificate with the SHA-256 thumbprint {}.", sha256.hex()),
            )
            .advice("Upload it first.")
            .link("Upload it", Route::Upload),
            FindCertificateError::Store(error) => error.into(),
        }
    }
}

impl From<Unsuitable> for Problem {
    fn from(Unsuitable(refusal): Unsuitable) -> Self {
        unsuitable(&refusal)
    }
}

fn unsuitable(refusal: &UnfitReason) -> Problem {
    Problem::new(422, "unsuitable-certificate", "This certificate cannot be used", refusal.title())
        .advice(refusal.advice())
}
