//! When credentials were last used: from the report, which says more than it knows.

use crate::databases::Database;
use crate::elsewhere::{Later, add_secret, reading};
use crate::inventory::{ask, fault};
use crate::site::{PRIYA, Site};
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::inventory::{LastUse, UnknownUse, UseSource};
use domain::sign_in_log::SignInLog;
use reqwest::Method;
use serde_json::Value;
use server::clock::{Clock as _, SystemClock};
use server::store::{AuditEntry, SignInImport, TenantStore};
use time::Duration;

/// A secret of an application, which can sign in.
struct Secret {
    app: AppId,
    key: KeyId,
    text: String,
}

async fn secret(site: &Site, app: ObjectId) -> Secret {
    let made = add_secret(site, app).await;
    let shown = ask(site, Method::GET, &format!("applications/{app}?$select=appId"), None).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Secret {
        app: text(&shown["appId"]).parse().unwrap(),
        key: text(&made["keyId"]).parse().unwrap(),
        text: text(&made["secretText"]),
    }
}

async fn sign_in(site: &Site, secret: &Secret) {
    let url = format!("{}/{}/oauth2/v2.0/token", site.tenant.base_url(), site.tenant.tenant_id());
    let (client, scope) = (secret.app.to_string(), "https://graph.microsoft.com/.default");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", secret.text.as_str()),
        ("scope", scope),
    ];
    let answer = site.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

/// A reading so much later; whether it came to its end.
async fn read(site: &Site, later: Duration, reads_log: bool) -> (TenantStore, bool) {
    let (sync, store) = reading(site, later, reads_log).await;
    let ended = sync.run().await.is_ok();
    (store, ended)
}

async fn last_use(store: &TenantStore, of: &Secret, later: Duration) -> LastUse {
    let known = store.uses_of(of.app).await.unwrap().remove(&of.key);
    LastUse::of(store.use_report().await.unwrap(), known, Later(later).now())
}

#[tokio::test]
async fn a_use_is_told_and_what_cannot_be_told_is_unknown() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, 2).await;
        let [used, other] = <[ObjectId; 2]>::try_from(site.apps()).unwrap();
        let (used, other) = (secret(&site, used).await, secret(&site, other).await);
        let (store, _) = read(&site, Duration::ZERO, true).await;
        assert_eq!(
            last_use(&store, &used, Duration::ZERO).await,
            LastUse { seen: None, quiet: Err(UnknownUse::Empty) }
        );

        sign_in(&site, &used).await;
        let day = Duration::days(1);
        let (store, ended) = read(&site, day, true).await;
        assert!(ended);
        let seen = last_use(&store, &used, day).await.seen.unwrap();
        assert!(!seen.succeeded && SystemClock.now() - seen.at < Duration::minutes(2), "{seen:?}");
        let of_other = last_use(&store, &other, day).await;
        assert!(of_other.seen.is_none() && !of_other.is_quiet_for(day), "{of_other:?}");

        // Nobody signs in any more, or the report stands still: nobody can tell which.
        let week = Duration::days(7);
        let (store, _) = read(&site, week, true).await;
        for one in [&used, &other] {
            assert_eq!(last_use(&store, one, week).await.quiet, Err(UnknownUse::StandsStill));
        }
        let later = week + day;
        let (store, _) = read(&site, later, false).await;
        let of_used = last_use(&store, &used, later).await;
        assert_eq!((of_used.quiet, of_used.seen), (Err(UnknownUse::NotPermitted), Some(seen)), "what was seen stays");

        site.tenant.add_fault(fault(503, "/beta/reports/*"));
        let later = later + day;
        let (store, ended) = read(&site, later, true).await;
        assert!(!ended, "it is asked again");
        assert_eq!(last_use(&store, &other, later).await.quiet, Err(UnknownUse::Failed));
    }
}

/// As an administrator would export it.
async fn exported(site: &Site) -> String {
    let token = site.tenant.graph_token_with_scopes(PRIYA, &["AuditLog.Read.All"]).unwrap();
    let url = format!("{}/beta/auditLogs/signIns", site.tenant.base_url());
    let filter = [("$filter", "signInEventTypes/any(t:t eq 'servicePrincipal')")];
    let answer = site.http.get(url).query(&filter).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn an_exported_log_tells_uses_and_attempts_where_nothing_else_does() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, 2).await;
        let [used, other] = <[ObjectId; 2]>::try_from(site.apps()).unwrap();
        let (used, other) = (secret(&site, used).await, secret(&site, other).await);
        // By somebody who may not read the report.
        let (store, _) = read(&site, Duration::ZERO, false).await;
        sign_in(&site, &used).await;
        let unknown = LastUse { seen: None, quiet: Err(UnknownUse::NotPermitted) };
        assert_eq!(last_use(&store, &used, Duration::ZERO).await, unknown);

        let now = SystemClock.now();
        let mut log = SignInLog::new(TenantId::new(site.tenant.tenant_id()), now);
        log.read(exported(&site).await.as_bytes()).unwrap();
        let log = log.finish().unwrap();
        let entry = |_: &SignInImport| AuditEntry::new(None, now, AuditAction::SignInsImported, AuditOutcome::Recorded);
        store.keep_sign_in_import(("Priya", None), &log, now, entry).await.unwrap();
        let of_used = last_use(&store, &used, Duration::ZERO).await;
        let seen = of_used.seen.unwrap();
        assert!(seen.succeeded && now - seen.at < Duration::minutes(2), "{seen:?}");
        assert_eq!((seen.by, of_used.quiet), (UseSource::Log(log.covers), unknown.quiet));
        assert_eq!(last_use(&store, &other, Duration::ZERO).await, unknown, "of what it does not name it says nothing");

        // What the report says later of the same sign-in, it does not know whether it succeeded; the log does.
        let day = Duration::days(1);
        let (store, _) = read(&site, day, true).await;
        assert_eq!(last_use(&store, &used, day).await.seen, Some(seen));
        let quiet = last_use(&store, &used, day).await.quiet.unwrap();
        assert!(quiet.since >= seen.at && !last_use(&store, &other, day).await.is_quiet_for(day), "{quiet:?}");
    }
}
