//! `/applications`: app registrations. One file per operation; here is how one is shown.

pub(crate) mod blueprints;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod delta;
pub(crate) mod get;
mod identifier_uri;
pub(crate) mod list;
pub(crate) mod patch;

use serde_json::{Value, json};

use super::agents::AgentKind;
use super::credentials::{filterable, key_credential, password};
use super::error::GraphError;
use super::object::Object;
use super::odata::selected;
use super::owners;
use super::path::Version;
use super::{Request, odata};
use crate::format::{graph_date, graph_date_precise};
use crate::store::{AppRole, Application, CustomKeyIdentifierStyle, Directory};

/// All properties, in the order in which Graph was recorded to write them on 2025-04-08 (azure-cli,
/// `test_create_for_rbac_service_management_reference`).
const PROPERTIES: &[&str] = &[
    "id",
    "deletedDateTime",
    "appId",
    "applicationTemplateId",
    "disabledByMicrosoftStatus",
    "createdDateTime",
    "displayName",
    "description",
    "groupMembershipClaims",
    "identifierUris",
    "isDeviceOnlyAuthSupported",
    "isFallbackPublicClient",
    "nativeAuthenticationApisEnabled",
    "notes",
    "publisherDomain",
    "serviceManagementReference",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "uniqueName",
    "samlMetadataUrl",
    "defaultRedirectUri",
    "certification",
    "optionalClaims",
    "servicePrincipalLockConfiguration",
    "requestSignatureVerification",
    "addIns",
    "api",
    "appRoles",
    "info",
    "keyCredentials",
    "parentalControlSettings",
    "passwordCredentials",
    "publicClient",
    "requiredResourceAccess",
    "verifiedPublisher",
    "web",
    "spa",
];
/// Newer ones, which no recording shows: in an answer when they are set, or asked for by name.
const NEWER: &[&str] = &["authenticationBehaviors", "createdByAppId", "isDisabled", "managerApplications"];
/// Members of `api`, in the recorded order.
const API: &[&str] = &[
    "acceptMappedClaims",
    "knownClientApplications",
    "requestedAccessTokenVersion",
    "oauth2PermissionScopes",
    "preAuthorizedApplications",
];
/// Members of `web` without a field of their own, and `info`; in `extra` as one object under the property's name.
const WEB: &[&str] = &["homePageUrl", "logoutUrl", "redirectUris", "implicitGrantSettings", "redirectUriSettings"];
const INFO: &[&str] = &["logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"];
/// Beta's own. Not a public property there either, but seen (facts, D7).
const TRUSTED_SUBJECTS: &str = "trustedCertificateSubjects";

/// How to show an application.
#[derive(Clone, Copy)]
struct Shape {
    style: CustomKeyIdentifierStyle,
    /// With the certificates themselves, else `key` is null.
    keys: bool,
    /// Seven fractional digits in `createdDateTime`: the answer to a create.
    precise: bool,
}

/// The names a version has.
fn properties(version: Version) -> Vec<&'static str> {
    let beta = (version == Version::Beta).then_some(TRUSTED_SUBJECTS);
    PROPERTIES.iter().chain(NEWER).copied().chain(beta).collect()
}

