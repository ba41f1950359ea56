//! The device authorization grant (RFC 8628): a device shows a code, a person enters it on a page and signs in there,
//! the device gets tokens.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::client::Client;
use super::error::{EntraError, decorate};
use super::grants::{Grant, opaque};
use super::page::{escape, html};
use super::scope::{Scopes, v1_scope};
use super::{Authority, Parameters, authority, correlation, page, picker, session};
use crate::state::Tenant;

/// As Microsoft documents it.
const LIFETIME: Duration = Duration::minutes(15);
/// Seconds between two polls.
const INTERVAL: u32 = 5;
/// Letters and digits of a user code that nobody mistakes for others.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const USER_CODE: usize = 9;

/// Flows under way, and those done a while ago, by device code.
#[derive(Debug, Default)]
pub(crate) struct DeviceFlows(HashMap<String, Flow>);

#[derive(Debug, Clone)]
struct Flow {
    user_code: String,
    app_id: Uuid,
    /// Whose people may enter the code; `None`: those of any tenant.
    tenant: Option<Uuid>,
    scope: String,
    issued: OffsetDateTime,
    outcome: Outcome,
}

#[derive(Debug, Clone)]
enum Outcome {
    Pending,
    Granted(Grant),
    Declined,
    Redeemed,
}

impl DeviceFlows {
    /// Device code and user code of a new flow.
    fn begin(&mut self, app_id: Uuid, tenant: Option<Uuid>, scope: String, now: OffsetDateTime) -> (String, String) {
        // Expired ones are kept for a while: the client is told what became of them.
        self.0.retain(|_, flow| now - flow.issued < LIFETIME * 4);
        let letter = |byte: u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
        let user_code: String = rand::random::<[u8; USER_CODE]>().map(letter).iter().collect();
        let device_code = opaque("1.D");
        let flow = Flow { user_code: user_code.clone(), app_id, tenant, scope, issued: now, outcome: Outcome::Pending };
        self.0.insert(device_code.clone(), flow);
        (device_code, user_code)
    }

    /// The flow that waits for a person who enters this code.
    fn waiting(&mut self, user_code: &str, now: OffsetDateTime) -> Option<&mut Flow> {
        let code: String = user_code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        self.0.values_mut().find(|flow| {
            flow.user_code.eq_ignore_ascii_case(&code)
                && now - flow.issued < LIFETIME
                && matches!(flow.outcome, Outcome::Pending)
        })
    }

    /// Who has entered the code of a flow.
    pub(super) fn person(&self, device_code: &str) -> Option<Uuid> {
        match &self.0.get(device_code)?.outcome {
            Outcome::Granted(grant) => Some(grant.person),
            _ => None,
        }
    }

    /// What the person granted, once; until then the reason to poll on, or to stop.
    pub(super) fn redeem(&mut self, device_code: &str, app_id: Uuid, now: OffsetDateTime) -> Result<Grant, EntraError> {
        let flow = self.0.get_mut(device_code).filter(|flow| flow.app_id == app_id).ok_or_else(unknown)?;
        if now - flow.issued >= LIFETIME {
            return Err(EntraError::new(
                70020,
                "expired_token",
                "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
            ));
        }
        match std::mem::replace(&mut flow.outcome, Outcome::Redeemed) {
            Outcome::Granted(grant) => Ok(grant),
            Outcome::Redeemed => Err(unknown()),
            Outcome::Pending => {
                flow.outcome = Outcome::Pending;
                Err(EntraError::new(
                    70016,
                    "authorization_pending",
                    "The provided request has not yet been authorized by the user. The user must input their code.",
                ))
            }
            Outcome::Declined => {
                flow.outcome = Outcome::Declined;
                Err(EntraError::new(65004, "authorization_declined", "User declined to consent to access the app."))
            }
        }
    }
}

