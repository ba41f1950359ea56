//! `thumbprint tenant`: the local tenant without a portal.

use figment::Figment;
use figment::providers::{Format as _, Toml};
use local_tenant::{HttpsOptions, RunningTenant, Seed, SeedFile, TenantError, TenantOptions};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How the tenant starts.
#[derive(Debug, Clone, clap::Args)]
pub struct TenantCommand {
    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub address: IpAddr,
    /// Port; 0 takes any free one
    #[arg(long, default_value_t = 3001)]
    pub port: u16,
    /// Serve https, with a certificate of the tenant's own CA
    #[arg(long)]
    pub https: bool,
    /// Folder for the CA's certificate, `ca.pem`
    #[arg(long, value_name = "DIR", default_value = ".", requires = "https")]
    pub ca_dir: PathBuf,
    /// Further names that the https certificate is for
    #[arg(long = "name", value_name = "HOST", requires = "https")]
    pub names: Vec<String>,
    /// What it holds: demo, empty, or a JSON or TOML file
    #[arg(long, value_name = "demo|empty|FILE", default_value = "demo", conflicts_with = "apps")]
    pub seed: String,
    /// Hold this many applications instead
    #[arg(long, value_name = "N")]
    pub apps: Option<u32>,
    /// Keep what it holds in this file (SQLite) across restarts; the seed fills it only while it is new
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Port of the control API on 127.0.0.1: faults, delays, clock, request log
    #[arg(long, value_name = "PORT")]
    pub control_port: Option<u16>,
}

#[derive(Debug, thiserror::Error)]
pub enum TenantCommandError {
    #[error(transparent)]
    Tenant(#[from] TenantError),
    #[error("the seed {} cannot be read: {why}", path.display())]
    Seed { path: PathBuf, why: String },
    #[error("the folder {} cannot be made: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}

impl TenantCommand {
    /// The tenant, and what to say on the terminal.
    pub async fn start(self) -> Result<(RunningTenant, String), TenantCommandError> {
        let seed = match self.apps {
            Some(count) => Seed::Applications(count),
            None => seed(&self.seed)?,
        };
        let https = if self.https {
            std::fs::create_dir_all(&self.ca_dir)
                .map_err(|source| TenantCommandError::Folder { path: self.ca_dir.clone(), source })?;
            Some(HttpsOptions { ca_dir: Some(self.ca_dir.clone()), names: self.names })
        } else {
            None
        };
        let tenant = local_tenant::start(TenantOptions {
            address: SocketAddr::new(self.address, self.port),
            seed,
            state: self.state.clone(),
            https,
            control: self.control_port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            ..TenantOptions::default()
        })
        .await?;
        let state = self.state.map_or_else(String::new, |file| {
            let was = if tenant.is_restored() { "as it was left; the seed does not count" } else { "new" };
            format!("  state       {}, {was}\n", file.display())
        });
        let banner = banner(&tenant, &self.ca_dir.join("ca.pem"), &state);
        Ok((tenant, banner))
    }
}

fn seed(text: &str) -> Result<Seed, TenantCommandError> {
    let path = match text {
        "demo" => return Ok(Seed::Demo),
        "empty" => return Ok(Seed::Empty),
        file => PathBuf::from(file),
    };
    let failed = |why: String| TenantCommandError::Seed { path: path.clone(), why };
    let json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let file: SeedFile = if json {
        let text = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?
    } else if path.is_file() {
        Figment::from(Toml::file_exact(&path)).extract().map_err(|error| failed(error.to_string()))?
    } else {
        return Err(failed("there is no such file, and the seeds that need none are demo and empty".into()));
    };
    Ok(Seed::Described(Arc::new(file)))
}

fn banner(tenant: &RunningTenant, ca_file: &Path, state: &str) -> String {
    let (base, id) = (tenant.base_url(), tenant.tenant_id());
    let held = tenant.seed_report();
    let mut text = format!(
        "\n  The local tenant {} is ready: {} people, {} applications, {} certificates.\n\n  \
         authority   {base}/{id}\n  Graph       {base}/v1.0\n{state}",
        tenant.domain(),
        held.people,
        held.applications,
        held.certificates,
    );
    if let Some(control) = tenant.control_url() {
        let _ = writeln!(text, "  control     {control}");
    }
    if tenant.ca_pem().is_some() {
        let ca = std::path::absolute(ca_file).unwrap_or_else(|_| ca_file.to_owned()).display().to_string();
        let _ = write!(
            text,
            "\n  Its CA is in {ca}; a new one at every start. To trust it:\n\n    \
             curl              --cacert '{ca}'\n    \
             Python, azure-cli REQUESTS_CA_BUNDLE='{ca}'\n    \
             Node              NODE_EXTRA_CA_CERTS='{ca}'\n    \
             OpenSSL, Go       SSL_CERT_FILE='{ca}'\n"
        );
    }
    text + "\n  Nobody has a password, and nothing leaves this machine. Stop with Ctrl-C.\n\n"
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn command(seed: &str) -> TenantCommand {
        TenantCommand {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            https: false,
            ca_dir: ".".into(),
            names: vec![],
            seed: seed.into(),
            apps: None,
            state: None,
            control_port: None,
        }
    }

    #[tokio::test]
    async fn a_toml_file_and_the_same_in_json_are_served_over_https() {
        let folder = tempfile::tempdir().unwrap();
        let toml = folder.path().join("seed.toml");
        std::fs::write(
            &toml,
            "[tenant]\ndisplay_name = \"Fabrikam\"\ndomain = \"f.example\"\n[[applications]]\n\
             display_name = \"billing\"\ncertificates = [{ common_name = \"b\", starts_in_days = -1, ends_in_days = 9 }]\n",
        )
        .unwrap();
        let json = folder.path().join("seed.json");
        std::fs::write(
            &json,
            r#"{"tenant": {"display_name": "Fabrikam", "domain": "f.example"}, "applications":
            [{"display_name": "billing", "certificates": [{"common_name": "b", "starts_in_days": -1, "ends_in_days": 9}]}]}"#,
        )
        .unwrap();
        let mut ids = vec![];
        for file in [toml, json] {
            let ca_dir = folder.path().join("ca");
            let command = TenantCommand { https: true, ca_dir: ca_dir.clone(), ..command(&file.display().to_string()) };
            let (tenant, banner) = command.start().await.unwrap();
            assert!(tenant.base_url().starts_with("https://localhost:"));
            assert!(ca_dir.join("ca.pem").is_file());
            assert!(banner.contains("f.example is ready: 0 people, 1 applications, 1 certificates."), "{banner}");
            ids.push(tenant.applications());
        }
        assert_eq!(ids[0], ids[1]);
    }

    #[tokio::test]
    async fn a_state_file_counts_more_than_the_seed() {
        let folder = tempfile::tempdir().unwrap();
        let state = Some(folder.path().join("tenant.db"));
        let start = async |seed: &str| TenantCommand { state: state.clone(), ..command(seed) }.start().await.unwrap();
        let (tenant, banner) = start("empty").await;
        assert!(banner.contains("tenant.db, new\n"), "{banner}");
        tenant.shutdown().await;
        let (tenant, banner) = start("demo").await;
        assert!(
            banner.contains("8 people, 0 applications") && banner.contains("tenant.db, as it was left"),
            "{banner}"
        );
        tenant.shutdown().await;
    }

    #[tokio::test]
    async fn a_seed_that_is_none_is_named() {
        let error = command("dmo").start().await.err().unwrap().to_string();
        assert!(error.starts_with("the seed dmo cannot be read: there is no such file"), "{error}");
    }
}
