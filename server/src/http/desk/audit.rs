//! The audit log, as its page has it.

use super::RequestDesk;
use crate::operations::audit;
use crate::store;
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::ports::AuditPort;
use app::contract::problem::Problem;
use async_trait::async_trait;

#[async_trait]
impl AuditPort for RequestDesk {
    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        let (person, context) = self.entered()?;
        let found = audit::handle(&context, person, query).await?;
        let page = query.page.max(1);
        let items: Vec<AuditRow> = found.items.into_iter().map(Into::into).collect();
        let until = u64::from(page - 1) * PAGE_SIZE as u64 + items.len() as u64;
        Ok(Page { has_next: until < found.total, items, page, total: Some(found.total) })
    }
}

impl From<store::AuditRow> for AuditRow {
    fn from(row: store::AuditRow) -> Self {
        Self {
            at: row.at,
            who: row.who,
            username: row.username,
            action: row.action,
            app_name: row.app_name,
            object_id: row.object_id,
            thumbprint: row.thumbprint,
            outcome: row.outcome,
            detail: row.detail,
            request_id: row.request_id,
            receipt: row.receipt,
        }
    }
}
