//! `GET /servicePrincipals` and `GET /servicePrincipals/$count`.

use std::borrow::Cow;

use super::{Shape, property, show};
use crate::graph::credentials::filterable;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::page::cut;
use crate::graph::security_attributes::NAME;
use crate::graph::{Answer, Request, first_party};
use crate::store::{Directory, ServicePrincipal};

/// A page of service principals.
pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    if request.query.selects(NAME) {
        request.caller.may_read_attributes()?;
    }
    let directory = request.tenant.read();
    let rows = matching(request, &directory)?;
    let shape = Shape { style: request.tenant.behaviour().custom_key_identifier, keys: false };
    let page = cut(
        rows.into_iter(),
        |service: &ServicePrincipal| Cow::Borrowed(service.display_name.as_str()),
        &request.query,
    );
    let items = page.rows.iter().map(|row| show(row, &directory, &request.query, shape)).collect::<Result<_, _>>()?;
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, "servicePrincipals", false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    // One unit, as recorded (facts, K4).
    Ok(Answer::ok(body, request.query.cost(1)))
}

/// Their number as plain text; an advanced query.
pub(crate) fn count(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    request.query.advanced_count()?;
    let directory = request.tenant.read();
    Ok(Answer::text(matching(request, &directory)?.len().to_string()))
}

/// Those which filter and search leave, with their numbers.
fn matching<'d>(
    request: &Request<'_>,
    directory: &'d Directory,
) -> Result<Vec<(u64, &'d ServicePrincipal)>, GraphError> {
    let mut rows = vec![];
    // Microsoft's own are in an unfiltered list by a setting alone: it has what the seed says.
    let all = request.query.filter.is_some()
        || request.query.search.is_some()
        || request.tenant.behaviour().list_microsoft_service_principals;
    let listed = |service: &ServicePrincipal| all || first_party::find(service.app_id).is_none();
    for (number, service) in directory.service_principals.numbered().filter(|(_, service)| listed(service)) {
        let get = |name: &str| match name {
            name if name.eq_ignore_ascii_case("keyCredentials") => Some(filterable(&service.common.key_credentials)),
            _ => property(service, directory, name),
        };
        let filtered =
            request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("ServicePrincipal", &get))?;
        let text = |name: &str| get(name).and_then(|value| value.as_str().map(str::to_owned));
        if filtered && request.query.search.as_ref().map_or(Ok(true), |search| search.matches(text))? {
            rows.push((number, service));
        }
    }
    Ok(rows)
}
