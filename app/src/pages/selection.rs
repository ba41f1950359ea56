use crate::forms::bad_selection;
use crate::visit::{Member, Shown};
use domain::suitability::Validity;
use views::pages::inventory::Asked;
use views::pages::selection;

/// Takes the grid's own query, with what is selected.
pub async fn page(member: &Member) -> Shown {
    let selected = Asked::read(&member.query()).selection().map_err(|error| bad_selection(&error))?;
    let found = member.desk.selection(&selected).await?;
    let mut certificates = member.desk.overview().await?.certificates;
    certificates.retain(|one| one.validity != Validity::Expired);
    Ok(selection::page(member.viewer.clone(), selected, found, certificates))
}
