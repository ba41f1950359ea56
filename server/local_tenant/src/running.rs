//! A tenant that listens, and what its starter can do with it from within the process.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::ServiceExt;
use axum::extract::Request;
use axum_server::Handle;
use time::{Duration, OffsetDateTime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::arm;
use crate::arm::roles::AzureRole;
use crate::arm::scope::Scope;
use crate::clock::{Clock as _, OffsetClock};
use crate::control::delivery::Deliver;
use crate::control::server::ControlListener;
use crate::entra::grants::Grant;
use crate::entra::scope::Scopes;
use crate::entra::tokens;
use crate::https::{self, Https, HttpsOptions};
use crate::microsoft::clouds::CLOUDS;
use crate::microsoft::{Microsoft, MicrosoftAccess};
use crate::names::Names;
use crate::not_simulated::NotSimulatedRequest;
use crate::registration::{self, PortalIds, PortalRegistration};
use crate::request_log::LoggedRequest;
use crate::routes::{Part, service};
use crate::seed::SeedReport;
use crate::signing::SigningKey;
use crate::state::{Behaviour, Kept, Tenant};
use crate::state_file::{self, Loaded, StateFile};
use crate::store::{DirectoryRole, ObjectKey, Person};
use crate::tenants;
use crate::{TenantError, TenantOptions};

/// Client that [`RunningTenant::graph_token`] names: Microsoft Graph Command Line Tools, which every tenant knows.
const GRAPH_TOOLS: Uuid = Uuid::from_u128(0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e);
/// How long [`RunningTenant::shutdown`] lets requests under way finish.
pub(crate) const GRACE: std::time::Duration = std::time::Duration::from_secs(2);

/// A person of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonInfo {
    /// Object id: `oid` of their tokens.
    pub id: Uuid,
    pub display_name: String,
    pub user_principal_name: String,
    pub job_title: String,
    /// Display names of directory roles, such as `Application Administrator`.
    pub directory_roles: Vec<&'static str>,
    /// Values of app roles they get on a portal's registration, such as `Thumbprint.User`.
    pub portal_roles: Vec<String>,
    /// Display names of the applications they own now.
    pub owned_applications: Vec<String>,
}

/// An application registration of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationInfo {
    /// Object id: the `{id}` of `/applications/{id}`.
    pub id: Uuid,
    /// Client id.
    pub app_id: Uuid,
    pub display_name: String,
}

/// A tenant that serves requests in a background task of the runtime it was started on. It stops when dropped;
/// [`Self::shutdown`] also waits for that.
pub struct RunningTenant {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) control_url: Option<String>,
    restored: bool,
    https_url: Option<String>,
    ca_pem: Option<String>,
    handle: Handle<SocketAddr>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
    microsoft: Option<MicrosoftAccess>,
    /// They know each other weakly.
    pub(crate) further: Vec<Tenant>,
    /// The proxy runs until this is dropped.
    running: Option<oneshot::Sender<()>>,
}

/// A bound address, not served yet.
struct Listener {
    address: SocketAddr,
    tcp: TcpListener,
    https: Option<Https>,
}

impl Listener {
    fn bind(address: SocketAddr, https: Option<&HttpsOptions>, now: OffsetDateTime) -> Result<Self, TenantError> {
        let failed = |source| TenantError::Listen { address, source };
        let tcp = TcpListener::bind(address).map_err(failed)?;
        tcp.set_nonblocking(true).map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { address, tcp, https: https.map(|https| https::prepare(https, now)).transpose()? })
    }

    fn url(&self) -> String {
        base_url(self.address, self.https.is_some())
    }

    fn serve(
        self,
        tenant: Arc<Tenant>,
        handle: Handle<SocketAddr>,
    ) -> Result<JoinHandle<std::io::Result<()>>, TenantError> {
        let failed = |source| TenantError::Listen { address: self.address, source };
        let service = ServiceExt::<Request>::into_make_service(Deliver(service(tenant, Part::All)));
        tracing::info!(address = %self.address, https = self.https.is_some(), "local tenant is listening");
        Ok(if let Some(https) = self.https {
            tokio::spawn(
                axum_server::from_tcp_rustls(self.tcp, https.config).map_err(failed)?.handle(handle).serve(service),
            )
        } else {
            tokio::spawn(axum_server::from_tcp(self.tcp).map_err(failed)?.handle(handle).serve(service))
        })
    }
}

