//! Of which ends somebody knows.

use crate::store::sql::{ROWS, Sql};
use crate::store::{AuditEntry, Id, Stamp, Store, StoreError, TenantStore, audit, parse};
use domain::credentials::Subject;
use domain::ids::ObjectId;
use domain::notices::Acknowledgement;
use std::collections::HashMap;
use time::OffsetDateTime;

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    object_id: Id<ObjectId>,
    ends_at: Stamp,
    person_id: Id<ObjectId>,
    who: String,
    at: Stamp,
    until_at: Stamp,
    reason: Option<String>,
}

impl Row {
    fn read(self) -> Result<(Subject, Acknowledgement), StoreError> {
        let subject = Subject { kind: parse("kind of directory object", &self.kind)?, id: self.object_id.0 };
        let known = Acknowledgement {
            ends_at: self.ends_at.0,
            person: self.person_id.0,
            who: self.who,
            at: self.at.0,
            until: self.until_at.0,
            reason: self.reason.map(|reason| parse("reason", &reason)).transpose()?,
        };
        Ok((subject, known))
    }
}

impl Store {
    /// Those that are over. Answers how many went.
    pub async fn forget_acknowledgements_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before("DELETE FROM notice_acknowledgements WHERE until_at < $1", at).await
    }
}

impl TenantStore {
    /// In place of an earlier one; with its audit row, both or neither.
    pub async fn acknowledge_end(
        &self,
        subject: Subject,
        known: &Acknowledgement,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO notice_acknowledgements
                (tenant_id, kind, object_id, ends_at, person_id, who, at, until_at, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (tenant_id, kind, object_id)
             DO UPDATE SET ends_at = $4, person_id = $5, who = $6, at = $7, until_at = $8, reason = $9",
        )
        .bind(self.tenant)
        .bind(subject.kind.as_str())
        .bind(Id(subject.id))
        .bind(Stamp(known.ends_at))
        .bind(Id(known.person))
        .bind(&known.who)
        .bind(Stamp(known.at))
        .bind(Stamp(known.until))
        .bind(known.reason.as_ref().map(|reason| reason.as_str().to_owned()))
        .execute(&mut *transaction)
        .await?;
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// People are reminded again. `false`, and no audit row, where nobody had acknowledged it.
    pub async fn remind_again(&self, subject: Subject, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let gone =
            sqlx::query("DELETE FROM notice_acknowledgements WHERE tenant_id = $1 AND kind = $2 AND object_id = $3")
                .bind(self.tenant)
                .bind(subject.kind.as_str())
                .bind(Id(subject.id))
                .execute(&mut *transaction)
                .await?;
        audit::commit(transaction, self.tenant, gone.rows_affected(), Some(entry)).await
    }

    /// Of these objects, as far as it holds now.
    pub async fn acknowledgements(
        &self,
        subjects: &[Subject],
        now: OffsetDateTime,
    ) -> Result<HashMap<Subject, Acknowledgement>, StoreError> {
        let mut found = HashMap::new();
        for subjects in subjects.chunks(ROWS) {
            let mut sql = Sql::new(
                "SELECT kind, object_id, ends_at, person_id, who, at, until_at, reason FROM notice_acknowledgements
                 WHERE tenant_id = ",
            );
            sql.bind(self.tenant).push(" AND until_at > ").bind(Stamp(now));
            sql.listed(" AND object_id IN (", subjects, |subject| Id(subject.id));
            let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
            for row in rows {
                let (subject, known) = row.read()?;
                found.insert(subject, known);
            }
        }
        Ok(found)
    }
}
