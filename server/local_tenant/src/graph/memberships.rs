//! In which groups and directory roles something is: `memberOf`, `transitiveMemberOf`, `getMemberGroups` and the like.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::directory_objects::{ObjectKind, Sight, typed};
use super::error::GraphError;
use super::object::Object;
use super::odata::page::cut;
use super::related::{Member, MemberAction, resolve};
use super::{Answer, Request, directory_roles};
use crate::store::Directory;

/// Ids that one `checkMemberGroups` takes.
const MOST_CHECKED: usize = 20;

/// `GET …/memberOf` and `…/transitiveMemberOf`: directory roles first, then groups. What of groups there is to read goes by
/// the caller's permissions.
pub(super) fn list(
    request: &Request<'_>,
    member: &Member,
    transitive: bool,
    cast: Option<ObjectKind>,
) -> Result<Answer, GraphError> {
    match member {
        Member::Me => {}
        Member::User(_) => request.caller.may_read_groups().or_else(|_| request.caller.may_read_roles())?,
        Member::ServicePrincipal(_) => request.caller.may_read_applications()?,
        Member::Object(_) => request.caller.may_read_groups()?,
    }
    let directory = request.tenant.read();
    let id = resolve(request, member, &directory)?;
    let mut ids = directory_roles::held_by(id, &directory);
    ids.extend(if transitive { directory.groups_of(id) } else { directory.direct_groups_of(id) });
    ids.retain(|one| cast.is_none_or(|cast| ObjectKind::of(*one, &directory) == Some(cast)));
    let page = cut((1..).zip(&ids), |_| Cow::Borrowed(""), &request.query);
    let sight = Sight::of(&request.caller);
    let mut items = vec![];
    for one in page.rows {
        items.extend(typed(*one, &directory, &request.query, sight)?);
    }
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, cast.map_or("directoryObjects", ObjectKind::set), false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, request.query.cost(2)))
}

/// `POST …/getMemberGroups` with `{"securityEnabledOnly": true}`, `…/checkMemberGroups` with `{"groupIds": […]}`, and the same
/// of objects. All of them are transitive.
pub(super) fn ids(request: &Request<'_>, member: &Member, action: MemberAction) -> Result<Answer, GraphError> {
    request.caller.may_read_groups()?;
    let sent = request.json()?;
    let directory = request.tenant.read();
    let id = resolve(request, member, &directory)?;
    let roles = match action {
        MemberAction::GetMemberObjects | MemberAction::CheckMemberObjects => directory_roles::held_by(id, &directory),
        MemberAction::GetMemberGroups | MemberAction::CheckMemberGroups => vec![],
    };
    let all: Vec<Uuid> = directory.groups_of(id).into_iter().chain(roles).collect();
    let found: Vec<Uuid> = match action {
        MemberAction::GetMemberGroups | MemberAction::GetMemberObjects => {
            let only = match sent.get("securityEnabledOnly") {
                None | Some(Value::Null) => false,
                Some(value) => value.as_bool().ok_or_else(|| invalid("securityEnabledOnly"))?,
            };
            all.into_iter().filter(|one| !only || is_security(*one, &directory)).collect()
        }
        MemberAction::CheckMemberGroups => among(&all, &sent, "groupIds")?,
        MemberAction::CheckMemberObjects => among(&all, &sent, "ids")?,
    };
    let mut body = Object::default();
    body.set("@odata.context", format!("{}/$metadata#Collection(Edm.String)", request.root()));
    body.set("value", json!(found));
    Ok(Answer { status: StatusCode::OK, ..Answer::ok(body, 3) })
}

fn is_security(id: Uuid, directory: &Directory) -> bool {
    directory.group(id).is_none_or(|group| group.security_enabled)
}

fn among(all: &[Uuid], sent: &serde_json::Map<String, Value>, name: &str) -> Result<Vec<Uuid>, GraphError> {
    let asked = sent.get(name).and_then(Value::as_array).filter(|ids| ids.len() <= MOST_CHECKED);
    let asked = asked.ok_or_else(|| invalid(name))?;
    let ids: Option<Vec<Uuid>> = asked.iter().map(|id| Uuid::parse_str(id.as_str()?).ok()).collect();
    Ok(ids.ok_or_else(|| invalid(name))?.into_iter().filter(|id| all.contains(id)).collect())
}

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "DirectoryObject")
}
