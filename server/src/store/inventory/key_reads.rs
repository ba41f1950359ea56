//! Of which objects the certificates themselves are to be read, and what was read of them.

use super::keep::{Keeping, subject};
use super::remembered::counts_alike;
use crate::store::sql::Sql;
use crate::store::{Id, Stamp, StoreError, TenantStore, stored_json};
use domain::credentials::Subject;
use domain::ids::ObjectId;
use domain::inventory::{InventoryObject, LifetimePolicy};
use domain::key_credential::KeyCredentials;
use time::OffsetDateTime;

impl TenantStore {
    /// Objects with a certificate of which nobody has read more than lists show, and which were not asked for since `again`:
    /// by turns the one whose certificate ends next, and the one whose certificate is newest.
    pub async fn keys_to_read(
        &self,
        again: OffsetDateTime,
        now: OffsetDateTime,
        most: usize,
    ) -> Result<Vec<Subject>, StoreError> {
        let pressing = self.unread(again, Some(now), most).await?;
        let newest = self.unread(again, None, most).await?;
        let longest = pressing.len().max(newest.len());
        let by_turns = (0..longest).flat_map(|at| [pressing.get(at), newest.get(at)]).flatten();
        let mut found: Vec<Subject> = vec![];
        for subject in by_turns {
            if found.len() < most && !found.contains(subject) {
                found.push(*subject);
            }
        }
        Ok(found)
    }

