//! The audit log: the person's own rows, or everyone's for admins and auditors.

use crate::operations::DeskState;
use crate::person::Person;
use crate::store::{self, AuditFilter};
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::problem::Problem;

pub(crate) async fn handle(state: &DeskState, person: &Person, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
    let viewer = &person.viewer;
    let whose = if viewer.sees_whole_audit() { None } else { Some(viewer.object_id) };
    let page = query.page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let found = state.store.of(viewer.tenant_id).audit_page(whose, &filter(query), skip, PAGE_SIZE as u64).await?;
    let items: Vec<AuditRow> = found.items.into_iter().map(Into::into).collect();
    Ok(Page { has_next: skip + (items.len() as u64) < found.total, items, page, total: Some(found.total) })
}

fn filter(query: &AuditQuery) -> AuditFilter {
    let outcome = query.outcome.trim();
    // Any text is some outcome: one that no row has finds nothing.
    let outcome = if outcome.is_empty() { None } else { outcome.parse().ok() };
    AuditFilter { search: query.search.clone(), outcome }
}

impl From<store::AuditRow> for AuditRow {
    fn from(row: store::AuditRow) -> Self {
        Self {
            at: row.at,
            who: row.who,
            username: row.username,
            action: row.action.to_string(),
            app_name: row.app_name,
            object_id: row.object_id,
            thumbprint: row.thumbprint,
            outcome: row.outcome.to_string(),
            detail: row.detail,
            request_id: row.request_id,
            receipt: row.receipt,
        }
    }
}
