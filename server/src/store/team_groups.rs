//! Who is in the groups of teams, as the portal itself has read it, and when. What could not be read leaves what is there as it is,
//! with its age.

use super::sql::{ROWS, Sql};
use super::{Id, Stamp, StoreError, TenantStore, parse};
use domain::ids::ObjectId;
use domain::teams::GroupFailure;
use std::collections::HashMap;
use time::OffsetDateTime;

/// A person of a group, by way of other groups, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPerson {
    pub id: ObjectId,
    /// Where it may be read.
    pub name: Option<String>,
    /// A mail address, where there is one and it may be read.
    pub address: Option<String>,
}

/// How the reads of a group went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub name: Option<String>,
    pub tried_at: OffsetDateTime,
    /// When its people were read last; `None`: never.
    pub read_at: Option<OffsetDateTime>,
    /// Of the last try.
    pub failure: Option<GroupFailure>,
}

#[derive(sqlx::FromRow)]
struct Row {
    group_id: Id<ObjectId>,
    name: Option<String>,
    tried_at: Stamp,
    read_at: Option<Stamp>,
    failure: Option<String>,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    group_id: Id<ObjectId>,
    person_id: Id<ObjectId>,
    name: Option<String>,
    address: Option<String>,
}

impl TenantStore {
    /// Those of these that were tried.
    pub async fn group_rows(&self, groups: &[ObjectId]) -> Result<HashMap<ObjectId, GroupRow>, StoreError> {
        if groups.is_empty() {
            return Ok(HashMap::new());
        }
        let mut sql = Sql::new("SELECT group_id, name, tried_at, read_at, failure FROM team_groups WHERE tenant_id = ");
        sql.bind(self.tenant).listed(" AND group_id IN (", groups, |id| Id(*id));
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let read = |row: Row| {
            let failure = row.failure.as_deref().map(|text| parse("why a group is not known", text)).transpose()?;
            let (tried_at, read_at) = (row.tried_at.0, row.read_at.map(|at| at.0));
            Ok((row.group_id.0, GroupRow { name: row.name, tried_at, read_at, failure }))
        };
        rows.into_iter().map(read).collect()
    }

