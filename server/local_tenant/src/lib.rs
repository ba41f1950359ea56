//! A local Microsoft Entra tenant: sign-in, token endpoint and the part of Microsoft Graph that is about
//! applications, over real HTTP or HTTPS, in memory or in a file. For demos and tests of software that talks to Entra.
//!
//! It imitates what is documented or was recorded, down to the letter of error texts, and checks what Entra checks:
//! a client assertion is verified against the application's current `keyCredentials`, a PATCH replaces the whole
//! collection, a person may change only what they own or what their directory role covers. Nobody has a password:
//! sign-in is a page with one button per person.
//!
//! ```no_run
//! # async fn example() -> Result<(), local_tenant::TenantError> {
//! let tenant = local_tenant::start(local_tenant::TenantOptions::default()).await?;
//! println!("authority: {}/{}/v2.0", tenant.base_url(), tenant.tenant_id());
//! println!("Graph: {}/v1.0", tenant.base_url());
//! tenant.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! | path below [`RunningTenant::base_url`] | what |
//! |---|---|
//! | `/{tenant}/v2.0/.well-known/openid-configuration` | OpenID Connect discovery |
//! | `/{tenant}/oauth2/v2.0/authorize`, `/token`, `/logout` | sign-in with code and PKCE, tokens, sign-out |
//! | `/{tenant}/adminconsent`, `/{tenant}/v2.0/adminconsent` | an administrator's consent for everybody of a tenant |
//! | `/{tenant}/oauth2/v2.0/devicecode`, `/devicelogin`, `/error` | sign-in on a device, where its code is entered, error codes explained |
//! | `/v1.0/…`, `/beta/…` | Graph: `me`, `users`, `groups`, `applications`, `servicePrincipals`, `oauth2PermissionGrants`, `directoryObjects`, `directory/deletedItems`, `policies`, `auditLogs`, `reports`, `directoryRoles`, `organization`, `$batch` |
//! | `/_vault/{vault}/…`, or the host `{vault}.vault.localhost` | Key Vault: certificates, keys, sign ([`RunningTenant::vault_url`]) |
//!
//! `{tenant}` is the tenant's GUID or its domain. The control API, which makes the tenant misbehave on purpose, has a
//! port of its own ([`TenantOptions::control`]): see [`control`].
//!
//! # What is assumed
//!
//! Microsoft documents none of these, and no recording shows them:
//!
//! - the order in which a client assertion is checked, and five minutes for a client's clock that runs ahead;
//! - how a `customKeyIdentifier` written as 20 raw bytes is shown ([`CustomKeyIdentifierStyle`]), which audiences of an
//!   assertion are accepted ([`Behaviour::aud_strict`]), how late a write is seen ([`Behaviour::propagation_delay`],
//!   [`Behaviour::stale_reads`]);
//! - in a PATCH: null or missing members of a stored entry stand for "as it is"; a new entry without dates takes the
//!   certificate's; a start before the certificate's is accepted; an entry that would be expired from the beginning is
//!   `KeyCredentialsInvalidEndDate`; the wording for a missing key, for bytes that are no certificate, for a wrong
//!   `type`, for `passwordCredentials` and for properties that cannot be set;
//! - of Key Vault: the order of checks (token, `api-version`, role, body), the spelling `innererror`, the texts for
//!   tokens that are not valid, for `api-version`, `maxresults`, algorithms and policies, at most 25 rows to a page, the
//!   refusals to sign with disabled, expired and not yet valid keys, 404 for a deleted certificate's key, a secret
//!   without the private key where the policy does not let that out. Elliptic keys are kept and do not sign, `Self` and
//!   `Unknown` are the only issuers, nothing renews by itself, roles count at once, there are no secrets without a certificate;
//! - of ordered faults: codes and texts of Graph's 500, 503 and 504, Key Vault's 429 and 503, and the sign-in service's
//!   503. A reset closes the connection in order (FIN), without an answer;
//! - in [`Behaviour::propagation_real`], delays that are spread evenly over 4 to 18 seconds;
//! - the dates of a secret where a request does not say (two years), `PasswordCredentialsInvalidEndDate`, and the words
//!   for a credential that is not there to be removed;
//! - `addKey` and `removeKey`: a proof that is no JWT without padding is `Authentication_MissingOrMalformed`, one that
//!   does not verify `Authorization_RequestDenied`; people cannot use them ([`Behaviour::delegated_key_rolling`]);
//! - app management policies: how an application's own goes together with the tenant's
//!   ([`Behaviour::policy_inheritance`]), the code for a certificate of an untrusted issuer
//!   ([`Behaviour::untrusted_authority_code`]), a restriction without a date holds from its own writing on, issuers are
//!   compared by name and key identifier, a year is 365 days and a month 30;
//! - a batch: the texts of its refusals, the code `FailedDependency`, and a plain number in it is a text;
//! - agent identities: the status of each code, what an owner may write, that an agent identity's `appId` is its `id`, 404
//!   where an object is not of the kind that a path casts to, which properties a blueprint has not;
//! - delta: every write of an application is a change, that of its `keyCredentials` and owners too; tokens do not expire;
//! - what is created or deleted is seen at once, whatever [`Behaviour::stale_reads`] says, and so are writes to service
//!   principals; deleting an application deletes its service principal, restoring it does not restore that;
//! - logs: every directory role here may read them; failed writes are not in the audit log; IP addresses are loopback;
//! - limits: windows instead of token buckets, which limit's scope is named, 60 writes a minute to applications for
//!   personal accounts counted by calling application ([`Behaviour::throttle`]);
//! - `servicePrincipalLockConfiguration` locks service principals at home as well, of multi-tenant applications
//!   ([`Behaviour::property_lock`]); removing a credential is a change as well, and secrets are of usage `Verify`;
//! - several tenants: 700016 for a multi-tenant application that nobody has installed, 90094 at its sign-in for people and for
//!   administrators alike (they consent at the consent endpoint), a service principal that keeps its application as it was on
//!   consent, and no guests; consents are not in the audit log;
//! - custom security attributes need no definition, and whoever holds the permission assigns them;
//! - `(uniqueName='…')` finds an application with regard to case; a PATCH of one that is not there makes none;
//! - groups: owners and Groups Administrators change them, other administrators' roles are not here; how many there can be;
//!   the second half of the id of an app role assignment; a client without a permission grant gets the scopes it asks for
//!   ([`Behaviour::consent_required`]); a body of `sendMail` that is no JSON is MIME;
//! - of Key Vault's newer half: the status `cancelled` and its details, that a certificate anywhere in `x5c` may be the one, the
//!   refusals to make a key, names that keys and certificates cannot share, P-256 alone;
//! - the texts of AADSTS650052 and AKV10032;
//! - federated credentials: the texts of refusals on writing them, 700212's and 50013's; no issuer's keys are fetched;
//! - the device flow: `authorization_declined` with 65004 and the texts of 70018 and 70020, no `slow_down`, any
//!   registration may begin one and needs public client flows to end it; the words of the pages, and of `/error`;
//! - 100 rows to a page.

