//! The command line.

#[cfg(feature = "demo")]
use crate::demo::{Demo, DemoOptions};
#[cfg(feature = "demo")]
use crate::tenant_command::{TenantAction, TenantArguments, TenantCommand, TenantRun};
use app::route::Route;
use clap::{Parser, Subcommand};
use domain::suitability::assess;
use domain::teams::Team;
#[cfg(feature = "demo")]
use server::config::LogFormat;
use server::config::{self, Config, InventoryRead, InventorySettings};
use server::http::has_site;
use server::log;
use server::portal;
use server::store::{Address, Engine};
use server::termination::Termination;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use time::OffsetDateTime;

/// The certificate desk for Microsoft Entra app registrations.
#[derive(Debug, Parser)]
#[command(name = "thumbprint", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal for a real tenant.
    Serve {
        /// Configuration file (TOML). Variables such as THUMBPRINT_ENTRA__CLIENT_ID override it.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Serve the portal with a local tenant on this machine. Nothing leaves it.
    #[cfg(feature = "demo")]
    Demo(DemoOptions),
    /// Serve a local tenant alone: sign-in, Graph and Key Vault for other programs on this machine.
    #[cfg(feature = "demo")]
    Tenant(Box<TenantArguments>),
    /// Read and check a configuration file without starting anything. Nothing is sent to Entra.
    CheckConfig {
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Parses the arguments and does what they say. Errors go to standard error, in words.
pub async fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve { config } => Box::pin(serve(&config)).await,
        #[cfg(feature = "demo")]
        Command::Demo(options) => Box::pin(demo(options)).await,
        #[cfg(feature = "demo")]
        Command::Tenant(arguments) => match *arguments {
            TenantArguments { tenant: options, action: None } => Box::pin(tenant(options)).await,
            TenantArguments { action: Some(TenantAction::Run(options)), .. } => {
                match Box::pin(run_in_tenant(options)).await {
                    Ok(code) => return code,
                    Err(words) => Err(words),
                }
            }
        },
        Command::CheckConfig { config } => check_config(&config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            let _ = writeln!(std::io::stderr(), "thumbprint: {words}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(path: &std::path::Path) -> Result<(), String> {
    let config = config::read(path).map_err(words)?;
    log::start(config.log_format, "info");
    site_was_built()?;
    let mut termination = listen_for_termination()?;
    let Some(portal) = Box::pin(started(portal::start(config), &mut termination)).await? else { return Ok(()) };
    say(&format!("Thumbprint serves {} on {}.\n", portal.base_url(), portal.address()));
    termination.received().await;
    portal.shutdown().await;
    Ok(())
}

#[cfg(feature = "demo")]
async fn demo(options: DemoOptions) -> Result<(), String> {
    log::start(LogFormat::Text, "warn");
    site_was_built()?;
    let mut termination = listen_for_termination()?;
    let Some(demo) = Box::pin(started(Demo::start(options), &mut termination)).await? else { return Ok(()) };
    say(&demo.banner());
    termination.received().await;
    demo.shutdown().await;
    Ok(())
}

#[cfg(feature = "demo")]
async fn tenant(options: TenantCommand) -> Result<(), String> {
    log::start(LogFormat::Text, "warn");
    let mut termination = listen_for_termination()?;
    let Some(started) = started(options.start(), &mut termination).await? else { return Ok(()) };
    say(&started.banner);
    termination.received().await;
    started.tenant.shutdown().await;
    Ok(())
}

/// The program's own exit code; 128 and the signal's number where a signal ended it, as shells say it.
#[cfg(feature = "demo")]
async fn run_in_tenant(options: TenantRun) -> Result<ExitCode, String> {
    log::start(LogFormat::Text, "warn");
    let mut termination = listen_for_termination()?;
    let ended = options.run(termination.received()).await.map_err(words)?;
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    let code = ended.code().or(signal).and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn check_config(path: &std::path::Path) -> Result<(), String> {
    let config = config::read(path).map_err(words)?;
    say(&summary(&config));
    Ok(())
}

/// What a right configuration amounts to, and what must be registered for it.
fn summary(config: &Config) -> String {
    let certificate = config.entra.credential.certificate();
    let facts = certificate.facts();
    let cloud = &config.entra.cloud;
    let mut text = format!(
        "The configuration is right.\n\n  people open      {}\n  listens on       {}{}\n  database         {}\n  pushes           {} at a time\n  cloud            {}\n  issuer           {}\n  Graph            {}\n  certificate      {}, SHA-1 {}, ends {}\n  redirect URIs    {}\n                   {}\n",
        config.origin(),
        config.listen,
        if config.tls.is_some() { " (TLS)" } else { "" },
        database(config),
        config.jobs.workers,
        cloud.name,
        cloud.issuer(config.entra.tenant_id),
        cloud.graph_root,
        facts.subject,
        facts.sha1.hex(),
        facts.not_after.date(),
        config.url_of(&Route::SignInCallback.to_string()),
        config.url_of(&Route::SignedOut.to_string()),
    );
    if let Some(mailbox) = config.notices.email.as_ref().and_then(|email| email.mailbox.as_ref()) {
        let _ = writeln!(
            text,
            "\n  Mail goes out of {} by Graph, with the application's own Mail.Send. Consented to in Entra, it is for every\n  mailbox: confine it to this one by RBAC for Applications in Exchange Online (docs/notices.md).",
            mailbox.as_str()
        );
    }
    text += &departments(&config.requests.teams, &config.inventory);
    text += &groups(&config.requests.teams, &config.inventory);
    let assessment = assess(facts, OffsetDateTime::now_utc());
    for refusal in &assessment.refusals {
        let _ = writeln!(text, "\n  The portal's own certificate: {}. {}", refusal.title(), refusal.advice());
    }
    text
}

/// What teams need that have apps by the departments of their owners.
fn departments(teams: &[Team], inventory: &InventorySettings) -> String {
    let teams = teams.iter().filter(|team| team.owner_department.is_some());
    let names: Vec<String> = teams.map(|team| format!("“{}”", team.name)).collect();
    if names.is_empty() {
        return String::new();
    }
    let what = format!("\n  By owner_department, {} cannot be given any app:", names.join(", "));
    match (inventory.read, inventory.owner_departments) {
        (InventoryRead::Off, _) => format!("{what} the directory is not read ([inventory] read).\n"),
        (InventoryRead::Lent, _) => format!(
            "{what} the directory is read with sign-ins that people lend, which show departments only where their scopes have that ([inventory] read).\n"
        ),
        (InventoryRead::Application, false) => format!(
            "{what} owners' departments are not read. Grant the application permission\n  User.Read.All, and set owner_departments in [inventory] (docs/self-service.md).\n"
        ),
        (InventoryRead::Application, true) => format!(
            "\n  By owner_department, {} need the application permission User.Read.All. Whether it is granted is not known here;\n  without it departments stay unknown, and the page Teams says so.\n",
            names.join(", ")
        ),
    }
}

/// What teams need that have a group.
fn groups(teams: &[Team], inventory: &InventorySettings) -> String {
    let with_group = || teams.iter().filter(|team| team.group.is_some());
    if with_group().next().is_none() {
        return String::new();
    }
    if inventory.group_members_for().is_some() {
        return "\n  Groups of teams are read with the application permission GroupMember.Read.All. Whether it is granted is not known\n  here; without it who is in them stays unknown, and the page Teams says so.\n".to_owned();
    }
    let told: Vec<String> = with_group().filter(|t| t.tell_members).map(|team| format!("“{}”", team.name)).collect();
    if told.is_empty() {
        return String::new();
    }
    if inventory.read == InventoryRead::Lent {
        return format!(
            "\n  By tell_members, {} cannot tell the members of a group: with sign-ins that people lend no groups are read.\n",
            told.join(", ")
        );
    }
    format!(
        "\n  By tell_members, {} cannot tell the members of a group: who they are is not read. Grant the application permission\n  GroupMember.Read.All, and set group_members in [inventory] (docs/self-service.md).\n",
        told.join(", ")
    )
}

/// Without its address, which may hold a password.
fn database(config: &Config) -> &'static str {
    match config.database.parse::<Address>().map(|address| address.engine()) {
        Ok(Engine::Postgres) => "PostgreSQL, for several replicas",
        _ => "SQLite, for one process",
    }
}

/// Without it, pages would come without styles and scripts.
fn site_was_built() -> Result<(), String> {
    if has_site() {
        return Ok(());
    }
    Err("the browser's half was not built. Run .ci/build.sh, or .ci/build.sh site for a debug server.".into())
}

/// Whether anybody reads it or not: a closed standard output is no reason to end.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn listen_for_termination() -> Result<Termination, String> {
    Termination::listen().map_err(|error| format!("signals that stop the process cannot be heard: {error}"))
}

/// What has started; `None` if the process was told to stop before.
async fn started<T, E: std::fmt::Display>(
    starting: impl Future<Output = Result<T, E>>,
    termination: &mut Termination,
) -> Result<Option<T>, String> {
    tokio::select! {
        started = starting => started.map(Some).map_err(words),
        () = termination.received() => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// A team that looks after nothing.
    fn finance() -> Team {
        Team {
            name: "Finance".parse().expect("a name"),
            owner_department: None,
            members: vec![],
            group: None,
            apps: vec![],
            names: vec![],
            tags: vec![],
            ownerless: false,
            technical: None,
            business: None,
            tell_members: false,
        }
    }

    #[test]
    fn what_a_team_by_department_lacks_is_said() {
        let team = |department: &str| Team { owner_department: department.parse().ok(), ..finance() };
        let said = |teams: &[Team], read, owner_departments| {
            departments(teams, &InventorySettings { read, owner_departments, ..InventorySettings::default() })
        };
        assert_eq!(said(&[team("")], InventoryRead::Off, false), "");
        let teams = [team("Finance")];
        assert!(said(&teams, InventoryRead::Off, true).contains("“Finance” cannot be given any app: the directory"));
        let off = said(&teams, InventoryRead::Application, false);
        assert!(off.contains("User.Read.All, and set owner_departments"), "{off}");
        assert!(
            said(&teams, InventoryRead::Application, true).contains("need the application permission User.Read.All")
        );
    }

    #[test]
    fn what_a_team_with_a_group_lacks_is_said() {
        let team = |tell_members| Team {
            group: "765eb0e3-acb3-475d-9a98-ee6892f081c8".parse().ok(),
            tell_members,
            ..finance()
        };
        let settings = |group_members| InventorySettings {
            read: InventoryRead::Application,
            group_members,
            ..InventorySettings::default()
        };
        assert_eq!(groups(&[team(false)], &settings(false)), "", "its members see its apps all the same");
        assert!(groups(&[team(true)], &settings(false)).contains("“Finance” cannot tell the members"));
        assert!(groups(&[team(false)], &settings(true)).contains("GroupMember.Read.All"));
        assert_eq!(groups(&[], &settings(true)), "");
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
