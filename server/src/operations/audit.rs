//! The audit log: the person's own rows, or everyone's for admins and auditors.

use crate::operations::Context;
use crate::person::Person;
use crate::store::{AuditFilter, AuditRow, Rows, StoreError};
use app::contract::audit::AuditQuery;
use app::contract::paging::PAGE_SIZE;

/// `query.page`: from 1.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    query: &AuditQuery,
) -> Result<Rows<AuditRow>, StoreError> {
    let skip = u64::from(query.page.max(1) - 1) * PAGE_SIZE as u64;
    context.tenant.store.audit_page(person.sees(), &filter(query), skip, PAGE_SIZE as u64).await
}

fn filter(query: &AuditQuery) -> AuditFilter {
    let outcome = query.outcome.trim();
    // Any text is some outcome: one that no row has finds nothing.
    let outcome = if outcome.is_empty() { None } else { outcome.parse().ok() };
    AuditFilter { search: query.search.clone(), outcome }
}
