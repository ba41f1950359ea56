use super::choosable::choosable;
use crate::visit::{Member, Shown};
use domain::suitability::Validity;
use domain::thumbprint::Sha256Thumbprint;
use views::pages::choose_apps::{self, Choosing};

pub async fn page(member: &Member, sha256: Sha256Thumbprint) -> Shown {
    let certificate = member.desk.certificate(sha256).await?;
    let mut others = member.desk.overview().await?.certificates;
    others.retain(|it| it.sha256 != sha256 && it.validity != Validity::Expired);
    let apps = choosable(member).await?;
    Ok(choose_apps::page(member.viewer.clone(), Choosing { certificate, apps, others }))
}
