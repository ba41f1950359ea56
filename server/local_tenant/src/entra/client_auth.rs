//! Who the client of a token request is, and whether it proved it.

use axum::http::HeaderMap;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Parameters;
use super::assertion::{Assertion, Expected, TYPE};
use super::client::Client;
use super::error::EntraError;
use super::federation;
use crate::format::STANDARD_LENIENT;
use crate::names::Names;
use crate::state::Tenant;
use crate::store::{Application, Directory, HomeApplication, ObjectKey};

/// How a client proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Certificate,
    /// A token of an issuer that the application trusts.
    Federated,
    Secret,
    /// It is a public client.
    None,
}

/// What a token request carries about its client.
pub(super) struct Credentials<'a> {
    pub(super) client_id: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) assertion: Option<&'a str>,
}

/// Finds the client and checks its proof. `token_url_tenant` is the tenant's name in the request's own URL.
/// `public` says that this request needs no proof (a code sent to a public client's redirect URI).
pub(crate) fn authenticate(
    tenant: &Tenant,
    directory: &Directory,
    foreign_app: Option<&HomeApplication>,
    token_url_tenant: &str,
    headers: &HeaderMap,
    parameters: &Parameters,
    public: impl FnOnce(&Client) -> bool,
) -> Result<(Client, Proof), EntraError> {
    let credentials = read(headers, parameters);
    let foreign = credentials.assertion.and_then(|token| Some((token, federation::foreign(token)?)));
    let parsed = credentials.assertion.filter(|_| foreign.is_none()).map(Assertion::parse);
    let client_id = match (&credentials.client_id, &parsed) {
        (Some(id), _) => id.clone(),
        // RFC 7521, section 4.2: client_id is optional beside an assertion, which names the client itself.
        (None, Some(Ok(assertion))) => assertion.subject().to_owned(),
        (None, Some(Err(error))) => return Err(error.clone()),
        (None, None) => return Err(EntraError::missing_parameter("client_id")),
    };
    let client = Client::find(directory, foreign_app, &client_id)
        .ok_or_else(|| EntraError::application_not_found(&client_id, &directory.profile.display_name))?
        .must_be_installed(directory)?;
    if public(&client) {
        if credentials.assertion.is_some() || credentials.secret.is_some() {
            return Err(EntraError::new(
                700_025,
                "invalid_client",
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
            ));
        }
        return Ok((client, Proof::None));
    }
    if credentials.assertion.is_some() && parameters.get("client_assertion_type") != Some(TYPE) {
        return Err(EntraError::new(
            700_028,
            "invalid_request",
            format!("The parameter 'client_assertion_type' must be '{TYPE}'."),
        ));
    }
    if let Some((token, claims)) = foreign {
        let Some(app) = registered(directory, foreign_app, client.app_id) else {
            return Err(EntraError::application_not_found(&client_id, &directory.profile.display_name));
        };
        let (now, behaviour) = (tenant.now(), tenant.behaviour());
        let seen = app.seen_by(now, |replaced| behaviour.propagation(app.id, replaced));
        federation::verify(token, &claims, &seen.federated, &tenant.signing, now).map_err(|error| {
            if behaviour.plain_federation_errors { federation::plain(error, &claims) } else { error }
        })?;
        return Ok((client, Proof::Federated));
    }
    if let Some(parsed) = parsed {
        let assertion = parsed?;
        let Some(app) = registered(directory, foreign_app, client.app_id) else {
            return Err(EntraError::application_not_found(&client_id, &directory.profile.display_name));
        };
        let behaviour = tenant.behaviour();
        let now = tenant.now();
        let seen = app.seen_by(now, |replaced| behaviour.propagation(app.id, replaced));
        // A service principal's own credentials are as good as the application's.
        let service = directory.service_principals.get(ObjectKey::AppId(client.app_id));
        let keys =
            [&seen.common.key_credentials[..], service.map_or(&[], |service| &service.common.key_credentials[..])]
                .concat();
        assertion.verify(&Expected {
            app_id: client.app_id,
            keys: &keys,
            now,
            audience: &|audience| {
                tenant.everywhere.iter().flat_map(Names::logins).any(|base| {
                    accepts_audience(
                        audience,
                        &base,
                        &directory.profile.domain,
                        directory.profile.id,
                        token_url_tenant,
                        behaviour.aud_strict,
                    )
                })
            },
        })?;
        return Ok((client, Proof::Certificate));
    }
    let Some(secret) = credentials.secret else {
        return Err(EntraError::new(
            7_000_218,
            "invalid_client",
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ));
    };
    check_secret(tenant, directory, foreign_app, client.app_id, &secret)?;
    Ok((client, Proof::Secret))
}

