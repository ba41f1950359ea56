//! Uploaded certificates, by SHA-256 of their DER. The same one may be uploaded by several people.

use super::ids::Id;
use super::{GLANCE, Stamp, Store, StoreError, TenantStore, from_json, to_json};
use domain::certificate::Certificate;
use domain::ids::ObjectId;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use domain::upload::Container;
use time::OffsetDateTime;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCertificate {
    pub certificate: Certificate,
    pub container: Container,
    /// Which certificate of a chain was taken, and why.
    pub choice: Option<String>,
    pub uploaded_by_id: ObjectId,
    pub uploaded_by: String,
    pub uploaded_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    der: Vec<u8>,
    container: String,
    choice: Option<String>,
    uploaded_by_id: Id<ObjectId>,
    uploaded_by: String,
    uploaded_at: Stamp,
}

impl TryFrom<Row> for StoredCertificate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            certificate: Certificate::from_der(&row.der)
                .map_err(|e| StoreError::Damaged(format!("certificate: {e}")))?,
            container: from_json("container", &row.container)?,
            choice: row.choice,
            uploaded_by_id: row.uploaded_by_id.0,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at.0,
        })
    }
}

impl Store {
    /// Of every tenant, and not all at once: those that were uploaded before. Answers how many went.
    pub async fn forget_certificates_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before(
            "DELETE FROM certificates WHERE (tenant_id, sha256, uploaded_by_id) IN
                (SELECT tenant_id, sha256, uploaded_by_id FROM certificates WHERE uploaded_at < $1 LIMIT 500)",
            at,
        )
        .await
    }
}

impl TenantStore {
    /// A second upload by the same person takes the place of the first.
    pub async fn keep_certificate(&self, stored: &StoredCertificate) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO certificates
                (tenant_id, sha256, uploaded_by_id, uploaded_by, uploaded_at, der, container, choice, sha1)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (tenant_id, sha256, uploaded_by_id) DO UPDATE
                SET uploaded_by = $4, uploaded_at = $5, der = $6, container = $7, choice = $8, sha1 = $9",
        )
        .bind(self.tenant)
        .bind(Id(stored.certificate.facts().sha256))
        .bind(Id(stored.uploaded_by_id))
        .bind(&stored.uploaded_by)
        .bind(Stamp(stored.uploaded_at))
        .bind(stored.certificate.der())
        .bind(to_json("container", &stored.container)?)
        .bind(&stored.choice)
        .bind(Id(stored.certificate.facts().sha1))
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// How many the person uploaded besides this one.
    pub async fn other_certificates(&self, person: ObjectId, sha256: Sha256Thumbprint) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM certificates WHERE tenant_id = $1 AND uploaded_by_id = $2 AND sha256 <> $3",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(Id(sha256))
        .fetch_one(&self.store.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The person's own upload where there is one, else the first that anyone made.
    pub async fn certificate(
        &self,
        sha256: Sha256Thumbprint,
        person: ObjectId,
    ) -> Result<Option<StoredCertificate>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates
             WHERE tenant_id = $1 AND sha256 = $2
             ORDER BY CASE WHEN uploaded_by_id = $3 THEN 0 ELSE 1 END, uploaded_at, uploaded_by_id LIMIT 1",
        )
        .bind(self.tenant)
        .bind(Id(sha256))
        .bind(Id(person))
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// With this SHA-1, uploaded by anyone: each once, the newest first.
    pub async fn certificates_with(&self, sha1: Thumbprint) -> Result<Vec<StoredCertificate>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates AS one
             WHERE tenant_id = $1 AND sha1 = $2 AND NOT EXISTS (
                SELECT 1 FROM certificates AS later WHERE later.tenant_id = one.tenant_id AND later.sha256 = one.sha256
                    AND (later.uploaded_at, later.uploaded_by_id) > (one.uploaded_at, one.uploaded_by_id))
             ORDER BY uploaded_at DESC, sha256 LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Id(sha1))
        .bind(GLANCE)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The person's latest uploads, the newest first.
    pub async fn recent_certificates(&self, person: ObjectId) -> Result<Vec<StoredCertificate>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates
             WHERE tenant_id = $1 AND uploaded_by_id = $2 ORDER BY uploaded_at DESC, sha256 LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(GLANCE)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

impl Store {
    /// Certificates that were kept before their SHA-1 had a column, of every tenant.
    pub(super) async fn complete_thumbprints(&self) -> Result<(), StoreError> {
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT sha256, der FROM certificates WHERE sha1 IS NULL").fetch_all(&self.pool).await?;
        for (sha256, der) in rows {
            sqlx::query("UPDATE certificates SET sha1 = $1 WHERE sha256 = $2")
                .bind(Id(Thumbprint::of(&der)))
                .bind(sha256)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use crate::test_certificate;
    use domain::ids::TenantId;
    use time::macros::datetime;
    use uuid::Uuid;

    #[tokio::test]
    async fn each_uploader_has_their_own_and_a_second_upload_is_the_newest() {
        let certificates = [(); 2].map(|()| domain::upload::read(test_certificate::pem().0.as_bytes()).unwrap().leaf);
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let person = |n| ObjectId::new(Uuid::from_u128(n));
            let keep = async |certificate: &Certificate, n, second| {
                let stored = StoredCertificate {
                    certificate: certificate.clone(),
                    container: Container::Pem,
                    choice: Some("the only one".into()),
                    uploaded_by_id: person(n),
                    uploaded_by: format!("person {n}"),
                    uploaded_at: datetime!(2026-11-24 12:00 UTC) + time::Duration::seconds(second),
                };
                store.keep_certificate(&stored).await.unwrap();
                stored
            };
            let [one, two] = &certificates;
            keep(one, 2, 0).await;
            let first = keep(one, 1, 1).await;
            let other = keep(two, 2, 2).await;
            let again = keep(one, 2, 3).await;

            let sha256 = one.facts().sha256;
            assert_eq!(store.certificate(sha256, person(2)).await.unwrap().as_ref(), Some(&again));
            assert_eq!(store.certificate(sha256, person(9)).await.unwrap().as_ref(), Some(&first));
            assert_eq!(store.store.of(TenantId::new(Uuid::nil())).certificate(sha256, person(2)).await.unwrap(), None);
            assert_eq!(store.recent_certificates(person(2)).await.unwrap(), [again.clone(), other]);
            assert_eq!(store.certificates_with(one.facts().sha1).await.unwrap(), [again]);
        })
        .await;
    }
}