/// Binds the addresses, fills the tenant and serves it in background tasks. Requests are answered from then on.
pub async fn start(options: TenantOptions) -> Result<RunningTenant, TenantError> {
    if options.state.is_some() && !options.further.is_empty() {
        return Err(TenantError::StateOfSeveral);
    }
    let clock = OffsetClock::new(options.clock);
    let now = clock.now();
    let mut listeners = vec![Listener::bind(options.address, options.https.as_ref(), now)?];
    if let Some((address, https)) = &options.also_https {
        listeners.push(Listener::bind(*address, Some(https), now)?);
    }
    let control = options.control.map(ControlListener::bind).transpose()?;
    let microsoft = options.microsoft.as_ref().map(|options| Microsoft::bind(options, now)).transpose()?;
    let seed = options.seed.clone();
    let (file, loaded) = match &options.state {
        None => (None, None),
        Some(path) => {
            let (file, loaded) = StateFile::open(path).await.map_err(state_file::at(path))?;
            (Some(file), loaded)
        }
    };
    let restored = loaded.is_some();
    let (signing, directory, kept) = if let Some(Loaded { directory, grants, logs, signing }) = loaded {
        (signing, directory, Kept { file, grants, logs })
    } else {
        // Making RSA keys takes long enough to hold up whatever else runs on this thread.
        let (signing, directory) = tokio::task::spawn_blocking(move || {
            Ok::<_, TenantError>((SigningKey::generate(now)?, options.seed.plant(now)?))
        })
        .await
        .map_err(|error| TenantError::Certificates(error.to_string()))??;
        (signing, directory, Kept { file, ..Kept::default() })
    };

    let mut everywhere: Vec<Names> = listeners.iter().map(|listener| Names::local(listener.url())).collect();
    if microsoft.is_some() {
        everywhere.extend(CLOUDS.iter().map(|cloud| Names::microsoft(cloud, cloud.logins[0])));
    }
    let tenant = Tenant::new(everywhere, clock, signing, (seed, directory), options.behaviour, kept);
    let further = tenants::further(&tenant, options.further, now).await?;
    if let Some(path) = &options.state {
        tenant.save().await.map_err(state_file::at(path))?;
    }
    let secure = || listeners.iter().filter(|listener| listener.https.is_some());
    let https_url = secure().map(Listener::url).next();
    let ca_pem = secure().filter_map(|listener| listener.https.as_ref()).map(|https| https.ca_pem.clone()).next();
    let handle = Handle::new();
    let mut tasks = vec![];
    for listener in listeners {
        let tenant = Arc::new(tenant.at(Names::local(listener.url())));
        tasks.push(listener.serve(tenant, handle.clone())?);
    }
    let tenant = Arc::new(tenant);
    let control_url = control.as_ref().map(ControlListener::url);
    if let Some(control) = control {
        tasks.push(control.serve(tenant.clone(), handle.clone())?);
    }
    let access = microsoft.as_ref().map(|microsoft| microsoft.access.clone());
    let (running, stop) = oneshot::channel();
    if let Some(microsoft) = microsoft {
        tasks.extend(microsoft.serve(&tenant, &handle, stop)?);
    }
    Ok(RunningTenant {
        tenant,
        control_url,
        restored,
        https_url,
        ca_pem,
        handle,
        tasks,
        microsoft: access,
        further,
        running: Some(running),
    })
}

