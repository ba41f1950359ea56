//! `thumbprint tenant`: the local tenant without a portal; `thumbprint tenant run`: around one program.

use figment::Figment;
use figment::providers::{Format as _, Toml};
use local_tenant::{
    HttpsOptions, MicrosoftAccess, MicrosoftOptions, RunningTenant, Seed, SeedFile, TenantError, TenantOptions,
};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;

/// A tenant, or a program in one.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct TenantArguments {
    #[command(flatten)]
    pub tenant: TenantCommand,
    #[command(subcommand)]
    pub action: Option<TenantAction>,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum TenantAction {
    /// Run a program that finds the tenant under Microsoft's own host names, for as long as it runs
    Run(TenantRun),
}

/// `thumbprint tenant run -- az ad app list`
#[derive(Debug, Clone, clap::Args)]
pub struct TenantRun {
    #[command(flatten)]
    pub tenant: TenantCommand,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}

/// How the tenant starts.
#[derive(Debug, Clone, clap::Args)]
pub struct TenantCommand {
    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub address: IpAddr,
    /// Port; 0 takes any free one, as `run` does by default, else 3001
    #[arg(long)]
    pub port: Option<u16>,
    /// Serve https, with a certificate of the tenant's own CA
    #[arg(long)]
    pub https: bool,
    /// Answer to Microsoft's own host names as well, for programs that are pointed at the tenant's proxy
    #[arg(long)]
    pub as_microsoft: bool,
    /// Port of that proxy on 127.0.0.1; any free one by default
    #[arg(long, value_name = "PORT")]
    pub proxy_port: Option<u16>,
    /// Folder for the CAs: `ca.pem` of --https (by default the present folder, and a new one at every start),
    /// `microsoft-ca.pem` with its key of --as-microsoft (kept there; by default it goes with the tenant)
    #[arg(long, value_name = "DIR")]
    pub ca_dir: Option<PathBuf>,
    /// Further names that the https certificate is for
    #[arg(long = "name", value_name = "HOST", requires = "https")]
    pub names: Vec<String>,
    /// What it holds: demo, empty, or a JSON or TOML file
    #[arg(long, value_name = "demo|empty|FILE", default_value = "demo", conflicts_with = "apps")]
    pub seed: String,
    /// A further tenant beside it, from a JSON or TOML file with an id or a domain of its own; for applications that people of
    /// several tenants use. Can be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "state")]
    pub further_tenant: Vec<String>,
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
    #[error("{option} is for {needed}, which is not asked for")]
    Unused { option: &'static str, needed: &'static str },
    #[error("{} does not start: {source}", program.display())]
    Program { program: PathBuf, source: std::io::Error },
}

/// A tenant that runs, and what belongs to it.
pub struct StartedTenant {
    pub tenant: RunningTenant,
    /// What to say on the terminal.
    pub banner: String,
    /// Where its CAs are.
    folder: PathBuf,
    /// The folder goes with it.
    _temporary: Option<tempfile::TempDir>,
}

impl TenantCommand {
    /// Starts it.
    pub async fn start(self) -> Result<StartedTenant, TenantCommandError> {
        self.check()?;
        let (folder, temporary) = self.folder()?;
        let seed = match self.apps {
            Some(count) => Seed::Applications(count),
            None => seed(&self.seed)?,
        };
        let https = self.https.then(|| HttpsOptions { ca_dir: Some(folder.clone()), names: self.names });
        let microsoft = self.as_microsoft.then(|| MicrosoftOptions {
            proxy: self.proxy_port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            ca_dir: Some(folder.clone()),
        });
        let tenant = local_tenant::start(TenantOptions {
            address: SocketAddr::new(self.address, self.port.unwrap_or(PORT)),
            seed,
            further: self.further_tenant.iter().map(|file| self::seed(file)).collect::<Result<_, _>>()?,
            state: self.state.clone(),
            https,
            microsoft,
            control: self.control_port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            ..TenantOptions::default()
        })
        .await?;
        let state = self.state.map_or_else(String::new, |file| {
            let was = if tenant.is_restored() { "as it was left; the seed does not count" } else { "new" };
            format!("  state       {}, {was}\n", file.display())
        });
        let banner = banner(&tenant, &folder.join("ca.pem"), &state);
        Ok(StartedTenant { tenant, banner, folder, _temporary: temporary })
    }

