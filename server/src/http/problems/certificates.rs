//! What people are told of certificates that they upload or choose.

use crate::operations::certificates::keep::{DISCARDED, KeepCertificateError};
use crate::operations::certificates::read::FindCertificateError;
use crate::operations::plans::unsuitable::Unsuitable;
use app::contract::problem::Problem;
use app::route::Route;
use domain::suitability::Refusal;

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
            KeepCertificateError::Store(error) => error.into(),
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

fn unsuitable(refusal: &Refusal) -> Problem {
    Problem::new(422, "unsuitable-certificate", "This certificate cannot be used", refusal.title())
        .advice(refusal.advice())
}
