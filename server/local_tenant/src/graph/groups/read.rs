//! `GET /groups`, `/groups/$count` and `/groups/{id}`.

use std::borrow::Cow;

use uuid::Uuid;

use super::{Group, find, property, show};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::page::cut;
use crate::graph::{Answer, Request};
use crate::store::Directory;

pub(super) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_groups()?;
    let directory = request.tenant.read();
    let rows = matching(request, &directory)?;
    let page = cut(rows.into_iter(), |group: &Group| Cow::Borrowed(group.display_name.as_str()), &request.query);
    let items = page.rows.iter().map(|group| show(group, &directory, &request.query)).collect::<Result<_, _>>()?;
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, "groups", false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    // One unit, as recorded.
    Ok(Answer::ok(body, request.query.cost(1)))
}

/// Their number as plain text; an advanced query.
pub(super) fn count(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_groups()?;
    request.query.advanced_count()?;
    Ok(Answer::text(matching(request, &request.tenant.read())?.len().to_string()))
}

pub(super) fn get(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    request.caller.may_read_groups()?;
    let directory = request.tenant.read();
    let shown = show(find(&directory, id)?, &directory, &request.query)?;
    let context = request.query.context(&request.root(), "groups", true);
    Ok(Answer::ok(Object::with_context(context, shown), request.query.cost(1)))
}

fn matching<'d>(request: &Request<'_>, directory: &'d Directory) -> Result<Vec<(u64, &'d Group)>, GraphError> {
    let mut rows = vec![];
    for (number, group) in (1..).zip(&directory.graph.groups) {
        let get = |name: &str| property(group, &directory.profile.domain, name);
        let filtered = request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("Group", &get))?;
        let text = |name: &str| get(name).and_then(|value| value.as_str().map(str::to_owned));
        if filtered && request.query.search.as_ref().map_or(Ok(true), |search| search.matches(text))? {
            rows.push((number, group));
        }
    }
    Ok(rows)
}