    fn check(&self) -> Result<(), TenantCommandError> {
        let unused = |option, needed| Err(TenantCommandError::Unused { option, needed });
        if self.proxy_port.is_some() && !self.as_microsoft {
            return unused("--proxy-port", "--as-microsoft");
        }
        if self.ca_dir.is_some() && !self.https && !self.as_microsoft {
            return unused("--ca-dir", "--https or --as-microsoft");
        }
        Ok(())
    }

    /// Where CAs are put. The key of the one for Microsoft's names is left lying nowhere that nobody named.
    fn folder(&self) -> Result<(PathBuf, Option<tempfile::TempDir>), TenantCommandError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| TenantCommandError::Folder { path, source }
        };
        if let Some(folder) = &self.ca_dir {
            std::fs::create_dir_all(folder).map_err(failed(folder))?;
            return Ok((folder.clone(), None));
        }
        if !self.as_microsoft {
            return Ok((".".into(), None));
        }
        let temporary = tempfile::tempdir().map_err(failed(&std::env::temp_dir()))?;
        Ok((temporary.path().to_owned(), Some(temporary)))
    }
}

impl TenantRun {
    /// Starts the tenant, runs the program to its end, and stops the tenant. `stop` ends the program early.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<ExitStatus, TenantCommandError> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(TenantCommandError::Unused { option: "run", needed: "a program" });
        };
        // Of no use to the program: any will do, so that several can run at once.
        let port = self.tenant.port.or(Some(0));
        let started = TenantCommand { as_microsoft: true, port, ..self.tenant }.start().await?;
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).kill_on_drop(true);
        command.envs(started.environment());
        let failed = |source| TenantCommandError::Program { program: program.into(), source };
        let mut child = command.spawn().map_err(failed)?;
        let ended = tokio::select! {
            ended = child.wait() => ended,
            // At a terminal the program has had the same signal.
            () = stop => match tokio::time::timeout(PATIENCE, child.wait()).await {
                Ok(ended) => ended,
                Err(_) => match child.start_kill() {
                    Ok(()) => child.wait().await,
                    Err(error) => Err(error),
                },
            },
        };
        started.tenant.shutdown().await;
        ended.map_err(failed)
    }
}

/// Where the tenant listens unless it is told.
const PORT: u16 = 3001;
/// How long a program may take to end once it was told to.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

impl StartedTenant {
    /// What a program needs to find the tenant under Microsoft's names; nothing without --as-microsoft.
    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let Some(access) = self.tenant.microsoft() else {
            return vec![];
        };
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let mut variables = access.environment(&ca_file(access, &absolute));
        // azure-cli's accounts of the local tenant are kept apart from its user's own.
        if std::env::var_os("AZURE_CONFIG_DIR").is_none() {
            variables.push(("AZURE_CONFIG_DIR", absolute.join("azure").into()));
        }
        variables
    }
}

fn ca_file(access: &MicrosoftAccess, folder: &Path) -> PathBuf {
    let name = access.ca_file.as_deref().and_then(Path::file_name);
    name.map_or_else(|| folder.to_owned(), |name| folder.join(name))
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
    for further in tenant.further() {
        let _ = writeln!(text, "  authority   {base}/{}    of {}, beside it", further.id, further.domain);
    }
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
    if let Some(access) = tenant.microsoft() {
        text += &microsoft(access);
    }
    text + "\n  Nobody has a password, and nothing leaves this machine. Stop with Ctrl-C.\n\n"
}

