//! Certificates that another app has.

use crate::graph::{Application, GraphError};
use crate::operations::plans::draft::DraftContext;
use crate::operations::plans::draft::change_builder::ChangeBuilder;
use crate::operations::plans::unsuitable::{Unsuitable, usable};
use domain::ids::{KeyId, ObjectId};
use domain::key_credential::KeyCredential;
use time::OffsetDateTime;

/// Why nothing is copied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    #[error("the app to copy from could not be read: {0}")]
    Graph(#[from] GraphError),
    #[error("“{app}” has no entry with keyId {key_id} any more")]
    NoSuchEntry { app: String, key_id: KeyId },
    #[error("Graph does not show the certificate of “{entry}”")]
    NoCertificate { entry: String },
    #[error("“{app}” has no certificate that could be used on another app")]
    Nothing { app: String },
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
}

/// With keys: it is the certificates themselves that are copied. No `key_ids` means every usable `Verify` entry.
pub(crate) async fn prepare(
    drafts: &DraftContext,
    token: &str,
    from: ObjectId,
    key_ids: &[KeyId],
) -> Result<ChangeBuilder, CopyError> {
    let tenant = &drafts.context.tenant;
    let app = tenant.graph.application(token, from).await?.value;
    tenant.directory.observed(&app).await;
    let now = drafts.context.now();
    let entries = if key_ids.is_empty() {
        all_usable(&app, now)
    } else {
        key_ids.iter().map(|id| named(&app, *id, now)).collect::<Result<_, _>>()?
    };
    if entries.is_empty() {
        return Err(CopyError::Nothing { app: app.display_name });
    }
    Ok(ChangeBuilder::Copy { from: app.display_name, entries })
}

fn all_usable(app: &Application, now: OffsetDateTime) -> Vec<KeyCredential> {
    let verify = app.key_credentials.iter().filter(|entry| entry.is_for_sign_in());
    let good = |entry: &&KeyCredential| entry.certificate().is_some_and(|one| usable(one.facts(), now).is_ok());
    verify.filter(good).cloned().collect()
}

fn named(app: &Application, key_id: KeyId, now: OffsetDateTime) -> Result<KeyCredential, CopyError> {
    let no_entry = || CopyError::NoSuchEntry { app: app.display_name.clone(), key_id };
    let entry = app.key_credentials.find(key_id).ok_or_else(no_entry)?;
    let no_certificate = || CopyError::NoCertificate { entry: entry.name() };
    let certificate = entry.certificate().ok_or_else(no_certificate)?;
    usable(certificate.facts(), now)?;
    Ok(entry.clone())
}
