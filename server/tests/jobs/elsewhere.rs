//! Changes made elsewhere: found by the next pass, told from the portal's own, and with who did it where that may be read.

use crate::databases::Database;
use crate::inventory::{Fixed, ask, assert_only_read, sync_at};
use crate::site::{MARA, PRIYA, Site};
use app::contract::ports::*;
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{AttentionKind, ChangeKind};
use domain::rollout::{Pace, RunState};
use domain::secret_removal::words_to_type;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::{Clock, SystemClock};
use server::inventory::{InventorySync, ReadToken};
use server::store::{KeptChange, Lookup, TenantStore};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// So much later.
pub struct Later(pub Duration);

impl Clock for Later {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now() + self.0
    }
}

/// A pass, so much later, by somebody who may read the audit log or not.
async fn pass(site: &Site, later: Duration, reads_log: bool) -> TenantStore {
    let (sync, store) = reading(site, later, reads_log).await;
    sync.run().await.unwrap();
    store
}

pub async fn reading(site: &Site, later: Duration, reads_log: bool) -> (InventorySync, TenantStore) {
    let mut scopes = vec!["Directory.Read.All"];
    scopes.extend(reads_log.then_some("AuditLog.Read.All"));
    let token = site.tenant.graph_token_with_scopes(PRIYA, &scopes).unwrap();
    let token: Arc<dyn ReadToken> = Arc::new(Fixed(token));
    sync_at(site, Duration::hours(1), token, Arc::new(Later(later))).await
}

async fn changes(store: &TenantStore, app: ObjectId) -> Vec<KeptChange> {
    store.changes_elsewhere(Subject { kind: SubjectKind::Application, id: app }, 9).await.unwrap()
}

fn told(changes: &[KeptChange]) -> Vec<(CredentialKind, ChangeKind)> {
    changes.iter().map(|kept| (kept.change.credential, kept.change.kind)).collect()
}

pub async fn add_secret(site: &Site, app: ObjectId) -> Value {
    let name = json!({"passwordCredential": {"displayName": "by hand"}});
    ask(site, Method::POST, &format!("applications/{app}/addPassword"), Some(name)).await
}

#[tokio::test]
async fn what_others_did_is_told_with_who_did_it_and_what_a_push_did_is_not() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, 3).await;
        let replica = site.replica().await;
        let [pushed, secret, emptied] = <[ObjectId; 3]>::try_from(site.apps()).unwrap();
        pass(&site, Duration::ZERO, false).await;
        let receipt = site.push(&replica, MARA, &[pushed], Pace::default()).await;
        assert_eq!(site.until_rests(&replica, receipt).await.state, RunState::Finished);
        let added = add_secret(&site, secret).await;
        site.write(emptied, &json!({"keyCredentials": []})).await;

        let store = pass(&site, Duration::days(1), false).await;
        assert_eq!(told(&changes(&store, pushed).await), [], "the portal did it itself");
        let of_secret = changes(&store, secret).await;
        assert_eq!(told(&of_secret), [(CredentialKind::Secret, ChangeKind::Appeared)]);
        assert_eq!(of_secret[0].change.id, added["keyId"].as_str().unwrap());
        assert_eq!((&of_secret[0].actor, of_secret[0].lookup), (&None, Lookup::Refused), "the log may not be read");
        let of_emptied = changes(&store, emptied).await;
        assert!(!of_emptied.is_empty() && told(&of_emptied).iter().all(|one| one.1 == ChangeKind::Gone));
        let now = Later(Duration::days(1)).now();
        assert_eq!(store.inventory_worst(AttentionKind::ChangedElsewhere, None, 9, now).await.unwrap().total, 2);

        let store = pass(&site, Duration::days(1) + Duration::hours(7), true).await;
        for change in changes(&store, secret).await.iter().chain(&changes(&store, emptied).await) {
            let actor = change.actor.as_ref().unwrap();
            assert_eq!((actor.name.as_str(), actor.app), (MARA, false));
            assert!(change.since <= actor.at && actor.at <= change.found_at, "{change:?}");
        }
        assert_eq!(told(&changes(&store, secret).await).len(), 1, "it is told once");
        replica.stop().await;
    }
}

#[tokio::test]
async fn a_secret_that_the_portal_removed_is_no_change_made_elsewhere() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, 2).await;
        let replica = site.replica().await;
        let [ours, theirs] = <[ObjectId; 2]>::try_from(site.apps()).unwrap();
        let mut keys: Vec<KeyId> = vec![];
        for app in [ours, theirs] {
            keys.push(add_secret(&site, app).await["keyId"].as_str().unwrap().parse().unwrap());
        }
        pass(&site, Duration::ZERO, false).await;
        let desk = site.desk(&replica, MARA);
        desk.remove_secret(ours, keys[0], &words_to_type(keys[0]), "it was a trial").await.unwrap();
        let by_hand = format!("applications/{theirs}/removePassword");
        ask(&site, Method::POST, &by_hand, Some(json!({"keyId": keys[1]}))).await;
        let store = pass(&site, Duration::days(1), false).await;
        assert_eq!(told(&changes(&store, ours).await), [], "the portal did it itself");
        assert_eq!(told(&changes(&store, theirs).await), [(CredentialKind::Secret, ChangeKind::Gone)]);
        replica.stop().await;
    }
}

#[tokio::test]
async fn who_it_was_is_unknown_until_the_record_arrives() {
    let site = Site::start(1).await;
    let app = site.apps()[0];
    pass(&site, Duration::ZERO, true).await;
    site.tenant.set_behaviour(|behaviour| behaviour.audit_delay = Duration::hours(1));
    add_secret(&site, app).await;
    let store = pass(&site, Duration::days(1), true).await;
    let change = changes(&store, app).await.remove(0);
    assert_eq!((change.actor, change.lookup), (None, Lookup::Pending));
    site.tenant.set_behaviour(|behaviour| behaviour.audit_delay = Duration::ZERO);
    let (sync, _) = reading(&site, Duration::days(1) + Duration::minutes(5), true).await;
    let requests = site.tenant.requests().len();
    sync.run().await.unwrap();
    assert_eq!(site.tenant.requests().len(), requests, "it is not time to ask again");
    let (sync, _) = reading(&site, Duration::days(1) + Duration::minutes(16), true).await;
    sync.run().await.unwrap();
    assert_eq!(changes(&store, app).await[0].actor.as_ref().unwrap().name, MARA);
    assert_only_read(&site, 1);
}

#[tokio::test]
async fn two_replicas_tell_it_once() {
    let site = Site::on(Database::postgres().await, 2).await;
    let app = site.apps()[0];
    pass(&site, Duration::ZERO, false).await;
    add_secret(&site, app).await;
    let (one, store) = reading(&site, Duration::days(1), false).await;
    let (other, _) = reading(&site, Duration::days(1), false).await;
    // One of them may be overtaken by the other: that is no failure of the pass.
    let (first, second) = tokio::join!(one.run(), other.run());
    assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
    assert_eq!(told(&changes(&store, app).await), [(CredentialKind::Secret, ChangeKind::Appeared)]);
}