    /// In place of those of the last read.
    pub async fn keep_group(
        &self,
        group: ObjectId,
        name: Option<&str>,
        people: &[GroupPerson],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO team_groups (tenant_id, group_id, name, tried_at, read_at, failure) VALUES ($1, $2, $3, $4, $4, NULL)
             ON CONFLICT (tenant_id, group_id) DO UPDATE SET name = $3, tried_at = $4, read_at = $4, failure = NULL",
        )
        .bind(self.tenant)
        .bind(Id(group))
        .bind(name)
        .bind(Stamp(at))
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM team_group_people WHERE tenant_id = $1 AND group_id = $2")
            .bind(self.tenant)
            .bind(Id(group))
            .execute(&mut *transaction)
            .await?;
        for people in people.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO team_group_people (tenant_id, group_id, person_id, name, address)");
            sql.values(people, |row, person| {
                row.bind(self.tenant).bind(Id(group)).bind(Id(person.id));
                row.bind(person.name.clone()).bind(person.address.clone());
            });
            sql.push(" ON CONFLICT (tenant_id, group_id, person_id) DO NOTHING");
            sql.query()?.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// It was tried in vain: who was in it stays, as old as it is.
    pub async fn group_failed(
        &self,
        group: ObjectId,
        failure: GroupFailure,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO team_groups (tenant_id, group_id, tried_at, failure) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, group_id) DO UPDATE SET tried_at = $3, failure = $4",
        )
        .bind(self.tenant)
        .bind(Id(group))
        .bind(Stamp(at))
        .bind(failure.as_str())
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// Forgets every group but these, and who was in it.
    pub async fn forget_groups_but(&self, groups: &[ObjectId]) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        for delete in ["DELETE FROM team_groups WHERE tenant_id = ", "DELETE FROM team_group_people WHERE tenant_id = "]
        {
            let mut sql = Sql::new(delete);
            sql.bind(self.tenant);
            if !groups.is_empty() {
                sql.listed(" AND group_id NOT IN (", groups, |id| Id(*id));
            }
            sql.query()?.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Of each of these groups that was read since, who is in it, by name. One of which that is not known is not there.
    pub async fn people_of_groups(
        &self,
        groups: &[ObjectId],
        since: OffsetDateTime,
    ) -> Result<HashMap<ObjectId, Vec<GroupPerson>>, StoreError> {
        let mut rows = self.group_rows(groups).await?;
        rows.retain(|_, row| row.read_at.is_some_and(|at| at >= since));
        let mut people: HashMap<ObjectId, Vec<GroupPerson>> = rows.into_keys().map(|id| (id, vec![])).collect();
        if people.is_empty() {
            return Ok(people);
        }
        let fresh: Vec<ObjectId> = people.keys().copied().collect();
        let mut sql = Sql::new("SELECT group_id, person_id, name, address FROM team_group_people WHERE tenant_id = ");
        sql.bind(self.tenant).listed(" AND group_id IN (", &fresh, |id| Id(*id));
        sql.push(" ORDER BY name, person_id");
        let found: Vec<PersonRow> = sql.rows()?.fetch_all(&self.store.pool).await?;
        for row in found {
            let person = GroupPerson { id: row.person_id.0, name: row.name, address: row.address };
            people.entry(row.group_id.0).or_default().push(person);
        }
        Ok(people)
    }

    /// Groups that were read since and have this person.
    pub async fn groups_with(&self, person: ObjectId, since: OffsetDateTime) -> Result<Vec<ObjectId>, StoreError> {
        let rows: Vec<(Id<ObjectId>,)> = sqlx::query_as(
            "SELECT p.group_id FROM team_group_people p
             JOIN team_groups g ON g.tenant_id = p.tenant_id AND g.group_id = p.group_id
             WHERE p.tenant_id = $1 AND p.person_id = $2 AND g.read_at >= $3",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(Stamp(since))
        .fetch_all(&self.store.pool)
        .await?;
        Ok(rows.into_iter().map(|(id,)| id.0).collect())
    }

    /// As a read of a group since then had it.
    pub async fn address_in_groups(
        &self,
        person: ObjectId,
        since: OffsetDateTime,
    ) -> Result<Option<String>, StoreError> {
        let address: Option<String> = sqlx::query_scalar(
            "SELECT p.address FROM team_group_people p
             JOIN team_groups g ON g.tenant_id = p.tenant_id AND g.group_id = p.group_id
             WHERE p.tenant_id = $1 AND p.person_id = $2 AND g.read_at >= $3 AND p.address IS NOT NULL
             ORDER BY g.read_at DESC LIMIT 1",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .bind(Stamp(since))
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(address)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::ids::TenantId;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-30 08:00 UTC);

    fn id(n: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(n))
    }

    fn person(n: u128) -> GroupPerson {
        GroupPerson { id: id(n), name: Some(format!("person {n}")), address: Some(format!("p{n}@example.com")) }
    }

    #[tokio::test]
    async fn a_group_that_cannot_be_read_keeps_its_people_and_their_age() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let (first, second) = (id(1), id(2));
            assert!(store.group_rows(&[first]).await.unwrap().is_empty(), "it was never tried");
            store.group_failed(first, GroupFailure::NotPermitted, AT).await.unwrap();
            let row = store.group_rows(&[first]).await.unwrap().remove(&first).unwrap();
            assert_eq!((row.read_at, row.failure), (None, Some(GroupFailure::NotPermitted)));
            assert!(
                store.people_of_groups(&[first], AT - Duration::DAY).await.unwrap().is_empty(),
                "unknown, not none"
            );

            let many: Vec<GroupPerson> = (100..1_300).map(person).collect();
            store.keep_group(first, Some("Payroll"), &many, AT).await.unwrap();
            store.keep_group(second, None, &[], AT).await.unwrap();
            let known = store.people_of_groups(&[first, second], AT).await.unwrap();
            assert_eq!(
                (known[&first].len(), known[&second].len()),
                (1_200, 0),
                "nobody is in the second, which is known"
            );
            assert_eq!(store.groups_with(id(100), AT).await.unwrap(), [first]);
            assert_eq!(store.address_in_groups(id(100), AT).await.unwrap().as_deref(), Some("p100@example.com"));

            let later = AT + Duration::hours(1);
            store.group_failed(first, GroupFailure::Failed, later).await.unwrap();
            let row = store.group_rows(&[first]).await.unwrap().remove(&first).unwrap();
            let expected = (Some("Payroll"), later, Some(AT), Some(GroupFailure::Failed));
            assert_eq!((row.name.as_deref(), row.tried_at, row.read_at, row.failure), expected);
            assert_eq!(store.people_of_groups(&[first], AT).await.unwrap()[&first].len(), 1_200, "as old as they are");
            // What is too old is not known.
            assert!(store.people_of_groups(&[first], later).await.unwrap().is_empty());
            assert!(store.groups_with(id(100), later).await.unwrap().is_empty());
            assert_eq!(store.address_in_groups(id(100), later).await.unwrap(), None);

            let left = [GroupPerson { address: None, ..person(100) }];
            store.keep_group(first, Some("Payroll"), &left, later).await.unwrap();
            assert_eq!(store.people_of_groups(&[first], later).await.unwrap()[&first], left);
            assert_eq!(store.address_in_groups(id(100), later).await.unwrap(), None, "it may not be read");
            store.forget_groups_but(&[second]).await.unwrap();
            assert_eq!(store.group_rows(&[first, second]).await.unwrap().len(), 1);
            assert!(store.groups_with(id(100), AT).await.unwrap().is_empty());
            store.forget_groups_but(&[]).await.unwrap();
            assert!(store.group_rows(&[first, second]).await.unwrap().is_empty());
        })
        .await;
    }
}
