//! What somebody looks after: what they own, and what their teams have. Every question of who sees what is put in these
//! words, whether it is about the inventory, requests or receipts.

use crate::store::sql::Sql;
use crate::store::{Id, StoreError, TenantStore};
use domain::app_selector::AppSelector;
use domain::credentials::{Subject, SubjectKind};
use domain::department::Department;
use domain::ids::ObjectId;
use domain::inventory::MOST_EXPANDED;
use uuid::Uuid;

/// What one person looks after.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Within {
    /// Whose own it is.
    pub owner: ObjectId,
    /// Of their teams.
    pub teams: AppSelector<'static>,
}

impl Within {
    /// What this person owns, and no more.
    pub fn of(owner: ObjectId) -> Self {
        Self { owner, teams: AppSelector::default() }
    }
}

impl TenantStore {
    /// App registrations of these teams, by name, at most so many.
    pub async fn apps_of_teams(&self, teams: &AppSelector<'_>, most: u32) -> Result<Vec<ObjectId>, StoreError> {
        if teams.is_empty() {
            return Ok(vec![]);
        }
        let mut sql = Sql::new("");
        self.of_teams(&mut sql, "SELECT object_id", teams);
        sql.push(" AND kind = ").bind(SubjectKind::Application.as_str());
        sql.push(" ORDER BY folded, object_id LIMIT ").bind(i64::from(most));
        let rows: Vec<(Id<ObjectId>,)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        Ok(rows.into_iter().map(|(id,)| id.0).collect())
    }

    /// How many app registrations these teams look after.
    pub async fn count_apps_of_teams(&self, teams: &AppSelector<'_>) -> Result<u64, StoreError> {
        if teams.is_empty() {
            return Ok(0);
        }
        let mut sql = Sql::new("");
        self.of_teams(&mut sql, "SELECT count(*)", teams);
        sql.push(" AND kind = ").bind(SubjectKind::Application.as_str());
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Whether the person looks after the object, as the inventory has it.
    pub async fn is_within(&self, within: &Within, subject: Subject) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM inventory_objects WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND kind = ").bind(subject.kind.as_str());
        sql.push(" AND object_id = ").bind(Id(subject.id));
        self.within(&mut sql, " AND (kind, object_id) IN (", Some(within));
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(count > 0)
    }

    /// The person looks after every app of the push, and there is one.
    pub async fn looks_after_receipt(&self, within: &Within, receipt: Uuid) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT count(*), count(CASE WHEN ");
        self.is_theirs(&mut sql, within, &[]);
        sql.push(" THEN 1 END) FROM receipt_apps a JOIN receipts r ON r.id = a.receipt_id WHERE r.id = ");
        sql.bind(Id(receipt)).push(" AND r.tenant_id = ").bind(self.tenant);
        let (all, theirs): (i64, i64) = sql.rows()?.fetch_one(&self.store.pool).await?;
        Ok(all > 0 && all == theirs)
    }

    /// Whether the person looks after the app of a row `a` that has `object_id` and `app_id`. `more`: apps that they own
    /// besides, as was just read.
    pub(in crate::store) fn is_theirs(&self, sql: &mut Sql, within: &Within, more: &[ObjectId]) {
        sql.push("(a.object_id IN (");
        self.theirs(sql, "SELECT object_id", within);
        sql.push(")");
        // What is named by its id needs no inventory.
        for column in [" OR a.object_id IN (", " OR a.app_id IN ("] {
            if !within.teams.ids.is_empty() {
                sql.listed(column, &within.teams.ids, |id| Id(*id));
            }
        }
        if !more.is_empty() {
            sql.listed(" OR a.object_id IN (", more, |id| Id(*id));
        }
        sql.push(")");
    }

    /// `select`: such as `SELECT kind, object_id`. Of what is there.
    pub(in crate::store) fn theirs(&self, sql: &mut Sql, select: &'static str, within: &Within) {
        sql.push(select).push(" FROM inventory_owners WHERE tenant_id = ").bind(self.tenant);
        sql.push(" AND owner_id = ").bind(Id(within.owner));
        if !within.teams.is_empty() {
            sql.push(" UNION ");
            self.of_teams(sql, select, &within.teams);
        }
    }

    /// A statement to which more conditions can be added.
    fn of_teams(&self, sql: &mut Sql, select: &'static str, teams: &AppSelector<'_>) {
        sql.push(select).push(" FROM inventory_objects WHERE tenant_id = ").bind(self.tenant);
        sql.push(" AND gone_at IS NULL AND (1 = 0");
        for column in [" OR object_id IN (", " OR app_id IN ("] {
            if !teams.ids.is_empty() {
                sql.listed(column, &teams.ids, |id| Id(*id));
            }
        }
        for name in teams.names.iter() {
            sql.push(" OR folded LIKE ").bind(name.to_like()).push(" ESCAPE '\\'");
        }
        if teams.ownerless {
            sql.push(" OR (ownership = 'nobody' AND kind = ").bind(SubjectKind::Application.as_str()).push(")");
        }
        if !teams.tags.is_empty() {
            sql.push(" OR (kind, object_id) IN (SELECT kind, object_id FROM inventory_tags WHERE tenant_id = ");
            sql.bind(self.tenant);
            sql.listed(" AND tag IN (", &teams.tags, String::clone);
            sql.push(")");
        }
        if !teams.departments.is_empty() {
            sql.push(" OR (kind, object_id) IN (SELECT kind, object_id FROM inventory_owners WHERE tenant_id = ");
            sql.bind(self.tenant);
            sql.listed(" AND department IN (", &teams.departments, Department::folded);
            sql.push(")");
        }
        sql.push(")");
    }

