//! `/me`: the person behind a delegated token.

use super::applications::{self, list::page};
use super::error::GraphError;
use super::object::Object;
use super::{Answer, Request, agents, users};

/// `GET /me`
pub(crate) fn get(request: &Request<'_>) -> Result<Answer, GraphError> {
    let id = request.caller.person()?;
    let directory = request.tenant.read();
    users::entity(request, directory.person(id).ok_or_else(|| GraphError::not_found(id))?)
}

/// `GET /me/ownedObjects`, or its cast to `microsoft.graph.application`.
pub(crate) fn owned_objects(request: &Request<'_>, only_applications: bool) -> Result<Answer, GraphError> {
    let id = request.caller.person()?;
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let stale = request.tenant.behaviour().stale_reads;
    let mut rows = vec![];
    for (number, app) in directory.applications.numbered() {
        let seen = app.seen(request.now, stale);
        if app.common.owners.contains(&id)
            && agents::is_plain(request, app)
            && applications::matches(&request.query, &directory.profile.domain, seen)?
        {
            rows.push((number, seen));
        }
    }
    let body = if only_applications {
        page(request, &directory, rows, "applications")?
    } else {
        // The people here own applications and nothing else; few enough for one page.
        let show = applications::rows(request)?;
        let mut items = vec![];
        for (_, app) in rows {
            let mut item = Object::default();
            item.set("@odata.type", "#microsoft.graph.application");
            item.extend(show(app, &directory)?);
            items.push(item);
        }
        let context = request.query.context(&request.root(), "directoryObjects", false);
        Object::collection(context, request.query.wants_count().then_some(items.len()), None, items)
    };
    Ok(Answer::ok(body, request.query.cost(2)))
}
