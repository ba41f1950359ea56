use crate::contract::problem::Problem;
use crate::forms::parse;
use crate::visit::{Member, Shown};
use views::pages::choose_apps::along;
use views::pages::table;

pub fn page(member: &Member) -> Shown {
    let certificates = along(&member.query());
    let certificates =
        certificates.iter().map(|it| parse("SHA-256 thumbprint", it)).collect::<Result<Vec<_>, Problem>>()?;
    Ok(table::page(member.viewer.clone(), &certificates))
}