    /// `ends_after`: of certificates that end later, what ends next; `None`: whatever ends when, what is newest.
    async fn unread(
        &self,
        again: OffsetDateTime,
        ends_after: Option<OffsetDateTime>,
        most: usize,
    ) -> Result<Vec<Subject>, StoreError> {
        let mut sql = Sql::new(
            "SELECT c.kind, c.object_id FROM inventory_credentials AS c
             WHERE c.credential = 'certificate' AND c.issuer IS NULL AND c.tenant_id = ",
        );
        sql.bind(self.tenant);
        if let Some(now) = ends_after {
            sql.push(" AND c.end_at > ").bind(Stamp(now));
        }
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM inventory_key_reads AS r WHERE r.tenant_id = c.tenant_id
                AND r.kind = c.kind AND r.object_id = c.object_id AND r.read_at > ",
        );
        sql.bind(Stamp(again)).push(")");
        sql.push(if ends_after.is_some() { " ORDER BY c.end_at" } else { " ORDER BY c.start_at DESC" });
        // Several certificates of one object stand one beside the other.
        sql.push(", c.kind, c.object_id LIMIT ").bind(i64::try_from(most.saturating_mul(4)).unwrap_or(i64::MAX));
        let rows: Vec<(String, Id<ObjectId>)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        rows.into_iter().map(|(kind, id)| subject(&kind, id)).collect()
    }

    /// What reads at `at` showed of these objects' certificates; `None`: nothing, for a reason that stays. It counts for the entries
    /// that are there, and says nothing about how old everything else of the object is.
    pub async fn keep_read_keys(
        &self,
        read: &[(Subject, Option<KeyCredentials>)],
        at: OffsetDateTime,
        policy: &LifetimePolicy,
    ) -> Result<(), StoreError> {
        if read.is_empty() {
            return Ok(());
        }
        // Read again where it is lost.
        let mut transaction = self.store.begin_unsynced().await?;
        let mut subjects: Vec<Subject> = read.iter().map(|(subject, _)| *subject).collect();
        // In one order for everybody.
        subjects.sort_unstable_by_key(|subject| (subject.kind, subject.id));
        let mut kept = self.kept(&mut transaction, &subjects).await?;
        let mut is_news = false;
        for (subject, keys) in read {
            let Some((known, keys)) = kept.remove(subject).zip(keys.as_ref()) else { continue };
            let (object, seen_at): (InventoryObject, _) = (stored_json::read(&known.content)?, known.seen_at);
            // Nothing comes or goes by it.
            let read = object.with_certificates(keys);
            let row = Keeping::again(object.clone().remembering(&read), known)?;
            is_news |= !counts_alike(&object, &row.object, policy);
            self.write(&mut transaction, &[row], seen_at.0, policy).await?;
        }
        let mut sql = Sql::new("INSERT INTO inventory_key_reads (tenant_id, kind, object_id, read_at)");
        sql.values(&subjects, |row, subject| {
            row.bind(self.tenant).bind(subject.kind.as_str()).bind(Id(subject.id)).bind(Stamp(at));
        });
        sql.push(" ON CONFLICT (tenant_id, kind, object_id) DO UPDATE SET read_at = excluded.read_at");
        sql.query()?.execute(&mut *transaction).await?;
        // Thousands are read one after the other, and few of them show more than lists do.
        if is_news {
            self.change_version(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use crate::store::{InventoryQuery, TenantStore};
    use crate::test_certificate;
    use domain::credentials::SubjectKind;
    use domain::ids::TenantId;
    use serde_json::{Value, json};
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn app(n: u128) -> Subject {
        Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(n)) }
    }

    fn at(days: i64) -> Value {
        let format = &time::format_description::well_known::Rfc3339;
        json!((NOW + Duration::days(days)).format(format).unwrap())
    }

    /// `key`: as a list has it, or as a read of the certificate itself.
    fn entry(n: u128, start: i64, end: i64, key: Option<&str>) -> Value {
        json!({"keyId": Uuid::from_u128(100 + n), "displayName": "x", "usage": "Verify", "type": "AsymmetricX509Cert",
            "customKeyIdentifier": "A538D00E8727EC5814E2FB107B3136376F22695B", "startDateTime": at(start),
            "endDateTime": at(end), "key": key})
    }

    async fn filled(store: &TenantStore) {
        let object = |n, start, end| {
            let row = json!({"id": Uuid::from_u128(n), "displayName": "app", "keyCredentials": [entry(n, start, end, None)],
                "passwordCredentials": [], "owners": []});
            InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
        };
        let pass = store.begin_inventory_pass(NOW).await.unwrap();
        let objects = vec![object(1, -900, -5), object(2, -300, 3), object(3, -1, 700), object(4, -200, 90)];
        let policy = LifetimePolicy::default();
        assert!(
            store
                .keep_inventory_page((pass.number, &pass.readers), objects, (NOW, 0), &policy, &pass.place)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn what_ends_next_and_what_is_newest_come_first_and_what_was_read_comes_no_more() {
        on_both(async |database| {
            let store = database.store().await;
            let [ours, theirs] = [1, 2].map(|n| store.of(TenantId::new(Uuid::from_u128(n))));
            filled(&ours).await;
            let day = Duration::DAY;
            let to_read = async |now, most| ours.keys_to_read(now - day, now, most).await.unwrap();
            assert_eq!(to_read(NOW, 2).await, [app(2), app(3)]);
            assert_eq!(to_read(NOW, 9).await, [app(2), app(3), app(4), app(1)], "the one that has ended comes last");
            assert_eq!(theirs.keys_to_read(NOW - day, NOW, 9).await.unwrap(), []);
            theirs.keep_read_keys(&[(app(1), None)], NOW + Duration::HOUR, &LifetimePolicy::default()).await.unwrap();

            let der = domain::upload::read(test_certificate::pem().0.as_bytes()).unwrap().leaf;
            let keys = |n| KeyCredentials::from_json(&json!([entry(n, 0, 9, Some(&der.der_base64()))])).unwrap();
            let read = [(app(2), Some(keys(2))), (app(3), None), (app(4), Some(keys(9)))];
            ours.keep_read_keys(&read, NOW + Duration::HOUR, &LifetimePolicy::default()).await.unwrap();
            assert_eq!(to_read(NOW, 9).await, [app(1)]);
            assert_eq!(to_read(NOW + day * 2, 9).await, [app(4), app(3), app(1)], "in vain, and once more after a day");
            let row = ours.inventory_object(app(2)).await.unwrap().unwrap();
            let held = &row.object.certificates.readable[0];
            assert_eq!(held.seen.as_ref().unwrap().issuer, der.facts().issuer);
            assert_eq!((row.seen_at, held.end), (NOW, Some(NOW + Duration::days(3))), "nothing else is newer by it");
            let other = ours.inventory_object(app(4)).await.unwrap().unwrap();
            assert_eq!(other.object.certificates.readable[0].seen, None, "that was another entry");
            // A list that comes later does not forget it.
            filled(&ours).await;
            let query = InventoryQuery { take: 9, ..InventoryQuery::default() };
            let known = ours.inventory(&query, NOW).await.unwrap().items;
            let seen = known.iter().filter(|row| row.object.certificates.readable[0].seen.is_some()).count();
            assert_eq!(seen, 1);
        })
        .await;
    }
}
