use crate::contract::Desk;
use crate::contract::problem::Problem;
use crate::contract::pushes::{Receipt, ReceiptApp, ReceiptQuery};
use crate::visit::{Member, Shown};
use uuid::Uuid;
use views::pages::receipt;

pub async fn page(member: &Member, id: Uuid) -> Shown {
    let query = receipt::query(&member.query());
    let found = member.desk.receipt(id, &query).await?;
    Ok(receipt::page(query, found))
}

pub async fn to_print(member: &Member, id: Uuid) -> Shown {
    let whole = whole(member.desk.as_ref(), id, without_states).await?;
    Ok(receipt::print::page(member.viewer.clone(), whole))
}

/// Paper has no room for them.
fn without_states(mut app: ReceiptApp) -> ReceiptApp {
    (app.before, app.after) = (None, None);
    app
}

/// A receipt with the apps of all its pages. A push has a bounded number of them.
pub async fn whole(desk: &dyn Desk, id: Uuid, of_each: fn(ReceiptApp) -> ReceiptApp) -> Result<Receipt, Problem> {
    let mut query = ReceiptQuery { outcome: String::new(), page: 1 };
    let mut receipt = desk.receipt(id, &query).await?;
    let mut apps: Vec<_> = std::mem::take(&mut receipt.apps.items).into_iter().map(of_each).collect();
    while receipt.apps.has_next {
        query.page += 1;
        receipt = desk.receipt(id, &query).await?;
        apps.extend(std::mem::take(&mut receipt.apps.items).into_iter().map(of_each));
    }
    receipt.apps.items = apps;
    receipt.apps.page = 1;
    Ok(receipt)
}
