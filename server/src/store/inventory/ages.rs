//! How old certificates and secrets are, and how long they live.

use super::Within;
use crate::store::sql::Sql;
use crate::store::{Stamp, StoreError, TenantStore, parse};
use domain::credentials::CredentialKind;
use time::{Duration, OffsetDateTime};

/// What ages and lifetimes are put together by: each in days, ascending; the edge itself belongs below.
#[derive(Debug, Clone, Copy)]
pub struct AgeEdges<'e> {
    pub ages: &'e [u16],
    pub lifetimes: &'e [u16],
}

/// How many certificates or secrets are of an age and a lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedSpans {
    pub kind: CredentialKind,
    /// How many of the edges lie below; `None`: when it began is not known.
    pub age: Option<usize>,
    /// The same; `None`: when it began or ends is not known.
    pub lifetime: Option<usize>,
    pub count: u64,
}

impl TenantStore {
    /// Of certificates and secrets that are there, ended or not.
    pub async fn inventory_ages(
        &self,
        within: Option<&Within>,
        edges: AgeEdges<'_>,
        now: OffsetDateTime,
    ) -> Result<Vec<CountedSpans>, StoreError> {
        let mut sql = Sql::new("SELECT credential, CASE WHEN start_at IS NULL THEN -1");
        for (band, days) in (0i64..).zip(edges.ages) {
            let since = now.checked_sub(Duration::days(i64::from(*days))).unwrap_or(now);
            sql.push(" WHEN start_at >= ").bind(Stamp(since)).push(" THEN ").bind(band);
        }
        sql.push(" ELSE ").bind(past(edges.ages)).push(" END, CASE WHEN lifetime_days IS NULL THEN -1");
        for (band, days) in (0i64..).zip(edges.lifetimes) {
            sql.push(" WHEN lifetime_days <= ").bind(i64::from(*days)).push(" THEN ").bind(band);
        }
        sql.push(" ELSE ").bind(past(edges.lifetimes));
        sql.push(" END, count(*) FROM inventory_credentials WHERE tenant_id = ").bind(self.tenant);
        sql.push(" AND credential IN (").bind(CredentialKind::Certificate.as_str());
        sql.push(", ").bind(CredentialKind::Secret.as_str()).push(")");
        self.within(&mut sql, " AND (kind, object_id) IN (", within);
        sql.push(" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
        let rows: Vec<(String, i64, i64, i64)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let read = |(kind, age, lifetime, count): (String, i64, i64, i64)| {
            Ok(CountedSpans {
                kind: parse("kind of credential", &kind)?,
                age: usize::try_from(age).ok(),
                lifetime: usize::try_from(lifetime).ok(),
                count: u64::try_from(count).unwrap_or_default(),
            })
        };
        rows.into_iter().map(read).collect()
    }
}

fn past(edges: &[u16]) -> i64 {
    i64::try_from(edges.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::tests::{AT, MARA, OWEN, filled, keep, tenant};
    use super::*;
    use crate::store::databases::on_both;
    use domain::credentials::SubjectKind;
    use domain::ids::ObjectId;
    use domain::inventory::InventoryObject;
    use serde_json::json;
    use uuid::Uuid;

    #[tokio::test]
    async fn ages_and_lifetimes_are_of_what_the_person_sees_and_what_is_unknown_is_counted_as_that() {
        on_both(async |database| {
            let store = tenant(database).await;
            // Three certificates of 100 days: Owen's began 103 days ago and ends in 300, Mara's ends in 5.
            let pass = filled(&store).await;
            let secret = json!({"keyId": Uuid::from_u128(43), "startDateTime": "2026-11-28T12:00:00Z"});
            let row = json!({"id": Uuid::from_u128(4), "displayName": "x", "keyCredentials": [],
                "passwordCredentials": [secret, {"keyId": Uuid::from_u128(44)}],
                "owners": [{"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(MARA), "accountEnabled": true}]});
            let more = InventoryObject::from_graph(SubjectKind::Application, &row).unwrap();
            assert!(keep(&store, pass, vec![more], AT).await);
            let edges = AgeEdges { ages: &[95, 102], lifetimes: &[99, 100] };
            let spans = |kind, age, lifetime, count| CountedSpans { kind, age, lifetime, count };
            let (certificate, secret) = (CredentialKind::Certificate, CredentialKind::Secret);
            let all = store.inventory_ages(None, edges, AT).await.unwrap();
            // What begins in 200 days is of no age yet: it is among the youngest.
            assert_eq!(
                all,
                [
                    spans(certificate, Some(0), Some(1), 2),
                    spans(certificate, Some(2), Some(1), 1),
                    spans(secret, None, None, 1),
                    spans(secret, Some(0), None, 1),
                ]
            );
            let owens = Within::of(ObjectId::new(Uuid::from_u128(OWEN)));
            let own = store.inventory_ages(Some(&owens), edges, AT).await.unwrap();
            assert_eq!(own, [spans(certificate, Some(0), Some(1), 1), spans(certificate, Some(2), Some(1), 1)]);
            let nobodys = Within::of(ObjectId::new(Uuid::from_u128(1)));
            assert_eq!(store.inventory_ages(Some(&nobodys), edges, AT).await.unwrap(), []);
        })
        .await;
    }
}
