//! Takes a certificate. What holds a private key is refused and not kept: the bytes are dropped with this call.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{AuditEntry, StoredCertificate};
use app::contract::problem::Problem;
use domain::audit::AuditAction;
use domain::rollout::Outcome;
use domain::suitability::assess;
use domain::thumbprint::Sha256Thumbprint;
use domain::upload::{ReadError, read_public};

pub(crate) async fn handle(state: &DeskState, person: &Person, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem> {
    let viewer = &person.viewer;
    let now = state.clock.now();
    let upload = match read_public(bytes) {
        Ok(upload) => upload,
        Err(error) => {
            let problem = unreadable(&error);
            if problem.code == PRIVATE_KEY {
                let mut entry =
                    AuditEntry::new(Some(viewer.object_id), now, AuditAction::UploadRefused, Outcome::Refused);
                entry.row.who.clone_from(&viewer.name);
                entry.row.username.clone_from(&viewer.username);
                entry.row.detail.clone_from(&problem.title);
                state.store.of(viewer.tenant_id).audit(entry).await?;
            }
            return Err(problem);
        }
    };
    if let Some(refusal) = assess(upload.leaf.facts(), now).refusals.first() {
        return Err(Problem::new(422, "unsuitable-certificate", "This certificate cannot be used", refusal.title())
            .advice(refusal.advice()));
    }
    let choice = upload.choice();
    let stored = StoredCertificate {
        certificate: upload.leaf,
        container: upload.container,
        choice,
        uploaded_by_id: viewer.object_id,
        uploaded_by: viewer.name.clone(),
        uploaded_at: now,
    };
    state.store.of(viewer.tenant_id).keep_certificate(&stored).await?;
    state.known(viewer.tenant_id, &stored.certificate);
    Ok(stored.certificate.facts().sha256)
}

const PRIVATE_KEY: &str = "private-key";

fn unreadable(error: &ReadError) -> Problem {
    let (code, title) = match error {
        ReadError::PrivateKeyInUpload
        | ReadError::PrivateKeyOnly
        | ReadError::Pkcs12
        | ReadError::JavaKeystore { .. } => {
            (PRIVATE_KEY, "What you sent can hold a private key; it was discarded and nothing of it was kept")
        }
        _ => ("unreadable-certificate", "No certificate could be read"),
    };
    Problem::new(422, code, title, error.to_string()).advice(error.advice())
}
