//! The control API's requests. Shapes are in the documentation of [`super`].

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::fault::FaultRule;
use super::settings::Settings;
use super::writer::ConcurrentWriter;
use crate::arm;
use crate::arm::roles::AzureRole;
use crate::arm::scope::Scope;
use crate::clock::Clock as _;
use crate::keyvault::rbac::VaultRole;
use crate::keyvault::store::{Vault, is_vault_name};
use crate::keyvault::{self};
use crate::mailbox::MailContent;
use crate::routes::keep;
use crate::state::Tenant;
use crate::store::Directory;

pub(super) fn routes(tenant: Arc<Tenant>) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/behaviour", get(behaviour).patch(change_behaviour))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/writers", get(writers).post(add_writer).delete(clear_writers))
        .route("/writers/{id}", delete(remove_writer))
        .route("/clock", get(clock).post(move_clock))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/not-simulated", get(not_simulated).delete(clear_not_simulated))
        .route("/mail", get(mail).delete(clear_mail))
        .route("/issuer/tokens", post(mint))
        .route("/reset", post(reset))
        .route("/vaults", get(vaults).post(add_vault))
        .route("/vaults/{vault}/roles", post(add_role).delete(remove_role))
        .route("/vaults/{vault}/certificates/{name}/renew", post(renew))
        .route("/role-assignments", get(role_assignments).post(assign_role))
        .merge(super::events::routes())
        .fallback(async || Problem::not_found("No such request; the documentation of the control API lists them all."))
        .layer(axum::middleware::from_fn_with_state(tenant.clone(), keep))
        .layer(axum::middleware::from_fn(local_clients))
        .with_state(tenant)
}

/// A refusal, as a problem document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into() }
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into() }
    }

    fn internal(error: impl std::fmt::Display) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: error.to_string() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = json!({"title": title, "status": self.status.as_u16(), "detail": self.detail});
        let mut response = (self.status, axum::Json(body)).into_response();
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/problem+json"));
        response
    }
}

pub(super) type Outcome = Result<Response, Problem>;

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

fn created(id: u64) -> Response {
    (StatusCode::CREATED, axum::Json(json!({"id": id}))).into_response()
}

pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad_request(format!("The body is not understood: {error}.")))
}

/// Pages in a browser are kept out, whatever name they reach this port by.
async fn local_clients(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get("host").and_then(|value| value.to_str().ok()).or_else(|| request.uri().host());
    let name = host.and_then(|host| format!("http://{host}").parse::<Uri>().ok());
    let local =
        name.as_ref().and_then(Uri::host).is_some_and(|name| matches!(name, "localhost" | "127.0.0.1" | "[::1]"));
    if !local || headers.contains_key("origin") {
        let detail = "The control API answers programs on this machine, and no pages in a browser.".into();
        return Problem { status: StatusCode::FORBIDDEN, detail }.into_response();
    }
    next.run(request).await
}

async fn overview(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(json!({
        "base_url": tenant.names.base,
        "tenant_id": tenant.profile.id,
        "clock": clock_of(&tenant),
        "behaviour": Settings::of(&tenant.behaviour()),
        "faults": faults_of(&tenant),
        "writers": writers_of(&tenant),
        "vaults": vaults_of(&tenant),
        "requests": tenant.log.all().len(),
        "not_simulated": tenant.not_simulated.all().len(),
        "mail": tenant.mailbox.all().len(),
    }))
}

async fn behaviour(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(json!(Settings::of(&tenant.behaviour())))
}

async fn change_behaviour(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let settings: Settings = read(&body)?;
    settings.check().map_err(|name| match name {
        "activity_report_until" => Problem::bad_request(format!("{name} must be a date such as 2026-01-31T00:00:00Z.")),
        _ => Problem::bad_request(format!("{name} must be between 0 and 31536000.")),
    })?;
    tenant.set_behaviour(|behaviour| settings.apply(behaviour));
    Ok(ok(json!(Settings::of(&tenant.behaviour()))))
}

fn faults_of(tenant: &Tenant) -> Value {
    let armed = tenant.control.armed();
    armed.faults.iter().map(|one| json!({"id": one.id, "rule": one.rule, "struck": one.struck})).collect()
}

async fn faults(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(faults_of(&tenant))
}

async fn add_fault(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let rule: FaultRule = read(&body)?;
    if let Some(complaint) = rule.complaint() {
        return Err(Problem::bad_request(complaint));
    }
    Ok(created(tenant.control.add_fault(rule)))
}

async fn clear_faults(State(tenant): State<Arc<Tenant>>) -> Response {
    tenant.control.clear_faults();
    done()
}

