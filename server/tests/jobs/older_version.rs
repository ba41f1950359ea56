//! A database that the version before wrote is opened by this one, and its pushes are gone on with: one that was cut off in
//! the middle, and one that waits for a person.
//!
//! The tenant is at another address than then, and so the sign-in that the first one was given is good no more: it is taken
//! up by itself, says that it needs a sign-in, and goes on with a new one.
//!
//! `fixtures/older` was left by version 0.1.0 at commit 882ffd7, killed while it worked, with the local tenant that it
//! worked on: `portal.sql` and `tenant.sql` are dumps (SQLite's `.dump`, `pg_dump --inserts`), `at` says when that was
//! (Unix seconds), which push ran and which waited. Nothing in them is made up, and nothing is to be changed.

use crate::databases::Database;
use crate::entries::{Entries, entries};
use crate::portal_process::sign_in;
use crate::site::{MARA, PRIYA};
use crate::support::Browser;
use local_tenant::{PortalRegistration, RunningTenant, TenantOptions};
use server::client_credential::ClientCredential;
use server::config::{Config, TokenKey};
use server::entropy::OsEntropy;
use server::session::Sealer;
use server::{RunningPortal, Surroundings, listen, start_on};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thumbprint::demo::configure;
use thumbprint::demo::identity::Identity;
use time::OffsetDateTime;

/// What the version before left.
struct Left {
    portal: &'static str,
    tenant: &'static str,
    at: &'static str,
}

const ON_SQLITE: Left = Left {
    portal: include_str!("../fixtures/older/sqlite/portal.sql"),
    tenant: include_str!("../fixtures/older/sqlite/tenant.sql"),
    at: include_str!("../fixtures/older/sqlite/at"),
};
const ON_POSTGRES: Left = Left {
    portal: include_str!("../fixtures/older/postgres/portal.sql"),
    tenant: include_str!("../fixtures/older/postgres/tenant.sql"),
    at: include_str!("../fixtures/older/postgres/at"),
};
/// As the version before had it.
const TOKEN_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// Of each push.
const APPS: i64 = 24;

/// The time goes on from when the version before ended: the sign-in of its push is still good.
struct Since {
    at: OffsetDateTime,
    begun: Instant,
}

impl Since {
    fn time(&self) -> OffsetDateTime {
        self.at + self.begun.elapsed()
    }
}

impl server::clock::Clock for Since {
    fn now(&self) -> OffsetDateTime {
        self.time()
    }
}

impl local_tenant::Clock for Since {
    fn now(&self) -> OffsetDateTime {
        self.time()
    }
}

/// The whole portal of this version, on what was left.
struct Upgraded {
    tenant: RunningTenant,
    portal: RunningPortal,
    database: Database,
    http: reqwest::Client,
    before: Entries,
    running: String,
    paused: String,
    _folder: tempfile::TempDir,
}

impl Upgraded {
    async fn open(left: &Left, database: Database) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut at = left.at.lines();
        let seconds = at.next().unwrap().parse().unwrap();
        let [running, paused] = [at.next().unwrap().to_owned(), at.next().unwrap().to_owned()];
        let clock =
            Arc::new(Since { at: OffsetDateTime::from_unix_timestamp(seconds).unwrap(), begun: Instant::now() });
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("tenant.sqlite");
        fill_sqlite(&state, left.tenant).await;
        if database.url.contains("://") {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            connection.execute(left.portal).await.unwrap();
            connection.close().await.unwrap();
        } else {
            fill_sqlite(Path::new(&database.url), left.portal).await;
        }
        let options = TenantOptions { state: Some(state), clock: clock.clone(), ..TenantOptions::default() };
        let tenant = local_tenant::start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let before = entries(&http, tenant.base_url(), &tenant.graph_token(PRIYA).unwrap()).await;

        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = configure(&tenant, address, database.url.clone()).unwrap();
        config.token_key = TokenKey::from_base64(TOKEN_KEY).unwrap();
        config.desk.read_pause = Duration::from_millis(5);
        // The tenant carries a write out at once or never.
        config.desk.late_write_bound = Duration::from_millis(500);
        registered(&tenant, &mut config, clock.time());
        Self::sign_in_opens(&database, &running).await;
        let surroundings = Surroundings { clock, entropy: Arc::new(OsEntropy) };
        let portal = start_on(listener, config, surroundings).await.unwrap();
        Self { tenant, portal, database, http, before, running, paused, _folder: folder }
    }

    async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = Browser::new(self.portal.base_url());
        let people = self.tenant.people();
        let person = people.iter().find(|person| person.user_principal_name == name).unwrap();
        sign_in(&mut browser, person.id).await;
        browser
    }

    /// Where a push is, why, and how many of its apps have which outcome. `receipt`: its path.
    async fn stands(&self, receipt: &str) -> (String, Option<String>, HashMap<String, i64>) {
        let id = receipt.rsplit('/').next().unwrap();
        let store = self.database.store().await;
        let (state, why) = sqlx::query_as("SELECT state, why FROM receipts WHERE id = $1")
            .bind(id)
            .fetch_one(store.pool())
            .await
            .unwrap();
        let apps: Vec<(String, i64)> = sqlx::query_as(
            "SELECT coalesce(outcome, stage), count(*) FROM receipt_apps WHERE receipt_id = $1
             GROUP BY coalesce(outcome, stage)",
        )
        .bind(id)
        .fetch_all(store.pool())
        .await
        .unwrap();
        (state, why, apps.into_iter().collect())
    }

    async fn finished(&self, receipt: &str) {
        let mut changes = self.portal.push_changes();
        let finishing = async {
            loop {
                let (state, why, apps) = self.stands(receipt).await;
                match state.as_str() {
                    "finished" => return apps,
                    "running" => changes.changed().await.unwrap(),
                    other => panic!("{receipt} is {other}: {why:?}"),
                }
            }
        };
        let apps = tokio::time::timeout(Duration::from_mins(2), finishing).await.unwrap();
        assert_eq!(apps, HashMap::from([("verified".to_owned(), APPS)]), "{receipt}");
    }

    /// Until it is in this state, without a person's word.
    async fn comes_to(&self, receipt: &str, wanted: &str) {
        let mut changes = self.portal.push_changes();
        let coming = async {
            while self.stands(receipt).await.0 != wanted {
                changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_mins(2), coming).await.unwrap();
    }

    /// The sign-in that the push was given by the version before can be read: it is Graph that turns it away. Asked before the
    /// portal runs, which forgets it then.
    async fn sign_in_opens(database: &Database, receipt: &str) {
        let id = receipt.rsplit('/').next().unwrap();
        let store = database.store().await;
        let sealed: Vec<u8> = sqlx::query_scalar("SELECT tokens FROM receipts WHERE id = $1")
            .bind(id)
            .fetch_one(store.pool())
            .await
            .unwrap();
        let key = Sealer::new(&TokenKey::from_base64(TOKEN_KEY).unwrap(), &[]).unwrap();
        let opened = key.open(&format!("job {id}"), &sealed).unwrap();
        let tokens: serde_json::Value = serde_json::from_slice(&opened).unwrap();
        assert!(tokens["access"].is_string() && tokens["refresh"].is_string());
    }

    async fn entries(&self) -> Entries {
        entries(&self.http, self.tenant.base_url(), &self.tenant.graph_token(PRIYA).unwrap()).await
    }
}

