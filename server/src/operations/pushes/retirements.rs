//! What rotations left for later: the entries that were there before them.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{Rows, StoreError, StoredRetirement};
use app::contract::paging::PAGE_SIZE;
use domain::ids::ObjectId;
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
pub(crate) async fn handle(state: &DeskState, person: &Person, page: u32) -> Result<Retirements, StoreError> {
    let page = page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let store = state.store.of(person.viewer.tenant_id);
    let rows = store.retirements(whose(person), skip, PAGE_SIZE as u64).await?;
    Ok(Retirements { rows, page, now: state.clock.now() })
}

pub(crate) fn whose(person: &Person) -> Option<ObjectId> {
    (!person.viewer.sees_whole_audit()).then_some(person.viewer.object_id)
}