pub(super) fn read<'a>(headers: &HeaderMap, parameters: &'a Parameters) -> Credentials<'a> {
    let mut credentials = Credentials {
        client_id: parameters.get("client_id").map(str::to_owned),
        secret: parameters.get("client_secret").map(str::to_owned),
        assertion: parameters.get("client_assertion"),
    };
    let basic = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|text| STANDARD_LENIENT.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((id, secret)) = basic.as_deref().and_then(|pair| pair.split_once(':')) {
        // RFC 6749, section 2.3.1: both are form-encoded first.
        let decode = |text: &str| {
            form_urlencoded::parse(format!("v={text}").as_bytes())
                .next()
                .map(|(_, v)| v.into_owned())
                .unwrap_or_default()
        };
        credentials.client_id.get_or_insert_with(|| decode(id));
        credentials.secret.get_or_insert_with(|| decode(secret));
    }
    credentials
}

/// The application at home, whose credentials are good wherever it is installed.
pub(super) fn registered<'a>(
    directory: &'a Directory,
    foreign: Option<&'a HomeApplication>,
    app_id: Uuid,
) -> Option<&'a Application> {
    let foreign = foreign.map(|home| &home.application).filter(|app| app.app_id == app_id);
    directory.applications.get(ObjectKey::AppId(app_id)).or(foreign)
}

/// Whom a token request says that it comes from; not yet proved.
pub(super) fn claimed(headers: &HeaderMap, parameters: &Parameters) -> Option<String> {
    let credentials = read(headers, parameters);
    let subject = || Some(Assertion::parse(credentials.assertion?).ok()?.subject().to_owned());
    credentials.client_id.clone().or_else(subject)
}

fn check_secret(
    tenant: &Tenant,
    directory: &Directory,
    foreign: Option<&HomeApplication>,
    app_id: Uuid,
    secret: &str,
) -> Result<(), EntraError> {
    let (now, behaviour) = (tenant.now(), tenant.behaviour());
    let app = registered(directory, foreign, app_id);
    let seen = app.map(|app| app.seen_by(now, |replaced| behaviour.propagation(app.id, replaced)));
    let service = directory.service_principals.get(ObjectKey::AppId(app_id));
    let mut passwords = seen
        .into_iter()
        .flat_map(|app| &app.common.password_credentials)
        .chain(service.into_iter().flat_map(|service| &service.common.password_credentials));
    let digest = Sha256::digest(secret);
    let Some(found) = passwords.find(|password| Sha256::digest(&password.secret) == digest) else {
        return Err(EntraError::new(
            7_000_215,
            "invalid_client",
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{app_id}'."
            ),
        ));
    };
    if now >= found.end {
        return Err(EntraError::new(
            7_000_222,
            "invalid_client",
            format!(
                "The provided client secret keys for app '{app_id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
            ),
        ));
    }
    Ok(())
}

/// The exact list at Entra is not documented. Known to work: the token endpoint and the issuer. Strict takes those of
/// this tenant alone; otherwise `common`, `organizations`, the v1 endpoint and another name of this machine do too.
fn accepts_audience(audience: &str, base: &str, domain: &str, id: Uuid, url_tenant: &str, strict: bool) -> bool {
    let audience = audience.trim_end_matches('/');
    let id = id.to_string();
    let mut names = vec![id.as_str(), domain, url_tenant];
    let mut paths = vec!["oauth2/v2.0/token", "v2.0"];
    if !strict {
        names.extend(["common", "organizations"]);
        paths.extend(["oauth2/token", ""]);
    }
    let matches = |root: &str| {
        names.iter().any(|name| {
            paths
                .iter()
                .any(|path| audience.eq_ignore_ascii_case(format!("{root}/{name}/{path}").trim_end_matches('/')))
        })
    };
    if matches(base) {
        return true;
    }
    !strict
        && ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
            let Ok(mut url) = url::Url::parse(base) else {
                return false;
            };
            url.set_host(Some(host)).is_ok() && matches(url.as_str().trim_end_matches('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences() {
        let id = Uuid::from_u128(7);
        let accepts = |audience: &str, strict| {
            accepts_audience(audience, "http://127.0.0.1:9", "contoso.example", id, "contoso.example", strict)
        };
        for strict in [true, false] {
            assert!(accepts(&format!("http://127.0.0.1:9/{id}/oauth2/v2.0/token"), strict));
            assert!(accepts(&format!("http://127.0.0.1:9/{id}/v2.0"), strict));
            assert!(accepts("http://127.0.0.1:9/contoso.example/oauth2/v2.0/token", strict));
            assert!(!accepts("http://127.0.0.1:9/fabrikam.example/oauth2/v2.0/token", strict));
            assert!(!accepts(&format!("https://login.microsoftonline.com/{id}/oauth2/v2.0/token"), strict));
        }
        assert!(accepts(&format!("http://localhost:9/{id}/oauth2/v2.0/token"), false));
        assert!(!accepts(&format!("http://localhost:9/{id}/oauth2/v2.0/token"), true));
        assert!(!accepts("http://127.0.0.1:9/common/oauth2/v2.0/token", true));
    }
}