/// The properties a request's `$select` leaves; all of them without one.
fn chosen(request: &Request<'_>) -> Result<Vec<&'static str>, GraphError> {
    let all = if request.cast == Some(AgentKind::Blueprint) {
        blueprints::PROPERTIES.to_vec()
    } else {
        properties(request.version)
    };
    selected(request.query.select.as_deref(), &all, "application")
}

/// An application among other kinds of directory objects: what is not there of a `$select` is left out.
pub(super) fn typed(app: &Application, directory: &Directory, query: &odata::Query) -> Object {
    let shape = Shape { style: CustomKeyIdentifierStyle::Hex, keys: false, precise: false };
    let mut out = Object::default();
    out.set("@odata.type", "#microsoft.graph.application");
    let mut shown = show(app, &directory.profile.domain, &properties(Version::V1), shape);
    if let Some(select) = &query.select {
        let names: Vec<&str> = select.iter().map(String::as_str).collect();
        shown.keep(&names);
    }
    out.extend(shown);
    out
}

/// Everything about an application, for comparison: without the certificates.
pub(super) fn whole(app: &Application, directory: &Directory) -> Value {
    let shape = Shape { style: CustomKeyIdentifierStyle::Hex, keys: false, precise: false };
    serde_json::to_value(show(app, &directory.profile.domain, &properties(Version::Beta), shape)).unwrap_or_default()
}

/// Shows applications as lists and `/me/ownedObjects` do. Whether with the certificates, where `$select` names them,
/// Microsoft's pages contradict each other about (facts, K8): a setting.
pub(super) fn rows<'r>(
    request: &'r Request<'_>,
) -> Result<impl Fn(&Application, &Directory) -> Result<Object, GraphError> + use<'r>, GraphError> {
    let behaviour = request.tenant.behaviour();
    let keys = behaviour.keys_in_lists && request.query.selects("keyCredentials");
    let shape = Shape { style: behaviour.custom_key_identifier, keys, precise: false };
    let (names, domain) = (chosen(request)?, request.tenant.profile.domain.as_str());
    Ok(move |app: &Application, directory: &Directory| {
        let mut shown = Object::default();
        // Among other applications a blueprint says what it is.
        if app.blueprint.is_some() && request.cast.is_none() {
            shown.set("@odata.type", AgentKind::Blueprint.odata_type());
        }
        shown.extend(show(app, domain, &names, shape));
        if let Some(expanded) = &request.query.expand_owners {
            shown.list("owners", owners::expanded(&app.common.owners, directory, expanded)?);
        }
        Ok(shown)
    })
}

