//! Which service answers at which of Microsoft's hosts.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;

use super::clouds::{CLOUDS, Service, find};
use crate::control::delivery::Deliver;
use crate::names::Names;
use crate::routes::{Part, service};
use crate::state::Tenant;

/// By host; a cloud's vaults are together, under the name that follows theirs.
type Hosts = HashMap<&'static str, Router>;

pub(super) fn routes(tenant: &Arc<Tenant>) -> Deliver<Router> {
    let mut hosts = Hosts::new();
    for cloud in &CLOUDS {
        for (what, host) in cloud.hosts().chain([(Service::KeyVault, cloud.vaults)]) {
            let tenant = Arc::new(tenant.at(Names::microsoft(cloud, host)));
            hosts.insert(host, service(tenant, Part::One(what)));
        }
    }
    Deliver(Router::new().fallback(dispatch).with_state(Arc::new(hosts)))
}

/// The proxy leads only these hosts here; what a request says may be something else (RFC 9110, section 15.5.20).
async fn dispatch(State(hosts): State<Arc<Hosts>>, request: Request) -> Response {
    let named = request.uri().host().or_else(|| {
        let host = request.headers().get("host")?.to_str().ok()?;
        Some(host.strip_suffix(":443").unwrap_or(host))
    });
    let found = named.and_then(find).and_then(|(cloud, service)| {
        let name = named.unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        hosts.get(if service == Service::KeyVault { cloud.vaults } else { name.as_str() })
    });
    let Some(router) = found else {
        let words = "The local tenant stands in for Microsoft's hosts of sign-in, Graph, Resource Manager and Key Vault; this request names another one.\n";
        return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
    };
    router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
}
