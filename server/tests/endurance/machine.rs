//! A tenant, a database and a portal, each a process of its own.

use crate::database::{Database, Engine, Room};
use crate::entries::Entries;
use crate::portal_process::{self, PortalFiles, until_ready};
use crate::ports::Reserved;
use crate::process::{Clock, Portal};
use crate::registration::{ADMINISTRATOR, person, register, seed};
use crate::support::Browser;
use crate::tenant_process::{Tenant, TenantStart};
use futures_util::{StreamExt as _, stream};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long anything may take beyond the time that it is kept from going on.
pub const LONG: Duration = Duration::from_mins(3);

/// People who sign in at the same time.
const AT_ONCE: usize = 8;

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
    /// Apps of all kinds beside these, for size.
    pub more_apps: u32,
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
        std::fs::write(path("seed.json"), seed(contents.people, contents.apps, contents.more_apps).to_string())
            .unwrap();
        let seed = path("seed.json").display().to_string();
        let start = TenantStart { contents: &["--seed", &seed], person: ADMINISTRATOR, https: false };
        let tenant = Tenant::start(&start, folder.path());
        let room = if contents.more_apps > 0 { Room::Enough } else { Room::Small };
        let database = Database::new(engine, room).await;
        let port = Reserved::new();
        let url = format!("http://{}", port.address);
        let client_id = register(&tenant, folder.path(), &url, contents.people).await;
        let files = PortalFiles {
            folder: folder.path(),
            url: &url,
            listen: port.address,
            database: &database.url,
            tenant_id: &tenant.id,
            client_id: &client_id,
            tenant: &tenant.base,
            more: &contents.config,
        };
        files.write("thumbprint.toml");
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
        let log = self.path("log");
        let said = || std::fs::read_to_string(&log).unwrap();
        until_ready(&self.http, &self.url, LONG, || self.portal.ended(), said).await;
    }

    /// How many seconds the portal's clock is ahead of the machine's from now on.
    pub fn move_clock(&self, seconds: i32) {
        self.clock.as_ref().unwrap().move_to(seconds);
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, number: u32) -> Browser {
        self.sign_in(Browser::new(&self.url), number).await
    }

    /// The first so many people, each in a browser of their own.
    pub async fn all_signed_in(&self, people: u32) -> Vec<Browser> {
        stream::iter(0..people).map(|number| self.signed_in(number)).buffered(AT_ONCE).collect().await
    }

    /// Until all are done. With the most memory that the portal had meanwhile, in MiB.
    pub async fn while_at_work<T: 'static>(&self, mut at_work: JoinSet<T>) -> (Vec<T>, u64) {
        let (mut done, mut most) = (vec![], 0);
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                joined = at_work.join_next() => match joined {
                    Some(one) => done.push(one.unwrap()),
                    None => return (done, most),
                },
                _ = look.tick() => most = most.max(self.portal.memory()),
            }
        }
    }

    pub async fn sign_in(&self, mut browser: Browser, number: u32) -> Browser {
        portal_process::sign_in(&mut browser, person(number)).await;
        browser
    }

    /// Past the portal: what every app has.
    pub async fn entries(&self) -> Entries {
        self.tenant.apps().await
    }
}
