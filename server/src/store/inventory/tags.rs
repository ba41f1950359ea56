//! Tags of what is there.

use super::keep::Keeping;
use crate::store::sql::{ROWS, Sql};
use crate::store::{Id, StoreError, TenantStore, Transaction};
use domain::credentials::Subject;

impl TenantStore {
    pub(super) async fn write_tags(&self, transaction: &mut Transaction, rows: &[Keeping]) -> Result<(), StoreError> {
        let tags: Vec<(Subject, &String)> =
            rows.iter().flat_map(|row| row.object.tags.iter().map(|tag| (row.object.subject, tag))).collect();
        for tags in tags.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO inventory_tags (tenant_id, tag, kind, object_id)");
            sql.values(tags, |row, (subject, tag)| {
                row.bind(self.tenant).bind((*tag).clone()).bind(subject.kind.as_str()).bind(Id(subject.id));
            });
            sql.push(" ON CONFLICT (tenant_id, tag, kind, object_id) DO NOTHING");
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}
