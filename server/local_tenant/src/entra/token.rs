//! The token endpoint: `authorization_code`, `refresh_token`, `client_credentials`, and device codes.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::Duration;
use uuid::Uuid;

use super::client::Client;
use super::client_auth::{Proof, authenticate, claimed};
use super::error::{EntraError, decorate};
use super::grants::{Dead, Grant};
use super::scope::{Scopes, default_scope, v1_resource, v1_scope};
use super::strangers::Stranger;
use super::tokens::{access_token, app_token, id_token, lifetime};
use super::{Authority, Parameters, authority, consent, correlation, sign_in_log};
use crate::format::base64url;
use crate::state::Tenant;
use crate::store::{Directory, HomeApplication, ObjectKey};

/// `/{tenant}/oauth2/v2.0/token`
pub(crate) async fn v2(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    respond(&tenant, &Request { name, headers, parameters: Parameters::parse(&body), v1: false })
}

/// `/{tenant}/oauth2/token`
pub(crate) async fn v1(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    respond(&tenant, &Request { name, headers, parameters: Parameters::parse(&body), v1: true })
}

struct Request {
    /// How the URL names the tenant.
    name: String,
    headers: HeaderMap,
    parameters: Parameters,
    v1: bool,
}

#[derive(Serialize)]
struct TokenAnswer {
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// Seconds. A string in v1.
    expires_in: Value,
    ext_expires_in: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_info: Option<String>,
}

fn respond(tenant: &Tenant, request: &Request) -> Response {
    let correlation = correlation(&request.headers, &request.parameters);
    let context = Context::of(tenant, request);
    let issued = issue(&context, request);
    if request.parameters.get("grant_type") == Some("client_credentials") {
        let (error, foreign) = (issued.as_ref().err(), context.foreign.as_ref());
        sign_in_log::note(&context.tenant, &request.headers, &request.parameters, correlation, error, foreign);
    }
    match issued {
        Ok(answer) => {
            let mut response = Json(answer).into_response();
            decorate(&mut response, Uuid::new_v4(), correlation);
            response
        }
        Err(error) => {
            tracing::debug!(code = error.code, "token request refused");
            error.json(&tenant.names.base, tenant.now(), correlation)
        }
    }
}

/// What is needed of other tenants, found before a directory is locked.
struct Context {
    /// The one that issues.
    tenant: Tenant,
    /// The client, if it is registered elsewhere.
    foreign: Option<HomeApplication>,
    /// Whom the request is about, if that is somebody of another tenant.
    stranger: Option<Stranger>,
}

impl Context {
    fn of(tenant: &Tenant, request: &Request) -> Self {
        let person = tenant.grants().person_behind(&request.parameters);
        let tenant = match authority(&request.name, &tenant.profile) {
            Ok(authority) => tenant.serving(authority, person),
            Err(_) => tenant.clone(),
        };
        let client = claimed(&request.headers, &request.parameters);
        let foreign = client.and_then(|id| tenant.foreign_application(&id));
        let stranger = tenant.strangers().into_iter().find(|stranger| person == Some(stranger.id));
        Self { tenant, foreign, stranger }
    }
}

fn issue(context: &Context, request: &Request) -> Result<TokenAnswer, EntraError> {
    let tenant = &context.tenant;
    let directory = tenant.read();
    let authority = authority(&request.name, &directory.profile)?;
    match request.parameters.require("grant_type")? {
        "client_credentials" => client_credentials(context, &directory, request, authority),
        "authorization_code" => authorization_code(context, &directory, request),
        "refresh_token" => refresh_token(context, &directory, request),
        // MSAL.js sends the second, ADAL the same at the v1 endpoint (facts, K6).
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => device_code(context, &directory, request),
        // These exist at Entra.
        other @ ("password"
        | "urn:ietf:params:oauth:grant-type:jwt-bearer"
        | "urn:ietf:params:oauth:grant-type:saml2-bearer"
        | "urn:ietf:params:oauth:grant-type:saml1_1-bearer"
        | "urn:ietf:params:oauth:grant-type:token-exchange"
        | "srv_challenge") => {
            tenant.not_simulated.note("POST", &format!("token, grant_type={other}"), tenant.now());
            Err(EntraError::not_simulated(&format!("grant_type={other}")))
        }
        other => Err(EntraError::new(
            70003,
            "unsupported_grant_type",
            format!("The app requested an unsupported grant type '{other}'."),
        )),
    }
}