async fn remove_fault(State(tenant): State<Arc<Tenant>>, Path(id): Path<u64>) -> Outcome {
    if tenant.control.remove_fault(id) {
        Ok(done())
    } else {
        Err(Problem::not_found(format!("No fault {id} is armed.")))
    }
}

fn writers_of(tenant: &Tenant) -> Value {
    let armed = tenant.control.armed();
    armed.writers.iter().map(|one| json!({"id": one.id, "writer": one.writer, "written": one.written})).collect()
}

async fn writers(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(writers_of(&tenant))
}

async fn add_writer(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let writer: ConcurrentWriter = read(&body)?;
    let id = blocking(move || tenant.control.add_writer(&tenant, writer)).await?.map_err(Problem::internal)?;
    Ok(created(id.ok_or_else(|| Problem::not_found("There is no application with that object id."))?))
}

async fn clear_writers(State(tenant): State<Arc<Tenant>>) -> Response {
    tenant.control.clear_writers();
    done()
}

async fn remove_writer(State(tenant): State<Arc<Tenant>>, Path(id): Path<u64>) -> Outcome {
    if tenant.control.remove_writer(id) {
        Ok(done())
    } else {
        Err(Problem::not_found(format!("There is no writer {id}.")))
    }
}

fn clock_of(tenant: &Tenant) -> Value {
    json!({
        "now": tenant.clock.now().format(&Rfc3339).unwrap_or_default(),
        "offset_seconds": tenant.clock.advance(Duration::ZERO).whole_seconds(),
    })
}

