//! The local tenant as a process of its own, its control API, and people who sign in to it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each binary uses its part")]

use crate::entries::{Entries, entries};
use domain::ids::ObjectId;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// azure-cli's own registration, a public client that every tenant knows.
pub const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// What azure-cli asks for in a person's name.
const AS_AZURE_CLI: &str = "https://graph.microsoft.com/.default offline_access";

/// How it starts.
pub struct TenantStart<'a> {
    /// What it holds: such as `--apps 1000`.
    pub contents: &'a [&'a str],
    /// User principal name of who signs in to it past the portal.
    pub person: &'static str,
    /// Its CA's certificate is in the folder, then.
    pub https: bool,
}

/// Killed when dropped.
pub struct Tenant {
    process: Child,
    /// `https://localhost:1234`
    pub base: String,
    pub id: String,
    pub ca_file: PathBuf,
    person: &'static str,
    control: String,
    http: reqwest::Client,
}

/// Who has signed in.
pub struct SignedIn {
    pub token: String,
    pub person: ObjectId,
}

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Tenant {
    pub fn start(start: &TenantStart<'_>, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thumbprint"));
        command.args(["tenant", "--port", "0", "--control-port", "0"]).args(start.contents);
        if start.https {
            command.arg("--https").arg("--ca-dir").arg(folder);
        }
        let mut process = command
            // A fault that slows requests is a line each.
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let (mut authority, mut control) = (None, None);
        let mut line = String::new();
        while authority.is_none() || control.is_none() {
            line.clear();
            if said.read_line(&mut line).unwrap() == 0 {
                let _ = process.wait();
                panic!("the tenant did not start");
            }
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("authority"), Some(url)) => authority = Some(url.to_owned()),
                (Some("control"), Some(url)) => control = Some(url.trim_end_matches('/').to_owned()),
                _ => {}
            }
        }
        // Or it could fail to say the rest.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let authority = authority.unwrap();
        let (base, id) = authority.rsplit_once('/').unwrap();
        let ca_file = folder.join("ca.pem");
        let http = client(start.https.then_some(&ca_file));
        let (base, id) = (base.to_owned(), id.to_owned());
        Self { process, base, id, ca_file, person: start.person, control: control.unwrap(), http }
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Such as one that stops it for a while.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.process), signal).unwrap();
    }

    async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, format!("{}{path}", self.control));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Everything as it was at the start.
    pub async fn reset(&self) {
        self.control(Method::POST, "/reset", None).await;
    }

    /// Arms a fault, beside those that are armed. `rule`: as the control API takes it.
    pub async fn fail(&self, rule: Value) -> u64 {
        let armed = self.control(Method::POST, "/faults", Some(rule)).await;
        armed["id"].as_u64().unwrap()
    }

    pub async fn mend(&self, fault: u64) {
        self.control(Method::DELETE, &format!("/faults/{fault}"), None).await;
    }

    /// How it behaves from now on; what is not named stays.
    pub async fn behave(&self, settings: Value) {
        self.control(Method::PATCH, "/behaviour", Some(settings)).await;
    }

    /// Every answer, of Graph and of the sign-in service, comes so much later; 0: as fast as it can.
    pub async fn slow_down(&self, milliseconds: u32) {
        self.control(Method::DELETE, "/faults", None).await;
        if milliseconds > 0 {
            let rule = json!({"fault": {"kind": "slow", "milliseconds": milliseconds}, "rate": 1.0});
            self.control(Method::POST, "/faults", Some(rule)).await;
        }
    }

    pub async fn throttle(&self, limits: Value) {
        self.behave(json!({ "throttle": limits })).await;
    }

    pub async fn forget_requests(&self) {
        self.control(Method::DELETE, "/requests", None).await;
    }

    /// What it was asked since, the oldest first.
    pub async fn requests(&self) -> Vec<Value> {
        let requests = self.control(Method::GET, "/requests", None).await;
        requests.as_array().unwrap().clone()
    }

    /// Past the portal: what Graph has now.
    pub async fn apps(&self) -> Entries {
        let SignedIn { token, .. } = self.sign_in().await;
        entries(&self.http, &self.base, &token).await
    }

    /// A person's own token for Graph.
    pub async fn sign_in(&self) -> SignedIn {
        self.sign_in_for(AS_AZURE_CLI).await
    }

    /// The same with other scopes.
    pub async fn sign_in_for(&self, scope: &str) -> SignedIn {
        let endpoint = |name: &str| format!("{}/{}/oauth2/v2.0/{name}", self.base, self.id);
        let flow = self.form(&endpoint("devicecode"), &[("client_id", AZURE_CLI), ("scope", scope)]).await;
        let flow: Value = serde_json::from_str(&flow).unwrap();
        let part = |name: &str| flow[name].as_str().unwrap_or_else(|| panic!("no {name}: {flow}"));
        let person = self.enter_code(part("verification_uri"), part("user_code")).await;
        let grant = [
            ("client_id", AZURE_CLI),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", part("device_code")),
        ];
        let answer: Value = serde_json::from_str(&self.form(&endpoint("token"), &grant).await).unwrap();
        let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer}")).to_owned();
        SignedIn { token, person }
    }

    async fn form(&self, url: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.http.post(url).form(fields).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {text}");
        text
    }

    /// Enters a device's code on the tenant's page and picks who signs in there, as a browser does.
    pub async fn enter_code(&self, page: &str, code: &str) -> ObjectId {
        let picker = self.form(page, &[("otc", code)]).await;
        let behind = |text: &str, words: &str| {
            let rest = text.split(words).nth(1).unwrap_or_else(|| panic!("no {words}: {text}"));
            rest.split('"').next().unwrap().to_owned()
        };
        let action = behind(&picker, "action=\"");
        let button = picker.lines().find(|line| line.contains(self.person)).unwrap();
        let account = behind(button, "name=\"account\" value=\"");
        let done = self.form(&format!("{}/{action}", self.base), &[("account", &account)]).await;
        assert!(done.contains("You have signed in to"), "{done}");
        account.parse().unwrap()
    }
}

/// As the portal makes its own, and it trusts the tenant's CA.
pub fn client(ca_file: Option<&PathBuf>) -> reqwest::Client {
    let ca = ca_file.map(|file| reqwest::Certificate::from_pem(&std::fs::read(file).unwrap()).unwrap());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .no_proxy();
    match ca {
        Some(ca) => client.tls_certs_only([ca]),
        None => client,
    }
    .build()
    .unwrap()
}
