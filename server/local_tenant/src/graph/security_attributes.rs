//! `customSecurityAttributes` of people and service principals: sets of attributes with values. Sets and attributes need
//! no definition here, and of a person who assigns them no directory role is asked, for that role is not among those
//! here; only single texts can exempt somebody from a policy.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::error::GraphError;
use super::{Answer, Request};
use crate::store::{Directory, ObjectKey};

/// The property's name. Answers have it when `$select` names it.
pub(crate) const NAME: &str = "customSecurityAttributes";
const VALUE_TYPE: &str = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue";

/// Attributes by set.
pub(crate) type Attributes = Map<String, Value>;

/// Those of whoever makes a request.
pub(crate) fn of_caller(caller: &Caller, directory: &Directory) -> Attributes {
    match caller {
        Caller::Person { id, .. } => directory.person(*id).map(|person| person.security_attributes.clone()),
        Caller::App { id, .. } => directory
            .service_principals
            .get(ObjectKey::Id(*id))
            .and_then(|service| service.common.extra.get(NAME)?.as_object().cloned()),
    }
    .unwrap_or_default()
}

/// The value of `Set_Attribute`, when it is a text.
pub(crate) fn text<'a>(attributes: &'a Attributes, id: &str) -> Option<&'a str> {
    let all = attributes.iter().flat_map(|(set, values)| {
        values.as_object().into_iter().flatten().map(move |(name, value)| (set, name, value))
    });
    all.filter(|(set, name, _)| format!("{set}_{name}") == id).find_map(|(_, _, value)| value.as_str())
}

/// Puts what was sent into `attributes`: of a set the attributes that are sent are changed, null takes one away.
pub(crate) fn apply(attributes: &mut Attributes, sent: &Value) -> Result<(), GraphError> {
    let invalid = || GraphError::invalid_value(NAME, "DirectoryObject");
    for (set, values) in sent.as_object().ok_or_else(invalid)? {
        let mut kept = attributes.get(set).and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in values.as_object().ok_or_else(invalid)? {
            if value.is_null() {
                kept.remove(name);
            } else if !name.contains('@') {
                kept.insert(name.clone(), value.clone());
            }
        }
        if kept.is_empty() {
            attributes.remove(set);
        } else {
            attributes.insert(set.clone(), kept.into());
        }
    }
    Ok(())
}

/// As an answer has them; null where there are none.
pub(crate) fn shown(attributes: &Attributes) -> Value {
    if attributes.is_empty() {
        return Value::Null;
    }
    let typed = |values: &Value| {
        let mut out = Map::from_iter([("@odata.type".to_owned(), json!(VALUE_TYPE))]);
        out.extend(values.as_object().cloned().unwrap_or_default());
        Value::from(out)
    };
    attributes.iter().map(|(set, values)| (set.clone(), typed(values))).collect::<Map<_, _>>().into()
}

/// `PATCH /users/{id}` with `customSecurityAttributes`: nothing else of a person is changed here. 204.
pub(crate) fn patch_user(request: &Request<'_>, name: &str) -> Result<Answer, GraphError> {
    request.caller.may_assign_attributes()?;
    let sent = request.json()?;
    if let Some(other) = sent.keys().find(|one| *one != NAME) {
        return Err(GraphError::bad_request(format!("This local tenant does not change '{other}' of a user.")));
    }
    let mut directory = request.tenant.write();
    let is_wanted = |id: Uuid, principal: &str| {
        Uuid::parse_str(name).map_or_else(|_| principal.eq_ignore_ascii_case(name), |wanted| wanted == id)
    };
    let person = directory.people.iter_mut().find(|one| is_wanted(one.id, &one.user_principal_name));
    let person = person.ok_or_else(|| GraphError::not_found(name))?;
    let mut next = person.security_attributes.clone();
    apply(&mut next, sent.get(NAME).unwrap_or(&Value::Null))?;
    person.security_attributes = next;
    Ok(Answer::no_content())
}
