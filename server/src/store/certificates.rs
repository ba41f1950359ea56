//! Uploaded certificates, by SHA-256 of their DER. The same one may be uploaded by several people.

use super::{GLANCE, Store, StoreError, from_json, to_json};
use domain::certificate::Certificate;
use domain::ids::{ObjectId, TenantId};
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
    uploaded_by_id: String,
    uploaded_by: String,
    uploaded_at: OffsetDateTime,
}

impl TryFrom<Row> for StoredCertificate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            certificate: Certificate::from_der(&row.der)
                .map_err(|e| StoreError::Damaged(format!("certificate: {e}")))?,
            container: from_json("container", &row.container)?,
            choice: row.choice,
            uploaded_by_id: super::parse("person", &row.uploaded_by_id)?,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at,
        })
    }
}

impl Store {
    /// A second upload by the same person takes the place of the first.
    pub async fn keep_certificate(&self, tenant: TenantId, stored: &StoredCertificate) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT OR REPLACE INTO certificates
                (tenant_id, sha256, uploaded_by_id, uploaded_by, uploaded_at, der, container, choice, sha1)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(tenant.to_string())
        .bind(stored.certificate.facts().sha256.hex())
        .bind(stored.uploaded_by_id.to_string())
        .bind(&stored.uploaded_by)
        .bind(stored.uploaded_at)
        .bind(stored.certificate.der())
        .bind(to_json("container", &stored.container)?)
        .bind(&stored.choice)
        .bind(stored.certificate.facts().sha1.hex())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The person's own upload where there is one, else the first that anyone made.
    pub async fn certificate(
        &self,
        tenant: TenantId,
        sha256: Sha256Thumbprint,
        person: ObjectId,
    ) -> Result<Option<StoredCertificate>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates
             WHERE tenant_id = ? AND sha256 = ? ORDER BY uploaded_by_id = ? DESC, rowid LIMIT 1",
        )
        .bind(tenant.to_string())
        .bind(sha256.hex())
        .bind(person.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// With this SHA-1, uploaded by anyone: each once, the newest first.
    pub async fn certificates_with(
        &self,
        tenant: TenantId,
        sha1: Thumbprint,
    ) -> Result<Vec<StoredCertificate>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates
             WHERE tenant_id = ? AND sha1 = ? GROUP BY sha256 ORDER BY rowid DESC LIMIT ?",
        )
        .bind(tenant.to_string())
        .bind(sha1.hex())
        .bind(GLANCE)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Certificates that were kept before their SHA-1 had a column.
    pub(super) async fn complete_thumbprints(&self) -> Result<(), StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT rowid, der FROM certificates WHERE sha1 IS NULL").fetch_all(&self.pool).await?;
        for (row, der) in rows {
            sqlx::query("UPDATE certificates SET sha1 = ? WHERE rowid = ?")
                .bind(Thumbprint::of(&der).hex())
                .bind(row)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// The person's latest uploads, the newest first.
    pub async fn recent_certificates(
        &self,
        tenant: TenantId,
        person: ObjectId,
    ) -> Result<Vec<StoredCertificate>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT der, container, choice, uploaded_by_id, uploaded_by, uploaded_at FROM certificates
             WHERE tenant_id = ? AND uploaded_by_id = ? ORDER BY rowid DESC LIMIT ?",
        )
        .bind(tenant.to_string())
        .bind(person.to_string())
        .bind(GLANCE)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
