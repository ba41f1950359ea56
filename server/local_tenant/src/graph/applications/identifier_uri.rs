//! Which URIs an application may be known by (learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions):
//! those that contain a verified domain, the tenant's id or the application's.

use axum::http::StatusCode;
use url::Url;
use uuid::Uuid;

use crate::graph::error::GraphError;
use crate::store::TenantProfile;

/// Checks a URI that the application does not have yet. The tenant's initial domain is the only verified one here.
pub(super) fn check(uri: &str, app_id: Uuid, tenant: &TenantProfile) -> Result<(), GraphError> {
    let invalid = || GraphError::invalid_value("identifierUris", "Application");
    if uri.is_empty() || uri.len() > 255 || uri.ends_with('/') || Url::parse(uri).is_err() {
        return Err(invalid());
    }
    let (scheme, rest) = uri.split_once(':').ok_or_else(invalid)?;
    let rest = rest.trim_start_matches('/');
    let host = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let domain = tenant.domain.to_ascii_lowercase();
    let verified = host == domain || host.ends_with(&format!(".{domain}"));
    let ids = [app_id.to_string(), tenant.id.to_string()];
    let names_id = rest.split('/').any(|part| ids.contains(&part.to_ascii_lowercase()));
    match scheme.to_ascii_lowercase().as_str() {
        "api" | "urn" | "ms-appx" if verified || names_id => Ok(()),
        "https" | "http" if verified => Ok(()),
        "https" | "http" => Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "HostNameNotOnVerifiedDomain",
            format!(
                "Values of identifierUris property must use a verified domain of the organization or its subdomain: '{uri}'"
            ),
        )),
        _ => Err(GraphError::bad_request(format!(
            "Failed to add identifier URI {uri}. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID, as per the default tenant policy of your organization. See https://aka.ms/identifier-uri-addition-error for more information on this error."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contains_a_domain_or_an_id_of_ones_own() {
        let (app, id) = (Uuid::from_u128(7), Uuid::from_u128(9));
        let tenant = TenantProfile { id, display_name: String::new(), domain: "contoso.onmicrosoft.com".into() };
        let said = |uri: &str| check(uri, app, &tenant).map_err(|error| error.code.into_owned());
        for good in [
            format!("api://{app}"),
            format!("api://{id}/billing"),
            format!("api://billing/{app}"),
            "https://contoso.onmicrosoft.com/billing".into(),
            "https://billing.contoso.onmicrosoft.com".into(),
            "api://x.contoso.onmicrosoft.com/y".into(),
        ] {
            assert_eq!(said(&good), Ok(()), "{good}");
        }
        for bad in ["api://billing", "custom://billing", "billing", "", &format!("api://{app}/")] {
            assert_eq!(said(bad), Err("Request_BadRequest".into()), "{bad}");
        }
        assert_eq!(said("https://example.org/billing"), Err("HostNameNotOnVerifiedDomain".into()));
    }
}
