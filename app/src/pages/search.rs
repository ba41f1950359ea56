use crate::visit::{Member, Shown};
use views::pages::search;

/// `?q=`: what to search for.
pub async fn page(member: &Member) -> Shown {
    let words = member.query().text("q");
    let found = if words.is_empty() { None } else { Some(member.desk.find_holders(&words).await?) };
    Ok(search::page(words, found))
}
