//! `thumbprint serve` as a process of its own: its files, and when it serves.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::Browser;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use thumbprint::demo::identity::Identity;
use time::OffsetDateTime;
use uuid::Uuid;

/// What the configuration says of the portal, beside the keys that are in its folder.
pub struct PortalFiles<'a> {
    /// Where [`make_keys`] has put them.
    pub folder: &'a Path,
    pub url: &'a str,
    pub listen: SocketAddr,
    pub database: &'a str,
    pub tenant_id: &'a str,
    pub client_id: &'a str,
    /// Of the local tenant: `http://127.0.0.1:…`.
    pub tenant: &'a str,
    /// More sections, in TOML.
    pub more: &'a str,
}

impl PortalFiles<'_> {
    /// Writes the configuration into the folder.
    pub fn write(&self, name: &str) {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let Self { url, listen, database, tenant_id, client_id, tenant, more, .. } = self;
        let (token_key, certificate, key) = (path("token.key"), path("portal.crt"), path("portal.key"));
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
            authority = "{tenant}"
            graph_root = "{tenant}"
            {more}
            "#
        );
        std::fs::write(self.folder.join(name), config).unwrap();
    }
}

/// The portal's certificate with its key, and the key of its tokens, as files. Answers the certificate as DER.
pub fn make_keys(folder: &Path) -> Vec<u8> {
    let identity = Identity::make("Thumbprint", OffsetDateTime::now_utc()).unwrap();
    std::fs::write(folder.join("portal.crt"), identity.certificate_pem).unwrap();
    std::fs::write(folder.join("portal.key"), identity.key_pem).unwrap();
    std::fs::write(folder.join("token.key"), "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap();
    identity.certificate_der
}

/// To be started; it need not serve at once. `log`: appended to.
pub fn serve(config: &Path, log: &Path) -> Command {
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_thumbprint"));
    command.args(["serve", "--config"]).arg(config).env("RUST_LOG", "warn,server=info");
    command.stdout(Stdio::null()).stderr(log);
    command
}

/// Waits until the portal at this URL is ready, as a balancer does. `ended`: how its process has ended, if it has; `log`: what
/// it has said, for when it goes wrong.
pub async fn until_ready(
    http: &reqwest::Client,
    url: &str,
    patience: Duration,
    mut ended: impl FnMut() -> Option<std::process::ExitStatus>,
    log: impl Fn() -> String,
) {
    let (url, begun) = (format!("{url}/health/ready"), Instant::now());
    while !http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
        let ended = ended();
        assert!(ended.is_none(), "the portal ended by itself: {ended:?}\n{}", log());
        assert!(begun.elapsed() < patience, "the portal is not ready\n{}", log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Signs in as whoever has this object id in the local tenant.
pub async fn sign_in(browser: &mut Browser, person: Uuid) {
    let picker = browser.get("/sign-in?return=%2Fsigned-out").await;
    let page = browser.submit(picker.url.as_str(), &[("account", &person.to_string())]).await;
    assert_eq!(page.status, 200, "{}", page.body);
}