mod arm;
mod assignment;
mod bearer;
mod certificate;
mod clock;
pub mod control;
mod cors;
mod entra;
mod error;
mod format;
mod graph;
mod https;
mod keyvault;
mod mailbox;
mod microsoft;
mod names;
mod not_simulated;
mod registration;
mod request_log;
mod routes;
mod rsa_keys;
mod running;
mod seed;
mod signing;
mod state;
mod state_file;
mod store;
mod table;
mod tenants;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

pub use arm::roles::AzureRole;
pub use clock::{Clock, OffsetClock, SystemClock};
pub use control::{ConcurrentWriter, FaultKind, FaultMoment, FaultRule, WriterAction, WriterTrigger};
pub use error::TenantError;
pub use graph::throttle::Throttle;
pub use https::HttpsOptions;
pub use keyvault::VaultChallenge;
pub use keyvault::rbac::VaultRole;
pub use mailbox::{MailContent, SentMail};
pub use microsoft::{MicrosoftAccess, MicrosoftOptions};
pub use not_simulated::NotSimulatedRequest;
pub use registration::{PortalIds, PortalRegistration};
pub use request_log::LoggedRequest;
pub use rsa_keys::{KEYS_FOLDER, RsaKeyError, rsa_key};
pub use running::{ApplicationInfo, PersonInfo, RunningTenant, start};
pub use seed::{
    Seed, SeedApplication, SeedCertificate, SeedFile, SeedGroup, SeedGroupKind, SeedPerson, SeedReport, SeedSecret,
    SeedTenant,
};
pub use state::{Behaviour, Fault, PolicyInheritance, PropertyLock};
pub use state_file::StateFileError;
pub use store::CustomKeyIdentifierStyle;
pub use tenants::TenantInfo;

/// How a tenant starts.
#[derive(Clone)]
pub struct TenantOptions {
    /// Where it listens. Port 0 takes any free one; [`RunningTenant::base_url`] names it.
    pub address: SocketAddr,
    /// What it holds.
    pub seed: Seed,
    /// Further tenants beside it, each with an id and a domain of its own: for applications that people of several tenants
    /// use. They are in memory alone, so that there can be no [`Self::state`] then.
    pub further: Vec<Seed>,
    /// Where it keeps what it holds. A new file is filled from the seed; what is in an old one counts, and the seed does
    /// not. `None`: in memory.
    pub state: Option<PathBuf>,
    /// `None`: plain http.
    pub https: Option<HttpsOptions>,
    /// Serve the same tenant over https at a second address as well. Answers name the address that was asked; tokens and
    /// assertions for one are good at the other.
    pub also_https: Option<(SocketAddr, HttpsOptions)>,
    /// Answer to Microsoft's own host names as well, by a proxy. `None`: nothing of it exists.
    pub microsoft: Option<MicrosoftOptions>,
    /// Where the control API listens: a loopback address, not the tenant's own. `None`: nowhere.
    pub control: Option<SocketAddr>,
    /// What it does out of the ordinary. Can be changed later: [`RunningTenant::set_behaviour`].
    pub behaviour: Behaviour,
    /// What it takes for the present. Can be moved later: [`RunningTenant::move_clock`].
    pub clock: Arc<dyn Clock>,
}

impl Default for TenantOptions {
    /// Any port of 127.0.0.1, plain http, the demo company, the machine's clock.
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: Seed::default(),
            further: vec![],
            state: None,
            https: None,
            also_https: None,
            microsoft: None,
            control: None,
            behaviour: Behaviour::default(),
            clock: Arc::new(SystemClock),
        }
    }
}
