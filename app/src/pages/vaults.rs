use crate::visit::{Member, Shown};
use views::pages::vaults;

/// `?vault=`: a vault's name or URL.
pub async fn page(member: &Member) -> Shown {
    let vault = member.query().text("vault");
    let listed = if vault.is_empty() { None } else { Some(member.desk.vault_certificates(&vault).await) };
    match listed {
        // Who was signed out in the meantime finds the sign-in.
        Some(Err(problem)) if problem.status == 401 => Err(problem.into()),
        listed => Ok(vaults::page(member.viewer.clone(), vault, listed)),
    }
}
