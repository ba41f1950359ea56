//! Who has signed in: whom a notice can reach.

use crate::store::sql::{ROWS, Sql};
use crate::store::{Id, Stamp, StoreError, TenantStore};
use domain::ids::ObjectId;
use std::collections::HashMap;
use time::OffsetDateTime;

/// A person as Entra named them at their last sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    pub id: ObjectId,
    pub name: String,
    /// `preferred_username`, which looks like a mail address and need not be one.
    pub username: String,
    pub signed_in_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    person_id: Id<ObjectId>,
    name: String,
    username: String,
    signed_in_at: Stamp,
}

impl TenantStore {
    /// Somebody has signed in. Their calendar lives on.
    pub async fn know_person(&self, person: &KnownPerson) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO people (tenant_id, person_id, name, username, signed_in_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, person_id) DO UPDATE SET name = $3, username = $4, signed_in_at = $5",
        )
        .bind(self.tenant)
        .bind(Id(person.id))
        .bind(&person.name)
        .bind(&person.username)
        .bind(Stamp(person.signed_in_at))
        .execute(&mut *transaction)
        .await?;
        self.prolong_calendar(&mut transaction, person.id, person.signed_in_at).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// `None` for whoever has never signed in here.
    pub async fn known_person(&self, id: ObjectId) -> Result<Option<KnownPerson>, StoreError> {
        Ok(self.known_people(&[id]).await?.remove(&id))
    }

    /// Of these, those who have signed in here.
    pub async fn known_people(&self, ids: &[ObjectId]) -> Result<HashMap<ObjectId, KnownPerson>, StoreError> {
        let mut people = HashMap::new();
        for ids in ids.chunks(ROWS) {
            let mut sql = Sql::new("SELECT person_id, name, username, signed_in_at FROM people WHERE tenant_id = ");
            sql.bind(self.tenant);
            sql.listed(" AND person_id IN (", ids, |id| Id(*id));
            let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
            people.extend(rows.into_iter().map(KnownPerson::from).map(|person| (person.id, person)));
        }
        Ok(people)
    }
}

impl From<Row> for KnownPerson {
    fn from(row: Row) -> Self {
        Self { id: row.person_id.0, name: row.name, username: row.username, signed_in_at: row.signed_in_at.0 }
    }
}
