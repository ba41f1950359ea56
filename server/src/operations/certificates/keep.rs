//! Takes a certificate. What holds a private key is refused and not kept: the bytes are dropped with this call.

use crate::operations::Context;
use crate::parsers::ParserError;
use crate::person::Person;
use crate::store::{StoreError, StoredCertificate};
use domain::audit::AuditAction;
use domain::rollout::Outcome;
use domain::suitability::{UnfitReason, assess};
use domain::thumbprint::Sha256Thumbprint;
use domain::upload::{ReadError, Upload, read_public};

/// In the audit log, and to the person.
pub(crate) const DISCARDED: &str = "What you sent can hold a private key; it was discarded and nothing of it was kept";

/// Why a certificate is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepCertificateError {
    /// Or it can be one: nothing of it was kept.
    #[error("what was sent can hold a private key: {0}")]
    PrivateKey(ReadError),
    #[error("no certificate could be read: {0}")]
    Unreadable(ReadError),
    #[error("the certificate cannot be used: {}", .0.title())]
    Unsuitable(UnfitReason),
    /// `most`: that one person may have here.
    #[error("the person has {most} certificates here")]
    TooMany { most: u64 },
    #[error(transparent)]
    Parser(#[from] ParserError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ReadError> for KeepCertificateError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::PrivateKeyInUpload
            | ReadError::PrivateKeyOnly
            | ReadError::Pkcs12
            | ReadError::JavaKeystore { .. } => Self::PrivateKey(error),
            error => Self::Unreadable(error),
        }
    }
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    bytes: &[u8],
) -> Result<Sha256Thumbprint, KeepCertificateError> {
    let now = context.now();
    let upload = read(context, person, bytes.to_vec()).await?;
    if let Some(refusal) = assess(upload.leaf.facts(), now).refusals.into_iter().next() {
        return Err(KeepCertificateError::Unsuitable(refusal));
    }
    let most = context.quotas.certificates;
    let sha256 = upload.leaf.facts().sha256;
    if context.tenant.store.other_certificates(person.viewer.object_id, sha256).await? >= most {
        return Err(KeepCertificateError::TooMany { most });
    }
    let choice = upload.choice();
    let stored = StoredCertificate {
        certificate: upload.leaf,
        container: upload.container,
        choice,
        uploaded_by_id: person.viewer.object_id,
        uploaded_by: person.viewer.name.clone(),
        uploaded_at: now,
    };
    context.tenant.store.keep_certificate(&stored).await?;
    context.tenant.directory.known(&stored.certificate);
    Ok(sha256)
}

/// A private key is refused, and that it was sent is written down.
async fn read(context: &Context, person: &Person, sent: Vec<u8>) -> Result<Upload, KeepCertificateError> {
    let read = context.parsers.run(move || read_public(&sent)).await?.map_err(KeepCertificateError::from);
    if let Err(KeepCertificateError::PrivateKey(_)) = read {
        audit(context, person).await?;
    }
    read
}

/// The audit log's row about a private key that was sent here.
async fn audit(context: &Context, person: &Person) -> Result<(), StoreError> {
    let mut entry = person.audit(context.now(), AuditAction::UploadRefused, Outcome::Refused);
    DISCARDED.clone_into(&mut entry.row.detail);
    context.tenant.store.audit(entry).await
}