/// Anew, with a certificate that is good at the time of what was left.
fn registered(tenant: &RunningTenant, config: &mut Config, at: OffsetDateTime) {
    let identity = Identity::make("Thumbprint", at).unwrap();
    let registered = tenant.register_portal(PortalRegistration {
        display_name: "Thumbprint".into(),
        redirect_uri: config.url_of("/sign-in/callback"),
        logout_uri: config.url_of("/signed-out"),
        certificate_der: identity.certificate_der,
    });
    let credential = ClientCredential::from_pem(identity.certificate_pem.as_bytes(), identity.key_pem.as_bytes());
    config.entra.credential = Arc::new(credential.unwrap());
    config.entra.client_id = domain::ids::AppId::new(registered.app_id);
}

async fn fill_sqlite(file: &Path, dump: &'static str) {
    // A dump names tables before it makes them.
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(dump).await.unwrap();
    connection.close().await.unwrap();
}

async fn is_gone_on_with(left: &Left, database: Database) {
    let portal = Upgraded::open(left, database).await;
    portal.comes_to(&portal.running, "needs-sign-in").await;
    let (state, why, apps) = portal.stands(&portal.paused).await;
    assert_eq!((state.as_str(), apps["verified"], apps["waiting"]), ("paused", 2, APPS - 2), "{why:?}");

    let mut browser = portal.signed_in(MARA).await;
    // What was written down then is shown.
    for (receipt, words) in [(&portal.running, "Verified"), (&portal.paused, "Wave 1 of 2 has ended")] {
        let page = browser.get(receipt).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(words), "{receipt}: {}", page.body);
    }
    for receipt in [&portal.running, &portal.paused] {
        let id = receipt.rsplit('/').next().unwrap().to_owned();
        let page = browser.stay().submit("/api/steer", &[("receipt", &id), ("steer", "resume")]).await;
        assert_eq!(page.status, 303, "{}", page.body);
        portal.finished(receipt).await;
    }

    // Both certificates are on each app once, and what was there before is there as it was.
    let after = portal.entries().await;
    let mut changed: i64 = 0;
    for (app, old) in &portal.before {
        let new = &after[app];
        for entry in old {
            assert!(new.contains(entry), "{app} lost {entry:#}");
        }
        let mut thumbprints: Vec<&str> = new.iter().filter_map(|entry| entry["customKeyIdentifier"].as_str()).collect();
        thumbprints.sort_unstable();
        let all = thumbprints.len();
        thumbprints.dedup();
        assert_eq!(thumbprints.len(), all, "{app} has one twice");
        changed += i64::from(new.len() == 3);
    }
    assert_eq!(changed, APPS);
    let store = portal.database.store().await;
    let audited: i64 = sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = 'push-append'")
        .fetch_one(store.pool())
        .await
        .unwrap();
    assert_eq!(audited, 2 * APPS, "one row for each app of each push");
    portal.portal.shutdown().await;
}

#[tokio::test]
async fn pushes_of_the_version_before_go_on_on_sqlite() {
    is_gone_on_with(&ON_SQLITE, Database::empty_sqlite()).await;
}

#[tokio::test]
async fn pushes_of_the_version_before_go_on_on_postgres() {
    is_gone_on_with(&ON_POSTGRES, Database::empty_postgres().await).await;
}