    /// How many app registrations have an owner whose department is not known, or owners that could not be read.
    pub async fn count_unknown_departments(&self) -> Result<u64, StoreError> {
        const OF_IT: &str = "FROM inventory_owners w
            WHERE w.tenant_id = o.tenant_id AND w.kind = o.kind AND w.object_id = o.object_id";
        let mut sql = Sql::new("SELECT count(*) FROM inventory_objects o WHERE o.gone_at IS NULL AND o.tenant_id = ");
        sql.bind(self.tenant).push(" AND o.kind = ").bind(SubjectKind::Application.as_str());
        sql.push(" AND (EXISTS (SELECT 1 ").push(OF_IT).push(" AND w.department IS NULL)");
        // Of owners that were read one is there where it is not known whether somebody counts.
        sql.push(" OR (o.ownership = 'unknown' AND NOT EXISTS (SELECT 1 ").push(OF_IT).push("))");
        // There may be more than Graph lists.
        sql.push(" OR (SELECT count(*) ")
            .push(OF_IT)
            .push(") >= ")
            .bind(i64::try_from(MOST_EXPANDED).unwrap_or(i64::MAX));
        sql.push(")");
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::InventoryQuery;
    use super::super::tests::{MARA, OWEN, after, app, filled, keep, names, object, tenant};
    use super::*;
    use crate::store::databases::on_both;
    use domain::app_selector::NamePattern;
    use domain::inventory::{InventoryObject, Reading};
    use serde_json::{Value, json};

    const LEILA: ObjectId = ObjectId::new(Uuid::from_u128(0xccc));

    fn named(pattern: &str) -> AppSelector<'static> {
        AppSelector { names: vec![NamePattern::from(pattern)].into(), ..AppSelector::default() }
    }