/// How to point a program at Microsoft's names.
fn microsoft(access: &MicrosoftAccess) -> String {
    let ca = access.ca_file.clone().unwrap_or_default();
    let ca = std::path::absolute(&ca).unwrap_or(ca);
    let mut text = format!(
        "\n  Under Microsoft's own names it is reached through {}, by programs that trust\n  {} (30 days, these names alone):\n\n",
        access.proxy_url,
        ca.display()
    );
    for (name, value) in access.environment(&ca) {
        let _ = writeln!(text, "    export {name}='{}'", value.display());
    }
    text + "    export AZURE_CONFIG_DIR=…    another folder, so that azure-cli keeps these accounts apart\n"
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn command(seed: &str) -> TenantCommand {
        TenantCommand {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: Some(0),
            https: false,
            as_microsoft: false,
            proxy_port: None,
            ca_dir: None,
            names: vec![],
            seed: seed.into(),
            further_tenant: vec![],
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
            let ca = Some(ca_dir.clone());
            let command = TenantCommand { https: true, ca_dir: ca, ..command(&file.display().to_string()) };
            let StartedTenant { tenant, banner, .. } = command.start().await.unwrap();
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
        let StartedTenant { tenant, banner, .. } = start("empty").await;
        assert!(banner.contains("tenant.db, new\n"), "{banner}");
        tenant.shutdown().await;
        let StartedTenant { tenant, banner, .. } = start("demo").await;
        assert!(
            banner.contains("8 people, 0 applications") && banner.contains("tenant.db, as it was left"),
            "{banner}"
        );
        tenant.shutdown().await;
    }

    #[tokio::test]
    async fn a_further_tenant_is_named_with_its_own_id() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("customer.json");
        std::fs::write(&file, r#"{"tenant": {"display_name": "Fabrikam", "domain": "f.example"}}"#).unwrap();
        let command = TenantCommand { further_tenant: vec![file.display().to_string()], ..command("empty") };
        let StartedTenant { tenant, banner, .. } = command.start().await.unwrap();
        let [further] = &tenant.further()[..] else { panic!("one") };
        assert_ne!(further.id, tenant.tenant_id());
        let line = format!("  authority   {}/{}    of f.example, beside it\n", tenant.base_url(), further.id);
        assert!(banner.contains(&line), "{banner}");
        tenant.shutdown().await;
    }

    #[tokio::test]
    async fn a_seed_that_is_none_is_named() {
        let error = command("dmo").start().await.err().unwrap().to_string();
        assert!(error.starts_with("the seed dmo cannot be read: there is no such file"), "{error}");
    }

    #[tokio::test]
    async fn options_that_do_nothing_are_named() {
        let said = async |command: TenantCommand| command.start().await.err().unwrap().to_string();
        let port = TenantCommand { proxy_port: Some(0), ..command("empty") };
        assert_eq!(said(port).await, "--proxy-port is for --as-microsoft, which is not asked for");
        let folder = TenantCommand { ca_dir: Some(".".into()), ..command("empty") };
        assert_eq!(said(folder).await, "--ca-dir is for --https or --as-microsoft, which is not asked for");
    }

    #[tokio::test]
    async fn under_microsofts_names_the_banner_says_what_to_set_and_nothing_lies_about() {
        let command = TenantCommand { as_microsoft: true, ..command("empty") };
        let started = command.start().await.unwrap();
        let access = started.tenant.microsoft().unwrap().clone();
        assert!(started.banner.contains(&format!("export HTTPS_PROXY='{}'", access.proxy_url)), "{}", started.banner);
        let ca = access.ca_file.unwrap();
        assert!(
            started.banner.contains(&format!("export REQUESTS_CA_BUNDLE='{}'", ca.display())),
            "{}",
            started.banner
        );
        assert!(ca.is_file());
        // What is left of it goes at the end of this block, the folder too.
        {
            let started = started;
            started.tenant.shutdown().await;
        }
        assert!(!ca.exists());
    }

    fn run(script: &str) -> TenantRun {
        TenantRun { tenant: command("empty"), command: ["sh", "-c", script].map(OsString::from).to_vec() }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_runs_with_the_variables_and_its_exit_is_passed_on() {
        let script = r#"test -s "$REQUESTS_CA_BUNDLE" && test "$SSL_CERT_FILE" = "$NODE_EXTRA_CA_CERTS" &&
            test "$NODE_USE_ENV_PROXY" = 1 && test "${HTTPS_PROXY#http://127.0.0.1:}" != "$HTTPS_PROXY" &&
            test -n "$AZURE_CONFIG_DIR" && exit 7"#;
        let ended = run(script).run(std::future::pending()).await.unwrap();
        assert_eq!(ended.code(), Some(7));
        let nothing = TenantRun { command: vec!["no-such-program".into()], ..run("") };
        let error = nothing.run(std::future::pending()).await.err().unwrap().to_string();
        assert!(error.starts_with("no-such-program does not start: "), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_ends_on_its_own_signal_is_waited_for() {
        // `stop` is there at once: the program still ends by itself.
        let ended = run("exit 3").run(std::future::ready(())).await.unwrap();
        assert_eq!(ended.code(), Some(3));
    }
}
