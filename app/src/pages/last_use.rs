use crate::visit::{Member, Shown};
use views::pages::last_use;

pub async fn page(member: &Member) -> Shown {
    let made = member.query().text("import").parse().ok();
    Ok(last_use::page(member.desk.use_sources().await?, made))
}
