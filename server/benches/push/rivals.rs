//! What people do without the portal: azure-cli in a loop, and a script with Microsoft's SDK.
//!
//! `.ci/python-clients.sh` installs both; `THUMBPRINT_AZ` and `THUMBPRINT_PYTHON` name others.

use crate::certificates::TestCertificate;
use crate::tenant_process::{AZURE_CLI, Tenant};
use domain::ids::ObjectId;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The certificate that everybody pushes.
pub struct Certificate {
    pub pem: String,
    pub der: Vec<u8>,
    pub file: PathBuf,
}

impl Certificate {
    pub fn make(folder: &Path) -> Self {
        let TestCertificate { pem, der, .. } = TestCertificate::new("bench.contoso.example");
        let file = folder.join("pushed.pem");
        std::fs::write(&file, &pem).unwrap();
        Self { pem, der, file }
    }
}

fn tools(name: &str, otherwise: &str) -> PathBuf {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools").join(otherwise);
    std::env::var_os(name).map_or_else(ours, PathBuf::from)
}

fn command(program: &Path, tenant: &Tenant) -> Command {
    let mut command = Command::new(program);
    command
        .env("REQUESTS_CA_BUNDLE", &tenant.ca_file)
        .env("SSL_CERT_FILE", &tenant.ca_file)
        .env("NO_PROXY", "localhost")
        .env("no_proxy", "localhost")
        .stdin(Stdio::null());
    command
}

fn started(program: &Path, mut command: Command) -> Child {
    let install = "Run .ci/python-clients.sh.";
    command.spawn().unwrap_or_else(|error| panic!("{} does not start: {error}. {install}", program.display()))
}

/// azure-cli with a configuration of its own, on a cloud that is the tenant.
pub struct Az {
    program: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Az {
    pub async fn signed_in(tenant: &Tenant, folder: &Path) -> Self {
        let program = tools("THUMBPRINT_AZ", "azure-cli/bin/az");
        let mut template = command(&program, tenant);
        template.env("AZURE_CONFIG_DIR", folder.join("azure")).env("AZURE_CORE_COLLECT_TELEMETRY", "false");
        let environment =
            template.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        let az = Self { program, environment };
        az.run("config set core.instance_discovery=false core.collect_telemetry=false").await;
        az.run(&format!("cloud register -n local --endpoint-resource-manager {}", tenant.base)).await;
        az.run("cloud set -n local").await;
        let line = format!("login --use-device-code --tenant {} --allow-no-subscriptions", tenant.id);
        let mut login = az.start(&line);
        let mut said = BufReader::new(login.stderr.take().unwrap());
        let message = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            loop {
                let from = line.len();
                assert!(said.read_line(&mut line).unwrap() > 0, "az login asked for no code: {line}");
                if line[from..].contains("enter the code") {
                    // Or it could fail to say the rest.
                    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
                    return line;
                }
            }
        });
        let message = message.await.unwrap();
        let behind = |words: &str| message.split(words).nth(1).unwrap().split(' ').next().unwrap().to_owned();
        tenant.enter_code(&behind("open the page "), &behind("enter the code ")).await;
        let ended = tokio::task::spawn_blocking(move || login.wait_with_output()).await.unwrap().unwrap();
        assert!(ended.status.success(), "az login: {}", String::from_utf8_lossy(&ended.stdout));
        az
    }

    fn start(&self, line: &str) -> Child {
        let mut command = Command::new(&self.program);
        command.args(line.split(' ')).envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        started(&self.program, command)
    }

    /// Runs one command; it must succeed.
    async fn run(&self, line: &str) {
        let child = self.start(line);
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
        assert!(output.status.success(), "az {line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// One process for each app, one after the other.
    pub async fn append(&self, certificate: &Certificate, apps: &[ObjectId]) -> Duration {
        let file = certificate.file.display();
        let begun = Instant::now();
        for app in apps {
            self.run(&format!("ad app credential reset --id {app} --cert @{file} --append")).await;
        }
        begun.elapsed()
    }
}

/// A script with one client that does one app after the other. Its start and its sign-in are not counted.
pub struct MsGraph {
    script: Script,
}

/// Killed when dropped.
struct Script {
    process: Child,
    asked: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Script {
    fn line(mut self) -> (Self, Value) {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut errors = String::new();
            let _ = self.process.stderr.take().map(|mut said| said.read_to_string(&mut errors));
            panic!("the script ended early: {errors}");
        }
        (self, serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}")))
    }

    /// What it says next.
    async fn next(self) -> (Self, Value) {
        tokio::task::spawn_blocking(|| self.line()).await.unwrap()
    }
}

impl MsGraph {
    pub async fn signed_in(tenant: &Tenant, certificate: &Certificate) -> Self {
        let program = tools("THUMBPRINT_PYTHON", "python/bin/python");
        let mut command = command(&program, tenant);
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/push/msgraph_append.py"))
            .args([&tenant.base, &tenant.id, AZURE_CLI, &format!("{}/v1.0", tenant.base)])
            .arg(&certificate.file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = started(&program, command);
        let (asked, said) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let (script, code) = Script { process, asked, said }.next().await;
        tenant.enter_code(code["page"].as_str().unwrap(), code["code"].as_str().unwrap()).await;
        let (script, ready) = script.next().await;
        assert_eq!(ready, json!("ready"));
        Self { script }
    }

    pub async fn append(self, apps: &[ObjectId]) -> Duration {
        let mut script = self.script;
        let ids: Vec<String> = apps.iter().map(ToString::to_string).collect();
        let begun = Instant::now();
        writeln!(script.asked, "{}", json!(ids)).unwrap();
        let (_script, done) = script.next().await;
        let took = begun.elapsed();
        assert_eq!(done, json!(apps.len()));
        took
    }
}