/// Who the client is, by what it presents; public ones present nothing.
fn client(
    context: &Context,
    directory: &Directory,
    request: &Request,
    public: impl FnOnce(&Client) -> bool,
) -> Result<(Client, Proof), EntraError> {
    let (headers, parameters) = (&request.headers, &request.parameters);
    let foreign = context.foreign.as_ref();
    let (client, proof) =
        authenticate(&context.tenant, directory, foreign, &request.name, headers, parameters, public)?;
    if let Some(stranger) = &context.stranger {
        return Err(EntraError::stranger(stranger, &directory.profile.display_name, &client));
    }
    Ok((client, proof))
}

fn client_credentials(
    context: &Context,
    directory: &Directory,
    request: &Request,
    authority: Authority,
) -> Result<TokenAnswer, EntraError> {
    let (tenant, parameters) = (&context.tenant, &request.parameters);
    let (client, proof) = client(context, directory, request, |_| false)?;
    if authority == Authority::AnyOrganization {
        return Err(EntraError::new(
            50059,
            "invalid_request",
            "No tenant-identifying information found in either the request or implied by any provided credentials.",
        ));
    }
    let resource = if request.v1 {
        let named = parameters.get("resource").ok_or_else(|| EntraError::missing_field("resource"))?;
        v1_resource(named, &tenant.names, directory)?
    } else {
        let scope = parameters.get("scope").ok_or_else(|| EntraError::missing_parameter("scope"))?;
        default_scope(scope, &tenant.names, directory)?
    };
    let Some(service) = directory.service_principals.get(ObjectKey::AppId(client.app_id)) else {
        return Err(EntraError::new(
            7_000_229,
            "unauthorized_client",
            format!(
                "The client application {} is missing service principal in the tenant {}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
                client.app_id, directory.profile.id
            ),
        ));
    };
    if !service.enabled {
        return Err(EntraError::new(
            7_000_112,
            "unauthorized_client",
            format!("Application '{}'({}) is disabled.", client.app_id, client.display_name),
        ));
    }
    let lifetime = tenant.behaviour().token_lifetime.unwrap_or(Duration::seconds(3599));
    let claims = app_token(tenant, directory, client.app_id, &resource, proof != Proof::Secret, lifetime);
    let seconds = lifetime.whole_seconds();
    let answer = TokenAnswer {
        token_type: "Bearer",
        scope: None,
        expires_in: json!(seconds),
        ext_expires_in: json!(seconds),
        expires_on: None,
        not_before: None,
        resource: None,
        access_token: sign(tenant, &claims)?,
        refresh_token: None,
        id_token: None,
        client_info: None,
    };
    Ok(if request.v1 { answer.of_v1(&claims, resource.audience()) } else { answer })
}

fn authorization_code(context: &Context, directory: &Directory, request: &Request) -> Result<TokenAnswer, EntraError> {
    let (tenant, parameters) = (&context.tenant, &request.parameters);
    let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
    let (client, _) = client(context, directory, request, |client| client.is_public_redirect(redirect_uri))?;
    let presented = parameters.require("code")?;
    let now = tenant.now();
    let mut grants = tenant.grants();
    let code = grants.code(presented, client.app_id, now).map_err(|dead| match dead {
        Dead::Redeemed => EntraError::invalid_grant(
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        ),
        Dead::Expired => expired(),
        Dead::Unknown => {
            EntraError::invalid_grant(70000, "The provided value for the 'code' parameter is not valid.")
        }
    })?;
    if code.redirect_uri != redirect_uri {
        return Err(EntraError::invalid_grant(
            500_112,
            format!(
                "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting Authorization code.",
                code.redirect_uri
            ),
        ));
    }
    check_pkce(code.challenge.as_deref(), parameters.get("code_verifier"))?;
    let scope = parameters.get("scope").unwrap_or(&code.grant.scope);
    let scopes = Scopes::parse(scope, &tenant.names, directory)?;
    if !grants.spend(presented) {
        return Err(EntraError::invalid_grant(54005, "OAuth2 Authorization code was already redeemed."));
    }
    drop(grants);
    person_tokens(tenant, directory, &code.grant, &scopes, request)
}

/// PKCE (RFC 7636): asked for at the start, it is asked for here; and not otherwise.
fn check_pkce(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), EntraError> {
    match (challenge, verifier) {
        (None, _) => Ok(()),
        (Some(challenge), Some(verifier)) if base64url(&Sha256::digest(verifier)) == challenge => Ok(()),
        (Some(_), Some(_)) => Err(EntraError::invalid_grant(
            501_481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        )),
        (Some(_), None) => Err(EntraError::invalid_grant(
            50148,
            "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.",
        )),
    }
}

