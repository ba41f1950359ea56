use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use crate::contract::search::EvidenceRequest;
use domain::ids::{AppId, ObjectId};
use views::data::proofs::{ProofSubject, ProofTarget};
use views::workbenches::proof::{self, VaultKeyChoice};

/// `app`: a client id; `vault`, `name`; `version`, where it is not the newest. The answer is shown, and kept nowhere.
pub async fn prove_with_vault(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let app: AppId = fields.parsed("app", "client id")?;
    let asked =
        VaultKeyChoice { vault: fields.text("vault"), name: fields.text("name"), version: fields.text("version") };
    let subject = subject(desk, app).await?;
    let proof = desk.prove_with_vault(app, &asked.vault, &asked.name, &asked.version).await?;
    Ok(Done::Show(proof::answer(subject, asked, proof)))
}

/// An app of this tenant, and what is known about it.
pub async fn subject(desk: &dyn Desk, app: AppId) -> Result<ProofSubject, Problem> {
    known(desk, desk.proof_target(app).await?).await
}

/// The same, where it is known already where the assertion goes.
pub async fn known(desk: &dyn Desk, target: ProofTarget) -> Result<ProofSubject, Problem> {
    let (object_id, name) = (here(&target)?, target.display_name.clone());
    let request = EvidenceRequest { app: Some(target.app_id), ..EvidenceRequest::default() };
    let evidence = desk.doctor_evidence(&request).await.ok();
    Ok(ProofSubject { object_id, name, target, evidence })
}

/// The object id of an app of this tenant.
pub fn here(target: &ProofTarget) -> Result<ObjectId, Problem> {
    target.app.ok_or_else(|| {
        Problem::new(
            404,
            "not-found",
            "The app is not in this tenant",
            "Only an app registration of this tenant can be proved.",
        )
        .advice("Check the client id.")
    })
}
