//! Requests at a glance: what waits, what the person asked for, what was decided.

use super::{is_admin, visible};
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
    let (store, rules, id) = (&context.tenant.store, &context.requests.rules, person.viewer.object_id);
    // On every page: neither Entra is asked for it, nor are the requests read, where no rule looks at whose turn it is.
    if rules.iter().any(|rule| rule.ordered || !rule.fallback.is_empty()) {
        let rows = store.requests(RequestFilter::Waiting, 0, LOOKED_THROUGH).await?;
        let waiting = waiting_of(context, person, &rows.items).await?;
        return Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX));
    }
    let by_ownership = !is_admin(person) && person.viewer.may_push();
    let owned = if by_ownership { store.approved_for_owner(id).await? } else { 0 };
    let count = owned + store.requests_waiting_for(id, is_admin(person)).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// By the owners that the inventory has: what is marked is what the header counts.
async fn waiting_of(context: &Context, person: &Person, rows: &[StoredRequest]) -> Result<HashSet<Uuid>, StoreError> {
    let approved = |found: &StoredRequest| found.request.state() == RequestState::Approved;
    let by_ownership = !is_admin(person) && person.viewer.may_push() && rows.iter().any(approved);
    let owned =
        if by_ownership { visible::owned_by_inventory(context, person, LOOKED_THROUGH).await? } else { HashSet::new() };
    let rows = rows.iter().filter(|found| waits_for(person, found, &owned));
    Ok(rows.map(|found| found.request.id()).collect())
}

/// A review of theirs is missing, or it is approved and they can carry it out: as an administrator, or as an owner.
fn waits_for(person: &Person, found: &StoredRequest, owned: &HashSet<Uuid>) -> bool {
    let (request, id) = (&found.request, person.viewer.object_id);
    match request.state() {
        RequestState::Open => {
            request.may_review(id, is_admin(person)) && !request.reviews().iter().any(|review| review.by.id == id)
        }
        RequestState::Approved => is_admin(person) || owned.contains(&request.id()),
        _ => false,
    }
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
    rows.items.retain(|found| visible::is_seen_by(person, found) || more.contains(&found.request.id()));
    let total = rows.items.len() as u64;
    let items = rows.items.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(PAGE_SIZE).collect();
    Ok(Rows { items, total })
}
