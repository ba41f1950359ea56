use super::choosable::choosable;
use crate::contract::certificates::CertificateSummary;
use crate::forms::parse;
use crate::visit::{Member, Shown};
use domain::suitability::Validity;
use domain::thumbprint::Sha256Thumbprint;
use views::pages::choose_apps::{self, Choosing, along};

/// One push adds no more.
const MOST_ALONG: usize = 20;

pub async fn page(member: &Member, sha256: Sha256Thumbprint) -> Shown {
    let certificate = member.desk.certificate(sha256).await?;
    let mut others = member.desk.overview().await?.certificates;
    others.retain(|it| it.sha256 != sha256 && it.validity != Validity::Expired);
    for named in along(&member.query()).iter().take(MOST_ALONG) {
        let named: Sha256Thumbprint = parse("SHA-256 thumbprint", named)?;
        if named != sha256 && !others.iter().any(|it| it.sha256 == named) {
            let found = member.desk.certificate(named).await?;
            others.push(CertificateSummary {
                sha256: named,
                sha1: found.facts.sha1,
                subject: found.facts.short_name(),
                not_after: found.facts.not_after,
                validity: found.validity,
                uploaded_at: found.uploaded_at,
            });
        }
    }
    let apps = choosable(member).await?;
    Ok(choose_apps::page(member.viewer.clone(), Choosing { certificate, apps, others }))
}
