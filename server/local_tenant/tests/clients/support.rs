//! A tenant over https, a certificate in files, and ways to run a client.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{ApplicationInfo, HttpsOptions, MicrosoftOptions, RunningTenant, TenantOptions};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

pub const MARA: &str = "mara.lindqvist@contoso.onmicrosoft.com";
pub const OWEN: &str = "owen.carter@contoso.onmicrosoft.com";

/// A certificate and its key, in files of the world's folder.
pub struct Identity {
    pub der: Vec<u8>,
    /// Certificate, then key: as azure-cli and azure-identity want them.
    pub both: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

pub struct World {
    pub tenant: RunningTenant,
    pub folder: tempfile::TempDir,
    /// By which a program finds and trusts it.
    environment: Vec<(&'static str, OsString)>,
    http: reqwest::Client,
}

impl World {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let tenant = local_tenant::start(TenantOptions {
            https: Some(HttpsOptions { ca_dir: Some(folder.path().into()), names: vec![] }),
            ..TenantOptions::default()
        })
        .await
        .unwrap();
        let address = tenant.base_url().replace("https://localhost", "127.0.0.1").parse().unwrap();
        let proxy = super::proxy::start(address).await;
        let ca = reqwest::Certificate::from_pem(tenant.ca_pem().unwrap().as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([ca]).no_proxy().build().unwrap();
        let ca = folder.path().join("ca.pem");
        let mut environment: Vec<(&'static str, OsString)> = vec![];
        environment
            .extend(["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].map(|name| (name, (&ca).into())));
        environment.extend(["HTTPS_PROXY", "https_proxy"].map(|name| (name, (&proxy).into())));
        environment.extend(["NO_PROXY", "no_proxy"].map(|name| (name, "".into())));
        environment.push(("AZURE_CORE_COLLECT_TELEMETRY", "false".into()));
        Self { tenant, folder, environment, http }
    }

    /// Under Microsoft's own names: a program is told nothing but the variables that `thumbprint tenant run` sets.
    pub async fn as_microsoft() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let microsoft = MicrosoftOptions { proxy: None, ca_dir: Some(folder.path().into()) };
        let options = TenantOptions { microsoft: Some(microsoft), ..TenantOptions::default() };
        let tenant = local_tenant::start(options).await.unwrap();
        let access = tenant.microsoft().unwrap();
        let environment = access.environment(access.ca_file.as_deref().unwrap());
        let ca = reqwest::Certificate::from_pem(access.ca_pem.as_bytes()).unwrap();
        let proxy = reqwest::Proxy::https(&access.proxy_url).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([ca]).no_proxy().proxy(proxy).build().unwrap();
        Self { tenant, folder, environment, http }
    }

    pub fn app(&self, name: &str) -> ApplicationInfo {
        self.tenant.applications().into_iter().find(|app| app.display_name == name).unwrap()
    }

    /// `localhost:1234`
    pub fn host(&self) -> &str {
        self.tenant.base_url().trim_start_matches("https://")
    }

    pub fn vault(&self, name: &str) -> String {
        format!("https://{name}.vault.{}", self.host())
    }

    pub fn identity(&self, name: &str) -> Identity {
        let key = local_tenant::rsa_key(2048).unwrap();
        let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &PKCS_RSA_SHA256).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        params.not_before = now - Duration::hours(1);
        params.not_after = now + Duration::days(90);
        let made = params.self_signed(&pair).unwrap();
        let write = |end: &str, text: String| {
            let path = self.folder.path().join(format!("{name}{end}"));
            std::fs::write(&path, text).unwrap();
            path
        };
        Identity {
            der: made.der().to_vec(),
            both: write(".pem", format!("{}{}", made.pem(), pair.serialize_pem())),
            certificate: write(".crt", made.pem()),
            key: write(".key", pair.serialize_pem()),
        }
    }

    /// Graph as the administrator of applications.
    pub async fn graph(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        self.graph_with(&self.tenant.graph_token(MARA).unwrap(), method, path, body).await
    }

    /// Graph as somebody who may read all there is.
    pub async fn graph_as_global_administrator(&self, method: reqwest::Method, path: &str) -> Value {
        assert!(self.tenant.give_directory_role(MARA, "Global Administrator"));
        let scopes =
            ["Directory.Read.All", "AuditLog.Read.All", "Policy.Read.All", "Application.Read.All", "User.Read"];
        let token = self.tenant.graph_token_with_scopes(MARA, &scopes).unwrap();
        self.graph_with(&token, method, path, None).await
    }

    async fn graph_with(&self, token: &str, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/v1.0{path}", self.tenant.base_url());
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Enters a device's code on the tenant's page and picks an account there, as a browser does.
    pub async fn enter_code(&self, page: &str, code: &str, name: &str) {
        let form = self.http.get(page).send().await.unwrap();
        assert!(form.text().await.unwrap().contains("name=\"otc\""));
        let picker = self.http.post(page).form(&[("otc", code)]).send().await.unwrap();
        assert_eq!(picker.status(), 200);
        let text = picker.text().await.unwrap();
        let action = text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let person = self.tenant.people().into_iter().find(|one| one.user_principal_name == name).unwrap();
        let target = format!("{}/{action}", self.tenant.base_url());
        let done = self.http.post(target).form(&[("account", person.id.to_string())]).send().await.unwrap();
        let text = done.text().await.unwrap();
        assert!(text.contains("You have signed in to"), "{text}");
    }

    /// Runs a client that prints a line of JSON with the `page` and the code to enter there, and one with what came of it.
    /// `page`, `code`: what it calls them. Owen enters the code; both lines come back.
    pub async fn signs_in_by_code(&self, mut command: Command, page: &str, code: &str) -> (Value, Value) {
        let mut client = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(client.stdout.take().unwrap()).lines();
        let in_time = tokio::time::timeout(std::time::Duration::from_mins(2), async {
            let mut json =
                async || -> Value { serde_json::from_str(&printed.next_line().await.unwrap().unwrap()).unwrap() };
            let flow = json().await;
            let part = |name: &str| flow[name].as_str().unwrap_or_else(|| panic!("no {name}: {flow}"));
            self.enter_code(part(page), part(code), OWEN).await;
            let said = json().await;
            (flow, said)
        });
        let lines = in_time.await.unwrap();
        assert!(client.wait().await.unwrap().success());
        lines
    }

    pub async fn keys(&self, app: &ApplicationInfo) -> Vec<Value> {
        let path = format!("/applications/{}?$select=keyCredentials", app.id);
        let read = self.graph(reqwest::Method::GET, &path, None).await;
        read["keyCredentials"].as_array().unwrap().clone()
    }

    /// Puts a certificate beside what is there.
    pub async fn register(&self, app: &ApplicationInfo, identity: &Identity) {
        let mut keys = self.keys(app).await;
        for key in &mut keys {
            key["key"] = Value::Null;
        }
        keys.push(json!({
            "type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&identity.der),
        }));
        let path = format!("/applications/{}", app.id);
        self.graph(reqwest::Method::PATCH, &path, Some(&json!({"keyCredentials": keys}))).await;
    }

    /// A program in the world's folder that trusts the tenant's CA and reaches it through a proxy.
    pub fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).kill_on_drop(true);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        // What a program leaves in its user's home goes with the world.
        command.env("AZURE_CONFIG_DIR", self.folder.path().join("azure")).env("HOME", self.folder.path());
        command
    }

