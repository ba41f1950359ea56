//! The authorization endpoint: checks the request, lets the person pick an account, sends the code.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use time::Duration;
use url::Url;
use uuid::Uuid;

use super::client::Client;
use super::error::EntraError;
use super::grants::{BrowserSession, Grant};
use super::scope::Scopes;
use super::{Authority, Parameters, authority, correlation, page, picker, session, tokens};
use crate::state::Tenant;
use crate::store::{Directory, HomeApplication, Person};

/// A request that may be answered at its redirect URI.
pub(super) struct Request {
    pub(super) client: Client,
    pub(super) redirect_uri: Url,
    /// As the client sent it: the token endpoint compares letters.
    redirect_text: String,
    mode: Mode,
    pub(super) state: Option<String>,
}

/// What is asked for, once the request is known to be sound.
struct Wish {
    scope: String,
    nonce: Option<String>,
    challenge: Option<String>,
    prompt: Option<String>,
    login_hint: Option<String>,
    /// How long ago the person may have signed in (OpenID Connect Core, section 3.1.2.1).
    max_age: Option<Duration>,
}

/// `GET /{tenant}/oauth2/v2.0/authorize`
pub(crate) async fn from_query(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    answer(&tenant, &name, &query, &headers, None)
}

/// `POST` of the account picker, whose target carries the request in its query; or of a client, with it in the body.
pub(crate) async fn from_form(
    State(tenant): State<Arc<Tenant>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Parameters::parse(&body);
    match query {
        Some(query) if !query.is_empty() => answer(&tenant, &name, &query, &headers, Some(&form)),
        _ => answer(&tenant, &name, &String::from_utf8_lossy(&body), &headers, None),
    }
}

fn answer(tenant: &Tenant, name: &str, query: &str, headers: &HeaderMap, choice: Option<&Parameters>) -> Response {
    let parameters = Parameters::parse(query.as_bytes());
    let correlation = correlation(headers, &parameters);
    let shown = |error: &EntraError| page::error(error, tenant.now(), correlation);
    let current = session::cookie(headers).and_then(|cookie| tenant.grants().session(&cookie).cloned());
    let chosen = choice.and_then(|form| form.get("account")).and_then(|id| Uuid::parse_str(id).ok());
    let place = match authority(name, &tenant.profile) {
        Ok(place) => place,
        Err(error) => return shown(&error),
    };
    let tenant = &tenant.serving(place, chosen.or(current.as_ref().map(|session| session.person)));
    let foreign = parameters.get("client_id").and_then(|id| tenant.foreign_application(id));
    let strangers = tenant.strangers();
    let directory = tenant.read();
    let request = match Request::read(&directory, foreign.as_ref(), place, &parameters) {
        Ok(request) => request,
        // Nothing is known that an error could safely be sent to: it is shown here.
        Err(error) => return shown(&error),
    };
    if let Some(stranger) = strangers.iter().find(|stranger| chosen == Some(stranger.id)) {
        return shown(&EntraError::stranger(stranger, &directory.profile.display_name, &request.client));
    }
    let wish = match Wish::read(tenant, &directory, &parameters) {
        Ok(wish) => wish,
        Err(error) => return request.refuse(&error, tenant, correlation),
    };
    if let Some(choice) = choice {
        if choice.get("cancel").is_some() {
            let error = EntraError::new(65004, "access_denied", "User declined to consent to access the app.");
            return request.refuse(&error, tenant, correlation);
        }
        if let Some(person) = chosen.and_then(|id| directory.person(id)) {
            if request.client.is_elsewhere() {
                return shown(&EntraError::needs_administrator(&request.client.display_name));
            }
            let (cookie, session) = tenant.grants().open_session(person.id, tenant.now());
            let mut response = request.grant(tenant, &directory, &wish, &session);
            if let Ok(value) = HeaderValue::from_str(&session::set(&cookie, tenant.secure())) {
                response.headers_mut().insert("set-cookie", value);
            }
            return response;
        }
    }
    // Somebody who is signed in at another tenant is nobody here.
    let current = current.filter(|session| strangers.is_empty() || directory.person(session.person).is_some());
    let prompt = wish.prompt.as_deref();
    let silent = current.filter(|session| {
        let hinted = wish
            .login_hint
            .as_deref()
            .is_none_or(|hint| directory.person(session.person).is_some_and(|person| is_hint_of(hint, person)));
        let recent = wish.max_age.is_none_or(|age| tenant.now() - session.signed_in < age);
        hinted && recent && !matches!(prompt, Some("login" | "select_account"))
    });
    match (silent, prompt) {
        (Some(_), prompt) if request.client.is_elsewhere() => {
            let error = EntraError::needs_administrator(&request.client.display_name);
            if prompt == Some("none") { request.refuse(&error, tenant, correlation) } else { shown(&error) }
        }
        (Some(session), _) => request.grant(tenant, &directory, &wish, &session),
        (None, Some("none")) => {
            let error =
                EntraError::new(50058, "login_required", "A silent sign-in request was sent but no user is signed in.");
            request.refuse(&error, tenant, correlation)
        }
        (None, _) => picker::page(
            &directory,
            &request.client.display_name,
            // Relative: it stays right under whatever name of this host the browser uses.
            &format!("authorize?{query}"),
            Some(&request.redirect_uri),
            |person| wish.login_hint.as_deref().is_some_and(|hint| is_hint_of(hint, person)),
            &strangers,
        ),
    }
}