fn show(app: &Application, domain: &str, names: &[&'static str], shape: Shape) -> Object {
    let mut out = Object::default();
    // A selection leaves less than everything; in it a newer property is shown even when it is null.
    let everything = names.len() >= PROPERTIES.len();
    for &name in names {
        if everything && NEWER.contains(&name) && !app.common.extra.contains_key(name) {
            continue;
        }
        match name {
            "api" => {
                out.nest(
                    name,
                    members(API, app.common.extra.get(name), |member| match member {
                        "requestedAccessTokenVersion" if app.sign_in_audience.contains("PersonalMicrosoftAccount") => {
                            json!(2)
                        }
                        "requestedAccessTokenVersion" | "acceptMappedClaims" => Value::Null,
                        _ => json!([]),
                    }),
                );
                continue;
            }
            "info" => {
                out.nest(name, info(app.common.extra.get(name)));
                continue;
            }
            "web" => {
                out.nest(name, web(app));
                continue;
            }
            _ => {}
        }
        if let Some(value) = app.common.extra.get(name) {
            out.set(name, value.clone());
            continue;
        }
        match name {
            "keyCredentials" => {
                let entries = app.common.key_credentials.iter();
                out.list(name, entries.map(|entry| key_credential(entry, shape.style, shape.keys)).collect());
            }
            "passwordCredentials" => out.list(name, app.common.password_credentials.iter().map(password).collect()),
            "appRoles" => out.list(name, app.app_roles.iter().map(app_role).collect()),
            "createdDateTime" if shape.precise => out.set(name, graph_date_precise(app.created)),
            TRUSTED_SUBJECTS => out.set(name, json!(app.trusted_certificate_subjects)),
            "parentalControlSettings" => {
                let mut settings = Object::default();
                settings.set("countriesBlockedForMinors", json!([]));
                settings.set("legalAgeGroupRule", "Allow");
                out.nest(name, settings);
            }
            "verifiedPublisher" => {
                out.nest(name, verified_publisher());
            }
            "publicClient" => out.nest(name, redirects(&app.public_redirect_uris)),
            "spa" => out.nest(name, redirects(&app.spa_redirect_uris)),
            _ => out.set(name, property(app, domain, name).unwrap_or_default()),
        }
    }
    out
}

/// A property that is one value or a list of texts; `None` for a complex one, which cannot be filtered by.
fn property(app: &Application, domain: &str, name: &str) -> Option<Value> {
    let known = PROPERTIES.iter().chain(NEWER).find(|known| known.eq_ignore_ascii_case(name))?;
    if let Some(value) = app.common.extra.get(*known).filter(|value| !value.is_object()) {
        return Some(value.clone());
    }
    Some(match *known {
        "id" => json!(app.id),
        "appId" => json!(app.app_id),
        "displayName" => json!(app.display_name),
        "createdDateTime" => json!(graph_date(app.created)),
        "publisherDomain" => json!(domain),
        "signInAudience" => json!(app.sign_in_audience),
        "identifierUris" => json!(app.identifier_uris),
        "tags" => json!(app.tags),
        "addIns" | "requiredResourceAccess" => json!([]),
        "api"
        | "appRoles"
        | "info"
        | "keyCredentials"
        | "parentalControlSettings"
        | "passwordCredentials"
        | "publicClient"
        | "verifiedPublisher"
        | "web"
        | "spa" => return None,
        _ => Value::Null,
    })
}

pub(super) fn app_role(role: &AppRole) -> Object {
    let mut out = Object::default();
    out.set("allowedMemberTypes", json!(role.allowed_member_types));
    out.set("description", role.description.clone());
    out.set("displayName", role.display_name.clone());
    out.set("id", role.id.to_string());
    out.set("isEnabled", role.enabled);
    out.set("origin", "Application");
    out.set("value", Some(role.value.clone()).filter(|value| !value.is_empty()));
    out
}

/// A complex property: the members that were set, and the defaults of the others.
fn members(names: &[&'static str], set: Option<&Value>, default: impl Fn(&str) -> Value) -> Object {
    let mut out = Object::default();
    for &name in names {
        out.set(name, set.and_then(|set| set.get(name)).cloned().unwrap_or_else(|| default(name)));
    }
    out
}

fn web(app: &Application) -> Object {
    members(WEB, app.common.extra.get("web"), |member| match member {
        "logoutUrl" => json!(app.logout_url),
        "redirectUris" => json!(app.redirect_uris),
        "redirectUriSettings" => json!([]),
        "implicitGrantSettings" => json!({"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}),
        _ => Value::Null,
    })
}

/// Links of an application's, also on its service principal.
pub(super) fn info(set: Option<&Value>) -> Object {
    members(INFO, set, |_| Value::Null)
}

/// Nobody is verified here.
pub(super) fn verified_publisher() -> Object {
    nulls(&["displayName", "verifiedPublisherId", "addedDateTime"])
}

fn redirects(uris: &[String]) -> Object {
    let mut out = Object::default();
    out.set("redirectUris", json!(uris));
    out
}

fn nulls(names: &[&'static str]) -> Object {
    let mut out = Object::default();
    for name in names {
        out.set(name, Value::Null);
    }
    out
}

/// What a filter can name: [`property`], and the entries of `keyCredentials`.
fn filtered_by(app: &Application, domain: &str, name: &str) -> Option<Value> {
    if name.eq_ignore_ascii_case("keyCredentials") {
        return Some(filterable(&app.common.key_credentials));
    }
    property(app, domain, name)
}

/// What `$filter` and `$search` of a request leave of an application.
pub(super) fn matches(query: &odata::Query, domain: &str, app: &Application) -> Result<bool, GraphError> {
    let filtered = query
        .filter
        .as_ref()
        .map_or(Ok(true), |filter| filter.matches("Application", &|name| filtered_by(app, domain, name)))?;
    let searchable = |name: &str| match name.to_ascii_lowercase().as_str() {
        "displayname" => Some(app.display_name.clone()),
        "description" => Some(app.common.extra.get("description")?.as_str()?.to_owned()),
        _ => None,
    };
    Ok(filtered && query.search.as_ref().map_or(Ok(true), |search| search.matches(searchable))?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::store::PasswordCredential;

    /// The recorded answer to a GET on 2025-04-08, after its `@odata.context`.
    const RECORDED: &str = r#"{"id":"8c582081-fcfe-4094-b17b-cbf9598c8152","deletedDateTime":null,"appId":"0610a4a7-3535-4eb5-89ef-7935b1818f2d","applicationTemplateId":null,"disabledByMicrosoftStatus":null,"createdDateTime":"2025-04-08T09:40:20Z","displayName":"azure-cli-test-000001","description":null,"groupMembershipClaims":null,"identifierUris":[],"isDeviceOnlyAuthSupported":null,"isFallbackPublicClient":null,"nativeAuthenticationApisEnabled":null,"notes":null,"publisherDomain":"AzureSDKTeam.onmicrosoft.com","serviceManagementReference":"96524024-75b0-497b-ab38-0381399a6a9d","signInAudience":"AzureADMyOrg","tags":[],"tokenEncryptionKeyId":null,"uniqueName":null,"samlMetadataUrl":null,"defaultRedirectUri":null,"certification":null,"optionalClaims":null,"servicePrincipalLockConfiguration":null,"requestSignatureVerification":null,"addIns":[],"api":{"acceptMappedClaims":null,"knownClientApplications":[],"requestedAccessTokenVersion":null,"oauth2PermissionScopes":[],"preAuthorizedApplications":[]},"appRoles":[],"info":{"logoUrl":null,"marketingUrl":null,"privacyStatementUrl":null,"supportUrl":null,"termsOfServiceUrl":null},"keyCredentials":[],"parentalControlSettings":{"countriesBlockedForMinors":[],"legalAgeGroupRule":"Allow"},"passwordCredentials":[{"customKeyIdentifier":null,"displayName":"rbac","endDateTime":"2026-04-08T09:40:17Z","hint":"JRB","keyId":"e6aa2dc2-be3e-4436-9f31-7c3fc9997b27","secretText":null,"startDateTime":"2025-04-08T09:40:17Z"}],"publicClient":{"redirectUris":[]},"requiredResourceAccess":[],"verifiedPublisher":{"displayName":null,"verifiedPublisherId":null,"addedDateTime":null},"web":{"homePageUrl":null,"logoutUrl":null,"redirectUris":[],"implicitGrantSettings":{"enableAccessTokenIssuance":false,"enableIdTokenIssuance":false},"redirectUriSettings":[]},"spa":{"redirectUris":[]}}"#;

    #[test]
    fn an_application_is_written_as_recorded_to_the_letter() {
        let guid = |text| Uuid::parse_str(text).unwrap();
        let mut app = Application::new(
            guid("8c582081-fcfe-4094-b17b-cbf9598c8152"),
            guid("0610a4a7-3535-4eb5-89ef-7935b1818f2d"),
            "azure-cli-test-000001",
            datetime!(2025-04-08 09:40:20.5 UTC),
        );
        let reference = json!("96524024-75b0-497b-ab38-0381399a6a9d");
        app.common.extra.insert("serviceManagementReference".into(), reference);
        app.common.password_credentials.push(PasswordCredential {
            key_id: guid("e6aa2dc2-be3e-4436-9f31-7c3fc9997b27"),
            display_name: Some("rbac".into()),
            start: datetime!(2025-04-08 09:40:17 UTC),
            end: datetime!(2026-04-08 09:40:17 UTC),
            secret: "JRB~secret".into(),
        });
        let shape = Shape { style: CustomKeyIdentifierStyle::Hex, keys: false, precise: false };
        let shown = show(&app, "AzureSDKTeam.onmicrosoft.com", &properties(Version::V1), shape);
        assert_eq!(serde_json::to_string(&shown).unwrap(), RECORDED);
        let precise = show(&app, "d", &["createdDateTime"], Shape { precise: true, ..shape });
        assert_eq!(serde_json::to_string(&precise).unwrap(), r#"{"createdDateTime":"2025-04-08T09:40:20.5000000Z"}"#);
    }
}
