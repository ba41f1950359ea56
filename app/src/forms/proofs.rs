use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use domain::ids::AppId;
use views::pages::stub as proof;

/// `app`: a client id; `vault`, `name`; `version`, where it is not the newest. The answer is shown, and kept nowhere.
pub async fn prove_with_vault(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let app: AppId = fields.parsed("app", "client id")?;
    let (vault, name, version) = (fields.text("vault"), fields.text("name"), fields.text("version"));
    let target = desk.proof_target(app).await?;
    let proof = desk.prove_with_vault(app, &vault, &name, &version).await?;
    Ok(Done::Show(proof::answer(target, proof)))
}