    /// What the program printed, once it has ended.
    pub async fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        let mut command = self.command(program, arguments);
        let limit = std::time::Duration::from_mins(2);
        tokio::time::timeout(limit, command.output())
            .await
            .unwrap_or_else(|_| panic!("{} did not end within two minutes", program.display()))
            .unwrap_or_else(|error| panic!("{} does not start: {error}. {INSTALL}", program.display()))
    }

    /// A script of this folder, run by `program`; it prints JSON.
    pub async fn script(&self, program: &Path, script: &str, arguments: &[&str]) -> Value {
        let script = root().join("server/local_tenant/tests/clients").join(script).display().to_string();
        let output = self.run(program, &[&[script.as_str()], arguments].concat()).await;
        json_of(&script, &output)
    }

    pub async fn python(&self, script: &str, arguments: &[&str]) -> Value {
        self.script(&python(), script, arguments).await
    }
}

const INSTALL: &str = "Run .ci/python-clients.sh, and npm ci in end2end.";

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn python() -> PathBuf {
    std::env::var_os("THUMBPRINT_PYTHON").map_or_else(|| root().join(".tools/python/bin/python"), PathBuf::from)
}

#[track_caller]
pub fn json_of(what: &str, output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} failed: {errors}\n{INSTALL}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{what}: {} {errors}", String::from_utf8_lossy(&output.stdout)))
}
