//! `GET /applications` and `GET /applications/$count`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::format::graph_date_precise;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::filter::Filter;
use crate::graph::odata::page::cut;
use crate::graph::odata::{Query, Sorted};
use crate::graph::{Answer, Request, agents};
use crate::store::{Application, Directory};

/// A page of applications. `key` is null in every entry, unless [`crate::Behaviour::keys_in_lists`] and `$select` say otherwise.
pub(crate) fn handle(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let answer = page(request, &directory, matching(request, &directory)?, "applications")?;
    Ok(Answer::ok(answer, request.query.cost(2)))
}

/// The number of applications as plain text; an advanced query.
pub(crate) fn count(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    request.query.advanced_count()?;
    let directory = request.tenant.read();
    Ok(Answer::text(matching(request, &directory)?.len().to_string()))
}

/// Those which filter and search leave, in the state that Graph shows, with their numbers.
fn matching<'d>(request: &Request<'_>, directory: &'d Directory) -> Result<Vec<(u64, &'d Application)>, GraphError> {
    let stale = request.tenant.behaviour().stale_reads;
    let mut rows = vec![];
    let ids = request.query.filter.as_ref().and_then(Filter::ids);
    let all = ids.is_none().then(|| directory.applications.numbered()).into_iter().flatten();
    // In the table's order, and each once.
    let named: BTreeMap<u64, &Application> =
        ids.into_iter().flatten().filter_map(|id| directory.applications.numbered_row(id)).collect();
    for (number, app) in all.chain(named).filter(|(_, app)| agents::is_plain(request, app)) {
        let app = app.seen(request.now, stale);
        if super::matches(&request.query, &directory.profile.domain, app)? {
            rows.push((number, app));
        }
    }
    Ok(rows)
}

fn sorted_by<'a>(app: &'a Application, query: &Query) -> Cow<'a, str> {
    match query.order_by.map(|order| order.property) {
        Some(Sorted::CreatedDateTime) => graph_date_precise(app.created).into(),
        _ => app.display_name.as_str().into(),
    }
}

/// The page of `rows` that the request asks for, as a collection of `set`.
pub(in crate::graph) fn page(
    request: &Request<'_>,
    directory: &Directory,
    rows: Vec<(u64, &Application)>,
    set: &str,
) -> Result<Object, GraphError> {
    let query = &request.query;
    let show = super::rows(request)?;
    let page = cut(rows.into_iter(), |app: &Application| sorted_by(app, query), query);
    let items = page.rows.iter().map(|app| show(app, directory)).collect::<Result<_, _>>()?;
    let root = request.root();
    Ok(Object::collection(
        query.context(&root, set, false),
        query.wants_count().then_some(page.total),
        page.next.map(|token| query.next_link(&root, request.raw_path, &token)),
        items,
    ))
}