fn is_hint_of(hint: &str, person: &Person) -> bool {
    hint.eq_ignore_ascii_case(&person.user_principal_name) || hint == tokens::login_hint(person)
}

/// How the answer comes to the redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    /// What MSAL.js asks for in a browser.
    Fragment,
    FormPost,
}

impl Request {
    /// Client and redirect URI: what must be right before anything is sent anywhere.
    pub(super) fn read(
        directory: &Directory,
        foreign: Option<&HomeApplication>,
        place: Authority,
        parameters: &Parameters,
    ) -> Result<Self, EntraError> {
        let client_id = parameters.require("client_id")?;
        let client = Client::find(directory, foreign, client_id)
            .ok_or_else(|| EntraError::application_not_found(client_id, &directory.profile.display_name))?;
        client.fits(place)?;
        let client = if client.multi_tenant { client } else { client.must_be_installed(directory)? };
        let redirect_text = parameters.require("redirect_uri")?.to_owned();
        let redirect_uri = Url::parse(&redirect_text).ok().filter(|_| client.accepts_redirect(&redirect_text));
        let Some(redirect_uri) = redirect_uri else {
            return Err(EntraError::new(
                50011,
                "invalid_request",
                format!(
                    "The redirect URI '{redirect_text}' specified in the request does not match the redirect URIs configured for the application '{}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this issue.",
                    client.app_id
                ),
            ));
        };
        Ok(Self {
            client,
            redirect_uri,
            redirect_text,
            mode: match parameters.get("response_mode") {
                Some("form_post") => Mode::FormPost,
                Some("fragment") => Mode::Fragment,
                _ => Mode::Query,
            },
            state: parameters.get("state").map(str::to_owned),
        })
    }

    fn grant(&self, tenant: &Tenant, directory: &Directory, wish: &Wish, session: &BrowserSession) -> Response {
        tracing::info!(client = %self.client.app_id, person = %session.person, "signed in");
        let code = tenant.grants().issue_code(
            Grant {
                app_id: self.client.app_id,
                person: session.person,
                session: session.id,
                scope: wish.scope.clone(),
                nonce: wish.nonce.clone(),
                signed_in: session.signed_in,
            },
            self.redirect_text.clone(),
            wish.challenge.clone(),
            tenant.now(),
        );
        let mut fields = vec![("code", code)];
        fields.extend(self.state.clone().map(|state| ("state", state)));
        fields.push(("session_state", session.id.to_string()));
        let info = serde_json::json!({"uid": session.person, "utid": directory.profile.id}).to_string();
        fields.push(("client_info", crate::format::base64url(info.as_bytes())));
        self.send(&fields)
    }

    fn refuse(&self, error: &EntraError, tenant: &Tenant, correlation: Uuid) -> Response {
        let description = error.description(tenant.now(), Uuid::new_v4(), correlation);
        let mut fields = vec![("error", error.error.to_owned()), ("error_description", description)];
        fields.push(("error_uri", format!("{}/error?code={}", tenant.names.base, error.code)));
        fields.extend(self.state.clone().map(|state| ("state", state)));
        self.send(&fields)
    }

    /// Answers at the redirect URI, in the response mode asked for.
    pub(super) fn send(&self, fields: &[(&str, String)]) -> Response {
        let mut target = self.redirect_uri.clone();
        match self.mode {
            Mode::FormPost => return page::form_post(&self.redirect_uri, fields),
            Mode::Query => {
                target.query_pairs_mut().extend_pairs(fields);
            }
            Mode::Fragment => {
                let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                target.set_fragment(Some(&encoded));
            }
        }
        match HeaderValue::from_str(target.as_str()) {
            Ok(location) => {
                (StatusCode::FOUND, [("location", location), ("cache-control", HeaderValue::from_static("no-store"))])
                    .into_response()
            }
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        }
    }
}

impl Wish {
    fn read(tenant: &Tenant, directory: &Directory, parameters: &Parameters) -> Result<Self, EntraError> {
        let response_type = parameters.require("response_type")?;
        if response_type != "code" {
            return Err(EntraError::new(
                700_054,
                "unsupported_response_type",
                format!("response_type '{response_type}' is not enabled for the application."),
            ));
        }
        if let Some(mode) = parameters.get("response_mode")
            && !["query", "fragment", "form_post"].contains(&mode)
        {
            return Err(EntraError::new(
                70007,
                "invalid_request",
                format!("'{mode}' is not a supported value of 'response_mode' when requesting a token."),
            ));
        }
        let scope = parameters.require("scope")?.to_owned();
        Scopes::parse(&scope, &tenant.names, directory)?;
        let challenge = parameters.get("code_challenge").map(str::to_owned);
        if challenge.is_some() && parameters.get("code_challenge_method") != Some("S256") {
            return Err(EntraError::new(
                501_491,
                "invalid_request",
                "Invalid size or method of Code_Challenge parameter: only S256 is supported here.",
            ));
        }
        let own = |name| parameters.get(name).map(str::to_owned);
        let max_age = parameters.get("max_age").and_then(|age| age.parse::<u32>().ok());
        Ok(Self {
            scope,
            nonce: own("nonce"),
            challenge,
            prompt: own("prompt"),
            login_hint: own("login_hint"),
            max_age: max_age.map(|seconds| Duration::seconds(seconds.into())),
        })
    }
}
