//! The audit log: the person's own rows, or everyone's for admins and auditors.

use crate::operations::DeskState;
use crate::person::Person;
use app::contract::audit::{AuditQuery, AuditRow};
use app::contract::paging::Page;
use app::contract::problem::Problem;

pub(crate) async fn handle(state: &DeskState, person: &Person, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
    let viewer = &person.viewer;
    let whose = if viewer.sees_whole_audit() { None } else { Some(viewer.object_id) };
    Ok(state.store.audit_page(viewer.tenant_id, whose, query).await?)
}