fn refresh_token(context: &Context, directory: &Directory, request: &Request) -> Result<TokenAnswer, EntraError> {
    let (tenant, parameters) = (&context.tenant, &request.parameters);
    let (client, _) = client(context, directory, request, Client::is_public)?;
    let presented = parameters.require("refresh_token")?;
    let found = tenant.grants().refresh(presented, client.app_id, tenant.now());
    let (grant, issued) = found.map_err(|dead| match dead {
        Dead::Expired => expired(),
        _ => EntraError::invalid_grant(9_002_313, "Invalid request. Request is malformed or invalid."),
    })?;
    if directory.person(grant.person).is_none_or(|person| issued < person.tokens_valid_from) {
        return Err(EntraError::invalid_grant(
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
        ));
    }
    let scope = match parameters.get("resource").filter(|_| request.v1) {
        Some(resource) => v1_scope(resource),
        None => parameters.get("scope").unwrap_or(&grant.scope).to_owned(),
    };
    let scopes = Scopes::parse(&scope, &tenant.names, directory)?;
    // A refreshed ID token answers no sign-in request, so it has no nonce (OpenID Connect Core, section 12.2).
    let grant = Grant { nonce: None, ..grant };
    person_tokens(tenant, directory, &grant, &scopes, request)
}

fn device_code(context: &Context, directory: &Directory, request: &Request) -> Result<TokenAnswer, EntraError> {
    let (tenant, parameters) = (&context.tenant, &request.parameters);
    let (client, _) = client(context, directory, request, Client::is_public)?;
    // v1 has it as `code`.
    let presented = parameters.get("device_code").or_else(|| parameters.get("code").filter(|_| request.v1));
    let presented = presented.ok_or_else(|| EntraError::missing_parameter("device_code"))?;
    let grant = tenant.grants().devices.redeem(presented, client.app_id, tenant.now())?;
    let scopes = Scopes::parse(&grant.scope, &tenant.names, directory)?;
    person_tokens(tenant, directory, &grant, &scopes, request)
}

fn expired() -> EntraError {
    EntraError::invalid_grant(
        70008,
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
    )
}

fn person_tokens(
    tenant: &Tenant,
    directory: &Directory,
    grant: &Grant,
    scopes: &Scopes,
    request: &Request,
) -> Result<TokenAnswer, EntraError> {
    let person = directory
        .person(grant.person)
        .ok_or_else(|| EntraError::invalid_grant(50034, "The user account does not exist in the directory."))?;
    let required = tenant.behaviour().consent_required;
    let scopes = &consent::apply(directory, grant.app_id, person.id, scopes.clone(), required)?;
    let lifetime = lifetime(tenant);
    let claims = access_token(tenant, directory, person, grant, scopes, lifetime);
    let access = sign(tenant, &claims)?;
    let id = if scopes.has("openid") {
        Some(sign(tenant, &id_token(tenant, directory, person, grant, lifetime))?)
    } else {
        None
    };
    let refresh = scopes.has("offline_access").then(|| tenant.grants().issue_refresh(grant.clone(), tenant.now()));
    let client_info = json!({"uid": person.id, "utid": directory.profile.id}).to_string();
    let seconds = lifetime.whole_seconds();
    let answer = TokenAnswer {
        token_type: "Bearer",
        scope: Some(if request.v1 { scopes.granted().join(" ") } else { scopes.answer() }),
        expires_in: json!(seconds),
        ext_expires_in: json!(seconds),
        expires_on: None,
        not_before: None,
        resource: None,
        access_token: access,
        refresh_token: refresh,
        id_token: id,
        client_info: request.parameters.get("client_info").map(|_| base64url(client_info.as_bytes())),
    };
    Ok(if request.v1 { answer.of_v1(&claims, scopes.resource.audience()) } else { answer })
}

impl TokenAnswer {
    /// Numbers are texts there, and the dates come with them.
    fn of_v1(mut self, claims: &Value, resource: String) -> Self {
        self.expires_in = json!(self.expires_in.to_string());
        self.ext_expires_in = self.expires_in.clone();
        self.expires_on = Some(claims["exp"].to_string());
        self.not_before = Some(claims["nbf"].to_string());
        self.resource = Some(resource);
        self
    }
}

fn sign(tenant: &Tenant, claims: &Value) -> Result<String, EntraError> {
    tenant.signing.sign(claims).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        EntraError::new(90000, "server_error", "A token could not be signed.")
    })
}