async fn clock(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(clock_of(&tenant))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClockMove {
    AdvanceSeconds(i32),
    OffsetSeconds(i32),
}

async fn move_clock(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    match read(&body)? {
        ClockMove::AdvanceSeconds(by) => tenant.clock.advance(Duration::seconds(by.into())),
        ClockMove::OffsetSeconds(to) => {
            tenant.clock.reset();
            tenant.clock.advance(Duration::seconds(to.into()))
        }
    };
    Ok(ok(clock_of(&tenant)))
}

async fn requests(State(tenant): State<Arc<Tenant>>) -> Response {
    let shown = tenant.log.all().into_iter().map(|one| {
        json!({
            "at": one.at.format(&Rfc3339).unwrap_or_default(), "method": one.method, "path": one.path,
            "status": one.status, "authenticated_as": one.authenticated_as,
        })
    });
    ok(shown.collect())
}

async fn clear_requests(State(tenant): State<Arc<Tenant>>) -> Response {
    tenant.log.clear();
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mint {
    issuer: String,
    subject: String,
    #[serde(default = "exchange")]
    audience: String,
    #[serde(default = "ten_minutes")]
    lifetime_seconds: i32,
    /// Further ones, such as `job_workflow_ref`.
    #[serde(default)]
    claims: serde_json::Map<String, Value>,
}

/// What Microsoft recommends as the audience of such tokens.
fn exchange() -> String {
    "api://AzureADTokenExchange".into()
}

fn ten_minutes() -> i32 {
    600
}

async fn mint(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let Mint { issuer, subject, audience, lifetime_seconds, mut claims } = read(&body)?;
    let token = crate::entra::federation::mint(&tenant, &issuer, &subject, &audience, lifetime_seconds, &mut claims);
    Ok((StatusCode::CREATED, axum::Json(json!({"token": token.map_err(Problem::internal)?}))).into_response())
}

async fn not_simulated(State(tenant): State<Arc<Tenant>>) -> Response {
    let shown = tenant.not_simulated.all().into_iter().map(|one| {
        json!({
            "method": one.method, "target": one.target, "times": one.times,
            "last": one.last.format(&Rfc3339).unwrap_or_default(),
        })
    });
    ok(shown.collect())
}

async fn clear_not_simulated(State(tenant): State<Arc<Tenant>>) -> Response {
    tenant.not_simulated.clear();
    done()
}

async fn mail(State(tenant): State<Arc<Tenant>>) -> Response {
    let shown = tenant.mailbox.all().into_iter().map(|one| {
        let (message, mime) = match one.content {
            MailContent::Message(message) => (Some(message), None),
            MailContent::Mime(text) => (None, Some(text)),
        };
        json!({
            "at": one.at.format(&Rfc3339).unwrap_or_default(), "mailbox": one.mailbox, "sender": one.sender,
            "client": one.client, "message": message, "mime": mime,
        })
    });
    ok(shown.collect())
}

async fn clear_mail(State(tenant): State<Arc<Tenant>>) -> Response {
    tenant.mailbox.clear();
    done()
}

async fn reset(State(tenant): State<Arc<Tenant>>) -> Outcome {
    blocking(move || tenant.reset()).await?.map_err(Problem::internal)?;
    Ok(done())
}

fn vaults_of(tenant: &Tenant) -> Value {
    let directory = tenant.read();
    let shown = directory.vaults.iter().map(|vault| {
        let roles = vault.roles.iter().map(|(who, role)| json!({"principal": who, "role": role.display_name()}));
        json!({
            "name": vault.name, "url": tenant.names.vault(&vault.name),
            "certificates": vault.certificates(), "roles": roles.collect::<Value>(),
        })
    });
    shown.collect()
}

async fn vaults(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(vaults_of(&tenant))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewVault {
    name: String,
}

async fn add_vault(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let NewVault { name } = read(&body)?;
    if !is_vault_name(&name) {
        return Err(Problem::bad_request("A vault's name is 3 to 24 letters, digits and hyphens."));
    }
    let mut directory = tenant.write();
    if directory.vaults.iter().any(|vault| vault.name == name.to_ascii_lowercase()) {
        return Err(Problem { status: StatusCode::CONFLICT, detail: format!("There is a vault {name} already.") });
    }
    directory.vaults.push(Vault::new(&name));
    drop(directory);
    Ok((StatusCode::CREATED, axum::Json(json!({"url": tenant.names.vault(&name)}))).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    principal: String,
    role: String,
}

async fn add_role(State(tenant): State<Arc<Tenant>>, Path(vault): Path<String>, body: Bytes) -> Outcome {
    assign(&tenant, &vault, &read(&body)?, true)
}

async fn remove_role(State(tenant): State<Arc<Tenant>>, Path(vault): Path<String>, body: Bytes) -> Outcome {
    assign(&tenant, &vault, &read(&body)?, false)
}

fn assign(tenant: &Tenant, vault: &str, assignment: &Assignment, give: bool) -> Outcome {
    let role = VaultRole::by_name(&assignment.role).ok_or_else(|| {
        let known: Vec<&str> = VaultRole::ALL.iter().map(|role| role.display_name()).collect();
        Problem::bad_request(format!("No such role; there are {}.", known.join(", ")))
    })?;
    let mut directory = tenant.write();
    let principal = principal(&directory, &assignment.principal)?;
    let vault = directory
        .vaults
        .iter_mut()
        .find(|one| one.name.eq_ignore_ascii_case(vault))
        .ok_or_else(|| Problem::not_found(format!("There is no vault {vault}.")))?;
    vault.roles.retain(|held| *held != (principal, role));
    if give {
        vault.roles.push((principal, role));
    }
    Ok(done())
}

fn principal(directory: &Directory, named: &str) -> Result<Uuid, Problem> {
    let by_name = directory.person_by_name(named).map(|person| person.id);
    by_name
        .or_else(|| Uuid::parse_str(named).ok())
        .ok_or_else(|| Problem::bad_request("principal is neither an object id nor a user principal name."))
}

async fn role_assignments(State(tenant): State<Arc<Tenant>>) -> Response {
    ok(arm::assignments::all(&tenant.read()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AzureAssignment {
    principal: String,
    role: String,
    scope: Option<String>,
}

async fn assign_role(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Outcome {
    let AzureAssignment { principal: named, role, scope } = read(&body)?;
    let role = AzureRole::by_name(&role).ok_or_else(|| {
        let known: Vec<&str> = AzureRole::all().map(AzureRole::name).collect();
        Problem::bad_request(format!("No such role; there are {}.", known.join(", ")))
    })?;
    let subscription = arm::subscription();
    let whole = Scope::subscription(subscription);
    let scope = scope.map_or(Some(whole.clone()), |text| Scope::parse(&text, subscription));
    let scope = scope.ok_or_else(|| Problem::bad_request(format!("scope is nothing in {}.", whole.as_str())))?;
    let mut directory = tenant.write();
    let principal = principal(&directory, &named)?;
    arm::assignments::assign(&mut directory, principal, role, scope, tenant.now());
    Ok(done())
}

async fn renew(State(tenant): State<Arc<Tenant>>, Path((vault, name)): Path<(String, String)>) -> Outcome {
    let renewed = blocking(move || keyvault::renew(&tenant, &vault, &name)).await?;
    let version = renewed.map_err(|error| Problem { status: error.status, detail: error.to_string() })?;
    Ok(ok(json!({"version": version.simple().to_string()})))
}

/// For what takes longer than a thread of the runtime should be held up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}
