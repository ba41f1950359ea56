//! `/users`: people, as far as owners and the signed-in person are shown.

use std::borrow::Cow;

use serde_json::{Value, json};
use uuid::Uuid;

use super::directory_objects::Sight;
use super::error::GraphError;
use super::object::Object;
use super::odata::page::cut;
use super::odata::{Query, selected};
use super::security_attributes::{NAME, shown};
use super::{Answer, Request};
use crate::store::Person;

/// What Graph shows of a user by default, in its order.
const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];
/// What can be selected besides.
const MORE: &[&str] = &["accountEnabled", "department", "userType", NAME];

/// `GET /users`: any member may look others up.
pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    attributes_only_by_permission(request)?;
    let directory = request.tenant.read();
    let sight = Sight::of(&request.caller);
    let mut rows = vec![];
    for (number, person) in (1..).zip(&directory.people) {
        let get = |name: &str| property(person, name, sight);
        let filtered = request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches("User", &get))?;
        let text = |name: &str| get(name).and_then(|value| value.as_str().map(str::to_owned));
        if filtered && request.query.search.as_ref().map_or(Ok(true), |search| search.matches(text))? {
            rows.push((number, person));
        }
    }
    let page = cut(rows.into_iter(), |person: &Person| Cow::Borrowed(person.display_name.as_str()), &request.query);
    let items = page.rows.iter().map(|person| show(person, &request.query, sight)).collect::<Result<_, _>>()?;
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, "users", false),
        request.query.wants_count().then_some(page.total),
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, request.query.cost(2)))
}

/// `GET /users/{id}` or `GET /users/{userPrincipalName}`.
pub(crate) fn get(request: &Request<'_>, name: &str) -> Result<Answer, GraphError> {
    let directory = request.tenant.read();
    let person = match Uuid::parse_str(name) {
        Ok(id) => directory.person(id),
        Err(_) => directory.person_by_name(name),
    };
    entity(request, person.ok_or_else(|| GraphError::not_found(name))?)
}

/// One person as the whole answer.
pub(super) fn entity(request: &Request<'_>, person: &Person) -> Result<Answer, GraphError> {
    attributes_only_by_permission(request)?;
    let context = request.query.context(&request.root(), "users", true);
    let body = Object::with_context(context, show(person, &request.query, Sight::of(&request.caller))?);
    Ok(Answer::ok(body, request.query.cost(1)))
}

fn attributes_only_by_permission(request: &Request<'_>) -> Result<(), GraphError> {
    if request.query.selects(NAME) { request.caller.may_read_attributes() } else { Ok(()) }
}

/// A person among other kinds of directory objects.
pub(super) fn typed(person: &Person, query: &Query, sight: Sight) -> Result<Object, GraphError> {
    let mut out = Object::default();
    out.set("@odata.type", "#microsoft.graph.user");
    out.extend(show(person, query, sight)?);
    Ok(out)
}

fn show(person: &Person, query: &Query, sight: Sight) -> Result<Object, GraphError> {
    let all: Vec<&str> = DEFAULT.iter().chain(MORE).copied().collect();
    let names = match &query.select {
        None => DEFAULT.to_vec(),
        select => selected(select.as_deref(), &all, "user")?,
    };
    let mut out = Object::default();
    for name in names {
        out.set(name, property(person, name, sight).unwrap_or_default());
    }
    Ok(out)
}

/// `None` for a name that no user has.
fn property(person: &Person, name: &str, sight: Sight) -> Option<Value> {
    let known = DEFAULT.iter().chain(MORE).find(|known| known.eq_ignore_ascii_case(name))?;
    Some(match *known {
        "businessPhones" => json!([]),
        "displayName" => json!(person.display_name),
        "givenName" => json!(person.given_name),
        "jobTitle" => json!(person.job_title),
        "mail" | "userPrincipalName" => json!(person.user_principal_name),
        "surname" => json!(person.surname),
        "id" => json!(person.id),
        "accountEnabled" => json!(true),
        "department" if sight.shows_profile_of(person.id) => json!(person.department),
        "userType" => json!("Member"),
        NAME => shown(&person.security_attributes),
        _ => Value::Null,
    })
}