    fn departments(name: &str) -> AppSelector<'static> {
        AppSelector { departments: vec![name.parse().unwrap()].into(), ..AppSelector::default() }
    }

    /// One that these own; each with what Graph says of their department.
    fn owned(n: u128, name: &str, owners: &[Value]) -> InventoryObject {
        let owner = |(n, department): (usize, &Value)| {
            let mut owner = json!({"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(0xd00 + n as u128),
                "displayName": "somebody", "accountEnabled": true});
            if department.is_string() || department.is_null() {
                owner["department"] = department.clone();
            }
            owner
        };
        let owners: Vec<Value> = owners.iter().enumerate().map(owner).collect();
        let row = json!({"id": Uuid::from_u128(n), "displayName": name, "keyCredentials": [],
            "passwordCredentials": [], "owners": owners});
        InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
    }

    #[tokio::test]
    async fn a_team_has_the_apps_of_a_department_as_far_as_departments_are_known() {
        on_both(async |database| {
            let store = tenant(database).await;
            let pass = store.begin_inventory_pass(after(0)).await.unwrap().number;
            let unread = json!(0);
            let unreadable = |mut object: InventoryObject| {
                object.owners = Reading::Failed("no".into());
                object
            };
            let many = vec![json!("Sales"); MOST_EXPANDED];
            let objects = vec![
                owned(1, "ledger", &[json!("Finance")]),
                owned(2, "both", &[json!("Sales"), json!("FINANCE")]),
                owned(3, "nobody's", &[]),
                owned(4, "none", &[json!(null)]),
                owned(5, "unread", std::slice::from_ref(&unread)),
                owned(6, "half", &[json!("Finance"), unread]),
                unreadable(owned(7, "unreadable", &[])),
                owned(8, "many", &many),
            ];
            assert!(keep(&store, pass, objects.clone(), after(1)).await);
            let of = async |name: &str| {
                let teams = departments(name);
                let within = Some(Within { owner: LEILA, teams: teams.clone() });
                let seen = names(&store, InventoryQuery { within, ..InventoryQuery::default() }).await;
                let mut has: Vec<String> = objects
                    .iter()
                    .filter_map(InventoryObject::app_facts)
                    .filter(|app| teams.has(app))
                    .map(|app| app.name)
                    .collect();
                has.sort();
                assert_eq!(has, seen, "the selector itself says the same");
                assert_eq!(store.count_apps_of_teams(&teams).await.unwrap(), seen.len() as u64);
                seen
            };
            assert_eq!(of("finance").await, ["both", "half", "ledger"]);
            assert_eq!(of("Sales").await, ["both", "many"]);
            assert_eq!(of("Finance EU").await, [""; 0]);
            assert_eq!(store.count_unknown_departments().await.unwrap(), 4, "unread, half, unreadable, many");
            // Who has moved to another department opens nothing any more, and what is not read any more is unknown.
            assert!(keep(&store, pass, vec![owned(1, "ledger", &[json!("Sales")])], after(2)).await);
            let mut both = objects[1].clone();
            let Reading::Read(owners) = &mut both.owners else { panic!("they were read") };
            owners.forget_departments();
            assert!(keep(&store, pass, vec![both], after(2)).await);
            let left = store.inventory_object(object(2)).await.unwrap().unwrap().object.app_facts().unwrap();
            assert!(left.departments.is_empty());
            let within = Some(Within { owner: LEILA, teams: departments("Finance") });
            assert_eq!(names(&store, InventoryQuery { within, ..InventoryQuery::default() }).await, ["half"]);
            assert_eq!(store.count_unknown_departments().await.unwrap(), 5);
            store.gone_from_inventory(&[object(5), object(6)], after(3)).await.unwrap();
            assert_eq!(store.count_unknown_departments().await.unwrap(), 3);
        })
        .await;
    }

    #[tokio::test]
    async fn a_team_has_its_apps_by_id_name_tag_and_for_want_of_an_owner() {
        on_both(async |database| {
            let store = tenant(database).await;
            let pass = filled(&store).await;
            let mut tagged = app(4, "Tagged", MARA, 9);
            tagged.tags = vec!["payroll".into(), "tier0".into()];
            tagged.app_id = Some("00000000-0000-0000-0000-0000000000aa".parse().unwrap());
            let row = serde_json::json!({"id": Uuid::from_u128(5), "displayName": "alone", "keyCredentials": [],
                "passwordCredentials": [], "owners": []});
            let alone = InventoryObject::from_graph(SubjectKind::Application, &row).unwrap();
            assert!(keep(&store, pass, vec![tagged, alone], after(1)).await);
            let of = async |teams: &AppSelector<'static>| {
                let within = Some(Within { owner: LEILA, teams: teams.clone() });
                let seen = names(&store, InventoryQuery { within, ..InventoryQuery::default() }).await;
                assert_eq!(store.count_apps_of_teams(teams).await.unwrap(), seen.len() as u64, "{teams:?}");
                assert_eq!(store.apps_of_teams(teams, 9).await.unwrap().len(), seen.len(), "{teams:?}");
                // The selector itself says the same of each of them.
                let mut has = vec![];
                for n in 1..=5 {
                    let row = store.inventory_object(object(n)).await.unwrap().unwrap();
                    let facts = row.object.app_facts().filter(|_| row.gone_at.is_none());
                    has.extend(facts.filter(|app| teams.has(app)).map(|app| app.name));
                }
                has.sort_by_key(|name| name.to_lowercase());
                assert_eq!(has, seen, "{teams:?}");
                seen
            };
            let none = AppSelector::default();
            assert!(of(&none).await.is_empty());
            assert_eq!(
                of(&AppSelector { ids: vec![Uuid::from_u128(2), Uuid::from_u128(0xaa)].into(), ..none.clone() }).await,
                ["Ledger", "Tagged"]
            );
            assert_eq!(
                of(&AppSelector { tags: vec!["payroll".into(), "other".into()].into(), ..none.clone() }).await,
                ["Tagged"]
            );
            assert_eq!(of(&AppSelector { tags: vec!["pay".into()].into(), ..none.clone() }).await, [""; 0]);
            assert_eq!(of(&AppSelector { ownerless: true, ..none.clone() }).await, ["alone"]);
            for pattern in ["PAY*", "*l*d*", "archive_100%", "archive_1*", "archivex100%", "*", "ledge", "a*a"] {
                let all = ["alone", "archive_100%", "Ledger", "payroll", "Tagged"];
                let fit: Vec<&str> = all.into_iter().filter(|name| NamePattern::from(pattern).matches(name)).collect();
                assert_eq!(of(&named(pattern)).await, fit, "{pattern}: as the pattern itself says");
            }
            // What they own is there besides, each once.
            let owen = ObjectId::new(Uuid::from_u128(OWEN));
            let both = Within { owner: owen, teams: named("*l*") };
            let query = InventoryQuery { within: Some(both), ..InventoryQuery::default() };
            assert_eq!(names(&store, query).await, ["alone", "archive_100%", "Ledger", "payroll"]);
            assert_eq!(of(&departments("Finance")).await, [""; 0], "nobody's is known");
            // A tag that was taken away opens nothing any more, and neither does what is gone.
            assert!(keep(&store, pass, vec![app(4, "Tagged", MARA, 9)], after(2)).await);
            assert!(of(&AppSelector { tags: vec!["payroll".into()].into(), ..none }).await.is_empty());
            store.gone_from_inventory(&[object(1)], after(3)).await.unwrap();
            assert!(of(&named("pay*")).await.is_empty());
        })
        .await;
    }
}