fn unknown() -> EntraError {
    EntraError::new(
        70018,
        "bad_verification_code",
        "The provided value for the input parameter 'device_code' is not valid.",
    )
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`
pub(crate) async fn begin(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = Parameters::parse(&body);
    let correlation = correlation(&headers, &parameters);
    match parameters.require("scope").and_then(|scope| authorization(&tenant, &name, &parameters, scope)) {
        Ok(answer) => {
            let mut response = Json(answer).into_response();
            decorate(&mut response, Uuid::new_v4(), correlation);
            response
        }
        Err(error) => error.json(&tenant.names.base, tenant.now(), correlation),
    }
}

/// `POST /{tenant}/oauth2/devicecode`, as ADAL asks: for a `resource`. Numbers are texts in the answer.
pub(crate) async fn begin_v1(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // ADAL for Python has the parameters in the query.
    let encoded = if body.is_empty() { query.unwrap_or_default().into_bytes() } else { body.to_vec() };
    let parameters = Parameters::parse(&encoded);
    let correlation = correlation(&headers, &parameters);
    let begun = parameters
        .require("resource")
        .and_then(|resource| authorization(&tenant, &name, &parameters, &v1_scope(resource)));
    match begun {
        Ok(mut answer) => {
            for number in ["expires_in", "interval"] {
                answer[number] = json!(answer[number].to_string());
            }
            if let Some(members) = answer.as_object_mut() {
                let page = members.remove("verification_uri").unwrap_or_default();
                members.insert("verification_url".into(), page);
            }
            let mut response = Json(answer).into_response();
            decorate(&mut response, Uuid::new_v4(), correlation);
            response
        }
        Err(error) => error.json(&tenant.names.base, tenant.now(), correlation),
    }
}

fn authorization(tenant: &Tenant, name: &str, parameters: &Parameters, scope: &str) -> Result<Value, EntraError> {
    let client_id = parameters.require("client_id")?;
    let foreign = tenant.foreign_application(client_id);
    let directory = tenant.read();
    let place = authority(name, &directory.profile)?;
    let client = Client::find(&directory, foreign.as_ref(), client_id)
        .ok_or_else(|| EntraError::application_not_found(client_id, &directory.profile.display_name))?;
    client.fits(place)?;
    let client = if client.multi_tenant { client } else { client.must_be_installed(&directory)? };
    Scopes::parse(scope, &tenant.names, &directory)?;
    let whose = (place == Authority::Tenant).then_some(directory.profile.id);
    let mut grants = tenant.grants();
    let (device_code, user_code) = grants.devices.begin(client.app_id, whose, scope.to_owned(), tenant.now());
    let page = format!("{}/devicelogin", tenant.names.base);
    Ok(json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": page,
        "expires_in": LIFETIME.whole_seconds(),
        "interval": INTERVAL,
        "message": format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        ),
    }))
}

/// `GET /devicelogin`: asks for the code.
pub(crate) async fn ask() -> Response {
    form(None)
}

/// `POST /devicelogin`: of the code, or of the account picker, whose target carries the code in its query.
pub(crate) async fn enter(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let (query, form_fields) = (Parameters::parse(query.unwrap_or_default().as_bytes()), Parameters::parse(&body));
    let Some(code) = query.get("otc").or_else(|| form_fields.get("otc")) else {
        return form(Some("Enter the code that your device shows."));
    };
    let now = tenant.now();
    let account = form_fields.get("account").and_then(|id| Uuid::parse_str(id).ok());
    let waiting = tenant.grants().devices.waiting(code, now).cloned();
    let Some(flow) = waiting else {
        return form(Some("That code didn’t work. Check the code and try again; a code is good for 15 minutes."));
    };
    // This page has one address for all tenants.
    let named = flow.tenant.and_then(|id| tenant.all().into_iter().find(|one| one.profile.id == id));
    let tenant = &named.unwrap_or_else(|| tenant.serving(Authority::AnyOrganization, account));
    let foreign = tenant.foreign_application(&flow.app_id.to_string());
    let strangers = tenant.strangers();
    let directory = tenant.read();
    let Some(found) = Client::find(&directory, foreign.as_ref(), &flow.app_id.to_string()) else {
        return form(Some("The application that this code was for is no longer there."));
    };
    let client = &found.display_name;
    let mut grants = tenant.grants();
    if form_fields.get("cancel").is_some() {
        if let Some(flow) = grants.devices.waiting(code, now) {
            flow.outcome = Outcome::Declined;
        }
        return done(&format!(
            "You have declined to sign in to {client} on your device. You may now close this window."
        ));
    }
    let shown = |error: &EntraError| page::error(error, now, Uuid::new_v4());
    if let Some(stranger) = strangers.iter().find(|stranger| account == Some(stranger.id)) {
        return shown(&EntraError::stranger(stranger, &directory.profile.display_name, &found));
    }
    let Some(person) = account.and_then(|id| directory.person(id)) else {
        // Relative: it stays right under whatever name of this host the browser uses.
        let action = format!("devicelogin?otc={}", flow.user_code);
        drop(grants);
        return picker::page(&directory, client, &action, None, |_| false, &strangers);
    };
    if found.is_elsewhere() {
        return shown(&EntraError::needs_administrator(client));
    }
    let (app_id, scope) = (flow.app_id, flow.scope.clone());
    let (cookie, session) = grants.open_session(person.id, now);
    let grant =
        Grant { app_id, person: person.id, session: session.id, scope, nonce: None, signed_in: session.signed_in };
    if let Some(flow) = grants.devices.waiting(code, now) {
        flow.outcome = Outcome::Granted(grant);
    }
    tracing::info!(client = %app_id, person = %person.id, "signed in on a device");
    let mut response = done(&format!("You have signed in to {client} on your device. You may now close this window."));
    if let Ok(value) = HeaderValue::from_str(&session::set(&cookie, tenant.secure())) {
        response.headers_mut().insert("set-cookie", value);
    }
    response
}

fn form(complaint: Option<&str>) -> Response {
    let (alert, described) = complaint.map_or_else(Default::default, |text| {
        (format!("<p id=\"complaint\" role=\"alert\">{}</p>\n", escape(text)), " aria-describedby=\"complaint\"")
    });
    let main = format!(
        "<p class=\"brand\">Local tenant</p>\n<h1>Enter code</h1>\n<p>Enter the code displayed on your app or device.</p>\n{alert}<form method=\"post\" action=\"devicelogin\">\n<label for=\"otc\">Code</label>\n<input id=\"otc\" name=\"otc\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" required{described}>\n<button class=\"primary\" type=\"submit\">Next</button>\n</form>"
    );
    let status = if complaint.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    html(status, "Sign in to your account", &main, None, None)
}

fn done(text: &str) -> Response {
    let main =
        format!("<p class=\"brand\">Local tenant</p>\n<h1>Sign in</h1>\n<p role=\"status\">{}</p>", escape(text));
    html(StatusCode::OK, "Sign in to your account", &main, None, None)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_flow_is_redeemed_once_by_its_client_and_in_time() {
        let (app, start) = (Uuid::from_u128(1), OffsetDateTime::UNIX_EPOCH);
        let mut flows = DeviceFlows::default();
        let (device, user) = flows.begin(app, None, "openid".into(), start);
        assert!(user.len() == USER_CODE && user.bytes().all(|byte| ALPHABET.contains(&byte)), "{user}");
        let said = |flows: &mut DeviceFlows, app, at| flows.redeem(&device, app, at).map_err(|error| error.error);
        assert_eq!(said(&mut flows, app, start).unwrap_err(), "authorization_pending");
        assert_eq!(said(&mut flows, Uuid::nil(), start).unwrap_err(), "bad_verification_code");
        assert!(flows.waiting(&user, start + LIFETIME).is_none());
        let spelled = format!("{} {}", &user[..4].to_ascii_lowercase(), &user[4..]);
        let grant = Grant {
            app_id: app,
            person: Uuid::nil(),
            session: Uuid::nil(),
            scope: String::new(),
            nonce: None,
            signed_in: start,
        };
        flows.waiting(&spelled, start).unwrap().outcome = Outcome::Granted(grant);
        assert!(flows.waiting(&user, start).is_none());
        assert_eq!(said(&mut flows, app, start + LIFETIME).unwrap_err(), "expired_token");
        assert_eq!(said(&mut flows, app, start).unwrap().app_id, app);
        assert_eq!(said(&mut flows, app, start).unwrap_err(), "bad_verification_code");
    }
}
