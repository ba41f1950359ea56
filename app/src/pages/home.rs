use crate::visit::{Shown, Visit};
use views::pages::home;

/// Strangers read what this is; they have no overview, and it is not asked for.
pub async fn page(visit: &Visit) -> Shown {
    match visit.member().await {
        Ok(member) => {
            let overview = member.desk.overview().await;
            let needs = member.desk.needs().await;
            Ok(home::page(member.viewer, overview, needs))
        }
        Err(unshown) if unshown.is_signed_out() => Ok(home::landing()),
        Err(unshown) => Err(unshown),
    }
}
