//! One page of the grid.

use super::asked;
use super::lines::Lines;
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{Exceptions, StoreError};
use app::contract::apps::Scope;
use app::contract::inventory::{Grid, GridQuery, GridRows, GridView};
use app::contract::paging::{PAGE_SIZE, Page};
use url::Url;

/// Rows before a page are passed over one by one. Beyond that, people filter.
const LAST_PAGE: u32 = 40_000;

/// `None` where there is no inventory. `admin_center`: the root of Entra's, where the cloud has one.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
    query: &GridQuery,
) -> Result<Option<Grid>, StoreError> {
    let Some(every) = context.inventory_every else { return Ok(None) };
    let (store, now) = (&context.tenant.store, context.now());
    // Before the rows: they are as of then, or newer.
    let reading = needs::reading(store.inventory_state().await?, every, now);
    let page = query.page.clamp(1, LAST_PAGE);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let asked = asked(context, person, query, skip, PAGE_SIZE as u64).await;
    let of = |total: u64| (Some(total), total > skip + PAGE_SIZE as u64);
    let rows = match query.view {
        GridView::Credentials => {
            let found = store.inventory_credentials(&asked, now).await?;
            let (total, has_next) = of(found.total);
            let lines = Lines { now, exceptions: &Exceptions::default(), admin_center };
            let items = found.items.into_iter().map(|credential| lines.credential(credential)).collect();
            GridRows::Credentials(Page { items, page, has_next, total })
        }
        GridView::Objects => {
            let found = store.inventory(&asked, now).await?;
            let (total, has_next) = of(found.total);
            let subjects: Vec<_> = found.items.iter().map(|row| row.object.subject).collect();
            let exceptions = store.exceptions(Some(&subjects), now).await?;
            let lines = Lines { now, exceptions: &exceptions, admin_center };
            let items = found.items.into_iter().map(|row| lines.object(&row)).collect();
            GridRows::Objects(Page { items, page, has_next, total })
        }
    };
    Ok(Some(Grid { scope: Scope::of(&person.viewer), reading, rows }))
}
