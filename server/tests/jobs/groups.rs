//! Who is in the groups of teams: read in the background, with its age; what cannot be read is not nobody.

use crate::databases::Database;
use crate::elsewhere::Later;
use crate::inventory::{Fixed, fault};
use crate::people::viewer;
use crate::site::{MARA, PRIYA, Site, settings};
use domain::ids::{ObjectId, TenantId};
use domain::teams::GroupFailure;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::{Clock as _, SystemClock};
use server::entropy::OsEntropy;
use server::graph::Graph;
use server::inventory::GroupSync;
use server::store::{GroupRow, TenantStore};
use std::sync::Arc;
use time::Duration;

const MAY_READ: &str = "GroupMember.Read.All";

/// Past the portal.
async fn make(site: &Site, name: &str, more: Value) -> ObjectId {
    let token = site.tenant.graph_token_with_scopes(MARA, &["Group.ReadWrite.All"]).unwrap();
    let mut group = json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true});
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let url = format!("{}/v1.0/groups", site.tenant.base_url());
    let answer = site.http.request(Method::POST, url).bearer_auth(token).json(&group).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().parse().unwrap()
}

fn bind(site: &Site, ids: &[ObjectId]) -> Value {
    let base = site.tenant.base_url();
    let links: Vec<String> = ids.iter().map(|id| format!("{base}/v1.0/directoryObjects/{id}")).collect();
    json!({"members@odata.bind": links})
}

/// A look so much later, with these permissions.
async fn look(site: &Site, later: Duration, permissions: &[&str], groups: &[ObjectId]) -> TenantStore {
    let store = site.database.store().await.of(TenantId::new(site.tenant.tenant_id()));
    let settings = settings();
    let graph = Graph::new(site.http.clone(), site.tenant.base_url().parse().unwrap())
        .with(settings.retry.clone(), settings.request_timeout, Arc::new(OsEntropy))
        .within(&settings.budget)
        .for_jobs(&settings.budget);
    let token = Arc::new(Fixed(site.tenant.graph_token_with_scopes(PRIYA, permissions).unwrap()));
    GroupSync::new(graph, store.clone(), Arc::new(Later(later)), token, groups.to_vec()).run().await.unwrap();
    store
}

async fn row(store: &TenantStore, group: ObjectId) -> GroupRow {
    store.group_rows(&[group]).await.unwrap().remove(&group).unwrap()
}

#[tokio::test]
async fn a_group_is_read_by_its_own_permission_and_a_failure_leaves_what_is_there_as_old_as_it_is() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, 1).await;
        let id = |upn: &str| viewer(&site.tenant, upn).object_id;
        let inner = make(&site, "inner", bind(&site, &[id(PRIYA)])).await;
        let group = make(&site, "payroll", bind(&site, &[id(MARA), inner])).await;
        let groups = [group];
        let asked = || site.tenant.requests().iter().filter(|one| one.path.contains("/groups/")).count();

        let store = look(&site, Duration::ZERO, &["User.Read.All"], &groups).await;
        let denied = row(&store, group).await;
        assert_eq!((denied.failure, denied.read_at), (Some(GroupFailure::NotPermitted), None));
        let ever = SystemClock.now() - Duration::days(1);
        assert!(store.people_of_groups(&groups, ever).await.unwrap().is_empty(), "unknown, and not nobody");
        let before = asked();
        look(&site, Duration::minutes(9), &[MAY_READ], &groups).await;
        assert_eq!(asked(), before, "it was tried lately");

        // Nested ones, and no more of them than the token may read.
        look(&site, Duration::minutes(11), &[MAY_READ], &groups).await;
        let mut people = store.people_of_groups(&groups, ever).await.unwrap().remove(&group).unwrap();
        // Everybody may read themselves.
        let mut others = people.iter().filter(|one| one.id != id(PRIYA));
        assert!(others.all(|one| one.name.is_none() && one.address.is_none()), "{people:?}");
        people.sort_by_key(|one| one.id);
        let mut expected = [id(MARA), id(PRIYA)];
        expected.sort();
        assert_eq!(people.iter().map(|one| one.id).collect::<Vec<_>>(), expected);
        look(&site, Duration::hours(2), &[MAY_READ, "User.ReadBasic.All"], &groups).await;
        let people = store.people_of_groups(&groups, ever).await.unwrap().remove(&group).unwrap();
        let named: Vec<_> = people.iter().filter_map(|one| one.name.as_deref().zip(one.address.as_deref())).collect();
        assert_eq!(named, [("Mara Lindqvist", MARA), ("Priya Raman", PRIYA)]);
        let known = row(&store, group).await;
        assert_eq!((known.name.as_deref(), known.failure), (Some("payroll"), None));

        // The group itself can be read, and who is in it cannot.
        site.tenant.add_fault(fault(403, "*/transitiveMembers*"));
        look(&site, Duration::hours(4), &[MAY_READ], &groups).await;
        site.tenant.clear_faults();
        let failed = row(&store, group).await;
        assert_eq!((failed.failure, failed.read_at), (Some(GroupFailure::NotPermitted), known.read_at));
        assert_eq!(store.people_of_groups(&groups, ever).await.unwrap()[&group], people);
        assert_eq!(store.groups_with(id(PRIYA), ever).await.unwrap(), groups);
        let since = SystemClock.now() + Duration::hours(3);
        assert!(store.groups_with(id(PRIYA), since).await.unwrap().is_empty(), "it is older than that");

        // Nobody shown of hidden members is not nobody; a group that is gone is not an empty one; and an empty one is.
        let mut more = bind(&site, &[id(MARA)]);
        more["visibility"] = json!("HiddenMembership");
        let (hidden, empty) = (make(&site, "hidden", more).await, make(&site, "empty", json!({})).await);
        let gone = id(MARA);
        look(&site, Duration::hours(4), &[MAY_READ], &[hidden, empty, gone]).await;
        assert_eq!(row(&store, hidden).await.failure, Some(GroupFailure::Hidden));
        assert_eq!(row(&store, gone).await.failure, Some(GroupFailure::Gone));
        let known = store.people_of_groups(&[hidden, empty, gone, group], ever).await.unwrap();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), [(empty, vec![])], "and the first is no team's any more");
    }
}
