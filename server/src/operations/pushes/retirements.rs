//! What rotations left for later: the entries that were there before them.

use crate::operations::pushes::PushContext;
use crate::person::Person;
use crate::store::{Rows, StoreError, StoredRetirement};
use app::contract::paging::PAGE_SIZE;
use time::OffsetDateTime;

/// One page of them.
#[derive(Debug)]
pub(crate) struct Retirements {
    pub(crate) rows: Rows<StoredRetirement>,
    /// From 1.
    pub(crate) page: u32,
    /// By this time they are due or not.
    pub(crate) now: OffsetDateTime,
}

/// The first due first. Everyone's for who sees the whole audit log, else the person's own.
pub(crate) async fn handle(pushes: &PushContext, person: &Person, page: u32) -> Result<Retirements, StoreError> {
    let page = page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let store = &pushes.context.tenant.store;
    let rows = store.retirements(person.sees(), skip, PAGE_SIZE as u64).await?;
    Ok(Retirements { rows, page, now: pushes.context.now() })
}
