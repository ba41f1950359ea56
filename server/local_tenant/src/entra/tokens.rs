//! The tokens themselves: which claims go where.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::grants::Grant;
use super::memberships::{self, TokenKind};
use super::scope::{Resource, Scopes};
use crate::format::base64url;
use crate::state::Tenant;
use crate::store::{Directory, ObjectKey, Person};

/// Every member of a directory has this one in `wids`.
const MEMBER_ROLE: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

/// `sub`: another one per client for the same person (pairwise).
pub(crate) fn subject(person: Uuid, client: Uuid) -> String {
    let mut digest = Sha256::new();
    digest.update(person.as_bytes());
    digest.update(client.as_bytes());
    base64url(&digest.finalize())
}

/// `login_hint` of an ID token, which comes back as `logout_hint` or `login_hint`.
pub(crate) fn login_hint(person: &Person) -> String {
    format!("O.{}", base64url(person.user_principal_name.as_bytes()))
}

/// Seconds that a person's token lives: 60 to 90 minutes unless set.
pub(crate) fn lifetime(tenant: &Tenant) -> Duration {
    tenant
        .behaviour()
        .token_lifetime
        .unwrap_or_else(|| Duration::seconds(3600 + i64::from(rand::random::<u16>() % 1800)))
}

fn common(now: OffsetDateTime, lifetime: Duration, tenant_id: Uuid) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("iat".into(), json!(now.unix_timestamp()));
    claims.insert("nbf".into(), json!(now.unix_timestamp()));
    claims.insert("exp".into(), json!((now + lifetime).unix_timestamp()));
    claims.insert("tid".into(), json!(tenant_id));
    claims.insert("uti".into(), json!(base64url(&rand::random::<[u8; 16]>())));
    claims.insert("rh".into(), json!(format!("1.{}.", base64url(&rand::random::<[u8; 24]>()))));
    claims
}

/// Names client and issuer as the resource's token version wants them: Graph's tokens are v1.0.
fn versioned(claims: &mut Map<String, Value>, tenant: &Tenant, tenant_id: Uuid, client: Uuid, resource: &Resource) {
    claims.insert("aud".into(), json!(resource.audience()));
    if matches!(resource, Resource::Application(_)) {
        claims.insert("ver".into(), json!("2.0"));
        claims.insert("iss".into(), json!(tenant.issuer(tenant_id)));
        claims.insert("azp".into(), json!(client));
        claims.insert("azpacr".into(), json!("2"));
    } else {
        claims.insert("ver".into(), json!("1.0"));
        claims.insert("iss".into(), json!(format!("{}/{tenant_id}/", tenant.names.sts())));
        claims.insert("appid".into(), json!(client));
        claims.insert("appidacr".into(), json!("2"));
    }
}

/// A person's access token.
pub(crate) fn access_token(
    tenant: &Tenant,
    directory: &Directory,
    person: &Person,
    grant: &Grant,
    scopes: &Scopes,
    lifetime: Duration,
) -> Value {
    let tenant_id = directory.profile.id;
    let mut claims = common(tenant.now(), lifetime, tenant_id);
    versioned(&mut claims, tenant, tenant_id, grant.app_id, &scopes.resource);
    claims.insert("idtyp".into(), json!("user"));
    claims.insert("oid".into(), json!(person.id));
    claims.insert("sub".into(), json!(subject(person.id, grant.app_id)));
    claims.insert("sid".into(), json!(grant.session));
    claims.insert("name".into(), json!(person.display_name));
    claims.insert("given_name".into(), json!(person.given_name));
    claims.insert("family_name".into(), json!(person.surname));
    claims.insert("upn".into(), json!(person.user_principal_name));
    claims.insert("unique_name".into(), json!(person.user_principal_name));
    claims.insert("scp".into(), json!(scopes.granted().join(" ")));
    // What is about the person goes by the resource's registration, whichever client asks.
    match scopes.resource {
        Resource::Application(app_id) => memberships::add(&mut claims, directory, person, app_id, TokenKind::Access),
        Resource::Graph(_) | Resource::WellKnown(_) => {
            claims.insert("wids".into(), wids(person));
        }
    }
    claims.into()
}

/// Directory roles, which every member of a directory has one of.
pub(super) fn wids(person: &Person) -> Value {
    let held = person.directory_roles.iter().map(|role| role.template_id());
    held.chain([MEMBER_ROLE]).collect::<Vec<_>>().into()
}

/// An ID token for the client that the person signed in to.
pub(crate) fn id_token(
    tenant: &Tenant,
    directory: &Directory,
    person: &Person,
    grant: &Grant,
    lifetime: Duration,
) -> Value {
    let tenant_id = directory.profile.id;
    let mut claims = common(tenant.now(), lifetime, tenant_id);
    claims.insert("aud".into(), json!(grant.app_id));
    claims.insert("iss".into(), json!(tenant.issuer(tenant_id)));
    claims.insert("ver".into(), json!("2.0"));
    claims.insert("oid".into(), json!(person.id));
    claims.insert("sub".into(), json!(subject(person.id, grant.app_id)));
    claims.insert("sid".into(), json!(grant.session));
    claims.insert("name".into(), json!(person.display_name));
    claims.insert("preferred_username".into(), json!(person.user_principal_name));
    claims.insert("email".into(), json!(person.user_principal_name));
    claims.insert("login_hint".into(), json!(login_hint(person)));
    claims.insert("auth_time".into(), json!(grant.signed_in.unix_timestamp()));
    if let Some(nonce) = &grant.nonce {
        claims.insert("nonce".into(), json!(nonce));
    }
    memberships::add(&mut claims, directory, person, grant.app_id, TokenKind::Id);
    claims.into()
}

/// An application's own access token.
pub(crate) fn app_token(
    tenant: &Tenant,
    directory: &Directory,
    client: Uuid,
    resource: &Resource,
    certificate: bool,
    lifetime: Duration,
) -> Value {
    let tenant_id = directory.profile.id;
    let mut claims = common(tenant.now(), lifetime, tenant_id);
    versioned(&mut claims, tenant, tenant_id, client, resource);
    // 1: authenticated by a secret, 2: by a certificate.
    let how = if certificate { "2" } else { "1" };
    claims.insert(if claims.contains_key("azpacr") { "azpacr" } else { "appidacr" }.into(), json!(how));
    claims.insert("idtyp".into(), json!("app"));
    let Some(service) = directory.service_principals.get(ObjectKey::AppId(client)) else {
        return claims.into();
    };
    claims.insert("oid".into(), json!(service.id));
    claims.insert("sub".into(), json!(service.id));
    claims.insert("app_displayname".into(), json!(service.display_name));
    let roles = match resource {
        Resource::Graph(_) => service.graph_permissions.iter().map(|permission| permission.value.clone()).collect(),
        Resource::Application(app_id) => directory.roles_of(service.id, *app_id),
        Resource::WellKnown(_) => vec![],
    };
    if !roles.is_empty() {
        claims.insert("roles".into(), json!(roles));
    }
    claims.into()
}