/// An unspecified address (0.0.0.0) is reached at loopback. The https certificate, and clients which insist on names,
/// want `localhost`.
fn base_url(address: SocketAddr, https: bool) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    if https && ip.is_loopback() {
        return format!("https://localhost:{}", address.port());
    }
    let scheme = if https { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

impl RunningTenant {
    /// `http://127.0.0.1:1234` or `https://localhost:1234`, without a slash at the end. The authority is
    /// `{base_url}/{tenant_id}/v2.0`, Graph is `{base_url}/v1.0`.
    pub fn base_url(&self) -> &str {
        &self.tenant.names.base
    }

    /// Where it serves https: [`Self::base_url`] itself, or [`TenantOptions::also_https`].
    pub fn https_url(&self) -> Option<&str> {
        self.https_url.as_deref()
    }

    /// The directory's GUID.
    pub fn tenant_id(&self) -> Uuid {
        self.tenant.profile.id
    }

    /// The initial domain, such as `contoso.onmicrosoft.com`.
    pub fn domain(&self) -> &str {
        &self.tenant.profile.domain
    }

    /// Whether it holds what was in [`TenantOptions::state`]; else the seed filled it.
    pub fn is_restored(&self) -> bool {
        self.restored
    }

    /// Certificate of the tenant's CA in PEM, when it serves https.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// How programs reach it by Microsoft's names; `None` unless [`TenantOptions::microsoft`] asked for it.
    pub fn microsoft(&self) -> Option<&MicrosoftAccess> {
        self.microsoft.as_ref()
    }

    /// What was asked so far and is not simulated.
    pub fn not_simulated(&self) -> Vec<NotSimulatedRequest> {
        self.tenant.not_simulated.all()
    }

    /// Everybody, in the order in which the account picker shows them.
    pub fn people(&self) -> Vec<PersonInfo> {
        let directory = self.tenant.read();
        let owned = |id: Uuid| {
            let theirs = directory.applications.iter().filter(|app| app.common.owners.contains(&id));
            theirs.map(|app| app.display_name.clone()).collect()
        };
        directory
            .people
            .iter()
            .map(|person| PersonInfo {
                id: person.id,
                display_name: person.display_name.clone(),
                user_principal_name: person.user_principal_name.clone(),
                job_title: person.job_title.clone(),
                directory_roles: person.directory_roles.iter().map(|role| role.display_name()).collect(),
                portal_roles: person.portal_roles.clone(),
                owned_applications: owned(person.id),
            })
            .collect()
    }

    /// All application registrations, in order of creation.
    pub fn applications(&self) -> Vec<ApplicationInfo> {
        let directory = self.tenant.read();
        let info = |app: &crate::store::Application| ApplicationInfo {
            id: app.id,
            app_id: app.app_id,
            display_name: app.display_name.clone(),
        };
        directory.applications.iter().map(info).collect()
    }

    /// Counts of what the tenant holds now.
    pub fn seed_report(&self) -> SeedReport {
        SeedReport::of(&self.tenant.read(), self.tenant.now())
    }

    /// Creates the portal's app registration and its service principal, and gives people their
    /// [portal roles](PersonInfo::portal_roles) on it.
    ///
    /// # Panics
    ///
    /// When `certificate_der` is not an X.509 certificate.
    pub fn register_portal(&self, registration: PortalRegistration) -> PortalIds {
        self.tenant.control.remember_portal(registration.clone());
        registration::register(&mut self.tenant.write(), registration, self.tenant.now())
            .expect("certificate_der must be an X.509 certificate in DER")
    }

    /// A delegated Graph access token with `Application.ReadWrite.All`, as the person would hold it through a command
    /// line tool; `None` when nobody has that name, in any tenant. For tests that act as another writer.
    pub fn graph_token(&self, user_principal_name: &str) -> Option<String> {
        self.graph_token_with_scopes(
            user_principal_name,
            &["Application.ReadWrite.All", "Directory.Read.All", "User.Read"],
        )
    }

    /// [`Self::graph_token`] with other scopes.
    pub fn graph_token_with_scopes(&self, user_principal_name: &str, scopes: &[&str]) -> Option<String> {
        let tenant = self.tenant.of_name(user_principal_name)?;
        let directory = tenant.read();
        let person = directory.person_by_name(user_principal_name)?;
        let now = tenant.now();
        let scope = scopes.join(" ");
        let parsed = Scopes::parse(&scope, &tenant.names, &directory).ok()?;
        let grant = Grant {
            app_id: GRAPH_TOOLS,
            person: person.id,
            session: Uuid::new_v4(),
            scope,
            nonce: None,
            signed_in: now,
        };
        let claims = tokens::access_token(&tenant, &directory, person, &grant, &parsed, tokens::lifetime(&tenant));
        tenant.signing.sign(&claims).ok()
    }

    /// Consents, as an administrator, to application permissions on Graph for an application, such as
    /// `AuditLog.Read.All`. `false` when it has no service principal. Its next token has them as `roles`.
    pub fn grant_graph_permissions(&self, app_id: Uuid, permissions: &[&str]) -> bool {
        let mut directory = self.tenant.write();
        let Some(service) = directory.service_principals.get_mut(ObjectKey::AppId(app_id)) else {
            return false;
        };
        for permission in permissions {
            if !service.graph_permissions.iter().any(|held| held.value == *permission) {
                service.graph_permissions.push((*permission).to_owned().into());
            }
        }
        true
    }

    /// Gives a person or a service principal one of Azure's roles in the whole subscription.
    pub fn give_azure_role(&self, principal: Uuid, role: AzureRole) {
        let scope = Scope::subscription(arm::subscription());
        arm::assignments::assign(&mut self.tenant.write(), principal, role, scope, self.tenant.now());
    }

    /// Gives a person a directory role by its display name, such as `Security Administrator`. `false` when there is no
    /// such person or role. Tokens issued before do not have it.
    pub fn give_directory_role(&self, user_principal_name: &str, role: &str) -> bool {
        let Some(role) = DirectoryRole::ALL.into_iter().find(|one| one.display_name() == role) else {
            return false;
        };
        let Some(tenant) = self.tenant.of_name(user_principal_name) else {
            return false;
        };
        let mut directory = tenant.write();
        let wanted = |person: &&mut Person| person.user_principal_name.eq_ignore_ascii_case(user_principal_name);
        let Some(person) = directory.people.iter_mut().find(wanted) else {
            return false;
        };
        if !person.directory_roles.contains(&role) {
            person.directory_roles.push(role);
        }
        true
    }

    /// Changes what the tenant does, from the next request on.
    pub fn set_behaviour(&self, change: impl FnOnce(&mut Behaviour)) {
        self.tenant.set_behaviour(change);
    }

    /// Moves the tenant's clock by `by` (whole seconds; backwards when negative): certificates and tokens expire
    /// without anybody waiting. Returns by how much it is now off the clock it was started with.
    pub fn move_clock(&self, by: Duration) -> Duration {
        self.tenant.clock.advance(by)
    }

    /// The requests answered so far, oldest first; the last 10,000 of them.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.tenant.log.all()
    }

    /// Lets requests under way finish, for two seconds at most, and stops. The state file has everything then, also what
    /// was changed from within the process after the last request.
    pub async fn shutdown(mut self) {
        self.running = None;
        self.handle.graceful_shutdown(Some(GRACE));
        for task in std::mem::take(&mut self.tasks) {
            if let Ok(Err(error)) = task.await {
                tracing::warn!(%error, "the local tenant ended with an error");
            }
        }
        if let Some(file) = &self.tenant.state_file
            && let Err(error) = file.close(&self.tenant).await
        {
            tracing::error!(%error, "the state file cannot be written");
        }
    }
}

impl Drop for RunningTenant {
    fn drop(&mut self) {
        // Webhooks hear nothing after the end.
        self.tenant.events.clear();
        self.handle.shutdown();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn base_urls_can_be_reached() {
        let url = |address: &str, https| base_url(address.parse().unwrap(), https);
        assert_eq!(url("127.0.0.1:80", false), "http://127.0.0.1:80");
        assert_eq!(url("0.0.0.0:80", false), "http://127.0.0.1:80");
        assert_eq!(url("[::]:80", false), "http://[::1]:80");
        assert_eq!(url("127.0.0.1:443", true), "https://localhost:443");
        assert_eq!(url("192.0.2.1:443", true), "https://192.0.2.1:443");
    }
}
