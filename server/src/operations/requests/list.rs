//! Requests at a glance: what waits, what the person asked for, what was decided.

use super::{capacity, visible};
use crate::operations::Context;
use crate::person::Person;
use crate::store::{RequestFilter, Rows, StoreError, StoredRequest};
use app::contract::paging::PAGE_SIZE;
use app::contract::requests::RequestShow;
use domain::requests::RequestState;
use std::collections::HashSet;
use uuid::Uuid;

/// Of others' requests, so many of the latest are looked through for who may not see all.
const LOOKED_THROUGH: u64 = 500;

/// One page of them.
pub(crate) struct Requests {
    pub(crate) rows: Rows<StoredRequest>,
    /// Of the rows: those that wait for the person.
    pub(crate) waiting: HashSet<Uuid>,
    /// From 1.
    pub(crate) page: u32,
}

/// The latest change first.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    show: RequestShow,
    page: u32,
) -> Result<Requests, StoreError> {
    let page = page.max(1);
    let (skip, store) = (u64::from(page - 1) * PAGE_SIZE as u64, &context.tenant.store);
    let rows = match show {
        RequestShow::Mine => {
            let filter = RequestFilter::AskedBy(person.viewer.object_id);
            store.requests(filter, skip, PAGE_SIZE as u64).await?
        }
        RequestShow::Waiting => seen(context, person, RequestFilter::Waiting, skip).await?,
        RequestShow::Decided => seen(context, person, RequestFilter::Over, skip).await?,
    };
    let waiting = waiting_of(context, person, &rows.items).await?;
    Ok(Requests { rows, waiting, page })
}

/// How many wait for this person: to be approved, or to be carried out by them.
pub(crate) async fn waiting(context: &Context, person: &Person) -> Result<u32, StoreError> {
    let (store, viewer) = (&context.tenant.store, &person.viewer);
    let owned = if by_ownership(person) { store.approved_for_owner(viewer.object_id).await? } else { 0 };
    let held = capacity::of(context, person, &capacity::named(context).await?).await;
    let count = owned + store.requests_waiting_for(viewer.object_id, held.capacity()).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// By the owners that the inventory has: what is marked is what the header counts.
async fn waiting_of(context: &Context, person: &Person, rows: &[StoredRequest]) -> Result<HashSet<Uuid>, StoreError> {
    let id = person.viewer.object_id;
    let held = capacity::of(context, person, &capacity::named(context).await?).await;
    let approved = |found: &StoredRequest| found.request.state() == RequestState::Approved;
    let owned = if by_ownership(person) && rows.iter().any(approved) {
        visible::owned_by_inventory(context, person, LOOKED_THROUGH).await?
    } else {
        HashSet::new()
    };
    let waits = |found: &&StoredRequest| {
        found.request.awaits(id, held.capacity()) || (approved(found) && owned.contains(&found.request.id()))
    };
    Ok(rows.iter().filter(waits).map(|found| found.request.id()).collect())
}

/// They carry out what is approved as an owner of its apps, and not as an administrator.
fn by_ownership(person: &Person) -> bool {
    person.viewer.may_push() && !person.viewer.is_admin()
}

async fn seen(
    context: &Context,
    person: &Person,
    filter: RequestFilter,
    skip: u64,
) -> Result<Rows<StoredRequest>, StoreError> {
    let (store, take) = (&context.tenant.store, PAGE_SIZE as u64);
    if person.viewer.sees_whole_audit() {
        return store.requests(filter, skip, take).await;
    }
    let mut rows = store.requests(filter, 0, LOOKED_THROUGH).await?;
    let over = filter == RequestFilter::Over;
    let more = visible::by_apps(context, person, over, LOOKED_THROUGH).await?;
    let named = rows.items.iter().flat_map(|found| found.request.groups()).collect();
    let held = capacity::of(context, person, &named).await;
    rows.items.retain(|found| visible::is_seen_by(person, &held, found) || more.contains(&found.request.id()));
    let total = rows.items.len() as u64;
    let items = rows.items.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(PAGE_SIZE).collect();
    Ok(Rows { items, total })
}
