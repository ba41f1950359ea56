use super::certificates::certificate_url;
use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;

/// `vault`, `name`; `version`, where it is not the newest.
pub async fn import(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (vault, name, version) = (fields.text("vault"), fields.text("name"), fields.text("version"));
    let sha256 = desk.import_from_vault(&vault, &name, &version).await?;
    Ok(Done::Go(certificate_url(sha256, "")))
}
