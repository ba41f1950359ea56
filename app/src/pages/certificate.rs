use crate::visit::{Member, Shown};
use domain::thumbprint::Sha256Thumbprint;
use views::pages::certificate;

/// `?app=`: the object id of the app that it is for.
pub async fn page(member: &Member, sha256: Sha256Thumbprint) -> Shown {
    let found = member.desk.certificate(sha256).await?;
    let app = member.query().text("app").parse().ok();
    Ok(certificate::page(member.viewer.clone(), found, app))
}
