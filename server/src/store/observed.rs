//! Credentials as they were seen on applications: what was there once and is not any more.

use super::ids::Id;
use super::{Sighting, Stamp, StoreError, TenantStore, states};
use domain::ids::{KeyId, ObjectId, TenantId};
use domain::key_credential::{KeyCredential, KeyCredentials};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use sqlx::AnyConnection;
use time::OffsetDateTime;

/// A credential that an application had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub thumbprint: Thumbprint,
    pub key_id: Option<KeyId>,
    /// When it was first missed; `None` where it was there when last looked.
    pub at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    key_id: String,
    sha1: Id<Thumbprint>,
    gone_at: Option<Stamp>,
}

#[derive(sqlx::FromRow)]
struct Pair {
    sha1: Id<Thumbprint>,
    sha256: Id<Sha256Thumbprint>,
}

impl TenantStore {
    /// What applications have now, in one go. Entries without a thumbprint cannot be recognised again, and are left out.
    pub async fn observe(&self, sightings: &[Sighting<'_>], at: OffsetDateTime) -> Result<(), StoreError> {
        // What is lost of it is seen again at the next read.
        let mut transaction = self.store.begin_unsynced().await?;
        for sighting in states::in_order(sightings) {
            self.alone_with(&mut transaction, sighting.object_id).await?;
            for entry in sighting.keys {
                // Most reads are without keys: what a read with them said of an entry's certificate counts.
                if !entry.has_key() && touch(&mut transaction, self.tenant, &sighting, entry, at).await? {
                    continue;
                }
                let Some(sha1) = entry.thumbprint() else { continue };
                sqlx::query(
                    "INSERT INTO observed_credentials
                        (tenant_id, object_id, key_id, sha1, sha256, display_name, first_seen, last_seen)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
                     ON CONFLICT (tenant_id, object_id, key_id, sha1) DO UPDATE
                        SET last_seen = $7, gone_at = NULL, sha256 = coalesce($5, observed_credentials.sha256), display_name = $6",
                )
                .bind(self.tenant)
                .bind(Id(sighting.object_id))
                .bind(key_of(entry))
                .bind(Id(sha1))
                .bind(entry.certificate().map(|certificate| Id(certificate.sha256())))
                .bind(entry.display_name())
                .bind(Stamp(at))
                .execute(&mut *transaction)
                .await?;
            }
            // Whatever was not touched just now is missing.
            sqlx::query(
                "UPDATE observed_credentials SET gone_at = $3
                 WHERE tenant_id = $1 AND object_id = $2 AND gone_at IS NULL AND last_seen <> $3",
            )
            .bind(self.tenant)
            .bind(Id(sighting.object_id))
            .bind(Stamp(at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Everything that was seen on the application at any time and is not in `now`.
    pub async fn gone(&self, object: ObjectId, now: &KeyCredentials) -> Result<Vec<Gone>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT key_id, sha1, gone_at FROM observed_credentials WHERE tenant_id = $1 AND object_id = $2
             ORDER BY last_seen DESC",
        )
        .bind(self.tenant)
        .bind(Id(object))
        .fetch_all(&self.store.pool)
        .await?;
        let mut gone = Vec::new();
        for row in rows {
            let thumbprint = row.sha1.0;
            if now.iter().any(|entry| entry.thumbprint() == Some(thumbprint)) {
                continue;
            }
            gone.push(Gone { thumbprint, key_id: row.key_id.parse().ok(), at: row.gone_at.map(|at| at.0) });
        }
        Ok(gone)
    }

    /// Both thumbprints of every certificate that was seen here.
    pub async fn known_thumbprints(&self) -> Result<Vec<(Sha256Thumbprint, Thumbprint)>, StoreError> {
        let pairs: Vec<Pair> = sqlx::query_as(
            "SELECT sha1, sha256 FROM certificates WHERE tenant_id = $1 AND sha1 IS NOT NULL
             UNION SELECT sha1, sha256 FROM observed_credentials WHERE tenant_id = $1 AND sha256 IS NOT NULL",
        )
        .bind(self.tenant)
        .fetch_all(&self.store.pool)
        .await?;
        Ok(pairs.into_iter().map(|pair| (pair.sha256.0, pair.sha1.0)).collect())
    }
}

/// An entry that is known by its `keyId` is still there. `false` where it is not known.
async fn touch(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    sighting: &Sighting<'_>,
    entry: &KeyCredential,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let Some(key_id) = entry.key_id() else { return Ok(false) };
    let touched = sqlx::query(
        "UPDATE observed_credentials SET last_seen = $1, gone_at = NULL
         WHERE tenant_id = $2 AND object_id = $3 AND key_id = $4",
    )
    .bind(Stamp(at))
    .bind(tenant)
    .bind(Id(sighting.object_id))
    .bind(Id(key_id))
    .execute(connection)
    .await?;
    Ok(touched.rows_affected() > 0)
}

fn key_of(entry: &KeyCredential) -> String {
    entry.key_id().map_or_else(String::new, |id| id.to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::Store;
    use crate::store::databases::on_both;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    const ONE: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
    const TWO: &str = "977B10FB0000000000000000000000000000ABCD";

    fn keys(hex: &[&str]) -> KeyCredentials {
        let list: Vec<_> = (1u128..)
            .zip(hex)
            .map(|(n, hex)| json!({"keyId": Uuid::from_u128(n), "customKeyIdentifier": hex, "displayName": "x"}))
            .collect();
        KeyCredentials::from_json(&json!(list)).unwrap()
    }

    fn ids() -> (TenantId, ObjectId) {
        (TenantId::new(Uuid::from_u128(1)), ObjectId::new(Uuid::from_u128(2)))
    }

    async fn observe(store: &Store, keys: &KeyCredentials, at: OffsetDateTime) -> Result<(), StoreError> {
        let (tenant, object_id) = ids();
        let app_id = domain::ids::AppId::new(Uuid::from_u128(3));
        store.of(tenant).observe(&[Sighting { object_id, app_id, display_name: "payroll", keys }], at).await
    }

    #[tokio::test]
    async fn what_is_missed_is_remembered_with_when_and_what_comes_back_is_not_gone() {
        on_both(async |database| {
            let store = database.store().await;
            let (tenant, app) = ids();
            let at = |minute| datetime!(2026-11-24 12:00 UTC) + time::Duration::minutes(minute);
            observe(&store, &keys(&[ONE, TWO]), at(0)).await.unwrap();
            observe(&store, &keys(&[ONE]), at(5)).await.unwrap();
            observe(&store, &keys(&[ONE]), at(9)).await.unwrap();
            let gone = store.of(tenant).gone(app, &keys(&[ONE])).await.unwrap();
            assert_eq!(gone.len(), 1);
            assert_eq!((gone[0].thumbprint, gone[0].at), (TWO.parse().unwrap(), Some(at(5))));
            observe(&store, &keys(&[ONE, TWO]), at(12)).await.unwrap();
            assert_eq!(store.of(tenant).gone(app, &keys(&[ONE, TWO])).await.unwrap(), []);
            let other = TenantId::new(Uuid::from_u128(9));
            assert_eq!(store.of(other).gone(app, &keys(&[])).await.unwrap(), []);
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_read_with_keys_said_is_not_gone_in_one_without() {
        on_both(async |database| {
            let store = database.store().await;
            let (tenant, app) = ids();
            let at = |minute| datetime!(2026-11-24 12:00 UTC) + time::Duration::minutes(minute);
            let key = include_str!("../../../app/domain/tests/fixtures/fixture.pem");
            let der = domain::upload::read(key.as_bytes()).unwrap().leaf;
            // Its customKeyIdentifier is any text, so that only the key says which certificate it is.
            let mut entry =
                json!({"keyId": Uuid::from_u128(1), "customKeyIdentifier": "eA==", "key": der.der_base64()});
            let whole = KeyCredentials::from_json(&json!([entry])).unwrap();
            entry["key"] = serde_json::Value::Null;
            let plain = KeyCredentials::from_json(&json!([entry])).unwrap();
            assert_eq!(plain.iter().next().unwrap().thumbprint(), None);
            observe(&store, &whole, at(0)).await.unwrap();
            observe(&store, &plain, at(1)).await.unwrap();
            assert_eq!(store.of(tenant).gone(app, &plain).await.unwrap()[0].at, None, "it was there when last looked");
            observe(&store, &keys(&[]), at(2)).await.unwrap();
            assert_eq!(store.of(tenant).gone(app, &plain).await.unwrap()[0].at, Some(at(2)));
        })
        .await;
    }
}
