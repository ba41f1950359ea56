//! A tenant, a database and a portal, each a process of its own.

use crate::database::{Database, Engine};
use crate::entries::Entries;
use crate::ports::Reserved;
use crate::process::{Clock, Portal};
use crate::registration::{ADMINISTRATOR, person, register, seed};
use crate::support::Browser;
use crate::tenant_process::{Tenant, TenantStart};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long anything may take beyond the time that it is kept from going on.
pub const LONG: Duration = Duration::from_mins(3);

pub struct Machine {
    pub portal: Portal,
    pub tenant: Tenant,
    pub database: Database,
    clock: Option<Clock>,
    pub url: String,
    folder: tempfile::TempDir,
    http: reqwest::Client,
    _port: Reserved,
}

/// How many there are, and what the portal is told beside that.
pub struct Contents {
    pub people: u32,
    pub apps: u32,
    /// Whether the portal's clock can be moved.
    pub moves_clock: bool,
    /// More sections of the configuration, in TOML.
    pub config: String,
}

impl Machine {
    pub async fn start(engine: Engine, contents: &Contents) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("seed.json"), seed(contents.people, contents.apps).to_string()).unwrap();
        let seed = path("seed.json").display().to_string();
        let start = TenantStart { contents: &["--seed", &seed], person: ADMINISTRATOR, https: false };
        let tenant = Tenant::start(&start, folder.path());
        let database = Database::new(engine).await;
        let port = Reserved::new();
        let url = format!("http://{}", port.address);
        let client_id = register(&tenant, folder.path(), &url, contents.people).await;
        let config = format!(
            r#"
            public_url = "{url}"
            listen = "{listen}"
            database = "{database}"
            token_key_file = "{token_key}"
            [entra]
            tenant_id = "{tenant_id}"
            client_id = "{client_id}"
            certificate = "{certificate}"
            private_key = "{key}"
            cloud = "custom"
            [entra.custom]
            authority = "{base}"
            graph_root = "{base}"
            {more}
            "#,
            listen = port.address,
            database = database.url,
            token_key = path("token.key").display(),
            tenant_id = tenant.id,
            certificate = path("portal.crt").display(),
            key = path("portal.key").display(),
            base = tenant.base,
            more = contents.config,
        );
        std::fs::write(path("thumbprint.toml"), config).unwrap();
        let clock = contents.moves_clock.then(|| Clock::new(folder.path()));
        let portal = Portal::start(&path("thumbprint.toml"), &path("log"), clock.as_ref());
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let mut machine = Self { portal, tenant, database, clock, url, folder, http, _port: port };
        machine.serves().await;
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the portal has said so far, of all its processes.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    /// In place of the one that has ended.
    pub fn start_portal(&mut self) {
        self.portal = Portal::start(&self.path("thumbprint.toml"), &self.path("log"), self.clock.as_ref());
    }

    /// Waits until it is ready, as a balancer does.
    pub async fn serves(&mut self) {
        let url = format!("{}/health/ready", self.url);
        let begun = Instant::now();
        while !self.http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
            let ended = self.portal.ended();
            assert!(ended.is_none(), "the portal ended by itself: {ended:?}\n{}", self.log());
            assert!(begun.elapsed() < LONG, "the portal is not ready\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many seconds the portal's clock is ahead of the machine's from now on.
    pub fn move_clock(&self, seconds: i32) {
        self.clock.as_ref().unwrap().move_to(seconds);
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, number: u32) -> Browser {
        self.sign_in(Browser::new(&self.url), number).await
    }

    pub async fn sign_in(&self, mut browser: Browser, number: u32) -> Browser {
        let picker = browser.get("/sign-in?return=%2Fsigned-out").await;
        let account = person(number).to_string();
        let page = browser.submit(picker.url.as_str(), &[("account", &account)]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        browser
    }

    /// Past the portal: what every app has.
    pub async fn entries(&self) -> Entries {
        self.tenant.apps().await
    }
}
